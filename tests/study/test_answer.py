from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort, Modifiers, Trial
from stallpoint.core.effect import Effect
from stallpoint.core.estimand import Estimand
from stallpoint.core.finding import Finding
from stallpoint.study.answer import answer_cohort, answer_trial, say_how_sure

EMPTY = pl.DataFrame()
COHORT = Cohort("SMALL", pl.DataFrame({"patient": ["a", "b"]}), EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY)
QUESTION = Estimand("active", "placebo", "adults", "alsfrs_r", 12, "joint", "treatment policy")
TRIAL = Trial(COHORT, "placebo", "active", QUESTION, modifiers=Modifiers(prespecified=("smoker",)))
SLOPE = Effect(
    "slope_difference", "Difference in slope", 0.2, 0.05, 0.35, "points per month", 90, "all", "joint", "primary", better="higher"
)
BY_SMOKER = replace(SLOPE, name="by_smoker", label="Added benefit: smoker", role="modifier")
CORRECTED = replace(BY_SMOKER, name="by_smoker_corrected", estimate=0.12, low=0.01, high=0.33, role="announced")
FAILED = Check("convergence", "failed", "The fit did not converge.")


def finding(effect: str, *, decisive: bool = True) -> Finding:
    return Finding("Does it?", "It does.", "randomised data", True, True, decisive, effect)


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (
            SLOPE,
            "In this trial, people on active fared better than people on placebo. Difference in slope: 0.20 points per month",
        ),
        (replace(SLOPE, estimate=-0.2, low=-0.35, high=-0.05), "people on placebo fared better than people on active."),
        (replace(SLOPE, low=-0.1), "no difference between active and placebo was shown, nor was one ruled out."),
        (replace(SLOPE, checks=(FAILED,)), "cannot be told: a check of the primary analysis failed. The fit did not converge."),
    ],
)
def test_the_answer_says_no_more_than_the_interval_and_checks_allow(effect: Effect, said: str) -> None:
    assert said in answer_trial(TRIAL, [effect], [])


def test_a_missing_primary_effect_says_why() -> None:
    without = Finding("Does it?", "Not estimated.", "randomised data", True, True, False, checks=(FAILED,))
    assert answer_trial(TRIAL, [], [without]).endswith("could not be estimated. The fit did not converge.")


def test_only_a_confirmatory_modifier_is_announced() -> None:
    effects, differs = (
        [SLOPE, BY_SMOKER, CORRECTED],
        "The effect differs between groups. Added benefit: smoker: 0.20 points per month",
    )
    said = answer_trial(TRIAL, effects, [finding("by_smoker")])
    assert differs in said
    assert said.endswith("corrected for having been announced because it is large: 0.12 (0.01 to 0.33).")
    assert "smoker cannot be told" in answer_trial(TRIAL, effects, [finding("by_smoker", decisive=False)])
    assert differs not in answer_trial(TRIAL, effects, [replace(finding("by_smoker"), prespecified=False)])


def test_a_difference_in_another_measure_stands_without_a_corrected_size() -> None:
    said = answer_trial(TRIAL, [SLOPE, BY_SMOKER], [finding("by_smoker")])
    assert said.endswith("Added benefit: smoker: 0.20 points per month (95% interval 0.05 to 0.35).")


def test_simulated_data_are_called_so() -> None:
    trial = replace(TRIAL, cohort=replace(COHORT, simulated=True))
    assert answer_trial(trial, [SLOPE], []).startswith("In these simulated data, ")


def test_a_cohort_says_that_nobody_was_randomised() -> None:
    said = answer_cohort(COHORT, [replace(SLOPE, role="description", scale="level")])
    assert said.startswith("No treatment effect can be estimated: nobody was randomised in SMALL")
    assert "2 people" in said
    assert "0.20 points per month" in said


@pytest.mark.parametrize(
    ("found", "checks", "said"),
    [
        ([finding("slope_difference")], (), "Confirmatory: "),
        ([finding("slope_difference", decisive=False)], (), "These data cannot tell."),
        ([], (FAILED, Check("b", "warning", "Care.")), "1 check failed"),
        ([], (Check("b", "warning", "Care."),), "1 check asks for care"),
        ([], (Check("c", "passed", "Fine."),), "All checks passed."),
    ],
)
def test_how_sure_follows_from_status_and_checks(found: list[Finding], checks: tuple[Check, ...], said: str) -> None:
    assert said in say_how_sure([SLOPE], found, checks)
