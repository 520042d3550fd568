import numpy as np
import pytest

from stallpoint.core.errors import FitError
from stallpoint.response.lead_in import Course, LeadInRule, count_lead_in_gains, untreated_slopes

COURSE = Course(slope_mean=-1.0, slope_sd=0.65, residual_sd=2.0, start_mean=42.0, start_sd=5.0)
LEAD_IN, AFTER = (0.0, 1.0, 2.0, 3.0), (3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)
RULE = LeadInRule(LEAD_IN, AFTER, gain=1.25)
FAST = LeadInRule(LEAD_IN, AFTER, gain=1.25, lost=3.0)


def count(before, after, treated, rule=FAST, seed=1):
    return count_lead_in_gains(before, after, treated, rule=rule, course=COURSE, rng=np.random.default_rng(seed))


@pytest.mark.parametrize(("rule", "share"), [(RULE, 0.085), (FAST, 0.17)])
def test_the_share_that_responds_without_a_drug(rule, share):
    """8.5% of all, 17% of those who lost 3 points in 12 weeks: an independent simulation of 400,000 people."""
    before, after = untreated_slopes(rule, COURSE, draws=200_000, rng=np.random.default_rng(2))
    assert np.mean(after - before >= rule.gain) == pytest.approx(share, abs=0.006)


def test_the_trial_of_stem_cells_had_as_many_placebo_responders_as_chance_gives():
    """15 to 20% responded to placebo; 17 to 26% are expected as residual SD goes from 2 to 2.5."""
    noisy = Course(-1.0, 0.65, 2.5, 42.0, 5.0)
    before, after = untreated_slopes(FAST, noisy, draws=200_000, rng=np.random.default_rng(3))
    assert np.mean(after - before >= 1.25) == pytest.approx(0.26, abs=0.008)


def test_who_enters_by_a_fast_lead_in_is_expected_to_slow_down():
    found = count(np.full(50, -2.0), np.full(50, -0.5), np.ones(50))
    assert found.slope_before < -1.5
    assert found.slope_after > found.slope_before + 0.4
    assert found.treated == 1.0
    assert found.control is None
    assert found.expected_low < found.expected < found.expected_high


def test_an_untreated_group_falls_within_what_is_expected_as_often_as_said():
    """200 groups of 80 untreated people, called treated: 95% within the range; Monte Carlo error 0.015."""
    rng = np.random.default_rng(4)
    before, after = untreated_slopes(RULE, COURSE, draws=16_000, rng=rng)
    found = count(before[:80], after[:80], np.ones(80), rule=RULE)
    shares = (after - before >= RULE.gain).reshape(200, 80).mean(axis=1)
    within = (shares >= found.expected_low) & (shares <= found.expected_high)
    assert 0.91 <= within.mean() <= 0.99


def test_both_arms_are_counted():
    treated = np.repeat([1.0, 0.0], 10)
    after = np.where(np.arange(20) % 2, 0.0, -2.0)
    found = count(np.full(20, -2.0), after, treated)
    assert (found.treated, found.control, found.n_treated, found.n_control) == (0.5, 0.5, 10, 10)


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(FitError, match="nobody was treated"):
        count(np.zeros(3), np.zeros(3), np.zeros(3))
    with pytest.raises(FitError, match="loses 60 points"):
        untreated_slopes(LeadInRule(LEAD_IN, AFTER, 1.25, lost=60.0), COURSE, draws=1000, rng=np.random.default_rng(5))
