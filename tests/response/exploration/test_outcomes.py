import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import FitError
from stallpoint.response.exploration.outcomes import slope_outcomes, survival_outcomes
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.joint_trial import SLOPE_TERM, Covariates, find_beta, fit_trial
from stallpoint.simulate.planted import only_in_subgroup
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


@pytest.fixture(scope="module")
def explored():
    simulated = simulate_trial(
        TrialDesign(n=1000), only_in_subgroup(0.8, column="sex", equals="female"), rng=np.random.default_rng(31)
    )
    followed = follow_trial(simulated.trial)
    fit = fit_trial(followed, Covariates())
    people = pl.DataFrame({"patient": list(fit.data.people)}).join(
        followed.people, on="patient", how="left", maintain_order="left"
    )
    return fit, people, (people["sex"] == "female").to_numpy()


def test_arms_differ_as_the_joint_model_says(explored):
    fit, people, female = explored
    treated = people["treated"].to_numpy()
    slopes = slope_outcomes(fit, treated, female[:, None].astype(float))
    difference = slopes[treated == 1].mean() - slopes[treated == 0].mean()
    assert difference == pytest.approx(fit.theta[find_beta(fit, SLOPE_TERM)], abs=0.02)
    assert slopes.std() == pytest.approx(0.7, abs=0.25)


def test_groups_differ_as_was_planted(explored):
    """One step of each group's own, with a quarter dead: 0.8 in women and nothing in men, error 0.06."""
    fit, people, female = explored
    treated = people["treated"].to_numpy()
    slopes = slope_outcomes(fit, treated, female[:, None].astype(float))

    def effect(group):
        one, other = slopes[group & (treated == 1)], slopes[group & (treated == 0)]
        error = np.sqrt(one.var() / len(one) + other.var() / len(other))
        return one.mean() - other.mean(), error

    for group, planted in ((female, 0.8), (~female, 0.0)):
        found, error = effect(group)
        assert error < 0.1
        assert abs(found - planted) < 3 * error


def test_survival_times_are_pseudo_values_of_each_arm():
    time, treated = np.array([3.0, 12, 12, 6, 12, 12]), np.array([1.0, 1, 1, 0, 0, 0])
    died = np.array([1.0, 0, 0, 1, 0, 0])
    assert survival_outcomes(time, died, treated, 12.0) == pytest.approx(time)
    with pytest.raises(FitError, match="before the horizon"):
        survival_outcomes(np.minimum(time, 6), died, treated, 12.0)
