"""Other measures beside the slope: what they are, that they agree with closed forms, and that contradictions are said."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.response.other_measures import CONTRADICTION, compare_measures
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign
from stallpoint.study.answer import answer_trial


@pytest.fixture(scope="module")
def trial():
    design = TrialDesign(n=240, horizon_months=12, visit_months=(0, 3, 6, 9, 12))
    made = simulate_trial(design, constant_benefit(0.3), rng=np.random.default_rng(5))
    return replace(made.trial, modifiers=Modifiers(prespecified=("sex",), explored=("age_years",)))


def find(analysis, name):
    return next(effect for effect in analysis.effects if effect.name == name)


def test_every_measure_is_a_look_that_nobody_named_beforehand(trial):
    analysis = compare_measures(trial)
    assert {effect.name for effect in analysis.effects} == {
        f"modifier_{measure}_{name}_1" for measure in ("wins", "while_alive", "months_alive") for name in ("sex", "age_years")
    }
    assert {look.effect for look in analysis.looks} == {effect.name for effect in analysis.effects}
    assert not any(look.prespecified for look in analysis.looks)
    assert all(finding.status in ("cannot tell", "exploratory") for finding in analysis.findings)


def test_without_deaths_and_losses_time_alive_and_change_are_differences_of_means(trial):
    cohort = trial.cohort
    ends = cohort.patients.select("patient", time_months=pl.lit(12.0), event=pl.lit("end"))
    rng = np.random.default_rng(1)
    visits = pl.concat(
        [
            pl.DataFrame(
                {"patient": [p] * 3, "time_months": [0.0, 6.0, 12.0], "alsfrs_r": list(map(float, rng.integers(10, 40, 3)))}
            )
            for p in cohort.patients["patient"]
        ]
    )
    schema = cohort.events.schema
    full = replace(cohort, events=ends.cast({"event": schema["event"]}), visits=visits)
    found = find(compare_measures(replace(trial, cohort=full)), "modifier_while_alive_sex_1")
    wide = visits.with_columns(month="m" + pl.col("time_months").cast(pl.Int64).cast(pl.String)).pivot(
        "month", index="patient", values="alsfrs_r"
    )
    change = wide.select("patient", value=(pl.col("m0") / 4 + pl.col("m6") / 2 + pl.col("m12") / 4) - pl.col("m0"))
    means = cohort.patients.join(change, on="patient").group_by("arm", "sex").agg(pl.col("value").mean())
    cell = {(arm, sex): value for arm, sex, value in means.iter_rows()}
    level = found.label.split("sex, ")[1].split(" against ")
    expected = (cell["active", level[0]] - cell["placebo", level[0]]) - (cell["active", level[1]] - cell["placebo", level[1]])
    assert found.estimate == pytest.approx(expected, abs=1e-9)


def test_where_items_are_recorded_the_time_before_stage_4_is_asked_too():
    design = TrialDesign(n=120, horizon_months=12, visit_months=(0, 4, 8, 12), record_items=True)
    made = simulate_trial(design, constant_benefit(0.3), rng=np.random.default_rng(5)).trial
    trial = replace(made, modifiers=Modifiers(prespecified=("sex",)))
    before, alive = (find(compare_measures(trial), f"modifier_{name}_sex_1") for name in ("before_stage_4", "months_alive"))
    assert before.unit == "months"
    # Feeding or breathing fails before people die, so that time is shorter and tells more.
    assert before.n == alive.n == 120
    assert before.std_error > alive.std_error
    schema = trial.cohort.visits.schema
    best = {"q5a": 4, "q5b": None, "q10": 4, "q12": 4}
    full = trial.cohort.visits.with_columns(pl.lit(value, dtype=schema[name]).alias(name) for name, value in best.items())
    never = compare_measures(replace(trial, cohort=replace(trial.cohort, visits=full)))
    assert find(never, "modifier_before_stage_4_sex_1").estimate == pytest.approx(
        find(never, "modifier_months_alive_sex_1").estimate
    )


def test_a_drug_that_slows_women_and_kills_them_is_said_to_contradict_itself_before_anything_else(trial):
    cohort = trial.cohort
    women = cohort.patients.filter((pl.col("sex") == "female") & (pl.col("arm") == "active"))["patient"]
    visits = cohort.visits.with_columns(
        alsfrs_r=pl.when(pl.col("patient").is_in(women.implode()))
        .then((pl.col("alsfrs_r") + 2.0 * pl.col("time_months")).clip(0, 48))
        .otherwise(pl.col("alsfrs_r"))
        .cast(cohort.visits["alsfrs_r"].dtype)
    ).filter(~pl.col("patient").is_in(women.implode()) | (pl.col("time_months") <= 4))
    others = cohort.events.filter(~pl.col("patient").is_in(women.implode()))
    deaths = pl.DataFrame({"patient": women, "time_months": 5.0, "event": "death"}, schema_overrides=dict(others.schema))
    harmed = replace(trial, cohort=replace(cohort, visits=visits, events=pl.concat([others, deaths.select(others.columns)])))
    analysis = compare_measures(harmed)
    finding = analysis.findings[0]
    assert finding.decisive
    assert finding.text.startswith(CONTRADICTION)
    assert finding.status == "exploratory"
    assert answer_trial(harmed, (), analysis.findings).startswith(CONTRADICTION)


def test_a_person_alone_in_a_cell_of_randomisation_makes_no_contradiction(trial):
    """Alone in a cell a person is fitted without error: the others' contrast is what it is without that person."""
    patients = trial.cohort.patients.with_columns(
        site=pl.when(pl.int_range(pl.len()) == 0)
        .then(pl.lit("C"))
        .when(pl.int_range(pl.len()) % 2 == 0)
        .then(pl.lit("A"))
        .otherwise(pl.lit("B"))
    )
    alone = replace(trial, cohort=replace(trial.cohort, patients=patients), strata=("site",))
    analysis = compare_measures(alone)
    assert analysis.effects
    assert all(np.isfinite([effect.low, effect.high]).all() for effect in analysis.effects)
    assert not any("nan" in finding.text for finding in analysis.findings)
    months = find(analysis, "modifier_months_alive_sex_1")
    assert months.n == trial.cohort.n - 1


def test_measures_that_do_not_vary_leave_a_check_and_no_crash(trial):
    """Nobody's score ever changes and nobody dies."""
    cohort = trial.cohort
    visits = cohort.visits.with_columns(alsfrs_r=pl.lit(40).cast(cohort.visits["alsfrs_r"].dtype))
    events = cohort.patients.select("patient", time_months=pl.lit(12.0), event=pl.lit("end"))
    events = events.cast({"event": cohort.events.schema["event"]})
    analysis = compare_measures(replace(trial, cohort=replace(cohort, visits=visits, events=events)))
    assert not any(finding.decisive for finding in analysis.findings)
    assert any(check.name == "measures by sex" and "mean change" in check.text for check in analysis.checks)
