"""Excess deaths of treatment and modifier together: closed form without losses, counted looks, and a check where a group forbids it."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.response.excess_deaths import estimate_excess_deaths
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

NAMED = Modifiers(prespecified=("smoker",), explored=("age_years", "clinic"))


@pytest.fixture(scope="module")
def trial():
    made = simulate_trial(TrialDesign(n=240), constant_benefit(0.3), rng=np.random.default_rng(5)).trial
    clinic = pl.Series("clinic", np.array(["east", "west", "north"])[np.arange(240) % 3])
    return replace(made, modifiers=NAMED, cohort=replace(made.cohort, patients=made.cohort.patients.with_columns(clinic)))


def with_deaths(trial, dead):
    """The trial in which a person dies at 6 months where `dead` (treated, smoker) says so of its place in the group, nobody is lost."""
    patients = trial.cohort.patients.with_columns(
        place=pl.int_range(pl.len()).over("arm", "smoker"), size=pl.len().over("arm", "smoker")
    )
    share = pl.col("place") < pl.col("size") * pl.struct("arm", "smoker").map_elements(
        lambda row: dead[int(row["arm"] == trial.treatment)][int(row["smoker"])], return_dtype=pl.Float64
    )
    events = patients.select(
        "patient",
        time_months=pl.when(share).then(6.0).otherwise(12.0),
        event=pl.when(share).then(pl.lit("death")).otherwise(pl.lit("end")),
    )
    visits = trial.cohort.visits.filter(pl.col("time_months") < 6)
    schema = trial.cohort.events.schema
    cohort = replace(trial.cohort, events=events.cast({"event": schema["event"]}), visits=visits)
    counts = patients.group_by("arm", "smoker").len()
    n = {(arm == trial.treatment, smoker): size for arm, smoker, size in counts.iter_rows()}
    return replace(trial, cohort=cohort), np.array([[n[a, s] for s in (False, True)] for a in (False, True)])


def test_without_losses_it_is_the_closed_form(trial):
    changed, n = with_deaths(trial, [[0.1, 0.35], [0.35, 0.8]])
    added, relative = estimate_excess_deaths(changed).effects
    risk = np.ceil(np.array([[0.1, 0.35], [0.35, 0.8]]) * n) / n
    variance = risk * (1 - risk) / n
    assert added.estimate == pytest.approx(100 * (risk[1, 1] - risk[1, 0] - risk[0, 1] + risk[0, 0]))
    assert added.std_error == pytest.approx(100 * np.sqrt(variance.sum()))
    assert added.unit == "percentage points"
    ratio = risk / risk[0, 0]
    assert relative.estimate == pytest.approx(ratio[1, 1] - ratio[1, 0] - ratio[0, 1] + 1)
    gradient = np.array([[-(relative.estimate - 1), -1], [-1, 1]]) / risk[0, 0]
    assert relative.std_error == pytest.approx(np.sqrt((gradient**2 * variance).sum()))
    assert "placebo and smoker no" in relative.method
    assert relative.unit == "multiples of the lowest risk"


def test_it_is_a_counted_look_and_never_confirmatory(trial):
    """Numbers and words of more levels have no four groups; a large excess is announced as exploratory."""
    changed, _ = with_deaths(trial, [[0.1, 0.1], [0.1, 0.9]])
    analysis = estimate_excess_deaths(changed)
    assert [look.effect for look in analysis.looks] == ["modifier_added_deaths_smoker"]
    assert not analysis.looks[0].prespecified
    (finding,) = analysis.findings
    assert finding.status == "exploratory"
    assert "to be confirmed in other people" in finding.text


def test_p_values_are_corrected_for_the_number_of_looks(trial):
    both = replace(trial, modifiers=Modifiers(prespecified=("smoker", "sex")))
    analysis = estimate_excess_deaths(both)
    assert len(analysis.looks) == 2
    for look in analysis.looks:
        assert look.p_adjusted == pytest.approx(min(1.0, 2 * look.p_value))
    assert {finding.status for finding in analysis.findings} == {"cannot tell"}
    assert all("no proof" in finding.text for finding in analysis.findings)


@pytest.mark.parametrize(
    ("dead", "why"),
    [
        ([[0.0, 0.2], [0.2, 0.2]], "without risk"),
        ([[0.0, 0.0], [0.0, 0.0]], "without risk"),
        ([[0.2, 1.0], [0.2, 0.2]], "without survivors"),
        ([[1.0, 1.0], [1.0, 1.0]], "without survivors"),
    ],
)
def test_groups_without_deaths_or_survivors_leave_a_check(trial, dead, why):
    changed, _ = with_deaths(trial, dead)
    analysis = estimate_excess_deaths(changed)
    assert not analysis.effects
    assert not analysis.looks
    assert not analysis.methods
    assert [why in check.text for check in analysis.checks] == [True]
    assert analysis.checks[0].status == "warning"


def test_few_deaths_are_said(trial):
    changed, _ = with_deaths(trial, [[0.03, 0.3], [0.3, 0.3]])
    (finding,) = estimate_excess_deaths(changed).findings
    assert any(check.status == "warning" and "intervals are rough" in check.text for check in finding.checks)


def test_a_group_lost_early_brings_the_horizon_nearer(trial):
    changed, _ = with_deaths(trial, [[0.2, 0.3], [0.3, 0.4]])
    cohort = changed.cohort
    smokers = cohort.patients.filter(pl.col("smoker") & (pl.col("arm") == changed.treatment))["patient"]
    events = cohort.events.with_columns(
        time_months=pl.when(pl.col("patient").is_in(smokers.implode()) & (pl.col("event") == "end"))
        .then(8.0)
        .otherwise(pl.col("time_months"))
    )
    (effect,) = estimate_excess_deaths(replace(changed, cohort=replace(cohort, events=events))).effects
    assert "by 8 months" in effect.label


def test_where_no_group_is_clearly_the_lowest_nothing_is_relative_to_one(trial):
    unclear, _ = with_deaths(trial, [[0.3, 0.3], [0.32, 0.35]])
    analysis = estimate_excess_deaths(unclear)
    assert [effect.name for effect in analysis.effects] == ["modifier_added_deaths_smoker"]
    assert [check.status for check in analysis.checks if check.name == "lowest risk by smoker"] == ["warning"]
    assert "RERI" not in analysis.findings[0].text
    clear, _ = with_deaths(trial, [[0.05, 0.6], [0.6, 0.9]])
    analysis = estimate_excess_deaths(clear)
    assert [effect.name for effect in analysis.effects] == ["modifier_added_deaths_smoker", "modifier_excess_deaths_smoker"]
    assert "RERI" in analysis.findings[0].text
