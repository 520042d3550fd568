"""The joint model against R's JM on the aids trial, an exact likelihood, and trials of known truth."""

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import FitError
from stallpoint.models.joint.data import code_joint
from stallpoint.models.joint.event import evaluate_hazards
from stallpoint.models.joint.fit import fit_joint
from stallpoint.models.joint.likelihood import log_likelihood_and_gradient, split_people
from stallpoint.models.joint.parameters import unpack
from stallpoint.numerics.quadrature import gauss_hermite_grid, normal_rule

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data" / "joint"
AIDS = {
    "longitudinal": "CD4 ~ obstime + obstime:drug",
    "random": "~ obstime | patient",
    "event": "Surv(Time, death) ~ drug",
}
KNOTS = (6.227144, 11.07857, 12.53, 13.93, 15.97, 17.8)
needs_data = pytest.mark.skipif(not (SHARED / "aids.csv.gz").exists(), reason="the aids trial is not beside the repository")


@cache
def aids():
    return pl.read_csv(SHARED / "aids.csv.gz"), pl.read_csv(SHARED / "aids.id.csv.gz")


@cache
def aids_weibull():
    return fit_joint(*aids(), **AIDS, baseline="weibull", association="value")


def values(fit, part):
    return fit.coefficients.filter(pl.col("part") == part)["estimate"].to_list()


def small_trial(rng, people=60):
    """A trial simulated straight from the model, by inversion on a fine grid."""
    arm = np.arange(people) % 2
    b = rng.multivariate_normal([0, 0], [[4, 0.1], [0.1, 0.09]], people)
    grid = np.linspace(0, 24, 2401)
    course = 20 + b[:, :1] + (-0.8 + 0.3 * arm + b[:, 1])[:, None] * grid
    hazard = 1.3 * np.maximum(grid, 1e-9) ** 0.3 * np.exp(-1.2 - 0.15 * course)
    cumulative = np.cumsum(hazard * 0.01, axis=1)
    reached = cumulative >= rng.exponential(size=(people, 1))
    time = np.where(reached.any(axis=1), grid[reached.argmax(axis=1)] + 0.01, 24.0)
    died = reached.any(axis=1) & (time < 24)
    rows = [
        (f"P{i}", t, 20 + b[i, 0] + (-0.8 + 0.3 * arm[i] + b[i, 1]) * t + rng.normal(0, 1.0), int(arm[i]))
        for i in range(people)
        for t in range(0, 25, 3)
        if t <= time[i]
    ]
    visits = pl.DataFrame(rows, schema=["patient", "month", "score", "arm"], orient="row")
    events = pl.DataFrame({"patient": [f"P{i}" for i in range(people)], "time": time, "died": died.astype(int), "arm": arm})
    return visits, events


SMALL = {"longitudinal": "score ~ month + month:arm", "random": "~ month | patient", "event": "Surv(time, died) ~ arm"}


@needs_data
def test_weibull_reaches_the_exact_maximum_and_agrees_with_jm():
    fit = aids_weibull()
    assert fit.converged
    # The exact maximum, found by an independent program, and R JM, whose hazard integral is a little off at the singular end.
    assert fit.log_likelihood == pytest.approx(-4327.37781, abs=5e-4)
    assert fit.log_likelihood == pytest.approx(-4327.389828, abs=0.02)
    assert fit.coefficient("event", "drug[T.ddI]")["estimate"] == pytest.approx(0.34243655, abs=0.002)
    assert fit.coefficient("association", "value")["estimate"] == pytest.approx(-0.28022368, abs=0.002)
    assert values(fit, "event") == pytest.approx([-3.05662, 0.34173], abs=2e-3)
    assert values(fit, "longitudinal") == pytest.approx([7.19194, -0.18763, 0.01198], abs=1e-3)
    assert values(fit, "residual") == pytest.approx([1.73862], abs=1e-3)
    assert values(fit, "baseline") == pytest.approx([1.24462], abs=1e-3)


@needs_data
def test_weibull_standard_errors_agree_with_jm():
    fit = aids_weibull()
    assert fit.coefficient("event", "drug[T.ddI]")["std_error"] == pytest.approx(0.1567, abs=5e-4)
    assert fit.coefficient("association", "value")["std_error"] == pytest.approx(0.0356, abs=5e-4)
    errors = fit.coefficients.filter(pl.col("part") == "longitudinal")["std_error"].to_list()
    assert errors == pytest.approx([0.2221, 0.0216, 0.0301], abs=2e-4)


