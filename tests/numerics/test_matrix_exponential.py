import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from stallpoint.numerics.matrix_exponential import matrix_exponential


@settings(max_examples=200, deadline=None)
@given(st.floats(0.01, 3.0), st.floats(-14, -2), st.floats(0.1, 50.0))
def test_nearly_equal_rates_keep_their_digits(rate, digits, hours):
    """One rate into another that differs by 10^digits of it, against the closed form written without a difference."""
    apart = 10**digits
    found = matrix_exponential(hours * np.array([[-rate, 0.0], [rate, -rate * (1 + apart)]]))
    shift = (rate * (1 + apart) - rate) * hours
    wanted = rate * hours * np.exp(-rate * hours) * (-np.expm1(-shift) / shift if shift else 1.0)
    assert found[1, 0] == pytest.approx(wanted, rel=1e-10)


def test_it_is_scipys_where_scipy_is_right():
    rng = np.random.default_rng(1)
    matrices = rng.normal(size=(4, 3, 5, 5)) * np.array([0.01, 1.0, 10.0])[None, :, None, None]
    np.testing.assert_allclose(matrix_exponential(matrices), expm(matrices), rtol=1e-9, atol=1e-12 * np.exp(30))
    assert matrix_exponential(np.zeros((2, 2))) == pytest.approx(np.eye(2))


def test_a_sum_of_times_is_a_product():
    rates = np.array([[-0.5, 0.2, 0.0], [0.5, -0.7, 0.0], [0.0, 0.5, -0.1]])
    one, other = matrix_exponential(3.0 * rates), matrix_exponential(40.0 * rates)
    np.testing.assert_allclose(one @ other, matrix_exponential(43.0 * rates), rtol=1e-12)
