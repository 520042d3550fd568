import numpy as np
import pytest
from hypothesis import given, settings
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
    assert found.mean[0] == pytest.approx(expected, rel=0.01, abs=1e-4)


def test_what_is_large_is_left_and_what_is_near_zero_becomes_little():
    found = shrink_by_horseshoe(np.array([2.0, 0.05, -0.1, 0.02]), np.full(4, 0.1), chance=0.1)
    assert found.mean[0] > 1.95
    assert found.low[0] > 1.7
    assert np.abs(found.mean[1:]).max() < 0.04
    assert (found.low[1:] <= 0).all()
    assert (found.high[1:] >= 0).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=1, max_size=6), st.floats(0.1, 10))
def test_signs_turn_and_units_carry_over(values, factor):
    estimate, error = np.array(values), np.linspace(0.1, 0.3, len(values))
    found = shrink_by_horseshoe(estimate, error, chance=0.2)
    turned = shrink_by_horseshoe(-estimate, error, chance=0.2)
    assert turned.mean == pytest.approx(-found.mean)
    assert turned.low == pytest.approx(-found.high, abs=1e-9)
    scaled = shrink_by_horseshoe(factor * estimate, factor * error, chance=0.2)
    assert scaled.mean == pytest.approx(factor * found.mean)
    assert scaled.high == pytest.approx(factor * found.high, abs=1e-9)
    assert (np.abs(found.mean) <= np.abs(estimate) + 1e-12).all()


def test_intervals_hold_draws_from_the_prior():
    """Truth from the horseshoe itself, 600 families of one: 95%, Monte Carlo error 0.9%."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(600):
        spread = 0.2 / 0.8 * np.abs(rng.standard_cauchy(2)).prod()
        truth = rng.normal(0, spread)
        found = shrink_by_horseshoe(np.array([truth + rng.normal()]), np.ones(1), chance=0.2)
        held += found.low[0] <= truth <= found.high[0]
    assert held / 600 == pytest.approx(0.95, abs=0.027)


def test_the_half_cauchy_grid_is_even_in_probability():
    from stallpoint.numerics.horseshoe import _half_cauchy

    assert halfcauchy.cdf(_half_cauchy(4)) == pytest.approx([0.125, 0.375, 0.625, 0.875])
