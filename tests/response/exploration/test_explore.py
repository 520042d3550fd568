from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.response.exploration.explore import estimate_exploration
from stallpoint.response.exploration.plan import Exploration
from stallpoint.response.modifier_values import ask_of_slope
from stallpoint.simulate.planted import only_in_subgroup
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

PLAN = Exploration(("sex", "age_years", "onset_site", "nothing"), splits=6, shuffled_trials=20)


@pytest.fixture(scope="module")
def trial():
    trial = simulate_trial(
        TrialDesign(n=400), only_in_subgroup(0.9, column="sex", equals="female"), rng=np.random.default_rng(3)
    ).trial
    patients = trial.cohort.patients.with_columns(nothing=pl.lit("same"))
    patients = patients.with_columns(age_years=pl.when(pl.int_range(pl.len()) < 5).then(None).otherwise(pl.col("age_years")))
    return replace(trial, cohort=replace(trial.cohort, patients=patients))


@pytest.fixture(scope="module")
def found(trial):
    return estimate_exploration(trial, PLAN, rng=np.random.default_rng(1))


def test_a_planted_difference_is_found_and_stays_exploratory(found):
    (finding,) = found.findings
    assert finding.status == "exploratory"
    assert not finding.prespecified
    apart = next(effect for effect in found.effects if effect.name == "exploration_slope_dr_learner_apart")
    assert apart.low < 0.9 < apart.high
    assert "same percentage of a faster or slower progression" in finding.text
    sex = found.series["exploration_contrasts"].filter(pl.col("covariate").str.starts_with("sex"), pl.col("outcome") == "slope")
    assert abs(sex["difference"].item()) > 0.7


def test_no_finding_can_be_more_than_exploratory(found):
    """Whatever else is said of it: the status follows from how it was reached."""
    (finding,) = found.findings
    assert replace(finding, decisive=True).status == "exploratory"
    assert replace(finding, decisive=False).status == "cannot tell"


def test_every_look_of_every_learner_is_in_the_ledger(found):
    assert {look.kind for look in found.looks} == {"learner"}
    assert not any(look.prespecified for look in found.looks)
    tests = [look for look in found.looks if look.p_value is not None]
    seen = [look.question for look in found.looks if "Seen by the DR-learner" in look.question]
    assert len(set(seen)) == 2 * len(PLAN.covariates)
    assert all(any(question.startswith(ask_of_slope(name)) for question in seen) for name in PLAN.covariates)
    assert [look.effect for look in tests] == [f"exploration_{name}_dr_learner_differential" for name in ("slope", "survival")]
    assert all(look.p_adjusted == pytest.approx(min(1, 2 * look.p_value)) for look in tests)
    assert {look.effect for look in found.looks} >= {"exploration_slope_tree", "exploration_survival_tree"}


def test_what_is_said_carries_its_count_of_false_calls(found):
    calls = found.series["exploration_false_calls"].row(0, named=True)
    assert calls["trials"] == 20
    assert f"In {calls['called']} of 20 shuffled trials" in found.findings[0].text


def test_no_effect_of_a_single_person_is_handed_on(found, trial):
    assert all(effect.n > 300 for effect in found.effects)
    assert all(frame.height < 50 for frame in found.series.values())
    words = found.findings[0].text.lower()
    assert "responder" not in words
    assert "resistant" not in words
    assert not any(patient in repr(found.series) for patient in trial.cohort.patients["patient"].head(3))


def test_a_covariate_that_does_not_vary_and_people_of_whom_one_is_not_known_are_named(found):
    texts = " ".join(check.text for check in found.checks)
    assert "nothing was not explored" in texts
    lost = next(check for check in found.checks if check.name == "explored covariates recorded")
    assert (lost.status, lost.count >= 5) == ("warning", True)


def test_a_threshold_is_never_given_to_use(found):
    groups = found.series["exploration_tree"]["group"].to_list()
    assert all("among the" in group or ": yes" in group or ": no" in group or group == "everybody" for group in groups)


def test_without_randomisation_or_covariates_nothing_is_explored(trial):
    observed = replace(trial, cohort=replace(trial.cohort, not_randomised="A registry."))
    for asked, plan in ((observed, PLAN), (trial, replace(PLAN, covariates=("nothing",)))):
        analysis = estimate_exploration(asked, plan, rng=np.random.default_rng(1))
        assert not analysis.effects
        assert not analysis.findings
        assert "Nothing was explored" in analysis.checks[-1].text


def test_where_few_die_survival_is_not_explored(trial):
    alive = replace(trial, cohort=replace(trial.cohort, events=trial.cohort.events.filter(pl.col("event") != "death")))
    some = trial.cohort.events.filter(pl.col("event") == "death").head(15)
    events = pl.concat([alive.cohort.events, some])
    few = replace(trial, cohort=replace(trial.cohort, events=events))
    analysis = estimate_exploration(few, replace(PLAN, covariates=("sex",), splits=2), rng=np.random.default_rng(1))
    assert {effect.unit for effect in analysis.effects} == {"points per month"}
    assert any("Survival was not explored: 15 deaths" in check.text for check in analysis.checks)