@needs_data
def test_piecewise_agrees_with_jm():
    fit = fit_joint(*aids(), **AIDS, baseline="piecewise", knots=KNOTS)
    assert fit.converged
    assert fit.log_likelihood == pytest.approx(-4328.261, abs=0.02)
    assert fit.coefficient("event", "drug[T.ddI]")["estimate"] == pytest.approx(0.3348, abs=0.002)
    assert fit.coefficient("association", "value")["estimate"] == pytest.approx(-0.2875, abs=0.002)
    assert fit.coefficient("event", "drug[T.ddI]")["std_error"] == pytest.approx(0.1565, abs=5e-4)
    levels = [-2.5438, -2.2722, -1.9554, -2.5011, -2.4152, -2.4018, -2.4239]
    assert values(fit, "baseline") == pytest.approx(levels, abs=5e-3)
    assert values(fit, "random") == pytest.approx([4.5839, 0.1822, -0.0468], abs=2e-3)


@needs_data
def test_the_non_adaptive_answer_is_wrong():
    """R's non-adaptive quadrature with 15 nodes ends at -4339.7559 and an association of -0.2935."""
    fit = aids_weibull()
    association = fit.coefficient("association", "value")["estimate"]
    assert fit.log_likelihood > -4339.7559 + 12
    assert abs(association - -0.2935) > 5 * 0.002
    elsewhere = fit.theta.copy()
    elsewhere[fit.design.layout.alpha()] = -0.2935
    assert likelihood(fit, elsewhere, 9) < fit.log_likelihood - 0.05


@needs_data
def test_nodes_that_do_not_follow_each_person_need_many_more_of_them():
    fit = aids_weibull()
    exact, five = likelihood(fit, fit.theta, 15), likelihood(fit, fit.theta, 5)
    assert abs(five - exact) < 1e-3
    assert abs(non_adaptive(fit, 5) - exact) > 1
    assert abs(non_adaptive(fit, 60) - exact) > 20 * abs(five - exact)


def likelihood(fit, theta, nodes):
    def rule(dimension, _):
        return normal_rule(dimension, nodes)

    return log_likelihood_and_gradient(theta, split_people(fit.data.arrays, rule), fit.design, rule)[0]


def non_adaptive(fit, nodes):
    """The same likelihood with nodes at the prior of the random effects: what must not be done."""
    p, arrays = unpack(fit.theta, fit.design.layout), fit.data.arrays
    m, cause = arrays.gaussian[0].moments, arrays.causes[0]
    grid, log_weights = gauss_hermite_grid(nodes, 2)
    b = grid @ p.factor.T
    variance = np.exp(2 * p.log_sigma[0])
    residual = m.yy - 2 * m.xy @ p.beta + (m.xx @ p.beta) @ p.beta
    square = residual[:, None] - 2 * (m.zy - p.beta @ m.xz) @ b.T + np.einsum("kq,nqr,kr->nk", b, m.zz, b)
    log_y = -0.5 * (m.rows * np.log(2 * np.pi * variance))[:, None] - 0.5 * square / variance
    course = (arrays.from_fixed @ p.beta)[:, None] + np.einsum("nmq,kq->nkm", arrays.from_random, b)
    own = p.causes[0]
    hazards = evaluate_hazards(fit.design.causes[0].baseline, own.baseline, cause)
    shift = (cause.covariates @ own.gamma)[:, None]
    exponent = np.exp(shift[..., None] + own.alpha[0] * course @ np.swapaxes(cause.basis_nodes, 1, 2))
    at_end = hazards.log_end[:, None] + shift + own.alpha[0] * (course @ cause.basis_end[..., None])[..., 0]
    log_t = cause.died[:, None] * at_end - (exponent @ hazards.weight[..., None])[..., 0]
    terms = log_weights + log_y + log_t
    top = terms.max(axis=1)
    return float((top + np.log(np.exp(terms - top[:, None]).sum(axis=1))).sum())


def test_truth_is_recovered_from_a_large_sample():
    fit = fit_joint(*small_trial(np.random.default_rng(8), people=600), **SMALL)
    truth = {("longitudinal", "month"): -0.8, ("longitudinal", "month:arm"): 0.3, ("association", "value"): -0.15,
             ("event", "arm"): 0.0, ("baseline", "shape"): 1.3, ("residual", "sigma"): 1.0}  # fmt: skip
    for (part, term), value in truth.items():
        row = fit.coefficient(part, term)
        assert abs(row["estimate"] - value) < 4 * row["std_error"], term


def test_units_of_time_and_order_of_rows_do_not_matter():
    visits, events = small_trial(np.random.default_rng(2))
    fit = fit_joint(visits, events, **SMALL)
    days = fit_joint(
        visits.sample(fraction=1, shuffle=True, seed=1).with_columns(pl.col("month") * 30.0),
        events.sample(fraction=1, shuffle=True, seed=2).with_columns(pl.col("time") * 30.0),
        **SMALL,
    )
    assert days.coefficient("longitudinal", "month:arm")["estimate"] * 30 == pytest.approx(
        fit.coefficient("longitudinal", "month:arm")["estimate"], rel=1e-3
    )
    assert days.coefficient("association", "value")["estimate"] == pytest.approx(
        fit.coefficient("association", "value")["estimate"], rel=1e-3
    )
    assert days.log_likelihood == pytest.approx(fit.log_likelihood - fit.deaths * np.log(30), abs=1e-3)


