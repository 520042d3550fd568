"""The delta method against derivatives in closed form."""

import numpy as np
import pytest

from stallpoint.numerics.delta import delta_covariance, jacobian


def test_jacobian_of_a_smooth_function():
    point = np.array([0.7, -1.3])
    exact = np.array([[np.exp(0.7), 0], [-1.3, 0.7]])
    assert jacobian(lambda x: np.array([np.exp(x[0]), x[0] * x[1]]), point) == pytest.approx(exact, rel=1e-8)


def test_variance_of_a_ratio():
    point, covariance = np.array([2.0, 5.0]), np.array([[0.04, 0.01], [0.01, 0.09]])
    gradient = np.array([1 / 5, -2 / 25])
    found = delta_covariance(lambda x: np.array([x[0] / x[1]]), point, covariance)
    assert found[0, 0] == pytest.approx(gradient @ covariance @ gradient, rel=1e-8)
