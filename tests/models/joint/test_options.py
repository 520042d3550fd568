"""Every part of a joint model fitted: that units, order and labels do not matter, and that special cases agree with general ones."""

import numpy as np
import polars as pl
import pytest
from joint_world import BASE, TWO_CAUSES, TWO_MEASURES, small_world

from stallpoint.core.errors import FitError
from stallpoint.models.joint.fit import fit_joint
from stallpoint.models.joint.prior import Normal


def fitted(people=80, **changes):
    return fit_joint(*small_world(people), **{**BASE, **changes})


def estimate(fit, part, term):
    return fit.coefficient(part, term)["estimate"]


@pytest.fixture(scope="module")
def plain():
    return fitted()


@pytest.mark.parametrize("baseline", ["spline", "royston-parmar", "piecewise"])
def test_units_of_time_and_order_of_rows_do_not_matter(baseline):
    visits, events = small_world(80)
    model = {**BASE, "baseline": baseline, "association": "value + slope"}
    fit = fit_joint(visits, events, **model)
    days = fit_joint(
        visits.sample(fraction=1, shuffle=True, seed=1).with_columns(pl.col("month") * 30.0),
        events.sample(fraction=1, shuffle=True, seed=2).with_columns(pl.col("time") * 30.0),
        **model,
    )
    assert days.log_likelihood == pytest.approx(fit.log_likelihood - fit.deaths * np.log(30), abs=2e-3)
    assert estimate(days, "association", "value") == pytest.approx(estimate(fit, "association", "value"), rel=5e-3, abs=1e-4)
    assert estimate(days, "association", "slope") == pytest.approx(30 * estimate(fit, "association", "slope"), rel=5e-3, abs=0.02)
    assert estimate(days, "longitudinal", "month:arm") * 30 == pytest.approx(estimate(fit, "longitudinal", "month:arm"), rel=2e-3)


def test_units_of_the_measure_do_not_matter(plain):
    visits, events = small_world(80)
    tenfold = fit_joint(visits.with_columns(pl.col("score") * 10), events, **BASE)
    assert tenfold.log_likelihood == pytest.approx(plain.log_likelihood - visits.height * np.log(10), abs=2e-3)
    assert estimate(tenfold, "association", "value") * 10 == pytest.approx(
        estimate(plain, "association", "value"), rel=2e-3, abs=1e-5
    )


def test_labels_of_the_arm_do_not_matter(plain):
    visits, events = small_world(80)
    named = [frame.with_columns(arm=pl.col("arm").replace_strict({0: "a", 1: "b"})) for frame in (visits, events)]
    fit = fit_joint(*named, **BASE)
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-5)
    assert estimate(fit, "event", "arm[T.b]") == pytest.approx(estimate(plain, "event", "arm"), abs=1e-3)


def test_people_counted_twice_by_weight_or_by_row_are_the_same():
    visits, events = small_world(50)
    by_weight = fit_joint(visits, events.with_columns(weight=pl.lit(2.0)), **BASE, weights="weight")
    again = [frame.with_columns(patient=pl.col("patient") + "x") for frame in (visits, events)]
    by_row = fit_joint(pl.concat([visits, again[0]]), pl.concat([events, again[1]]), **BASE)
    assert by_weight.log_likelihood == pytest.approx(by_row.log_likelihood, abs=1e-4)
    assert by_weight.coefficient("event", "arm")["std_error"] == pytest.approx(
        by_row.coefficient("event", "arm")["std_error"], rel=1e-3
    )


def test_entry_at_zero_is_no_truncation(plain):
    visits, events = small_world(80)
    fit = fit_joint(visits, events.with_columns(entry=pl.lit(0.0)), **BASE, entry="entry")
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)


def test_bounds_that_no_score_reaches_change_nothing(plain):
    assert fitted(bounds={"score": (-100.0, 100.0)}).log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)


