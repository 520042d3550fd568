"""Profiles with a closed form: a parabola for a straight line, a plateau for what only a product tells of."""

import numpy as np
import pytest

from stallpoint.numerics.profile import DROP, interval, profile

RNG = np.random.default_rng(3)
X = np.linspace(0, 1, 40)
Y = 0.5 + 1.2 * X + 0.3 * RNG.standard_normal(40)


def straight_line(points):
    fitted = points[:, :1] + points[:, 1:2] * X
    return -0.5 * (((Y - fitted) / 0.3) ** 2).sum(axis=1)


def test_a_straight_line_gives_the_parabola_of_least_squares() -> None:
    design = np.stack([np.ones(40), X], axis=1)
    inverse = np.linalg.inv(design.T @ design)
    slope, error = (inverse @ design.T @ Y)[1], 0.3 * np.sqrt(inverse[1, 1])
    grid = slope + error * np.linspace(-3, 3, 25)
    bounds = np.array([[-10.0, 10.0], [-10.0, 10.0]])
    values = profile(straight_line, 1, grid, np.zeros(2), bounds)
    np.testing.assert_allclose(values - values.max(), -0.5 * ((grid - slope) / error) ** 2, atol=1e-3)
    low, high = interval(grid, values)
    assert low == pytest.approx(slope - 1.96 * error, abs=0.02 * error)
    assert high == pytest.approx(slope + 1.96 * error, abs=0.02 * error)


def test_of_a_product_neither_factor_is_told() -> None:
    def product(points):
        return -0.5 * ((points[:, 0] * points[:, 1] - 2.0) / 0.1) ** 2

    grid = np.linspace(0.5, 4, 9)
    values = profile(product, 0, grid, np.ones(2), np.array([[0.1, 5.0], [0.1, 5.0]]))
    assert np.ptp(values) < 1e-3
    assert interval(grid, values) == (None, None)


def test_one_side_may_be_open() -> None:
    grid = np.linspace(0, 1, 11)
    values = profile(lambda points: -100 * points[:, 0] ** 2, 0, grid, np.zeros(1), np.array([[0.0, 1.0]]))
    low, high = interval(grid, values)
    assert low is None
    assert high == pytest.approx(np.sqrt(DROP / 100), abs=0.02)
