"""Quadrature against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gamma, gammainc

from stallpoint.numerics.quadrature import (
    check_rule,
    gauss_hermite_grid,
    gauss_legendre_unit,
    normal_rule,
    power_moments,
    power_weight_matrix,
)


def test_gauss_hermite_gives_moments_of_a_standard_normal_vector():
    grid, log_weights = gauss_hermite_grid(6, 2)
    weights = np.exp(log_weights)
    assert weights.sum() == pytest.approx(1)
    assert weights @ grid[:, 0] ** 4 == pytest.approx(3)
    assert weights @ (grid[:, 0] ** 2 * grid[:, 1] ** 2) == pytest.approx(1)
    assert weights @ np.exp(0.5 * grid[:, 0] - 0.3 * grid[:, 1]) == pytest.approx(np.exp(0.5 * (0.25 + 0.09)), rel=1e-6)


@settings(deadline=None, max_examples=40)
@given(shape=st.floats(0.3, 6.0), power=st.integers(0, 14))
def test_product_integration_is_exact_for_polynomials_whatever_the_weibull_shape(shape, power):
    points, _ = gauss_legendre_unit(15)
    weights = power_weight_matrix(15) @ power_moments(shape, 15)[0]
    assert weights @ points**power == pytest.approx(shape / (shape + power), rel=1e-9)


@pytest.mark.parametrize("shape", [0.6, 1.0, 1.2446, 2.5])
@pytest.mark.parametrize("slope", [-3.0, 0.8, 2.0])
def test_product_integration_of_an_exponential_agrees_with_the_incomplete_gamma_function(shape, slope):
    points, _ = gauss_legendre_unit(15)
    weights = power_weight_matrix(15) @ power_moments(shape, 15)[0]
    if slope < 0:
        exact = shape * gamma(shape) * gammainc(shape, -slope) / (-slope) ** shape
    else:
        series = np.arange(40)
        exact = (slope**series / gamma(series + 1) * shape / (shape + series)).sum()
    assert weights @ np.exp(slope * points) == pytest.approx(exact, rel=1e-10)


def test_ordinary_gauss_legendre_misses_the_singular_weight_by_far_more():
    points, ordinary = gauss_legendre_unit(15)
    weights = power_weight_matrix(15) @ power_moments(0.6, 15)[0]
    exact = 0.6 * gamma(0.6) * gammainc(0.6, 1.0)
    naive = ordinary @ (0.6 * points**-0.4 * np.exp(-points))
    assert abs(naive - exact) > 1e-3
    assert abs(weights @ np.exp(-points) - exact) < 1e-11


def test_the_slope_of_the_moments_is_their_derivative_by_the_shape_also_at_whole_shapes():
    for shape in (0.7, 1.0, 2.0):
        numeric = (power_moments(shape + 1e-6, 15)[0] - power_moments(shape - 1e-6, 15)[0]) / 2e-6
        assert power_moments(shape, 15)[1] == pytest.approx(numeric, abs=1e-8)


@pytest.mark.parametrize("dimension", [1, 2, 3, 4, 6])
def test_normal_rules_are_exact_to_degree_five(dimension):
    for points, weights in (normal_rule(dimension, 5), check_rule(dimension, 5)):
        assert weights.sum() == pytest.approx(1)
        assert weights @ points == pytest.approx(np.zeros(dimension), abs=1e-12)
        assert (points * weights[:, None]).T @ points == pytest.approx(np.eye(dimension))
        squares = points**2
        fourth = (squares * weights[:, None]).T @ squares
        assert fourth == pytest.approx(np.ones((dimension, dimension)) + 2 * np.eye(dimension))
        assert weights @ points[:, 0] ** 3 * points[:, -1] ** 2 == pytest.approx(0, abs=1e-10)


def test_a_second_rule_is_another_one():
    assert len(check_rule(2, 5)[1]) == 100
    assert not np.allclose(check_rule(5, 5)[0], normal_rule(5, 5)[0])


def test_moments_of_an_endless_shape_do_not_overflow():
    """All mass at 1, where every shifted Legendre polynomial is 1; a search may pass through such shapes."""
    moments, slopes = power_moments(1e251, 15)
    assert moments == pytest.approx(np.ones(15))
    assert slopes == pytest.approx(np.zeros(15))
