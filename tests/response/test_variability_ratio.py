"""Against metafor 3.8-1: escalc("VR"), escalc("CVR") and rma."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.errors import FitError
from stallpoint.response.variability_ratio import (
    Spread,
    log_variability_ratio,
    log_variation_coefficient_ratio,
    pool_log_ratios,
)

TRIALS = [
    (Spread(7.0, 7.28, 87), Spread(9.3, 6.79, 48)),
    (Spread(8.2, 6.1, 110), Spread(8.0, 6.0, 110)),
    (Spread(5.0, 5.5, 69), Spread(7.5, 6.4, 68)),
]


def test_variability_ratios_equal_those_of_metafor():
    found = [log_variability_ratio(*arms) for arms in TRIALS]
    assert [one.estimate for one in found] == pytest.approx([0.06485558, 0.01652930, -0.15165964], abs=5e-9)
    assert [one.variance for one in found] == pytest.approx([0.01645225, 0.00917431, 0.01481563], abs=5e-9)


def test_ratios_of_variation_coefficients_equal_those_of_metafor():
    found = [log_variation_coefficient_ratio(*arms) for arms in TRIALS]
    assert [one.estimate for one in found] == pytest.approx([0.34895983, -0.00816331, 0.25380546], abs=5e-9)
    assert [one.variance for one in found] == pytest.approx([0.03998979, 0.01931877, 0.04306036], abs=5e-9)


def test_the_pooled_ratio_equals_that_of_metafor():
    pooled = pool_log_ratios([log_variability_ratio(*arms) for arms in TRIALS])
    assert pooled.estimate == pytest.approx(-0.01893440, abs=5e-9)
    assert pooled.std_error == pytest.approx(0.06491888, abs=5e-9)
    assert pooled.q == pytest.approx(1.75283611, abs=5e-9)
    assert pooled.tau_square == 0.0


def test_trials_that_disagree_leave_a_variance_between_them_and_a_wider_interval():
    ratios = [log_variability_ratio(Spread(1, sd, 100), Spread(1, 1.0, 100)) for sd in (0.5, 1.0, 2.0)]
    pooled = pool_log_ratios(ratios)
    assert pooled.tau_square > 0.3
    assert pooled.std_error > 0.3


@given(st.floats(0.1, 50), st.floats(0.1, 50), st.integers(2, 500), st.integers(2, 500), st.floats(0.01, 100))
def test_exchanging_arms_changes_the_sign_and_units_change_nothing(sd1, sd0, n1, n0, unit):
    one = log_variability_ratio(Spread(1, sd1, n1), Spread(1, sd0, n0))
    other = log_variability_ratio(Spread(1, sd0 * unit, n0), Spread(1, sd1 * unit, n1))
    assert one.estimate == pytest.approx(-other.estimate, abs=1e-9)
    assert one.variance == other.variance


def test_what_has_no_ratio_is_refused():
    with pytest.raises(FitError, match="no variation"):
        log_variability_ratio(Spread(1, 0.0, 10), Spread(1, 1.0, 10))
    with pytest.raises(FitError, match="opposite signs"):
        log_variation_coefficient_ratio(Spread(-1, 1.0, 10), Spread(1, 1.0, 10))
    with pytest.raises(FitError, match="at least two trials"):
        pool_log_ratios([])
