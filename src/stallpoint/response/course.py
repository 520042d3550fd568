"""How the disease went, whoever got what: progression, what NfL tells of it, survival. No contrast of treatments."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.effect import Effect
from stallpoint.core.errors import FitError
from stallpoint.core.estimand import Estimand
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.wording import counted
from stallpoint.models.longitudinal import LongitudinalMoments, code_longitudinal, sum_moments
from stallpoint.models.mixed import MixedFit, fit_mixed, fit_mixed_moments
from stallpoint.models.survival import SurvivalCurve, fit_cox, fit_kaplan_meier
from stallpoint.numerics.resample import bootstrap_interval
from stallpoint.response.analysis import Analysis
from stallpoint.response.attendance import participant_flow, visit_pattern
from stallpoint.response.baseline_nfl import baseline_log_nfl
from stallpoint.response.curves import arm_curves
from stallpoint.response.follow_up import EVERYONE, FollowUp, follow_cohort

Array = npt.NDArray[np.float64]

RANDOM = "~ time_months | patient"
WITH_NFL = "alsfrs_r ~ time_months * log_nfl"
MIXED = "linear mixed model with random intercept and slope, REML"
COURSE_POINTS = 25
FOLLOWED_SHARE = 0.1
"""The fitted mean goes as far as this share of people were followed; beyond, a line would stand for almost nobody."""

BOOTSTRAP_REPEATS = 200
MIN_DEATHS = 5
"""Below this many deaths no hazard ratio is given."""

DESCRIPTION = "description of the course in the people at hand; no contrast of treatments"

_METHODS = (
    "Progression was described by a linear mixed model with random intercept and slope, REML. It takes function as missing at "
    "random after death, so it describes decline while people are seen. The fitted mean is drawn as far as a tenth of them were followed.",
    "What NfL tells was estimated with log NfL at baseline in the mixed model (level and slope) and in Cox models, from time "
    "zero and, where onset is known, from symptom onset with late entry at time zero: people who died before they could enrol are "
    "never seen. A marker that tells the course is prognostic; it says nothing about who benefits from a treatment.",
)


def describe_course(cohort: Cohort, *, estimand: Estimand | None, rng: np.random.Generator) -> Analysis:
    """Slope, its link to NfL, survival, participant flow and visit pattern of everyone together.

    With an estimand, follow-up ends at its horizon; without one, all of it counts. The bootstrap draws from `rng`.
    """
    followed = follow_cohort(cohort, estimand)
    everyone = replace(followed, people=followed.people.with_columns(pl.lit(EVERYONE).alias("arm")))
    randomised = estimand is not None
    parts = [
        _progression(everyone),
        _prognosis(cohort, everyone, randomised=randomised, rng=rng),
        _survival(everyone, randomised=randomised),
    ]
    effects = tuple(effect for part in parts for effect in part.effects)
    series = {
        "flow": participant_flow(followed, randomised=randomised),
        "visit_pattern": visit_pattern(followed),
        **({} if estimand else {**_curves(everyone), **parts[0].series}),
    }
    return Analysis(
        effects=effects,
        findings=tuple(finding for part in parts for finding in part.findings),
        looks=tuple(Look(e.label, "description", "ALSFRS-R or survival", False, e.name, e.p_value) for e in effects),
        checks=(*followed.checks, *(check for part in parts for check in part.checks)),
        methods=_METHODS,
        sources=("laird1982", "kaplan1958", "cox1972", "davidsonpilon2019", "cedarbaum1999"),
        series=series,
    )


def _progression(everyone: FollowUp) -> Analysis:
    if everyone.visits.is_empty():
        return Analysis(checks=(Check("progression", "warning", "There are no visits: how function went cannot be described."),))
    try:
        fit = fit_mixed(everyone.visits, "alsfrs_r ~ time_months", RANDOM)
    except FitError as error:
        return Analysis(checks=(Check("progression", "warning", f"The mean slope could not be estimated. {error.text}"),))
    slope = _mixed_effect(fit, "time_months", name="slope_mean", label="Mean slope of ALSFRS-R", unit="points per month")
    furthest = everyone.people["time_months"].quantile(1 - FOLLOWED_SHARE, "lower") or 0.0
    times = np.linspace(0, furthest, COURSE_POINTS)
    design = np.column_stack([np.ones_like(times), times])
    mean = design @ fit.coefficients["estimate"].to_numpy()
    reach = norm.ppf(0.975) * np.sqrt(np.einsum("tp,pq,tq->t", design, fit.covariance, design))
    course = pl.DataFrame(
        {"arm": [EVERYONE] * len(times), "time_months": times, "mean": mean, "low": mean - reach, "high": mean + reach}
    )
    return Analysis(effects=(replace(slope, scale="level", p_value=None),), series={"trajectories_fitted": course})


def _prognosis(cohort: Cohort, everyone: FollowUp, *, randomised: bool, rng: np.random.Generator) -> Analysis:
    """NfL against slope and death, in people whose NfL at baseline is known.

    The share of slopes' variance is left to cohorts: a treatment effect would add to the variance of a trial.
    """
    nfl = baseline_log_nfl(cohort).drop_nulls()
    if nfl["log_nfl"].n_unique() < 2:
        return Analysis()
    visits = everyone.visits.join(nfl, on="patient")
    people = everyone.people.join(nfl, on="patient")
    try:
        effects = _nfl_and_slope(visits)
        if not randomised:
            effects.append(_share_explained(visits, rng))
        effects += _nfl_and_death(people)
    except FitError as error:
        return Analysis(checks=(Check("NfL and the course", "warning", f"What NfL tells could not be estimated. {error.text}"),))
    asked = {"nfl_slope": "Is decline linked to NfL at baseline?", "nfl_hazard": "Is death linked to NfL at baseline?"}
    findings = tuple(_linked(asked[effect.name], effect) for effect in effects if effect.name in asked)
    return Analysis(effects=tuple(effects), findings=findings)


def _linked(question: str, effect: Effect) -> Finding:
    return Finding(
        question=question,
        text=effect.text,
        basis="observed data",
        prespecified=False,
        controlled=False,
        decisive=effect.excludes_null,
        effect=effect.name,
        checks=effect.checks,
    )


def _nfl_and_slope(visits: pl.DataFrame) -> list[Effect]:
    fit = fit_mixed(visits, WITH_NFL, RANDOM)
    label = "Change of slope per natural-log unit of NfL"
    return [_mixed_effect(fit, "time_months:log_nfl", name="nfl_slope", label=label, unit="points per month")]


def _share_explained(visits: pl.DataFrame, rng: np.random.Generator) -> Effect:
    """Share of the variance of slopes between people that goes away once NfL is in the model; bootstrap over people."""
    formulas = ("alsfrs_r ~ time_months", WITH_NFL)
    fits = [fit_mixed(visits, formula, RANDOM) for formula in formulas]
    moments = [_moments(visits, formula) for formula in formulas]
    without_nfl, with_nfl = fits

    def share(people: npt.NDArray[np.int64]) -> float:
        slopes = [_refit(m, fit, people).random_covariance[1, 1] for m, fit in zip(moments, fits, strict=True)]
        return float(100 * (1 - slopes[1] / slopes[0]))

    low, high = bootstrap_interval(share, with_nfl.n, repeats=BOOTSTRAP_REPEATS, rng=rng)
    return Effect(
        name="nfl_share",
        label="Share of the variance of slopes that NfL explains",
        estimate=float(100 * (1 - with_nfl.random_covariance[1, 1] / without_nfl.random_covariance[1, 1])),
        low=low,
        high=high,
        unit="%",
        n=with_nfl.n,
        estimand=DESCRIPTION,
        method=f"{MIXED}; percentile bootstrap over people, {BOOTSTRAP_REPEATS} resamples",
        role="description",
        scale="level",
        sources=("laird1982",),
    )


def _moments(visits: pl.DataFrame, formula: str) -> LongitudinalMoments:
    return sum_moments(code_longitudinal(visits, formula, RANDOM), visits)


def _refit(moments: LongitudinalMoments, fit: MixedFit, people: npt.NDArray[np.int64]) -> MixedFit:
    arrays = {f.name: getattr(moments, f.name)[people] for f in fields(moments) if f.name != "people"}
    resampled = LongitudinalMoments(people=tuple(moments.people[i] for i in people), **arrays)
    return fit_mixed_moments(resampled, tuple(fit.coefficients["term"]), fit.random_terms, method="reml", start=fit)


def _nfl_and_death(people: pl.DataFrame) -> list[Effect]:
    """Hazard ratio per unit of log NfL, from time zero and, where onset is known, from onset with late entry."""
    deaths = int(people["died"].sum())
    if deaths < MIN_DEATHS:
        return []
    effects = [_hazard_ratio(people, None, "nfl_hazard", "Hazard ratio of death per natural-log unit of NfL, from time zero")]
    if "onset_months" in people.columns and people["onset_months"].null_count() < people.height:
        onset = people.drop_nulls("onset_months").with_columns(from_onset=pl.col("onset_months") + pl.col("time_months"))
        label = "Hazard ratio of death per natural-log unit of NfL, from onset with late entry"
        effects.append(_hazard_ratio(onset, "onset_months", "nfl_hazard_from_onset", label))
    return effects


def _hazard_ratio(people: pl.DataFrame, entry: str | None, name: str, label: str) -> Effect:
    time = "from_onset" if entry else "time_months"
    row = fit_cox(people, ("log_nfl",), time=time, died="died", entry=entry).row(0, named=True)
    return Effect(
        name=name,
        label=label,
        estimate=float(np.exp(row["estimate"])),
        low=float(np.exp(row["low"])),
        high=float(np.exp(row["high"])),
        unit="",
        n=people.height,
        estimand=DESCRIPTION,
        method="Cox regression",
        role="description",
        scale="ratio",
        std_error=row["std_error"],
        p_value=float(2 * norm.sf(abs(row["estimate"]) / row["std_error"])),
        sources=("cox1972", "davidsonpilon2019"),
    )


def _survival(everyone: FollowUp, *, randomised: bool) -> Analysis:
    """Survival a year after time zero, where follow-up reaches there."""
    people = everyone.people
    curve = fit_kaplan_meier(people["time_months"].to_numpy(), people["died"].to_numpy())
    longest = float(str(people["time_months"].max()))
    if not people["died"].sum() or longest < 12:
        return Analysis()
    effects = [_survival_effect(curve, 12.0, people.height)]
    if not randomised and "onset_months" in people.columns:
        effects += _median_from_onset(people.drop_nulls("onset_months"))
    return Analysis(effects=tuple(effects))


def _survival_effect(curve: SurvivalCurve, months: float, n: int) -> Effect:
    row = curve.steps.filter(pl.col("time") <= months).row(-1, named=True)
    return _level(
        "survival_12",
        f"Alive {months:g} months after time zero",
        100 * row["survival"],
        100 * row["low"],
        100 * row["high"],
        "%",
        n,
    )


def _median_from_onset(people: pl.DataFrame) -> list[Effect]:
    """Median survival from onset with late entry, where the curve and its bounds reach one half."""
    if not people.height:
        return []
    entry = people["onset_months"].to_numpy()
    curve = fit_kaplan_meier(entry + people["time_months"].to_numpy(), people["died"].to_numpy(), entry=entry)
    crossings = [curve.steps.filter(pl.col(name) <= 0.5)["time"] for name in ("survival", "low", "high")]
    if any(crossing.is_empty() for crossing in crossings):
        return []
    median, low, high = (float(crossing[0]) for crossing in crossings)
    return [_level("median_from_onset", "Median survival from symptom onset", median, low, high, "months", people.height)]


def _level(name: str, label: str, estimate: float, low: float, high: float, unit: str, n: int) -> Effect:
    return Effect(
        name=name,
        label=label,
        estimate=estimate,
        low=low,
        high=high,
        unit=unit,
        n=n,
        estimand=DESCRIPTION,
        method="Kaplan-Meier",
        role="description",
        scale="level",
        sources=("kaplan1958", "davidsonpilon2019"),
    )


def _mixed_effect(fit: MixedFit, term: str, *, name: str, label: str, unit: str) -> Effect:
    row = fit.coefficients.filter(pl.col("term") == term).row(0, named=True)
    converged = "converged" if fit.converged else "did not converge"
    said = f"The search for the best fit {converged}; {counted(fit.rows, 'score')} of {counted(fit.n, 'person')}."
    check = Check("mixed model", "passed" if fit.converged else "failed", said, fit.rows, (fit.n,))
    return Effect(
        name=name,
        label=label,
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        unit=unit,
        n=fit.n,
        estimand=DESCRIPTION,
        method=MIXED,
        role="description",
        std_error=row["std_error"],
        p_value=float(2 * norm.sf(abs(row["estimate"]) / row["std_error"])),
        checks=(check,),
        sources=("laird1982",),
    )


def _curves(everyone: FollowUp) -> dict[str, pl.DataFrame]:
    return arm_curves(everyone, (EVERYONE,), float(str(everyone.people["time_months"].max())))
