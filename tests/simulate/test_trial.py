from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import ks_2samp

from stallpoint.core.build import build_cohort
from stallpoint.core.cohort import Modifiers
from stallpoint.core.tables import TABLES
from stallpoint.simulate.natural_history import default_natural_history
from stallpoint.simulate.planted import PlantedEffect, constant_benefit, late_start, no_effect, only_in_subgroup
from stallpoint.simulate.trial import simulate_cohort, simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

ITEMS = ["q1", "q2", "q3", "q4", "q5a", "q5b", "q6", "q7", "q8", "q9", "q10", "q11", "q12"]
STAYS_ON = replace(default_natural_history(), treatment_stop_per_month=0.0)


def simulated(effect=no_effect(), n=300, seed=1, history=None, **design):  # noqa: B008
    design = TrialDesign(n=n, **design)
    return simulate_trial(
        design, effect, natural_history=history, modifiers=Modifiers(("smoker",)), rng=np.random.default_rng(seed)
    )


def tables(cohort):
    return {name: getattr(cohort, name) for name in TABLES}


def test_same_generator_same_trial():
    first, second = simulated(record_items=True), simulated(record_items=True)
    for name in TABLES:
        assert_frame_equal(getattr(first.trial.cohort, name), getattr(second.trial.cohort, name))
    assert first.truth.slope_difference == second.truth.slope_difference


def test_tables_pass_the_checking_constructor():
    cohort = simulated(record_items=True).trial.cohort
    built = build_cohort("again", tables(cohort), simulated=True)
    assert not [check for check in built.checks if check.status == "failed"]
    for name in TABLES:
        assert getattr(built, name).height == getattr(cohort, name).height


def test_only_declared_columns_and_types():
    for name, frame in tables(simulated(record_items=True).trial.cohort).items():
        declared = TABLES[name].dtypes
        assert {column: declared[column] for column in frame.columns} == dict(frame.schema)


def test_allocation_is_exact_and_marked_simulated():
    trial = simulated(allocation=2 / 3).trial
    assert (trial.cohort.patients["arm"] == "active").sum() == 200
    assert trial.cohort.simulated


def test_scores_keep_to_floor_and_ceiling_and_items_sum_to_them():
    visits = simulated(record_items=True, n=500).trial.cohort.visits
    assert visits["alsfrs_r"].is_between(0, 48).all()
    assert (visits["alsfrs_r"] == visits["alsfrs_r"].round()).all()
    assert (visits.select(pl.sum_horizontal(ITEMS)).to_series() == visits["alsfrs_r"]).all()
    assert visits["alsfrs_r"].max() == 48


def test_unbounded_scores_rounded_and_cut_are_the_recorded_ones():
    plain, recorded = (simulated(n=500, bounded_scores=bounded).trial.cohort.visits for bounded in (False, True))
    assert plain["alsfrs_r"].max() > 48
    assert_frame_equal(plain.with_columns(pl.col("alsfrs_r").round(0, mode="half_to_even").clip(0, 48)), recorded)


def test_the_same_totals_with_and_without_items():
    assert_frame_equal(
        simulated(record_items=True).trial.cohort.visits.select("patient", "time_months", "alsfrs_r"),
        simulated().trial.cohort.visits,
    )


def test_one_event_each_and_nothing_seen_after_it():
    cohort = simulated(n=500).trial.cohort
    assert cohort.events["patient"].n_unique() == cohort.events.height == 500
    last = cohort.visits.join(cohort.events, on="patient", suffix="_end")
    assert (last["time_months"] <= last["time_months_end"]).all()
    assert last.filter(pl.col("event") != "end").select(pl.col("time_months") < pl.col("time_months_end")).to_series().all()
    assert cohort.visits.filter(pl.col("time_months") == 0)["patient"].n_unique() == 500


def test_visits_of_a_person_rise_in_time():
    visits = simulated(visit_jitter_months=2.0, missed_visit_probability=0.0).trial.cohort.visits
    assert visits.select(pl.col("time_months").diff().over("patient").drop_nulls().min() > 0).item()


