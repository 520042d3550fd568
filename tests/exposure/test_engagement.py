"""Shares of the largest effect."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.exposure.engagement import (
    EngagementError,
    factor_to_reach,
    log_hazard_ratio,
    micromolar,
    reached_share,
    scaled_share,
)


def test_dose_response_of_riluzole_in_people():
    # The fit to Lacomblez 1996: hazard ratios 0.76, 0.65, 0.61 at 50, 100, 200 mg a day become 0.748, 0.667, 0.603.
    ratios = np.exp(log_hazard_ratio(np.array([50.0, 100.0, 200.0]), largest=-0.67, half_dose_mg_day=65.0))
    assert ratios == pytest.approx([0.748, 0.667, 0.603], abs=0.001)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(1e-3, 1e3))
def test_a_multiplied_amount(amount, half, factor):
    direct = reached_share(amount * factor, half)
    assert scaled_share(reached_share(amount, half), factor) == pytest.approx(direct, rel=1e-7)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_the_factor_that_reaches_a_share(share, wanted):
    assert scaled_share(share, factor_to_reach(share, wanted)) == pytest.approx(wanted)


@given(st.floats(0, 1e3), st.floats(1e-3, 1e3), st.floats(0.2, 4))
def test_shares_are_shares(amount, half, hill):
    assert 0 <= reached_share(amount, half, hill=hill) <= 1


def test_half_at_the_half_amount_whatever_the_exponent():
    assert reached_share(2.0, 2.0, hill=3.0) == 0.5


def test_riluzole_in_micromolar():
    # 0.0811 mg/L at 234.2 g/mol.
    assert micromolar(0.0811, 234.2) == pytest.approx(0.346, abs=0.001)


@pytest.mark.parametrize("wrong", [(-1.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, -2.0), (float("nan"), 1.0, 1.0)])
def test_what_cannot_be_is_refused(wrong):
    amount, half, hill = wrong
    with pytest.raises(EngagementError):
        reached_share(amount, half, hill=hill)
