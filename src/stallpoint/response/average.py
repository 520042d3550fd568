"""The average effect of a trial's treatment, under the estimand its protocol chose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.models.joint.fit import JointFit
from stallpoint.models.joint.predict import predict_course, predict_survival
from stallpoint.models.mixed import fit_mixed
from stallpoint.models.survival import fit_kaplan_meier, restricted_mean
from stallpoint.response.analysis import Analysis
from stallpoint.response.cafs import common_time_change, compare_arms, score_pairs
from stallpoint.response.curves import arm_curves
from stallpoint.response.follow_up import FollowUp, follow_trial
from stallpoint.response.joint_trial import SLOPE_TERM, Covariates, contrast_effect, find_beta, fit_trial
from stallpoint.response.strata import code_strata

Array = npt.NDArray[np.float64]

COURSE_POINTS = 25

_OF_SURVIVAL = ("survival_difference", "restricted_mean_difference")
"""Effects on survival alone; all others rest on function too."""

_METHODS = {
    "joint": "Function and survival were modelled together: ALSFRS-R by a linear mixed model with random intercept and slope and a "
    "start common to both arms, death by a Weibull hazard that depends on the arm and on the current true score. "
    "Scores are taken as unbounded, so that floor and ceiling draw an effect slightly towards zero. "
    "The likelihood was integrated by adaptive Gauss-Hermite quadrature; standard errors come from the observed information.",
    "g-computation": "Effects on survival from the joint model are total effects, through function and directly, by g-computation "
    "over all participants under either arm.",
    "cafs": "CAFS compares every pair of participants, death ranking below any score, at the last time common to both. Its win "
    "odds carry an interval on the logit scale; its p-value is that of the rank test on the summed scores.",
    "km": "Kaplan-Meier curves and the restricted mean survival time stand beside the model and share none of its assumptions.",
    "wald": "P-values are two-sided Wald tests; intervals are 95%.",
}


def estimate_average(trial: Trial) -> Analysis:
    """Average effects of a trial: slope, function and survival at the horizon, CAFS win odds, restricted mean survival.

    The effect that the estimand's death strategy names is primary, the others stand beside it as secondary. Each is one look.
    Where the joint model cannot be fitted, its effects are missing and a failed check says why.
    """
    followed = code_strata(follow_trial(trial), trial.strata)
    modelled, model_checks, course = estimate_modelled(trial, followed)
    compared, comparison_checks = _model_free_effects(trial, followed)
    effects = tuple(_with_role(effect, trial) for effect in (*modelled, *compared))
    curves = arm_curves(followed, (trial.control, trial.treatment), trial.estimand.horizon_months)
    return Analysis(
        effects=effects,
        findings=_findings(trial, effects, model_checks + comparison_checks),
        looks=tuple(_look(effect) for effect in effects if effect.scale != "level"),
        checks=(*followed.checks, *model_checks, *comparison_checks),
        methods=tuple(_METHODS.values()),
        sources=("iche9r1", "berry2013", "brunner2021", "kaplan1958", "royston2013", "davidsonpilon2019", "cedarbaum1999"),
        series={**curves, **course},
    )


def estimate_modelled(trial: Trial, followed: FollowUp) -> tuple[list[Effect], tuple[Check, ...], dict[str, pl.DataFrame]]:
    """The joint model's effects, its checks, and the fitted course; `followed` comes from `follow_trial`."""
    covariates = Covariates(adjust=tuple(name for name in followed.people.columns if name.startswith("stratum_")))
    if not followed.people["died"].sum():
        return _without_deaths(trial, followed, covariates)
    try:
        fit = fit_trial(followed, covariates)
    except FitError as error:
        return [], (Check("joint model", "failed", f"The joint model could not be fitted. {error.text}"),), {}
    effects = [*_slope_effects(trial, fit), *_horizon_effects(trial, followed, fit)]
    return effects, fit.checks, {"trajectories_fitted": _fitted_course(trial, followed, fit)}


def slope_difference(trial: Trial, fit: JointFit) -> Effect:
    """Slope of the treated arm minus slope of the control arm."""
    at = find_beta(fit, SLOPE_TERM)
    return contrast_effect(
        fit,
        float(fit.theta[at]),
        float(np.sqrt(fit.covariance[at, at])),
        name="slope_difference",
        label=f"Difference in slope, {trial.treatment} minus {trial.control}",
        unit="points per month",
        estimand=trial.estimand.text,
        role="secondary",
    )


