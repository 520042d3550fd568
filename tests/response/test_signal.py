"""Reported differences of effect: the two that ALS has seen to the end, and what may be said of them before and after."""

import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.response.signal import Confirmation, ReportedDifference, judge_signal

LITHIUM = ReportedDifference("lithium by UNC13A C/C, survival at 12 months", p_value=0.027, power=0.5)
EARLY = ReportedDifference("methylcobalamin within 12 months of onset (E0302)", p_value=0.025, power=0.5)
JETALS = Confirmation("JETALS", p_value=0.012, benefit=True)
MAGNET = Confirmation("MAGNET", p_value=None, benefit=False, stopped_for_futility=True)


def test_lithium_by_unc13a_was_a_signal_that_needed_confirmation():
    found = judge_signal(LITHIUM)
    assert found.verdict == "signal, needs confirmation"
    # p = 0.027, prior 0.1: 0.33 at power 0.5; no effect size makes it less than 0.70.
    assert found.false_alarm[0.1] == pytest.approx(0.33, abs=0.005)
    assert found.least_false_alarm[0.1] == pytest.approx(0.70, abs=0.005)
    assert found.finding.status == "exploratory"
    assert "at least 70%" in found.finding.text
    weaker = judge_signal(ReportedDifference("lithium", p_value=0.027, power=0.2))
    assert weaker.false_alarm[0.1] == pytest.approx(0.55, abs=0.005)


def test_what_became_of_it():
    found = judge_signal(LITHIUM, confirmation=MAGNET)
    assert found.verdict == "refuted"
    assert "stopped for lack of benefit" in found.finding.text


def test_jetals_confirmed_what_e0302_had_suggested():
    assert judge_signal(EARLY).verdict == "signal, needs confirmation"
    found = judge_signal(EARLY, confirmation=JETALS)
    assert found.verdict == "confirmed"
    assert found.finding.status == "confirmatory"


def test_the_number_of_looks_can_take_a_signal_away():
    looked = ReportedDifference("the same, one of ten", p_value=0.027, power=0.5, looks=10)
    found = judge_signal(looked)
    assert found.verdict == "no signal"
    assert found.finding.status == "cannot tell"
    assert "corrected for 10 looks" in found.finding.text


@pytest.mark.parametrize(
    ("confirmation", "verdict"),
    [
        (Confirmation("a trial", 0.3, True), "not confirmed"),
        (Confirmation("a trial", None, True), "not confirmed"),
        (Confirmation("a trial", 0.01, False), "refuted"),
    ],
)
def test_a_trial_that_does_not_confirm(confirmation, verdict):
    found = judge_signal(EARLY, confirmation=confirmation)
    assert found.verdict == verdict
    assert (found.finding.status == "cannot tell") == (verdict == "not confirmed")


def test_a_look_counts_itself():
    with pytest.raises(StallpointError, match="0 looks"):
        judge_signal(ReportedDifference("x", 0.01, 0.5, looks=0))
