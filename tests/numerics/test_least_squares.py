"""Many small fits at once: the same answers as one at a time by another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from stallpoint.numerics.least_squares import fit_least_squares

TIMES = np.linspace(0.0, 4.0, 15)


def decay(theta, rows):
    amount, rate, floor = (theta[:, column, None] for column in range(3))
    left = np.exp(-rate * TIMES)
    value = floor + amount * left
    slope = np.stack([left, -amount * TIMES * left, np.ones_like(left)], axis=1)
    return value, slope


def problems(count=20, noise=0.05):
    rng = np.random.default_rng(3)
    truth = np.column_stack([rng.uniform(1, 3, count), rng.uniform(0.5, 2, count), rng.uniform(0, 1, count)])
    return truth, decay(truth, None)[0] + noise * rng.normal(size=(count, len(TIMES)))


LOW, HIGH = np.array([0.0, 0.01, -1.0]), np.array([10.0, 10.0, 2.0])


def test_each_fit_is_the_one_that_scipy_finds():
    truth, observed = problems()
    start = np.tile([1.0, 1.0, 0.5], (len(truth), 1))
    fit = fit_least_squares(decay, observed, start, weight=np.ones((1, len(TIMES))), low=LOW, high=HIGH)
    assert fit.converged.all()
    for row in range(len(truth)):
        found = least_squares(
            lambda t, row=row: decay(t[None], None)[0][0] - observed[row], start[row], bounds=(LOW, HIGH), xtol=1e-12
        )
        assert fit.cost[row] == pytest.approx(2 * found.cost, rel=1e-6)
        assert fit.theta[row] == pytest.approx(found.x, abs=2e-3)


def test_noiseless_data_give_the_truth():
    truth, observed = problems(noise=0.0)
    fit = fit_least_squares(decay, observed, np.ones((20, 3)), weight=np.ones((1, 15)), low=LOW, high=HIGH)
    assert fit.theta == pytest.approx(truth, abs=1e-6)


def test_bounds_hold_and_the_rest_is_fitted_within_them():
    _, observed = problems()
    low, high = LOW.copy(), HIGH.copy()
    low[2] = high[2] = 0.0
    fit = fit_least_squares(decay, observed, np.ones((20, 3)), weight=np.ones((1, 15)), low=low, high=high)
    assert (fit.theta[:, 2] == 0).all()
    found = least_squares(lambda t: t[0] * np.exp(-t[1] * TIMES) - observed[4], [1.0, 1.0], xtol=1e-12)
    assert fit.cost[4] == pytest.approx(2 * found.cost, rel=1e-5)


def test_a_value_without_weight_does_not_count():
    _, observed = problems()
    weight = np.ones_like(observed)
    weight[:, 3] = 0
    spoilt = observed.copy()
    spoilt[:, 3] = 1e6
    start = np.ones((20, 3))
    fit = fit_least_squares(decay, observed, start, weight=weight, low=LOW, high=HIGH)
    other = fit_least_squares(decay, spoilt, start, weight=weight, low=LOW, high=HIGH)
    assert other.theta == pytest.approx(fit.theta, abs=1e-6)