def _slope_effects(trial: Trial, fit: JointFit) -> list[Effect]:
    """Difference of slopes, mean slope of the control arm, and the share of the control arm's decline that was prevented."""
    time, product = find_beta(fit, "time_months"), find_beta(fit, SLOPE_TERM)
    slope, difference = fit.theta[time], fit.theta[product]
    variance = fit.covariance[np.ix_([time, product], [time, product])]
    gradient = np.array([difference / slope**2, -1 / slope])
    return [
        slope_difference(trial, fit),
        contrast_effect(
            fit,
            slope,
            float(np.sqrt(variance[0, 0])),
            name="slope_control",
            label=f"Mean slope on {trial.control}",
            unit="points per month",
            estimand=trial.estimand.text,
            role="description",
            scale="level",
        ),
        contrast_effect(
            fit,
            -100 * difference / slope,
            100 * float(np.sqrt(gradient @ variance @ gradient)),
            name="percent_slowing",
            label=f"Share of the decline on {trial.control} prevented",
            unit="%",
            estimand=trial.estimand.text,
            role="secondary",
        ),
    ]


def _horizon_effects(trial: Trial, followed: FollowUp, fit: JointFit) -> list[Effect]:
    """Differences at the horizon, everyone under one arm against everyone under the other."""
    horizon = np.array([trial.estimand.horizon_months])
    active, control = (followed.people.with_columns(treated=pl.lit(arm)) for arm in (1.0, 0.0))
    function = predict_course(fit, active, horizon) - predict_course(fit, control, horizon)
    survival = predict_survival(fit, active, horizon) - predict_survival(fit, control, horizon)
    at = f"at {trial.estimand.horizon_months:g} months"
    return [
        contrast_effect(
            fit, float(function.value[0]), float(function.std_error(fit.covariance)[0]), name="function_difference",
            label=f"Difference in ALSFRS-R {at}, as if nobody had died", unit="points", estimand=trial.estimand.text, role="secondary",
        ),
        contrast_effect(
            fit, 100 * float(survival.value[0]), 100 * float(survival.std_error(fit.covariance)[0]), name="survival_difference",
            label=f"Difference in survival {at}, total effect", unit="percentage points", estimand=trial.estimand.text,
            role="secondary",
        ),
    ]  # fmt: skip


def _without_deaths(
    trial: Trial, followed: FollowUp, covariates: Covariates
) -> tuple[list[Effect], tuple[Check, ...], dict[str, pl.DataFrame]]:
    """Nobody died: the mixed model alone, which then is what the joint model comes to."""
    visits = followed.visits.join(followed.people.select("patient", *covariates.adjust), on="patient")
    slopes = [f"time_months:{name}" for name in covariates.adjust]
    formula = " + ".join(["alsfrs_r ~ time_months", SLOPE_TERM, *covariates.adjust, *slopes])
    check = Check("nobody died", "warning", "Nobody died within follow-up: function was modelled without survival.", 0)
    try:
        fit = fit_mixed(visits, formula, "~ time_months | patient")
    except FitError as error:
        return [], (check, Check("mixed model", "failed", f"The mixed model could not be fitted. {error.text}")), {}
    row = fit.coefficients.filter(pl.col("term") == SLOPE_TERM).row(0, named=True)
    effect = Effect(
        name="slope_difference",
        label=f"Difference in slope, {trial.treatment} minus {trial.control}",
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        unit="points per month",
        n=fit.n,
        estimand=trial.estimand.text,
        method="linear mixed model, REML",
        better="higher",
        std_error=row["std_error"],
        p_value=float(2 * norm.sf(abs(row["estimate"]) / row["std_error"])),
        checks=(check,),
        sources=("laird1982",),
    )
    return [effect], (check,), {}


def _fitted_course(trial: Trial, followed: FollowUp, fit: JointFit) -> pl.DataFrame:
    times = np.linspace(0, trial.estimand.horizon_months, COURSE_POINTS)
    frames = []
    for arm, treated in ((trial.control, 0.0), (trial.treatment, 1.0)):
        course = predict_course(fit, followed.people.with_columns(treated=pl.lit(treated)), times)
        reach = norm.ppf(0.975) * course.std_error(fit.covariance)
        bounds = {"mean": course.value, "low": course.value - reach, "high": course.value + reach}
        frames.append(pl.DataFrame({"arm": [arm] * len(times), "time_months": times, **bounds}))
    return pl.concat(frames)


