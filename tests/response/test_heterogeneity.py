from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.response.final_outcome import final_outcomes, order_outcomes
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.heterogeneity import estimate_heterogeneity
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


@pytest.fixture(scope="module")
def trial():
    return simulate_trial(TrialDesign(n=300), constant_benefit(0.6), rng=np.random.default_rng(21)).trial


@pytest.fixture(scope="module")
def found(trial):
    return estimate_heterogeneity(trial, rng=np.random.default_rng(1))


def test_a_constant_benefit_leaves_variation_as_it_is(found):
    """The slopes' spread is the same in both arms; relative to a smaller mean slope it is larger."""
    ratio, relative = found.effects
    assert (ratio.name, relative.name) == ("slope_variability_ratio", "slope_variation_coefficient_ratio")
    assert abs(np.log(ratio.estimate)) < 4 * ratio.std_error
    assert relative.estimate > 1.3 * ratio.estimate
    assert 0.02 < ratio.std_error < 0.3


def test_bounds_hold_and_agree_with_each_other(found):
    benefit, harm = found.series["benefit_bounds"].iter_rows(named=True)
    for share in (benefit, harm):
        assert 0 <= share["low"] <= share["least"] <= share["most"] <= share["high"] <= 1
    assert benefit["least"] > 0.1
    assert harm["most"] < 0.9
    assert benefit["least"] + harm["least"] <= 1


def test_nobody_is_called_a_responder_and_nothing_here_is_confirmatory(found):
    assert {finding.status for finding in found.findings} <= {"exploratory", "cannot tell"}
    words = " ".join(finding.text for finding in found.findings).lower()
    assert "responder" not in words
    assert "resistant" not in words
    assert "proves nothing" in words or "does not say that everyone responds alike" in words
    assert [look.effect for look in found.looks] == [
        "slope_variability_ratio",
        "slope_variation_coefficient_ratio",
        "effect_spread",
        "benefit_bounds",
        "survivor_bounds",
        "survivor_bounds_assumed",
    ]
    assert not any(look.prespecified for look in found.looks)


def test_weights_are_those_of_kaplan_and_meier(trial):
    followed = follow_trial(trial)
    outcomes = final_outcomes(followed, 12.0)
    ordered = order_outcomes(outcomes.people.filter(pl.col("treated") == 1))
    deaths = ordered.outcome < -500
    assert ordered.weight.sum() == pytest.approx(1)
    assert (ordered.weight > 0).all()
    from lifelines import KaplanMeierFitter

    arm = followed.people.filter(pl.col("treated") == 1)
    curve = KaplanMeierFitter().fit(arm["time_months"].to_numpy(), arm["died"].to_numpy())
    assert ordered.weight[deaths].sum() == pytest.approx(1 - curve.survival_function_.iloc[-1, 0])
    assert ordered.outcome[deaths].max() < ordered.outcome[~deaths].min()


def test_without_randomisation_no_share_is_bounded(trial):
    observed = replace(trial, cohort=replace(trial.cohort, not_randomised="A registry."))
    found = estimate_heterogeneity(observed, rng=np.random.default_rng(1))
    assert not found.series
    assert any("not bounded" in check.text for check in found.checks)
    assert {finding.basis for finding in found.findings} == {"observed data"}


def test_strata_of_randomisation_narrow_the_bounds_or_are_left_where_too_small(trial):
    stratified = estimate_heterogeneity(replace(trial, strata=("onset_site",)), rng=np.random.default_rng(1))
    assert stratified.series["benefit_bounds"].height == 2


def test_a_trial_without_deaths_still_has_bounds(trial):
    cohort = replace(trial.cohort, events=trial.cohort.events.filter(pl.col("event") != "death"))
    found = estimate_heterogeneity(replace(trial, cohort=cohort), rng=np.random.default_rng(1))
    assert set(found.series) == {"benefit_bounds", "survivor_bounds"}
    bounds = found.series["survivor_bounds"]
    assert bounds["least"].to_list() == pytest.approx(bounds["most"].to_list())
    assert any(check.name == "variation of slopes" and check.status == "warning" for check in found.checks)


@pytest.mark.parametrize("deaths", ["everyone", "all but one on control", "one"])
def test_many_or_few_deaths_leave_checks_and_never_a_crash(trial, deaths):
    cohort = trial.cohort
    last = {"everyone": 10_000, "all but one on control": 10_000, "one": 1}[deaths]
    who = cohort.patients.head(last)["patient"]
    if deaths == "all but one on control":
        who = cohort.patients.filter(pl.col("arm") == trial.control)["patient"][1:]
    dead = pl.DataFrame({"patient": who, "time_months": 7.0, "event": "death"}).cast(dict(cohort.events.schema))
    others = cohort.events.filter((pl.col("event") != "death") & ~pl.col("patient").is_in(who.implode()))
    visits = cohort.visits.filter(~pl.col("patient").is_in(who.implode()) | (pl.col("time_months") < 7))
    changed = replace(cohort, events=pl.concat([others, dead.select(others.columns)]), visits=visits)
    found = estimate_heterogeneity(replace(trial, cohort=changed), rng=np.random.default_rng(1))
    if deaths != "one":
        assert "survivor_bounds" not in found.series
        assert any(check.name == "survivors" and "not bounded" in check.text for check in found.checks)
    else:
        assert found.series["survivor_bounds"].height == 2


def test_without_visits_at_the_horizon_nothing_is_bounded(trial):
    early = replace(trial, cohort=replace(trial.cohort, visits=trial.cohort.visits.filter(pl.col("time_months") < 8)))
    found = estimate_heterogeneity(early, rng=np.random.default_rng(1))
    assert not {"survivor_bounds", "benefit_bounds"} & set(found.series)
    assert {"survivors", "bounds on benefit"} <= {check.name for check in found.checks if check.status == "warning"}
