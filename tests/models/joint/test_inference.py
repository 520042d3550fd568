"""Intervals, tests and refits of a joint model, against what they must agree with."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest
from joint_world import BASE, small_world
from scipy.stats import norm

from stallpoint.core.errors import FitError
from stallpoint.models.joint.bounds import check_bounds
from stallpoint.models.joint.compare import compare_fits, score_test
from stallpoint.models.joint.fit import fit_joint
from stallpoint.models.joint.likelihood import log_likelihood_and_gradient, split_people
from stallpoint.models.joint.profile import profile_interval
from stallpoint.models.joint.refit import bootstrap_fits, refit
from stallpoint.models.joint.robust import all_scores, with_robust_errors

PEOPLE = 120


@pytest.fixture(scope="module")
def world():
    return small_world(PEOPLE)


@pytest.fixture(scope="module")
def fit(world):
    return fit_joint(*world, **BASE)


def test_scores_of_people_add_up_to_nothing_at_the_maximum(fit):
    scores = all_scores(fit)
    assert scores.shape == (PEOPLE, len(fit.theta))
    step = fit.covariance @ scores.sum(axis=0)
    assert np.abs(step / np.sqrt(np.diag(fit.covariance))).max() < 1e-3


def test_robust_errors_are_near_the_model_s_where_the_model_holds_and_clusters_of_one_change_nothing(fit):
    robust = with_robust_errors(fit)
    ratio = robust.coefficients["std_error"].to_numpy() / fit.coefficients["std_error"].to_numpy()
    assert ((ratio > 0.6) & (ratio < 1.7)).all()
    own = with_robust_errors(fit, cluster="patient")
    assert own.covariance == pytest.approx(robust.covariance)
    with pytest.raises(FitError, match="too few"):
        with_robust_errors(fit, cluster="site")


def test_robust_errors_see_that_people_were_counted_twice(world):
    """Twins add no information: clusters of two give the errors of one copy."""
    visits, events = world
    again = [frame.with_columns(patient=pl.col("patient") + "x") for frame in world]
    events = events.with_columns(family="patient")
    double = fit_joint(
        pl.concat([visits, again[0]]), pl.concat([events, again[1].with_columns(family=events["patient"])]), **BASE
    )
    single = with_robust_errors(fit_joint(visits, events, **BASE))
    twins = with_robust_errors(double, cluster="family")
    assert np.sqrt(np.diag(twins.covariance)) == pytest.approx(np.sqrt(np.diag(single.covariance)), rel=1e-2)


def test_profile_ends_are_where_the_likelihood_has_dropped(fit, world):
    low, high = profile_interval(fit, "association", "value")
    row = fit.coefficient("association", "value")
    assert low == pytest.approx(row["low"], abs=0.35 * row["std_error"])
    assert high == pytest.approx(row["high"], abs=0.35 * row["std_error"])
    index = fit.design.layout.alpha().start
    groups = split_people(fit.data.arrays)
    for end in (low, high):
        held = fit.theta.copy()
        held[index] = end
        # Without moving the other parameters the drop is at least that of the profile.
        assert 2 * (fit.log_likelihood - log_likelihood_and_gradient(held, groups, fit.design)[0]) >= 3.84 - 0.02
    with pytest.raises(FitError, match="no profile interval"):
        profile_interval(fit, "random", "sd(month)")


def test_likelihood_ratio_score_and_wald_agree_on_a_term(fit, world):
    smaller = fit_joint(*world, **{**BASE, "event": "Surv(time, died) ~ 1"})
    ratio = compare_fits(smaller, fit)
    score = score_test(smaller, *world, event=BASE_EVENT)
    row = fit.coefficient("event", "arm")
    wald = (row["estimate"] / row["std_error"]) ** 2
    assert ratio.degrees_of_freedom == score.degrees_of_freedom == 1
    assert ratio.terms == score.terms == ("event: arm",)
    assert ratio.statistic == pytest.approx(wald, rel=0.1, abs=0.05)
    assert score.statistic == pytest.approx(wald, rel=0.1, abs=0.05)
    assert ratio.p_value == pytest.approx(2 * norm.sf(np.sqrt(ratio.statistic)))


BASE_EVENT = {"event": BASE["event"]}


def test_comparisons_that_mean_nothing_are_refused(fit, world):
    with pytest.raises(FitError, match="smaller model first"):
        compare_fits(fit, fit)
    other = fit_joint(*small_world(60), **BASE)
    with pytest.raises(FitError, match="different people"):
        compare_fits(fit, other)
    with pytest.raises(FitError, match="does not contain"):
        score_test(fit, *world, event={"event": "Surv(time, died) ~ age"})


def test_bootstrap_spread_is_that_of_the_standard_errors(fit):
    refits = bootstrap_fits(fit, repeats=60, rng=np.random.default_rng(1))
    assert refits.arrived.all()
    layout = fit.design.layout
    fixed = [*range(layout.beta.stop), layout.alpha().start]
    ratio = refits.theta[:, fixed].std(axis=0, ddof=1) / np.sqrt(np.diag(fit.covariance))[fixed]
    # The standard deviation of 60 draws is known to 9%; the resampled spread is the robust one.
    assert ((ratio > 0.55) & (ratio < 1.6)).all()


def test_bootstrap_does_not_depend_on_where_it_runs(fit):
    alone = bootstrap_fits(fit, repeats=3, rng=np.random.default_rng(7), by="arm")
    with ThreadPoolExecutor(2) as executor:
        shared = bootstrap_fits(fit, repeats=3, rng=np.random.default_rng(7), by="arm", executor=executor)
    assert (alone.theta == shared.theta).all()


def test_refit_to_permuted_arms_is_a_fit_to_them(fit, world):
    _, events = world
    order = np.random.default_rng(2).permutation(PEOPLE)
    swapped = dict(zip(events["patient"], events["arm"].to_numpy()[order], strict=True))
    again = [frame.with_columns(arm=pl.col("patient").replace_strict(swapped)) for frame in world]
    theta, arrived = refit(fit, *again)
    assert arrived
    whole = fit_joint(*again, **BASE)
    assert np.abs((theta - whole.theta) / np.sqrt(np.diag(whole.covariance))).max() < 0.02


def test_bounds_matter_where_many_scores_stand_at_them(fit, world):
    visits, events = world
    assert check_bounds(fit, *world, bounds={"score": (-50.0, 100.0)}).status == "passed"
    cut = visits.with_columns(score=pl.col("score").clip(30.0, 40.0))
    gaussian = fit_joint(cut, events, **BASE)
    check = check_bounds(gaussian, cut, events, bounds={"score": (30.0, 40.0)})
    assert check.status == "warning"
    assert "month" in check.text or "Intercept" in check.text
    bounded = fit_joint(cut, events, **BASE, bounds={"score": (30.0, 40.0)})
    truth = fit.coefficient("longitudinal", "month")["estimate"]
    assert abs(bounded.coefficient("longitudinal", "month")["estimate"] - truth) < abs(
        gaussian.coefficient("longitudinal", "month")["estimate"] - truth
    )
