import polars as pl
import pytest

from stallpoint.simulate.demo import BENEFIT_POINTS_PER_MONTH, SEED, simulate_demo

DEMO = simulate_demo()


def test_seed_is_the_one_that_was_fixed():
    assert SEED == 20261122


def test_demo_is_a_marked_simulation_with_everything_recorded():
    cohort = DEMO.trial.cohort
    assert (cohort.name, cohort.n, cohort.simulated) == ("DEMO-1", 400, True)
    assert {"q1", "q5a", "q5b", "q12"} <= set(cohort.visits.columns)
    for table in (cohort.markers, cohort.variants, cohort.doses, cohort.concentrations):
        assert not table.is_empty()


def test_the_effect_stalls_in_smokers():
    by_level = {group.level: group.slope_difference for group in DEMO.truth.subgroups if group.modifier == "smoker"}
    assert by_level["true"] < 0.1 < 0.3 < by_level["false"] < BENEFIT_POINTS_PER_MONTH
    assert DEMO.truth.contrast("smoker") == pytest.approx(by_level["true"] - by_level["false"])


def test_smokers_levels_are_lower():
    cohort = DEMO.trial.cohort
    levels = (
        cohort.concentrations.join(cohort.patients, on="patient").group_by("smoker").agg(pl.col("value").median()).sort("smoker")
    )
    assert levels["value"][1] < 0.6 * levels["value"][0]


def test_truth_has_both_effects():
    assert 0.2 < DEMO.truth.slope_difference < 0.35
    assert 0 < DEMO.truth.survival_difference < 0.1
