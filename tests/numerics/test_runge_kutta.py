"""Dormand and Prince's pair against equations with known answers."""

import numpy as np
import pytest

from stallpoint.numerics.runge_kutta import ERROR_WEIGHTS, STAGES, advance


def test_one_step_errs_by_the_sixth_power_of_its_length():
    """Of order 5: halving the step cuts its error 2^6-fold. Of order 4, as with a wrong weight, it would be 2^5."""

    def error(hours):
        loose = advance(lambda y: -(y**2), np.array([[1.0]]), hours, step_h=hours, tolerance=1e6, floor=np.ones((1, 1)))
        return abs(loose.state[0, 0] - 1 / (1 + hours))

    assert error(0.1) / error(0.05) > 48


def test_weights_are_consistent():
    assert sum(STAGES[-1]) == pytest.approx(1, abs=1e-14)
    assert sum(ERROR_WEIGHTS) == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("tolerance", [1e-5, 1e-9])
def test_the_summed_estimates_bound_the_error(tolerance):
    """y' = -k y and y' = -y / (1 + y), of several people at once."""
    start, k = np.array([[1.0, 5.0], [2.0, 0.1]]), np.array([3.0, 0.2])

    def slopes(y):
        return np.stack([-k * y[:, 0], -y[:, 1] / (1 + y[:, 1])], axis=1)

    found = advance(slopes, start, 4.0, step_h=0.01, tolerance=tolerance, floor=np.full((2, 2), 1e-3))
    exact = start[:, 0] * np.exp(-k * 4)
    assert (np.abs(found.state[:, 0] - exact) <= found.error[:, 0]).all()
    assert found.error.max() < 200 * tolerance
    conserved = np.log(found.state[:, 1]) + found.state[:, 1] + 4 - np.log(start[:, 1]) - start[:, 1]
    assert conserved == pytest.approx(np.zeros(2), abs=200 * tolerance)


def test_a_tolerance_that_cannot_be_held_is_said():
    with pytest.raises(ArithmeticError, match="still err"):
        advance(lambda y: -(y**2), np.array([[1.0]]), 1.0, step_h=1.0, tolerance=1e-30, floor=np.ones((1, 1)))


def test_a_first_step_that_leaves_the_numbers_is_shortened():
    with np.errstate(over="ignore", invalid="ignore"):
        found = advance(lambda y: -(y**3), np.array([[1.0]]), 4.0, step_h=1e60, tolerance=1e-6, floor=np.ones((1, 1)))
    assert found.state[0, 0] == pytest.approx(1 / 3, rel=1e-5)