def test_causes_without_a_common_effect_add_up():
    """With no association the likelihood of two causes is the sum of each one's."""
    both = fitted(event=TWO_CAUSES, association="none")
    death = fitted(association="none")
    withdrawal = fitted(event="Surv(time, left) ~ 1", association="none")
    measures = fitted(association="none", event="Surv(time, left) ~ 1")
    alone = survival_only(small_world(80)[1], "left", ["Intercept"])
    assert withdrawal.log_likelihood == pytest.approx(measures.log_likelihood)
    assert both.log_likelihood == pytest.approx(death.log_likelihood + alone, abs=1e-3)


def survival_only(events, name, terms):
    """Maximised log-likelihood of a Weibull model, by scipy."""
    from scipy.optimize import minimize

    assert terms == ["Intercept"]
    time, died = events["time"].to_numpy(), events[name].to_numpy()

    def loss(x):
        return -(died * (x[0] + x[1] + (np.exp(x[1]) - 1) * np.log(time))).sum() + (np.exp(x[0]) * time ** np.exp(x[1])).sum()

    return -minimize(loss, [np.log(died.sum() / time.sum()), 0.0], method="BFGS", options={"gtol": 1e-8}).fun


def test_independent_measures_add_up():
    """A second measure that the hazard does not see, with its random effects' correlations free, fits at least as well as alone."""
    both = fitted(**TWO_MEASURES, association="value(score)")
    assert both.converged
    assert "nfl: month" in both.coefficients["term"].to_list()
    assert both.design.layout.random == ("score: Intercept", "score: month", "nfl: Intercept")


def test_strata_with_the_same_hazard_cost_little_and_gain_little(plain):
    fit = fitted(strata="site")
    gain = fit.log_likelihood - plain.log_likelihood
    assert -1e-6 <= gain < 8
    assert {"shape (site A)", "shape (site B)"} <= set(fit.coefficients["term"])


def test_a_quadratic_of_the_residual_s_log_is_refused_with_reason():
    with pytest.raises(FitError, match="different rows"):
        fitted(residual="~ age")


def test_a_constant_covariate_is_not_identified_and_said_so():
    visits, events = small_world(40)
    with pytest.raises(FitError, match="dependent"):
        fit_joint(visits, events.with_columns(one=pl.lit(1.0)), **{**BASE, "event": "Surv(time, died) ~ arm + one"})


def test_an_association_that_the_data_cannot_tell_apart_is_named():
    """Value and its mean over a window that is shorter than anything in the data are the same thing."""
    fit = fitted(association="value + window(0.0001)")
    check = next(check for check in fit.checks if check.name == "identification")
    assert check.status == "failed"
    assert "association value" in check.text
    assert "window" in check.text


def test_one_visit_per_person_leaves_the_slope_s_variance_unknown():
    visits, events = small_world(60)
    first = visits.filter(pl.col("month") == 0)
    with pytest.raises(FitError, match="more than one visit"):
        fit_joint(first, events, **{**BASE, "longitudinal": "score ~ arm", "random": "~ 1 | patient", "time": "month"})


def test_a_variance_of_zero_is_found_and_said():
    visits, events = small_world(80)
    rng = np.random.default_rng(3)
    flat = visits.with_columns(score=38 - 0.8 * pl.col("month") + pl.Series(rng.normal(0, 1.5, visits.height)))
    fit = fit_joint(flat, events, **{**BASE, "random": "~ 1 | patient", "time": "month"})
    assert fit.converged
    assert estimate(fit, "random", "sd(Intercept)") < 0.5
    assert np.isfinite(fit.coefficient("longitudinal", "month")["std_error"])


def test_a_tight_prior_holds_its_coefficient_and_a_wide_one_does_not(plain):
    tight = fitted(priors={("association", "value"): Normal(0.0, 1e-4)})
    wide = fitted(priors={("association", "value"): Normal(0.0, 1e3)})
    assert abs(estimate(tight, "association", "value")) < 1e-4
    assert estimate(wide, "association", "value") == pytest.approx(estimate(plain, "association", "value"), abs=1e-4)
    with pytest.raises(FitError, match="association: value"):
        fitted(priors={("association", "valve"): Normal(0.0, 1.0)})


def test_a_start_from_another_fit_ends_at_the_same_place(plain):
    again = fit_joint(*small_world(80), **BASE, start=plain)
    assert again.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-6)
    assert again.evaluations < plain.evaluations
