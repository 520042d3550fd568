"""The search for a maximum."""

import numpy as np
import pytest

from stallpoint.numerics.newton import maximise, newton_decrement


def test_badly_scaled_quadratic_is_solved_to_the_promised_gain():
    curvature, top = np.diag([1e6, 1.0, 1e-4]), np.array([2.0, -1.0, 30.0])

    def function(x):
        return -0.5 * (x - top) @ curvature @ (x - top), -curvature @ (x - top)

    found = maximise(function, np.zeros(3))
    assert found.converged
    assert found.value == pytest.approx(0, abs=1e-5)
    assert found.point[:2] == pytest.approx(top[:2], abs=1e-3)


def test_rosenbrock_ridge_is_followed_to_its_top():
    def function(x):
        value = -((1 - x[0]) ** 2) - 100 * (x[1] - x[0] ** 2) ** 2
        return value, np.array([2 * (1 - x[0]) + 400 * x[0] * (x[1] - x[0] ** 2), -200 * (x[1] - x[0] ** 2)])

    found = maximise(function, np.array([-1.2, 1.0]))
    assert found.converged
    assert found.point == pytest.approx([1, 1], abs=1e-4)


def test_a_saddle_is_no_maximum():
    assert newton_decrement(np.zeros(2), np.diag([-1.0, 1.0])) == float("inf")


def test_an_unbounded_function_is_not_called_converged():
    found = maximise(lambda x: (float(x[0]), np.ones(1)), np.zeros(1), max_rounds=2)
    assert not found.converged


def test_a_value_coarser_than_its_gradient_does_not_stop_the_search():
    """As with a quadrature: the gradient is smooth, the value steps."""
    top, curvature = np.array([1.0, -2.0]), np.array([[4.0, 1.0], [1.0, 2.0]])

    def function(x):
        value = -np.log(np.cosh(x - top)).sum() - 0.5 * (x - top) @ curvature @ (x - top)
        return np.floor(value / 1e-5) * 1e-5, -np.tanh(x - top) - curvature @ (x - top)

    found = maximise(function, np.zeros(2))
    assert found.converged
    assert found.point == pytest.approx(top, abs=1e-3)
