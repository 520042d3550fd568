import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import halfcauchy, norm

from stallpoint.numerics.horseshoe import shrink_by_horseshoe


@pytest.mark.parametrize(("estimate", "error", "chance"), [(0.5, 0.2, 0.1), (0.05, 0.1, 0.3), (1.2, 0.1, 0.1)])
def test_one_estimate_agrees_with_integrals(estimate, error, chance):
    """tau times lambda of one estimate has a density of its own, so that one integral is enough."""
    scale = chance / (1 - chance) * error

    def density(spread):
        """Of the product of two half-Cauchy variables, 4 / pi^2 log(x) / (x^2 - 1) with x the product over the scale."""
        x = spread / scale
        return 4 / np.pi**2 * (0.5 if abs(x - 1) < 1e-9 else np.log(x) / (x**2 - 1)) / scale

    assert quad(density, 0, np.inf, limit=400)[0] == pytest.approx(1, abs=1e-4)

    def times(share):
        def integrand(log_spread):
            spread = np.exp(log_spread)
            kept = spread**2 / (spread**2 + error**2) if share else 1.0
            return density(spread) * spread * norm.pdf(estimate, scale=np.hypot(error, spread)) * kept

        return quad(integrand, np.log(scale) - 25, np.log(scale) + 25, limit=800)[0]

    expected = estimate * times(share=True) / times(share=False)
    found = shrink_by_horseshoe(np.array([estimate]), np.array([error]), chance=chance)
    assert found[0] == pytest.approx(expected, rel=0.01, abs=1e-4)


def test_what_is_large_is_left_and_what_is_near_zero_becomes_little():
    found = shrink_by_horseshoe(np.array([2.0, 0.05, -0.1, 0.02]), np.full(4, 0.1), chance=0.1)
    assert found[0] > 1.95
    assert np.abs(found[1:]).max() < 0.04


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=6), st.floats(0.1, 10))
def test_signs_turn_and_units_carry_over(values, factor):
    estimate, error = np.array(values), np.linspace(0.1, 0.3, len(values))
    found = shrink_by_horseshoe(estimate, error, chance=0.2)
    assert shrink_by_horseshoe(-estimate, error, chance=0.2) == pytest.approx(-found)
    assert shrink_by_horseshoe(factor * estimate, factor * error, chance=0.2) == pytest.approx(factor * found)
    assert (np.abs(found) <= np.abs(estimate) + 1e-12).all()


def test_the_half_cauchy_grid_is_even_in_probability():
    from stallpoint.numerics.horseshoe import _half_cauchy

    assert halfcauchy.cdf(_half_cauchy(4)) == pytest.approx([0.125, 0.375, 0.625, 0.875])
