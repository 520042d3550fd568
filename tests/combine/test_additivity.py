"""Additivity in animals and people: the built-in cases, closed forms, and what must not be claimed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.combine.additivity import ArmSummary, SummaryError, interactions_of, judge_study
from stallpoint.combine.independent_action import IndependentActionError, better_of_two, better_of_two_survival
from stallpoint.knowledge.combinations import load_combination_studies

STUDIES = {study.id: judge_study(study) for study in load_combination_studies()}


@pytest.mark.parametrize("case", ["riluzole-phenylbutyrate", "minocycline-creatine"])
def test_the_mouse_synergies_are_not_distinguishable_from_additive(case):
    found = STUDIES[case]
    assert found.verdict == "not distinguishable from additive"
    assert {each.scale for each in found.interactions} == {"additive", "multiplicative"}
    assert all(each.low < 0 < each.high for each in found.interactions)
    assert "assumptions" in found.assumed


def test_their_estimates_are_the_arithmetic_of_the_published_gains():
    additive, multiplicative = STUDIES["riluzole-phenylbutyrate"].interactions
    assert additive.expected == pytest.approx(1.203)
    assert multiplicative.expected == pytest.approx(1.2126)
    assert additive.estimate == pytest.approx(0.012)
    assert multiplicative.estimate == pytest.approx(math.log(1.215 / 1.2126))


def test_amx0035_cannot_be_identified_because_single_arms_are_missing():
    found = STUDIES["amx0035-centaur"]
    assert found.verdict == "cannot be identified"
    assert "single arms are missing" in found.why
    assert set(found.missing) == {"sodium phenylbutyrate alone", "taurursodiol alone"}
    assert found.interactions == ()


@pytest.mark.parametrize("case", ["riluzole-elacridar", "riluzole-pentoxifylline", "primec", "minocycline-creatine-people"])
def test_other_studies_without_all_arms_claim_nothing(case):
    assert STUDIES[case].verdict == "cannot be identified"
    assert STUDIES[case].missing


def arms(control, first, second, both, error):
    return {
        name: ArmSummary(value, error)
        for name, value in zip(("control", "first", "second", "both"), (control, first, second, both), strict=True)
    }


def test_the_interval_is_that_of_a_factorial_contrast():
    (additive, multiplicative) = interactions_of(arms(10, 12, 13, 18, 0.5), scale="mean")
    assert additive.estimate == pytest.approx(3)
    assert additive.high - additive.low == pytest.approx(2 * 1.959964 * 1.0, rel=1e-6)
    errors = [0.5 / each for each in (10, 12, 13, 18)]
    assert multiplicative.estimate == pytest.approx(math.log(18 * 10 / (12 * 13)))
    assert multiplicative.high - multiplicative.low == pytest.approx(
        2 * 1.959964 * math.sqrt(sum(e**2 for e in errors)), rel=1e-6
    )


def test_coverage_of_the_interval_in_a_simulated_factorial_trial():
    rng = np.random.default_rng(12)
    truth = np.array([10.0, 11.0, 12.0, 13.0])
    held = [0, 0]
    for _ in range(2000):
        seen = truth + 0.4 * rng.normal(size=4)
        for index, each in enumerate(interactions_of(arms(*seen, 0.4), scale="mean")):
            exact = 0.0 if index == 0 else math.log(13 * 10 / (11 * 12))
            held[index] += each.low <= exact <= each.high
    assert held == pytest.approx([1900, 1900], abs=40)


@given(factor=st.floats(0.01, 100.0))
def test_the_unit_of_the_outcome_does_not_change_the_log_interaction(factor):
    plain = interactions_of(arms(10, 12, 13, 18, 0.5), scale="mean")[1]
    scaled = interactions_of(arms(*(factor * each for each in (10, 12, 13, 18)), 0.5 * factor), scale="mean")[1]
    assert scaled.estimate == pytest.approx(plain.estimate)
    assert scaled.low == pytest.approx(plain.low)


def test_what_is_additive_on_one_scale_is_not_called_more():
    found = interactions_of(arms(1.0, 2.0, 2.0, 4.0, 0.05), scale="mean")
    assert found[0].decided
    assert not found[1].decided


def test_negative_means_are_judged_on_the_additive_scale_alone():
    assert len(interactions_of(arms(-6, -5, -5, -4, 0.5), scale="mean")) == 1
    with pytest.raises(SummaryError):
        interactions_of(arms(1, 1, 1, float("nan"), 0.5), scale="mean")
    with pytest.raises(SummaryError):
        interactions_of(arms(1, 1, 1, 1, -0.5), scale="mean")


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.6, 1.0])
def test_the_better_of_two_drugs_agrees_with_simulation(correlation):
    rng = np.random.default_rng(3)
    drawn = rng.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], 200_000, check_valid="ignore")
    first, second = 5 + 2 * drawn[:, 0], 6 + 1 * drawn[:, 1]
    assert better_of_two(5, 6, 2, 1, correlation) == pytest.approx(np.maximum(first, second).mean(), abs=0.02)
    alive = (np.maximum(drawn[:, 0], drawn[:, 1] + 0.5) > 1).mean()
    single = [(drawn[:, 0] > 1).mean(), (drawn[:, 1] + 0.5 > 1).mean()]
    assert better_of_two_survival(*single, correlation) == pytest.approx(alive, abs=0.005)


def test_the_better_of_two_at_its_ends():
    assert better_of_two_survival(0.4, 0.6, 0.0) == pytest.approx(1 - 0.6 * 0.4)
    assert better_of_two_survival(0.4, 0.6, 1.0) == 0.6
    assert better_of_two_survival(0.4, 0.3, -1.0) == pytest.approx(0.7)
    for wrong in ((1.2, 0.5, 0.0), (0.5, 0.5, 1.5)):
        with pytest.raises(IndependentActionError):
            better_of_two_survival(*wrong)
    with pytest.raises(IndependentActionError):
        better_of_two(1, 1, -1, 1, 0)
