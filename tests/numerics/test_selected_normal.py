"""A normal seen only beyond bounds: medians and coverage by simulation, closed ends, symmetry, and what large ones are left with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from stallpoint.numerics.selected_normal import correct_for_selection


def correct(z, low=-1.96, high=1.96):
    return correct_for_selection(np.array([float(z)]), np.array([float(low)]), np.array([float(high)]))


@pytest.mark.parametrize("mean", [0.0, 0.7, 1.9, 2.8, 4.0])
@pytest.mark.parametrize("bounds", [(-1.96, 1.96), (-2.6, 2.6), (-0.4, 2.2)])
def test_half_of_what_is_announced_is_put_too_high_and_intervals_hold(mean, bounds):
    """Over what is announced of 200,000: half (Monte Carlo error at most 0.005) and 95% (0.002)."""
    rng = np.random.default_rng(1)
    z = mean + rng.normal(size=200_000)
    z = z[(z < bounds[0]) | (z > bounds[1])][:20_000]
    found = correct_for_selection(z, np.full(z.size, bounds[0]), np.full(z.size, bounds[1]))
    error = 0.5 / np.sqrt(z.size)
    assert abs(np.mean(found.median > mean) - 0.5) < 4 * error
    assert abs(np.mean((found.low <= mean) & (mean <= found.high)) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / z.size)


def test_at_each_end_what_was_seen_has_the_probability_that_it_stands_for():
    """By integrating the density of what is announced."""
    z, low, high = 2.5, -1.1, 2.2
    found = correct(z, low, high)
    for mean, share in ((found.median[0], 0.5), (found.low[0], 0.025), (found.high[0], 0.975)):
        above = quad(lambda x, mean=mean: norm.pdf(x - mean), z, mean + 12 if mean > z else z + 12, points=[max(mean, z)])[0]
        announced = 1 - quad(lambda x, mean=mean: norm.pdf(x - mean), low, high)[0]
        assert above / announced == pytest.approx(share, abs=1e-8)


@given(st.floats(-8, 8), st.floats(0, 3), st.floats(0, 3))
@settings(max_examples=60, deadline=None)
def test_both_sides_are_treated_alike_and_the_interval_holds_the_estimate(z, below, above):
    one, other = correct(z, -below, above), correct(-z, -above, below)
    if z != (above - below) / 2:
        assert one.median == pytest.approx(-other.median, abs=1e-9)
        assert one.low == pytest.approx(-other.high, abs=1e-9)
    assert one.low[0] <= one.median[0] <= one.high[0]


def test_at_the_bound_nothing_is_left_and_far_beyond_everything():
    assert correct(1.96).median[0] == pytest.approx(0, abs=1e-9)
    assert correct(9.0).median[0] == pytest.approx(9.0, abs=1e-6)
    assert correct(9.0).low[0] == pytest.approx(9 - 1.959964, abs=1e-4)
    sizes = np.linspace(1.96, 8, 50)
    left = correct_for_selection(sizes, np.full(50, -1.96), np.full(50, 1.96)).median
    assert (np.diff(left) > 0).all()
    assert (left <= sizes).all()


def test_one_that_lies_within_the_bounds_counts_as_lying_on_the_nearer():
    assert correct(1.9).median == correct(1.96).median
    assert correct(-1.9).median == correct(-1.96).median


def test_without_selection_it_is_the_estimate_with_its_usual_interval():
    found = correct(1.2, 0, 0)
    assert (found.median[0], found.low[0], found.high[0]) == pytest.approx((1.2, 1.2 - 1.959964, 1.2 + 1.959964), abs=1e-6)
