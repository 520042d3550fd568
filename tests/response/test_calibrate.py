"""The study's own people with an effect that is known, and what the analysis makes of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.response.announce import Announced, Announcement, announce
from stallpoint.response.calibrate import Repeat, read_repeat, run_worlds, summarise_worlds
from stallpoint.response.imposed import ImposedEffect, impose_effect
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


@pytest.fixture(scope="module")
def trial():
    made = simulate_trial(
        TrialDesign(n=160, horizon_months=9, visit_months=(0, 3, 6, 9)), constant_benefit(0.3), rng=np.random.default_rng(3)
    )
    return replace(made.trial, strata=("riluzole",), modifiers=Modifiers(prespecified=("sex", "age_years")))


def test_shuffling_keeps_people_visits_deaths_and_the_arms_of_each_stratum(trial):
    shuffled = impose_effect(trial, ImposedEffect("none"), rng=np.random.default_rng(1))
    for table in ("visits", "events", "markers"):
        assert getattr(shuffled.cohort, table).equals(getattr(trial.cohort, table))
    assert shuffled.cohort.patients.drop("arm").equals(trial.cohort.patients.drop("arm"))
    assert shuffled.cohort.patients["arm"].to_list() != trial.cohort.patients["arm"].to_list()
    counts = [each.cohort.patients.group_by("riluzole", "arm").len().sort("riluzole", "arm") for each in (shuffled, trial)]
    assert counts[0].equals(counts[1])


def test_the_imposed_effect_is_in_proportion_to_time_and_stays_on_the_scale(trial):
    effect = ImposedEffect("differs", 0.2, "sex", 1.0)
    given = impose_effect(trial, effect, rng=np.random.default_rng(1))
    plain = impose_effect(trial, ImposedEffect("none"), rng=np.random.default_rng(1))
    assert given.cohort.patients.equals(plain.cohort.patients)
    people = given.cohort.patients.select("patient", "arm", "sex")
    usual = people["sex"].value_counts(sort=True)["sex"][0]
    both = (
        given.cohort.visits.select("patient", "time_months", "alsfrs_r")
        .with_columns(before=plain.cohort.visits["alsfrs_r"])
        .join(people, on="patient")
        .drop_nulls()
    )
    slope = 0.2 + (pl.col("sex") != usual).cast(pl.Float64)
    expected = (
        pl.col("before") + pl.when(pl.col("arm") == trial.treatment).then(slope).otherwise(0.0) * pl.col("time_months")
    ).clip(0, 48)
    away = both.select((pl.col("alsfrs_r") - expected).abs().max()).item()
    assert away <= 0.5 + 1e-9
    assert both["alsfrs_r"].max() <= 48
    assert both.filter(pl.col("arm") != trial.treatment).select((pl.col("alsfrs_r") == pl.col("before")).all()).item()


def test_workers_and_interruptions_change_no_digit(trial):
    effects = [ImposedEffect("none"), ImposedEffect("differs", 0.0, "sex", 1.5)]
    kept = []
    once = run_worlds(trial, effects, repeats=2, seed=4, keep=kept.extend)
    assert kept == once
    with ThreadPoolExecutor(2) as pool:
        assert run_worlds(trial, effects, repeats=2, seed=4, executor=pool) == once
    assert [read_repeat(asdict(each)) for each in once] == once
    resumed = []
    assert run_worlds(trial, effects, repeats=2, seed=4, done=once[:3], keep=resumed.extend) == once
    assert resumed == once[3:]


def test_what_is_announced_is_what_the_whole_analysis_finds(trial):
    given = impose_effect(trial, ImposedEffect("differs", 0.0, "sex", 1.5), rng=np.random.default_rng(1))
    found = announce(given, rng=np.random.default_rng(2))
    assert [(each.contrast, each.status) for each in found.groups] == [("modifier_sex_1", "confirmatory")]
    group = found.groups[0]
    assert 0 < group.shrunken < group.raw < 3
    assert group.corrected_low < group.corrected <= group.raw
    assert group.corrected < group.corrected_high
    assert found.average[1] < found.average[0] < found.average[2]


def test_shares_are_counted_by_what_was_given():
    def made(world, repeat, *groups):
        return Repeat(world, repeat, Announced((0.1, -0.1, 0.3), groups))

    sex = Announcement("modifier_sex_1", "confirmatory", 0.6, 0.5, 0.1, 0.9, 0.4, "")
    age = Announcement("modifier_age_years_1", "confirmatory", 0.6, 0.5, 0.1, 0.9, 0.4, "")
    explored = Announcement("modifier_bmi_1", "exploratory", 0.6, 0.5, 0.1, 0.9, 0.4, "")
    effects = [ImposedEffect("none"), ImposedEffect("differs", 0.0, "sex", 0.5)]
    table = summarise_worlds(
        effects, [made(0, 0), made(0, 1, sex), made(0, 2, explored), made(0, 3), made(1, 0, sex), made(1, 1, age, sex)]
    )
    none, differs = table.to_dicts()
    assert (none["false_share"], none["explored_share"], none["found_share"], none["average_share"]) == (0.25, 0.25, None, 0.0)
    assert (differs["false_share"], differs["found_share"]) == (0.5, 1.0)
    assert (differs["raw"], differs["corrected"], differs["shrunken"]) == (0.6, 0.5, 0.4)
    assert 0 < none["false_error"] < 0.25
