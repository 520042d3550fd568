"""Derivatives by complex steps against functions whose derivatives are known."""

import numpy as np
import pytest

from stallpoint.models.nonlinear_mixed.derivatives import derivatives, first_derivatives

POWERS = np.array([2.0, 1.0, -1.0])
POINT = np.log(np.array([0.7, 1.9, 3.1]))[:, None, None]


def power_product(parameters):
    """In logarithms exp(powers . u), whose derivatives are itself times products of the powers."""
    return parameters[0] ** 2 * parameters[1] / parameters[2]


@pytest.mark.parametrize("order", [2, 3])
def test_all_derivatives_of_a_product_of_powers(order):
    found = derivatives(power_product, POINT, (0, 1, 2), order=order)
    value = 0.7**2 * 1.9 / 3.1
    assert found.value == pytest.approx(value, rel=1e-14)
    assert found.first[0, 0] == pytest.approx(value * POWERS, rel=1e-10)
    assert found.second[0, 0] == pytest.approx(value * np.multiply.outer(POWERS, POWERS), rel=1e-9)
    if order == 3:
        cube = np.multiply.outer(np.multiply.outer(POWERS, POWERS), POWERS)
        assert found.third[0, 0] == pytest.approx(value * cube, rel=1e-6)


def test_a_steep_tail_keeps_its_digits():
    """exp(-exp(u)) at exp(u) = 20: derivatives -x f, (x^2 - x) f, where higher ones grow by 20 each time."""
    found = derivatives(lambda p: np.exp(-p[0]), np.log([[[20.0]]]), (0,), order=2)
    assert found.first[0, 0, 0] == pytest.approx(-20 * np.exp(-20), rel=1e-8)
    assert found.second[0, 0, 0, 0] == pytest.approx(380 * np.exp(-20), rel=1e-7)


def test_only_active_parameters_move():
    found = derivatives(power_product, POINT, (2,), order=2)
    assert found.first.shape == (1, 1, 1)
    assert found.first[0, 0, 0] == pytest.approx(-found.value[0, 0])


def test_first_derivatives_alone_agree():
    value, first = first_derivatives(power_product, POINT, (0, 2))
    assert value[0, 0] == pytest.approx(0.7**2 * 1.9 / 3.1, rel=1e-14)
    assert first[0, 0] == pytest.approx(value[0, 0] * POWERS[[0, 2]], rel=1e-14)
