"""Densities of measurements against scipy's, their derivatives against differences, expected curvature against an expectation."""

import numpy as np
import pytest
from scipy.stats import norm

from stallpoint.models.nonlinear_mixed.residual import ERROR_TERMS, Measured, point_terms, scored_terms

SCALES = {"additive": [0.4], "proportional": [0.2], "combined": [0.3, 0.15], "lognormal": [0.25]}
PREDICTION = np.array([[0.5, 1.3, 4.0, 2.0]])


def measured(below):
    return Measured(np.array([[0.7, 1.0, 5.0, 9.0]]), np.array([[below, False, below, False]]), np.array([[True] * 3 + [False]]))


def spread(error, prediction):
    scale = SCALES[error]
    return {
        "additive": lambda: scale[0] + 0 * prediction,
        "proportional": lambda: scale[0] * prediction,
        "combined": lambda: np.hypot(scale[0], scale[1] * prediction),
        "lognormal": lambda: scale[0] + 0 * prediction,
    }[error]()


@pytest.mark.parametrize("error", ERROR_TERMS)
@pytest.mark.parametrize("below", [False, True])
def test_density_is_normal_or_below_the_limit(error, below):
    given = measured(below)
    found = point_terms(PREDICTION, np.array(SCALES[error]), given, error).log_density
    sd = spread(error, PREDICTION)
    known = np.where(given.below, norm.logcdf(given.value, PREDICTION, sd), norm.logpdf(given.value, PREDICTION, sd))
    assert found == pytest.approx(np.where(given.present, known, 0.0), abs=1e-12)


@pytest.mark.parametrize("error", ERROR_TERMS)
@pytest.mark.parametrize("below", [False, True])
def test_derivatives_are_those_of_the_density(error, below):
    given, scale, step = measured(below), np.array(SCALES[error]), 1e-5
    at = scored_terms(PREDICTION, scale, given, error)
    up, down = (point_terms(PREDICTION + shift, scale, given, error) for shift in (step, -step))
    for found, name in (
        (at.at.first, "log_density"),
        (at.at.second, "first"),
        (at.second_by_prediction, "second"),
        (at.weight_by_prediction, "weight"),
    ):
        quotient = (getattr(up, name) - getattr(down, name)) / (2 * step)
        assert found == pytest.approx(quotient, rel=1e-6, abs=1e-6)
    for place in range(len(scale)):
        shift = step * np.eye(len(scale))[place]
        up, down = (point_terms(PREDICTION, scale + sign * shift, given, error) for sign in (1, -1))
        for name in at.by_scale._fields:
            quotient = (getattr(up, name) - getattr(down, name)) / (2 * step)
            assert getattr(at.by_scale, name)[..., place] == pytest.approx(quotient, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("error", ERROR_TERMS)
def test_weight_is_the_expected_curvature(error):
    """The mean of minus the second derivative over measurements drawn from the model, by Gauss-Hermite."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    prediction = np.full((1, 20), 1.7)
    value = prediction + spread(error, prediction) * nodes
    given = Measured(value, np.zeros_like(value, dtype=bool), np.ones_like(value, dtype=bool))
    found = point_terms(prediction, np.array(SCALES[error]), given, error)
    expected = -(found.second * weights).sum() / weights.sum()
    assert found.weight[0, 0] == pytest.approx(expected, rel=1e-10)


def test_far_above_a_limit_nothing_overflows():
    limit = Measured(np.full((1, 2), 1.0), np.ones((1, 2), dtype=bool), np.ones((1, 2), dtype=bool))
    found = point_terms(np.array([[100.0, -100.0]]), np.array([0.1]), limit, "additive")
    assert all(np.isfinite(term).all() for term in found)
    assert found.log_density[0, 0] == pytest.approx(norm.logcdf(1.0, 100.0, 0.1), rel=1e-10)
    assert found.log_density[0, 1] == pytest.approx(0.0, abs=1e-12)
