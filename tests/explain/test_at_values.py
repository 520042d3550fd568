"""The chain at values of a number: smooth in the value, blind to units, and silent where nothing differs between people."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.core.plan import Plan
from stallpoint.explain.at_values import judge_at_values, weigh_near
from stallpoint.explain.study_chain import fit_models, judge_at, judge_evidence, judge_trial, read_evidence, see_trial
from stallpoint.simulate.planted import only_above_exposure
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

PLAN = Plan(planned_level=100.0, level_unit="ng/mL")


@pytest.fixture(scope="module")
def judged():
    """A number that goes with the level: what passes `absorbed` must rise with it."""
    rng = np.random.default_rng(2)
    trial = simulate_trial(TrialDesign(n=200), only_above_exposure(0.4, threshold_ng_ml=60), rng=rng).trial
    levels = trial.cohort.concentrations.filter(matrix="plasma").group_by("patient").agg(pl.col("value").mean().alias("enzyme"))
    patients = trial.cohort.patients.join(levels, on="patient", how="left").with_columns(
        pl.col("enzyme").fill_null(levels["enzyme"].median()), flat=pl.lit(1.0), weight_g=pl.col("weight_kg") * 1000
    )
    trial = replace(trial, cohort=replace(trial.cohort, patients=patients))
    evidence = read_evidence(trial, PLAN, fit_models(trial))
    return trial, evidence, judge_evidence(evidence, see_trial(evidence, rng=rng), rng=rng)


def ask(judged, *names):
    trial, evidence, worlds = judged
    return judge_at_values(replace(trial, modifiers=Modifiers(prespecified=names)), evidence, worlds)


def middles(found, link):
    return [each.chain.of(link).middle for each in found]


def test_what_is_absorbed_rises_with_a_number_that_goes_with_the_level(judged):
    found, checks = ask(judged, "enzyme")
    low, middle, high = middles(found, "absorbed")
    assert low < middle < high
    assert [check.status for check in checks] == ["passed"]
    assert [each.chain.subject.split(" (")[1] for each in found] == ["first quartile)", "median)", "third quartile)"]


def test_it_does_not_hang_on_the_unit(judged):
    in_kg, in_g = (ask(judged, name)[0] for name in ("weight_kg", "weight_g"))
    for one, other in zip(in_kg, in_g, strict=True):
        assert np.allclose(one.chain.draws, other.chain.draws)


def test_nobody_is_cut_off_and_those_not_known_count_nothing():
    weights = weigh_near(np.array([1.0, 2.0, 3.0, np.nan]), 2.0)
    assert weights[3] == 0
    assert (weights[:3] > 0).all()
    assert weights[1] == 1 == weights.max()


def test_equal_weights_are_the_whole_trial(judged):
    _, evidence, worlds = judged
    whole = judge_trial("all", evidence, worlds)
    same = judge_at("all", evidence, worlds, np.ones(evidence.people.height))
    assert np.allclose(whole.chain.draws, same.chain.draws)
    assert (whole.n, whole.stall) == (same.n, same.stall)


def test_it_says_why_there_is_none(judged):
    trial, evidence, worlds = judged
    assert ask(judged, "flat")[0] == ()
    assert "the same in everyone" in ask(judged, "flat")[1][0].text
    bare = replace(evidence, people=evidence.people.with_columns(carrier=pl.lit(None, dtype=pl.Boolean)))
    passages = replace(worlds.passages, taken=None, absorbed=None, timely=None)
    named = replace(trial, modifiers=Modifiers(prespecified=("weight_kg",)))
    found, checks = judge_at_values(named, bare, replace(worlds, passages=passages))
    assert found == ()
    assert "nothing that was measured here differs between people" in checks[0].text
    few = trial.cohort.patients.with_columns(weight_kg=pl.when(pl.int_range(pl.len()) < 30).then("weight_kg"))
    sparse = replace(named, cohort=replace(trial.cohort, patients=few))
    assert "fewer than 20 people treated are near" in judge_at_values(sparse, evidence, worlds)[1][0].text


def test_words_and_yes_or_no_are_groups_and_what_was_not_named_is_not_asked(judged):
    assert ask(judged, "sex", "smoker") == ((), ())
    assert ask(judged) == ((), ())
