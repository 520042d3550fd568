"""Average effect, modifiers and follow-up on simulated trials."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.response.average import estimate_average
from stallpoint.response.course import describe_course
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.modifiers import estimate_modifiers, fit_without_modifiers, judge_modifiers
from stallpoint.response.strata import code_strata
from stallpoint.simulate.planted import constant_benefit, only_in_subgroup, percent_slowing
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


@pytest.fixture(scope="module")
def benefit():
    return simulate_trial(TrialDesign(n=300), constant_benefit(0.6), rng=np.random.default_rng(11))


@pytest.fixture(scope="module")
def average(benefit):
    return estimate_average(benefit.trial)


def find(analysis, name):
    return next(effect for effect in analysis.effects if effect.name == name)


def test_a_planted_benefit_is_found_where_it_was_planted(benefit, average):
    slope = find(average, "slope_difference")
    assert slope.role == "primary"
    assert slope.favours == "treatment"
    assert abs(slope.estimate - benefit.truth.slope_difference) < 4 * slope.std_error
    survival = find(average, "survival_difference")
    assert abs(survival.estimate - 100 * benefit.truth.survival_difference) < 4 * survival.std_error
    assert average.findings[0].status == "confirmatory"


def test_function_at_the_horizon_is_the_slope_difference_times_the_horizon(average):
    slope, function = find(average, "slope_difference"), find(average, "function_difference")
    assert function.estimate == pytest.approx(12 * slope.estimate)
    assert function.std_error == pytest.approx(12 * slope.std_error)


def test_every_contrast_is_a_look_and_has_interval_check_and_source(average):
    contrasts = [effect for effect in average.effects if effect.scale != "level"]
    assert {look.effect for look in average.looks} == {effect.name for effect in contrasts}
    assert sum(look.prespecified for look in average.looks) == 1
    for effect in average.effects:
        assert effect.low < effect.estimate < effect.high
        assert effect.sources


def test_the_composite_strategy_makes_the_win_odds_primary(benefit):
    trial = replace(benefit.trial, estimand=replace(benefit.trial.estimand, death="composite"))
    analysis = estimate_average(trial)
    assert [effect.name for effect in analysis.effects if effect.role == "primary"] == ["win_odds"]


def test_a_trial_without_deaths_is_analysed_without_survival(benefit):
    cohort = replace(benefit.trial.cohort, events=benefit.trial.cohort.events.filter(pl.col("event") != "death"))
    analysis = estimate_average(replace(benefit.trial, cohort=cohort))
    assert find(analysis, "slope_difference").method == "linear mixed model, REML"
    assert any(check.name == "nobody died" for check in analysis.checks)


def test_visits_after_the_last_dose_do_not_count_while_on_treatment(benefit):
    trial = benefit.trial
    doses = trial.cohort.doses.with_columns(stop_months=pl.lit(5.0))
    stopped = replace(
        trial, cohort=replace(trial.cohort, doses=doses), estimand=replace(trial.estimand, stopping="while on treatment")
    )
    assert follow_trial(stopped).visits["time_months"].max() <= 5.5
    assert follow_trial(stopped).people["time_months"].max() <= 5.0
    assert follow_trial(trial).visits["time_months"].max() > 11


def test_strata_are_adjusted_for_and_keep_the_effect(benefit, average):
    adjusted = find(estimate_average(replace(benefit.trial, strata=("onset_site",))), "slope_difference")
    assert adjusted.estimate == pytest.approx(find(average, "slope_difference").estimate, abs=0.15)


def test_a_modifier_that_matters_is_found_and_one_that_does_not_reads_cannot_tell():
    simulated = simulate_trial(
        TrialDesign(n=500),
        only_in_subgroup(0.8, column="sex", equals="female"),
        rng=np.random.default_rng(12),
    )
    trial = replace(simulated.trial, modifiers=Modifiers(prespecified=("sex",), explored=("age_years",)))
    analysis = estimate_modifiers(trial, rng=np.random.default_rng(1))
    sex = find(analysis, "modifier_sex_1")
    sign = 1 if "female against" in sex.label else -1
    assert abs(sign * sex.estimate - 0.8) < 4 * sex.std_error
    statuses = {finding.question: finding.status for finding in analysis.findings}
    assert statuses["Does the effect of active differ by sex?"] == "confirmatory"
    assert all(finding.status != "confirmatory" for finding in analysis.findings[1:])
    assert {look.prespecified for look in analysis.looks} == {True, False}
    assert find(analysis, "modifier_ratio_sex_1").scale == "ratio"
    shrunken = find(analysis, "modifier_sex_1_shrunken")
    assert 0 < sign * shrunken.estimate < sign * sex.estimate
    corrected = find(analysis, "modifier_sex_1_corrected")
    assert 0 < sign * corrected.estimate <= sign * sex.estimate
    assert not [effect.name for effect in analysis.effects if effect.role == "announced" and effect != corrected]
    assert "Corrected for having been announced" in analysis.findings[0].text
    assert "risk of a false alarm" in analysis.findings[0].text
    assert "risk of a false alarm" not in analysis.findings[1].text


def test_what_is_decided_of_modifiers_is_what_is_estimated(benefit):
    trial = replace(
        benefit.trial, modifiers=Modifiers(prespecified=("sex", "nfl_baseline"), explored=("age_years", "onset_site"))
    )
    followed = code_strata(follow_trial(trial), trial.strata)
    judged = judge_modifiers(trial, followed, fit_without_modifiers(followed), rng=np.random.default_rng(5))
    analysis = estimate_modifiers(trial, rng=np.random.default_rng(5))
    looks = [look for look in analysis.looks if look.p_adjusted is not None]
    assert [(one.p_value, one.p_adjusted) for one in judged.values()] == [(look.p_value, look.p_adjusted) for look in looks]
    assert [one.decisive for one in judged.values()] == [finding.decisive for finding in analysis.findings]


def test_a_drug_that_slows_everyone_by_the_same_percentage_is_put_down_to_the_rate_of_progression():
    """Fast people gain more points from the same percentage: what is said of points says so in the same sentence."""
    simulated = simulate_trial(TrialDesign(n=600), percent_slowing(0.5), rng=np.random.default_rng(15))
    trial = replace(simulated.trial, modifiers=Modifiers(prespecified=("nfl_baseline",)))
    analysis = estimate_modifiers(trial, rng=np.random.default_rng(1))
    finding = analysis.findings[0]
    ratio = find(analysis, "modifier_ratio_nfl_baseline_1")
    assert finding.decisive
    assert not ratio.excludes_null
    assert "same percentage of a faster or slower progression" in finding.text


def test_every_contrast_of_a_modifier_with_three_levels_is_in_the_ledger(benefit):
    """The correction takes the test of all levels alone, so that a modifier counts once however many levels it has."""
    cohort = benefit.trial.cohort
    sites = cohort.patients.with_columns(region=pl.Series(["north", "south", "north", "east", "south"] * 60))
    trial = replace(benefit.trial, cohort=replace(cohort, patients=sites), modifiers=Modifiers(explored=("region",)))
    analysis = estimate_modifiers(trial, rng=np.random.default_rng(1))
    shown = {effect.name for effect in analysis.effects if effect.role == "modifier"}
    assert shown < {look.effect for look in analysis.looks}
    assert not any(look.prespecified for look in analysis.looks)
    assert [look.effect for look in analysis.looks if look.p_adjusted is not None] == ["modifier_region"]
    assert analysis.findings[0].status in ("cannot tell", "exploratory")


def test_the_course_of_a_trial_makes_no_contrast_of_arms(benefit):
    analysis = describe_course(benefit.trial.cohort, estimand=benefit.trial.estimand, rng=np.random.default_rng(1))
    assert find(analysis, "slope_mean").scale == "level"
    assert set(analysis.series) == {"flow", "visit_pattern"}
    flow = analysis.series["flow"]
    assert flow.filter(pl.col("step") == "randomised")["n"].sum() == 300
    pattern = analysis.series["visit_pattern"].group_by("arm", "time_months").agg(pl.col("n").sum())
    assert set(pattern["n"].to_list()) <= {150}
