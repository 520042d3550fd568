import numpy as np
import pytest

from stallpoint.clinical.progression_rate import classify_rate, progression_rate
from stallpoint.core.errors import StallpointError


def test_points_lost_per_month_since_onset():
    assert progression_rate([38, 48], [12.5, 20]).points_per_month == pytest.approx([0.8, 0.0])


def test_unknown_stays_unknown():
    assert np.isnan(progression_rate([np.nan, 40], [10, np.nan]).points_per_month).all()


def test_less_than_a_month_is_flagged_unstable():
    rate = progression_rate(47, [0.5, 1.0, 12.0])
    assert rate.unstable.tolist() == [True, False, False]


@pytest.mark.parametrize("months", [0.0, -3.0])
def test_no_time_since_onset_is_an_error(months):
    with pytest.raises(StallpointError, match="months since onset must be above 0"):
        progression_rate(40, months)


@pytest.mark.parametrize("total", [49, 480, -1])
def test_an_impossible_total_is_an_error_and_never_edited(total):
    """Public cleaning code turns every total above 48 into 33."""
    with pytest.raises(StallpointError, match=rf"(?s)0 to 48.*{total}"):
        progression_rate(total, 12)


def test_classes_follow_the_cut_offs_that_were_asked_for():
    rates = [0.79, 0.8, 1.35, 1.36, np.nan]
    precision_als = classify_rate(rates, cut_offs=(0.8, 1.35)).tolist()
    survey = classify_rate(rates, cut_offs=(0.5, 1.0)).tolist()
    assert precision_als == ["slow", "intermediate", "intermediate", "fast", "unknown"]
    assert survey == ["intermediate", "intermediate", "fast", "fast", "unknown"]


def test_cut_offs_are_required_and_rise():
    with pytest.raises(TypeError):
        classify_rate([0.5])
    with pytest.raises(StallpointError, match="cut_offs"):
        classify_rate([0.5], cut_offs=(1.0, 0.5))


def test_a_negative_slope_is_not_classified():
    with pytest.raises(StallpointError, match="not the negative slope"):
        classify_rate([-0.5], cut_offs=(0.5, 1.0))
