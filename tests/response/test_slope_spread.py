"""How far effects may differ: from the joint model's own numbers, never a single number, and nothing where the model fails."""

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.core.check import Check
from stallpoint.models.joint.summary import natural_values
from stallpoint.numerics.delta import delta_covariance
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.joint_trial import Covariates, fit_trial
from stallpoint.response.slope_spread import spread_slopes
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


@pytest.fixture(scope="module")
def trial():
    return simulate_trial(TrialDesign(n=240), constant_benefit(0.3), rng=np.random.default_rng(8)).trial


@pytest.fixture(scope="module")
def fit(trial):
    return fit_trial(follow_trial(trial), Covariates(), spread_by_arm=True)


def test_ends_are_difference_and_sum_of_the_models_spreads(trial, fit):
    control = fit.coefficient("random", "sd(time_months)")["estimate"]
    treated = control * np.exp(fit.theta[fit.design.layout.scale.start])
    spread = spread_slopes(trial, fit).series["effect_spread"]
    assert spread["correlation"].is_sorted()
    assert spread["sd"][0] == pytest.approx(control + treated)
    assert spread["sd"][-1] == pytest.approx(abs(control - treated), abs=1e-9)


def test_the_band_rests_on_the_errors_of_the_models_spreads(trial, fit):
    """At -1 the ends are sums of ends, each arm's by the delta method on its logarithm, two-sided at the square root of 95%."""
    names = [f"{part} {term}" for part, term in zip(fit.coefficients["part"], fit.coefficients["term"], strict=True)]
    at, scale = names.index("random sd(time_months)"), fit.design.layout.scale.start

    def logs(theta):
        log_control = np.log(natural_values(theta, fit.design)[at])
        return np.array([log_control, log_control + theta[scale]])

    errors = np.sqrt(np.diag(delta_covariance(logs, fit.theta, fit.covariance)))
    high = np.exp(logs(fit.theta) + 2.2364774 * errors).sum()
    assert spread_slopes(trial, fit).series["effect_spread"]["high"][0] == pytest.approx(high, rel=1e-4)


def test_it_is_one_look_never_confirmatory_and_gives_no_single_number(trial, fit):
    analysis = spread_slopes(trial, fit)
    (finding,), (look,) = analysis.findings, analysis.looks
    assert finding.status == "cannot tell"
    assert not look.prespecified
    assert "Nobody can observe the correlation" in finding.text
    assert analysis.series["effect_spread"].filter("unlinked").height == (1 if "nothing to do with" in finding.text else 0)


def test_a_wider_arm_is_put_down_to_pace_in_the_same_sentence(trial, fit):
    theta = fit.theta.copy()
    theta[fit.design.layout.scale.start] = 1.0
    (finding,) = spread_slopes(trial, replace(fit, theta=theta)).findings
    assert finding.status == "exploratory"
    assert (
        "So effects in points differ in any case, as they do with a treatment that slows everyone by the same percentage"
        in finding.text
    )
    marked = spread_slopes(trial, replace(fit, theta=theta)).series["effect_spread"].filter("unlinked")
    assert marked["correlation"].item() == pytest.approx(np.exp(-1))


def test_a_model_that_failed_draws_nothing(trial, fit):
    for broken in (
        replace(fit, covariance=np.full_like(fit.covariance, np.nan)),
        replace(fit, checks=(Check("identification", "failed", "flat"),)),
        replace(
            fit, theta=np.where(np.isin(np.arange(len(fit.theta)), range(*fit.design.layout.factor.indices(99))), 0.0, fit.theta)
        ),
    ):
        analysis = spread_slopes(trial, broken)
        assert not analysis.findings
        assert not analysis.series
        assert analysis.checks[0].status == "warning"