def test_pandas_frames_are_taken_too():
    visits, events = small_trial(np.random.default_rng(2))
    fit = fit_joint(visits.to_pandas(), events.to_pandas(), **SMALL)
    assert fit.coefficients.columns == ["part", "term", "estimate", "std_error", "low", "high"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"event": "Surv(time, gone) ~ arm"}, "gone"),
        ({"event": "time ~ arm"}, "survival formula"),
        ({"random": "~ month"}, "group"),
        ({"longitudinal": "score ~ month + arm + arm:month + I(2*arm)"}, "dependent"),
        ({"association": "speed"}, "association"),
        ({"baseline": "gompertz"}, "baseline"),
        ({"knots": (3.0, 99.0), "baseline": "spline"}, "outside follow-up"),
        ({"bounds": {"score": (48, 0)}}, "floor"),
        ({"entry": "time"}, "ends before it begins"),
        ({"strata": "ward"}, "ward"),
        ({"random_scale": {"arm": "month"}}, "random term"),
        ({"ordinal": ("score",)}, "levels"),
    ],
)
def test_a_model_that_cannot_be_fitted_says_why(change, said):
    visits, events = small_trial(np.random.default_rng(2), people=20)
    with pytest.raises(FitError, match=said):
        fit_joint(visits, events, **{**SMALL, **change})


def test_data_that_cannot_carry_the_model_say_why():
    visits, events = small_trial(np.random.default_rng(2), people=20)
    with pytest.raises(FitError, match="no event at all"):
        fit_joint(visits, events.with_columns(died=pl.lit(0)), **SMALL)
    with pytest.raises(FitError, match="more than one row"):
        fit_joint(visits, pl.concat([events, events.head(1)]), **SMALL)
    with pytest.raises(FitError, match="after time 0"):
        fit_joint(visits, events.with_columns(time=pl.lit(0.0)), **SMALL)
    with pytest.raises(FitError, match="changes within a person"):
        fit_joint(visits.with_columns(arm=pl.int_range(pl.len()) % 2), events, **SMALL)


def test_who_was_never_seen_informs_the_hazard_by_the_mean_over_the_random_effects():
    visits, events = small_trial(np.random.default_rng(4))
    unseen = pl.DataFrame({"patient": ["U1", "U2"], "time": [5.0, 9.0], "died": [0, 1], "arm": [1, 0]}, schema=events.schema)
    fit = fit_joint(visits, pl.concat([events, unseen]), **SMALL)
    assert fit.n == events.height + 2
    assert "2 people without a visit" in fit.checks[0].text
    without = fit_joint(visits, events, **SMALL)
    p, design = unpack(fit.theta, fit.design.layout), fit.design
    shape, (level, arm_effect), alpha = np.exp(p.causes[0].baseline[0]), p.causes[0].gamma, p.causes[0].alpha[0]
    grid, log_weights = gauss_hermite_grid(40, 2)
    b = grid @ p.factor.T
    expected = 0.0
    for time, died, arm in unseen.select("time", "died", "arm").iter_rows():
        # The integral over time in s = t^shape, where the Weibull's singular point is gone.
        s = (np.arange(4000) + 0.5) / 4000 * time**shape
        t = np.append(s ** (1 / shape), time)
        course = p.beta[0] + b[:, :1] + (p.beta[1] + p.beta[2] * arm + b[:, 1:]) * t
        risk = np.exp(level + arm_effect * arm + alpha * course)
        hazard = shape * time ** (shape - 1) * risk[:, -1]
        survival = np.exp(-risk[:, :-1].mean(axis=1) * time**shape)
        expected += np.log(np.exp(log_weights) @ (np.where(died, hazard, 1.0) * survival))
    together = likelihood(fit, fit.theta, 15)
    _, alone = code_joint(fit.design.model, visits, events)

    def rule(dimension, _):
        return normal_rule(dimension, 15)

    apart = log_likelihood_and_gradient(fit.theta, split_people(alone.arrays, rule), design, rule)[0]
    assert together - apart == pytest.approx(expected, abs=1e-5)
    assert without.n == events.height


def test_who_was_never_seen_is_left_out_where_the_covariates_of_the_measure_are_not_known():
    visits, events = small_trial(np.random.default_rng(4))
    unseen = pl.DataFrame({"patient": ["U1"], "time": [5.0], "died": [0], "arm": [None]}, schema=events.schema)
    plain = {**SMALL, "event": "Surv(time, died) ~ 1"}
    fit = fit_joint(visits, pl.concat([events, unseen]), **plain)
    assert fit.n == events.height
    assert fit.checks[0].status == "warning"
    assert "1 person without both" in fit.checks[0].text