def _model_free_effects(trial: Trial, followed: FollowUp) -> tuple[list[Effect], tuple[Check, ...]]:
    effects, checks = [], []
    for estimate in (_win_odds, _restricted_mean_difference):
        try:
            effects.append(estimate(trial, followed))
        except FitError as error:
            checks.append(Check(estimate.__name__.strip("_").replace("_", " "), "warning", error.text))
    return effects, tuple(checks)


def _win_odds(trial: Trial, followed: FollowUp) -> Effect:
    people = followed.people
    end, died, treated = (people[name].to_numpy() for name in ("time_months", "died", "treated"))
    pairs = score_pairs(end, died, common_time_change(followed.visits, people["patient"].to_list()))
    won = compare_arms(pairs, treated)
    return Effect(
        name="win_odds",
        label=f"Win odds of {trial.treatment} over {trial.control}, function and survival combined (CAFS)",
        estimate=won.odds,
        low=won.low,
        high=won.high,
        unit="",
        n=won.n,
        estimand=replace(trial.estimand, death="composite").text,
        method="CAFS: all pairs at their last common time; logit interval; rank test",
        scale="ratio",
        better="higher",
        std_error=won.log_odds_std_error,
        p_value=won.p_value,
        sources=("berry2013", "brunner2021"),
    )


def _restricted_mean_difference(trial: Trial, followed: FollowUp) -> Effect:
    horizon = _common_horizon(trial, followed)
    means = []
    for arm in (1.0, 0.0):
        rows = followed.people.filter(pl.col("treated") == arm)
        curve = fit_kaplan_meier(rows["time_months"].to_numpy(), rows["died"].to_numpy())
        means.append(restricted_mean(curve, horizon))
    difference, std_error = means[0][0] - means[1][0], float(np.hypot(means[0][1], means[1][1]))
    if std_error == 0:
        raise FitError("nobody died before the horizon, so survival time does not differ", where="restricted mean survival")
    reach = norm.ppf(0.975) * std_error
    return Effect(
        name="restricted_mean_difference",
        label=f"Difference in mean survival time within {horizon:.3g} months",
        estimate=difference,
        low=difference - reach,
        high=difference + reach,
        unit="months",
        n=followed.people.height,
        estimand=trial.estimand.text,
        method="area under the Kaplan-Meier curves",
        better="higher",
        std_error=std_error,
        p_value=float(2 * norm.sf(abs(difference) / std_error)),
        sources=("kaplan1958", "royston2013", "davidsonpilon2019"),
    )


def _common_horizon(trial: Trial, followed: FollowUp) -> float:
    """The horizon, or the end of the shorter arm's follow-up where that comes a little earlier (the last visit's jitter)."""
    longest = followed.people.group_by("treated").agg(pl.col("time_months").max())["time_months"].min()
    return min(trial.estimand.horizon_months, float(str(longest)))


def _with_role(effect: Effect, trial: Trial) -> Effect:
    primary = {"joint": "slope_difference", "composite": "win_odds"}[trial.estimand.death]
    return replace(effect, role="primary") if effect.name == primary else effect


def _look(effect: Effect) -> Look:
    outcome = "survival" if effect.name in _OF_SURVIVAL else "ALSFRS-R and survival"
    return Look(
        f"{effect.label} ({effect.role})", "average effect", outcome, effect.role == "primary", effect.name, effect.p_value
    )


def _findings(trial: Trial, effects: tuple[Effect, ...], checks: tuple[Check, ...]) -> tuple[Finding, ...]:
    question = f"Does {trial.treatment} slow the disease on average?"
    primary = next((effect for effect in effects if effect.role == "primary"), None)
    if primary is None:
        return (
            Finding(question, "The primary effect could not be estimated.", trial.cohort.basis, True, True, False, checks=checks),
        )
    return (
        Finding(
            question=question,
            text=primary.text,
            basis=trial.cohort.basis,
            prespecified=True,
            controlled=True,
            decisive=primary.excludes_null,
            effect=primary.name,
            checks=primary.checks,
        ),
    )
