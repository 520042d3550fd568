"""Ceftriaxone in CSF: the sourced trough as a bound on penetration, by closed forms of either structure."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.ceftriaxone import (
    STRUCTURES,
    bound_ceftriaxone_penetration,
    ceftriaxone_csf,
    ceftriaxone_plasma,
    penetration_from_single_doses,
)

KP, KC, KE = 19 * 0.06 / 14, math.log(2) / 34, math.log(2) / 1.0
PEAK = 2000 / 14


def accumulated(rate, interval_h):
    return math.exp(-rate * interval_h) / (1 - math.exp(-rate * interval_h))


def trough_by_hand(structure, interval_h):
    """At penetration 1 and the middle clearance."""
    if structure == "exchange":
        return PEAK * KC / (KP - KC) * (accumulated(KC, interval_h) - accumulated(KP, interval_h))
    return PEAK / KP * KC * KE / (KE - KC) * (accumulated(KC, interval_h) - accumulated(KE, interval_h))


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("interval_h", [12, 24])
def test_the_bound_is_target_over_the_trough_of_closed_form(structure, interval_h):
    bound = bound_ceftriaxone_penetration(structure=structure, interval_h=interval_h)
    assert bound.ratio[1] == pytest.approx(0.55 / trough_by_hand(structure, interval_h), rel=1e-9)
    assert bound.ratio[0] < bound.ratio[1] < bound.ratio[2]


@pytest.mark.parametrize("structure", STRUCTURES)
def test_with_the_bound_of_2_g_a_day_csf_stays_above_target_with_both_doses(structure):
    """The fact itself: above 0.55 mg/L at 2 and at 4 g a day, at every clearance; and less than the bound would not do."""
    ratio = bound_ceftriaxone_penetration(structure=structure, interval_h=24).ratio[2]
    once = ceftriaxone_csf(ratio, structure=structure, interval_h=24, time_h=np.linspace(0, 24, 97))
    twice = ceftriaxone_csf(ratio, structure=structure, interval_h=12, time_h=np.linspace(0, 12, 49))
    assert once.min() == pytest.approx(0.55, rel=1e-9)
    assert twice.min() > 0.55
    assert ceftriaxone_csf(0.9 * ratio, structure=structure, interval_h=24, time_h=[24]).min() < 0.55


def test_the_bounds_are_a_percent_of_plasma_and_independent_measurements_straddle_them():
    low = min(bound_ceftriaxone_penetration(structure=one, interval_h=24).ratio[0] for one in STRUCTURES)
    high = max(bound_ceftriaxone_penetration(structure=one, interval_h=24).ratio[2] for one in STRUCTURES)
    assert (round(low, 4), round(high, 4)) == (0.0072, 0.0104)
    for structure in STRUCTURES:
        lowest, median, highest = penetration_from_single_doses(structure=structure)
        assert lowest < high < median < highest
    assert high < 0.015


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_penetration_is_the_ratio_of_areas(structure):
    times = np.linspace(0, 12, 4001)
    csf = np.trapezoid(ceftriaxone_csf(0.02, structure=structure, interval_h=12, time_h=times), times)
    plasma = np.trapezoid(ceftriaxone_plasma(interval_h=12, time_h=times), times)
    np.testing.assert_allclose(csf / plasma, 0.02, rtol=1e-4)


def test_plasma_has_the_published_half_life():
    plasma = ceftriaxone_plasma(interval_h=12, time_h=[0, 6])
    half_life_h = np.log(2) * 6 / np.log(plasma[:, 0] / plasma[:, 1])
    np.testing.assert_allclose(half_life_h[[2, 0]], [7.7, 9.5], atol=0.05)
    assert half_life_h[1] == pytest.approx(8.5, abs=0.05)


@settings(max_examples=10, deadline=None)
@given(structure=st.sampled_from(STRUCTURES), ratio=st.floats(0, 0.5), hour=st.floats(0, 12))
def test_csf_is_proportional_to_penetration(structure, ratio, hour):
    one = ceftriaxone_csf(ratio, structure=structure, interval_h=12, time_h=[hour])
    two = ceftriaxone_csf(2 * ratio, structure=structure, interval_h=12, time_h=[hour])
    np.testing.assert_allclose(two, 2 * one, rtol=1e-9, atol=1e-12)
    assert (one >= 0).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"penetration": 0.01, "structure": "exchnage", "interval_h": 12, "time_h": [1]}, "did you mean exchange"),
        ({"penetration": -0.01, "structure": "exchange", "interval_h": 12, "time_h": [1]}, "0 to 1"),
        ({"penetration": 1.5, "structure": "exchange", "interval_h": 12, "time_h": [1]}, "0 to 1"),
        ({"penetration": 0.01, "structure": "exchange", "interval_h": 12, "time_h": [13]}, "from 0 to the interval"),
        ({"penetration": 0.01, "structure": "exchange", "interval_h": 0, "time_h": [0]}, "from 0 to the interval"),
    ],
)
def test_what_cannot_be_is_refused(arguments, said):
    penetration = arguments.pop("penetration")
    with pytest.raises(StallpointError, match=said):
        ceftriaxone_csf(penetration, **arguments)
