"""A marker that falls is no benefit, one that foretells is no modifier, and what was looked for stands behind its fence."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.guards.conftest import Invoke

import stallpoint
from stallpoint.core.cohort import Modifiers, Trial
from stallpoint.core.errors import StallpointError, StudyFileError
from stallpoint.report.content import ReportContent
from stallpoint.report.render import render_report
from stallpoint.simulate.trial import SimulatedTrial

BENEFIT = re.compile(r"\bbenefit|\bhelp(s|ed)\b|works\b|slowed|effective\b")


def with_fallen_nfl(trial: Trial) -> Trial:
    """NfL of the treated falls to a fifth; their function is that of a trial in which nothing was planted."""
    arms = trial.cohort.patients.select("patient", "arm")
    treated = (pl.col("arm") == trial.treatment) & (pl.col("time_months") > 0)
    markers = trial.cohort.markers.join(arms, on="patient", maintain_order="left")
    fallen = markers.with_columns(value=pl.when(treated).then(pl.col("value") / 5).otherwise("value")).drop("arm")
    return replace(trial, cohort=replace(trial.cohort, markers=fallen))


def test_no_effect_on_the_patient_is_read_from_a_marker(simulated: SimulatedTrial) -> None:
    before = stallpoint.estimate_average(simulated.trial)
    after = stallpoint.estimate_average(with_fallen_nfl(simulated.trial))
    assert after.effects == before.effects
    assert after.findings == before.findings


def test_a_chain_whose_target_is_engaged_says_nothing_of_benefit(simulated: SimulatedTrial) -> None:
    plan = stallpoint.Plan(engagement_marker="NfL", full_change=-0.8)
    costs, rng = stallpoint.Costs(), np.random.default_rng(1)
    found = stallpoint.explain_trial(with_fallen_nfl(simulated.trial), plan=plan, costs=costs, rng=rng)
    said = " ".join([found.text, *(each.text for each in found.findings)])
    assert not BENEFIT.search(said)
    assert {each.status for each in found.findings} <= {"exploratory", "hypothesis", "cannot tell"}


def test_a_marker_that_foretells_in_both_arms_is_no_modifier(simulated: SimulatedTrial) -> None:
    """It lies four times as often in the treated: without its main effect the contrast would take the prognosis for an effect."""
    trial, rng = simulated.trial, np.random.default_rng(1)
    people = trial.cohort.patients
    marked = people.with_columns(
        marked=pl.Series(rng.random(people.height) < np.where(people["arm"] == trial.treatment, 0.8, 0.2))
    )
    visits = trial.cohort.visits.join(marked.select("patient", "marked"), on="patient", maintain_order="left")
    contrasts = []
    for points_per_month in (0.0, 1.0):
        lost = (pl.col("alsfrs_r") - points_per_month * pl.col("time_months") * pl.col("marked")).clip(0, 48)
        cohort = replace(trial.cohort, patients=marked, visits=visits.with_columns(alsfrs_r=lost).drop("marked"))
        asked = replace(trial, cohort=cohort, modifiers=Modifiers(("marked",)))
        found = stallpoint.estimate_modifiers(asked, rng=np.random.default_rng(2))
        contrasts.append(next(each for each in found.effects if each.role == "modifier" and each.scale == "difference"))
        assert found.findings[0].status == "cannot tell"
    plain, foretelling = contrasts
    assert abs(foretelling.estimate - plain.estimate) < 0.2
    assert foretelling.std_error is not None
    assert abs(foretelling.estimate - plain.estimate) < 0.5 * foretelling.std_error


MODIFIER = stallpoint.Effect("by_sex", "By sex", 0.4, 0.1, 0.7, "points", 90, "As asked.", "joint model", role="modifier")
SHRUNKEN = replace(MODIFIER, name="by_sex_shrunken", role="shrunken", estimate=0.1)
LOOK = stallpoint.Look("Does it differ by sex?", "modifier", "slope", False, "by_sex", 0.01, 0.04)
FOUND = stallpoint.Finding("By sex?", "It differs.", "randomised data", False, False, True, effect="by_sex")
FENCED = ReportContent("k", "q", "a", represents="Not known.", effects=(MODIFIER, SHRUNKEN), findings=(FOUND,), looks=(LOOK,))


def test_a_group_that_was_looked_for_is_shown_within_its_fence() -> None:
    page = render_report(FENCED)
    assert "As a sceptic reads them" in page
    assert "Ledger of looks" in page
    assert '<span class="tag exploratory">' in page


@pytest.mark.parametrize("missing", [{"looks": ()}, {"effects": (MODIFIER,)}, {"looks": (replace(LOOK, effect="by_age"),)}])
def test_and_not_without_ledger_or_shrunken_size(missing: dict[str, object]) -> None:
    with pytest.raises(StallpointError, match="without its ledger and its shrunken size"):
        render_report(replace(FENCED, **missing))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"shuffled_trials": 0}, "shuffled_trials in .* is 0"),
        ({"splits": 1}, "splits in .* is 1"),
        ({"covariates": ()}, "covariates in .* is empty"),
        ({"learners": ("best responders",)}, "no learner 'best responders'"),
    ],
)
def test_no_search_goes_without_the_count_of_its_false_calls(more: dict[str, object], said: str) -> None:
    with pytest.raises(StudyFileError, match=said):
        stallpoint.Exploration(**{"covariates": ("sex",), **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["shuffled_trials = 0", "shuffled_trials = 19", "splits = 1"])
def test_neither_through_a_study_file(study: Path, invoke: Invoke, tmp_path: Path, line: str) -> None:
    text = (study / "study.toml").read_text(encoding="utf-8")
    text += f'[data]\nfolder = "{study / "data"}"\n[exploration]\ncovariates = ["sex"]\n{line}\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    assert "give at least" in invoke("check", tmp_path, code=2).stderr


def test_what_is_not_shown_is_neither_none_nor_the_same(ran: Path) -> None:
    """Nothing was planted, so modifiers are not significant; that is no evidence of sameness."""
    results = json.loads((ran / "results.json").read_text(encoding="utf-8"))
    asked = [each for each in results["findings"] if " differ by " in each["question"]]
    assert len(asked) == 2
    said = " ".join(each["text"] for each in results["findings"]) + results["answer"]["text"]
    assert not re.search(r"same effect|no difference between groups|does not differ|equally|is not effective|no effect of", said)
    contrasts = [each for each in results["effects"] if each["role"] == "modifier"]
    assert all(each["low"] < each["estimate"] < each["high"] for each in contrasts)
    within_one_group = re.compile(r"effect (in|among) (women|men|female|male)")
    assert not any(within_one_group.search(each["label"].lower()) for each in results["effects"])