def test_null_effect_leaves_the_arms_alike():
    drawn = simulated(no_effect(), n=6_000)
    assert drawn.truth.slope_difference == 0
    assert drawn.truth.survival_difference == 0
    final = drawn.trial.cohort.visits.filter(pl.col("time_months") > 11).join(drawn.trial.cohort.patients, on="patient")
    arms = [final.filter(pl.col("arm") == arm)["alsfrs_r"].to_numpy() for arm in ("active", "placebo")]
    assert ks_2samp(*arms).pvalue > 0.001


def test_null_effect_makes_the_arm_label_inert():
    """With the effect planted in nobody, the data equal those of no effect, person by person."""
    nobody = only_in_subgroup(5.0, column="onset_site", equals="nowhere")
    for name in TABLES:
        assert_frame_equal(getattr(simulated(nobody).trial.cohort, name), getattr(simulated(no_effect()).trial.cohort, name))


def test_truth_of_a_constant_benefit_is_the_benefit():
    truth = simulated(constant_benefit(0.3), history=STAYS_ON).truth
    assert truth.slope_difference == pytest.approx(0.3)
    assert truth.survival_treatment > truth.survival_control
    assert truth.people["effect"].to_numpy() == pytest.approx(np.full(300, 0.3))
    assert truth.percent_slowing == pytest.approx(
        -30 / truth.people.filter(pl.col("arm") == "active")["slope_untreated"].to_numpy().mean()
    )


def test_stopping_early_dilutes_the_effect():
    assert 0.2 < simulated(constant_benefit(0.3), n=2_000).truth.slope_difference < 0.3


def test_truth_by_subgroup_and_its_contrast():
    truth = simulated(only_in_subgroup(0.5, column="smoker", equals=True), history=STAYS_ON).truth
    assert truth.contrast("smoker") == pytest.approx(0.5)
    assert [group.level for group in truth.subgroups] == ["false", "true"]


def test_late_start_shows_late_in_the_visits():
    """The same people with and without the effect: nothing moves before it starts."""
    kept = {"n": 2_000, "seed": 4, "history": STAYS_ON}
    late, none = (simulated(effect, **kept).trial.cohort for effect in (late_start(3.0, start_months=6), no_effect()))
    both = late.visits.join(none.visits, on=["patient", "time_months"], suffix="_none").join(late.patients, on="patient")
    gained = both.filter(pl.col("arm") == "active").with_columns(gain=pl.col("alsfrs_r") - pl.col("alsfrs_r_none"))
    assert (gained.filter(pl.col("time_months") < 6)["gain"] == 0).all()
    assert gained.filter(pl.col("time_months") > 11)["gain"].to_numpy().mean() > 5


def test_direct_hazard_changes_survival_and_not_function():
    truth = simulated(PlantedEffect(log_hazard_ratio=np.log(0.5)), n=2_000, history=STAYS_ON).truth
    assert truth.slope_difference == 0
    assert truth.survival_difference > 0.05


def test_survival_truth_agrees_with_simulated_deaths():
    stays = replace(STAYS_ON, withdrawal=replace(STAYS_ON.withdrawal, scale_months=1e9))
    drawn = simulated(constant_benefit(1.0), n=8_000, history=stays)
    events = drawn.trial.cohort.events.join(drawn.trial.cohort.patients, on="patient")
    for arm, truth in (("active", drawn.truth.survival_treatment), ("placebo", drawn.truth.survival_control)):
        alive = (events.filter(pl.col("arm") == arm)["event"] == "end").to_numpy().mean()
        assert alive == pytest.approx(truth, abs=0.02)


def test_drug_is_measured_in_the_treated_only():
    cohort = simulated().trial.cohort
    arms = cohort.concentrations.join(cohort.patients, on="patient")["arm"].unique().to_list()
    assert arms == ["active"]
    assert cohort.doses.filter(pl.col("treatment") == "placebo")["dose_mg"].sum() == 0


def test_variants_are_called_in_three_values():
    variants = simulated(n=2_000).trial.cohort.variants
    assert set(variants["call"].unique()) == {"present", "absent", "not tested"}
    assert variants.group_by("patient").len()["len"].unique().to_list() == [5]


def test_cohort_has_no_arms_and_no_drug():
    drawn = simulate_cohort(TrialDesign(n=50), rng=np.random.default_rng(1))
    assert "arm" not in drawn.cohort.patients.columns
    assert drawn.cohort.doses.is_empty()
    assert drawn.people.height == 50
