"""The disease-rate-ratio model: one ratio scales both the decline of function and the hazard of death.

y_i(t) = a_i - r_i b_i t + e,  h_i(t) = r_i h0(t) exp(w_i'gamma),  log r_i = treatment (+ drift of the regimen's controls)

A ratio below 1 is a slower disease. In a platform trial controls of other regimens may be shared: each regimen's disease rate
then differs from the common one by a drift with a normal prior, so that they are borrowed as far as they agree. Ratios of subgroups are
estimated together and shrunk to their common mean.

Source: Quintana et al. (2023), doi:10.1002/ana.26714, for the ratio and its use in a platform trial. The drift of controls is here one on
the same log ratio; the fit is by maximum likelihood, with the drift's prior.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.core.errors import FitError
from stallpoint.models.joint.fit import JointFit, fit_joint, to_polars
from stallpoint.models.joint.layout import Layout
from stallpoint.models.joint.prior import Normal
from stallpoint.models.joint.specification import RateRatio
from stallpoint.numerics.shrink import shrink_to_common_mean

Array = npt.NDArray[np.float64]

DRIFT_GRID = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Standard deviations of the controls' log drift among which the marginal likelihood chooses: 2% to about 50%."""

SUBGROUP_SPREAD = 0.25
"""Scale of the prior of how much log ratios differ between subgroups: most differ by less than about 30%. Assumed."""


@dataclass(frozen=True)
class RateRatioFit:
    """Disease rate ratios.

    ratios: term, ratio, low, high (95%), log_ratio, std_error, below_one: the probability that the ratio is below 1, in the normal
    approximation with a flat prior. shrunken: the same of subgroups shrunk to a common mean, or None. drift_sd: standard deviation of the
    controls' drift that was given or chosen, or None. joint: the fit behind it, with its checks.
    """

    ratios: pl.DataFrame
    shrunken: pl.DataFrame | None
    drift_sd: float | None
    joint: JointFit


def fit_rate_ratio(
    visits: Any,
    events: Any,
    *,
    longitudinal: str,
    random: str,
    event: str,
    treatment: str,
    subgroup: str | None = None,
    regimen: str | None = None,
    drift_sd: float | None = None,
    association: str = "none",
    baseline: Any = "weibull",
    time: str | None = None,
) -> RateRatioFit:
    """Fit the disease-rate-ratio model.

    Args:
        visits: as for `fit_joint`.
        events: likewise; all further columns named here are its columns.
        longitudinal: `y ~ time + ...`, without the treatment: all that changes with time is multiplied by the ratio.
        random: `~ time | patient`.
        event: `Surv(time, died) ~ ...`, without the treatment.
        treatment: column of treatment, 0 or False for control; as text, the control must sort first.
        subgroup: column whose levels each have a ratio.
        regimen: column of the regimen that each person was randomised in; controls of all are used.
        drift_sd: standard deviation of the drift between regimens' controls; by default chosen by the marginal likelihood.
        association: further link of hazard and course, in the notation of `joint.association`.
        baseline: baseline hazard, as for `fit_joint`.
        time: the time variable, where the random part does not name it alone.

    Raises:
        FitError: the treatment stands in a formula, or the data cannot carry the model.
    """
    _check_formulas(treatment, longitudinal, event)
    effect = f"{treatment}:{subgroup}" if subgroup else treatment
    terms = f"{effect} + {regimen}" if regimen else effect
    visits, events = to_polars(visits), to_polars(events)
    if subgroup:
        events, effect = _subgroup_columns(events, treatment, subgroup)
        terms = f"{effect} + {regimen}" if regimen else effect
    common = {
        "longitudinal": longitudinal,
        "random": random,
        "event": event,
        "association": association,
        "baseline": baseline,
        "time": time,
        "rate_ratio": RateRatio(terms),
    }
    if regimen is None:
        joint, chosen = fit_joint(visits, events, **common), None
    else:
        joint, chosen = _fit_with_drift(visits, events, common, regimen, drift_sd)
    ratios = _ratio_table(joint, regimen)
    return RateRatioFit(ratios, _shrink(joint, ratios) if subgroup else None, chosen, joint)


def _check_formulas(treatment: str, *formulas: str) -> None:
    for formula in formulas:
        if treatment in formula.replace("(", " ").replace(")", " ").replace(":", " ").replace("*", " ").replace("+", " ").split():
            raise FitError(
                f"{formula!r} holds the treatment", where="rate ratio", do="leave it out: the ratio is its only effect"
            )


def _subgroup_columns(events: pl.DataFrame, treatment: str, subgroup: str) -> tuple[pl.DataFrame, str]:
    """One indicator column per subgroup of being treated in it."""
    levels = sorted(events[subgroup].cast(pl.String).unique().to_list())
    numeric = events[treatment].cast(pl.Float64)
    names = [f"{treatment}_in_{''.join(c if c.isalnum() else '_' for c in str(level))}" for level in levels]
    if len(set(names)) < len(names):
        raise FitError("two subgroups have names too alike", where=subgroup, do="rename one of them")
    columns = [
        (numeric * (events[subgroup].cast(pl.String) == level).cast(pl.Float64)).alias(name)
        for name, level in zip(names, levels, strict=True)
    ]
    return events.with_columns(columns), " + ".join(names)


def _fit_with_drift(
    visits: pl.DataFrame, events: pl.DataFrame, common: dict[str, Any], regimen: str, drift_sd: float | None
) -> tuple[JointFit, float]:
    """The fit at the given drift, or at the one whose marginal likelihood, by Laplace's approximation, is largest.

    The first regimen is the reference and has no drift.
    """
    first: JointFit | None = None
    found: list[tuple[float, float, JointFit]] = []
    for sd in (drift_sd,) if drift_sd is not None else DRIFT_GRID:
        terms = _drift_terms(visits, events, regimen)
        priors = {("scale", term): Normal(0.0, sd) for term in terms}
        fit = fit_joint(visits, events, **common, priors=priors, start=first)
        first = fit
        evidence = fit.log_likelihood + fit.prior.log_density(fit.theta)[0] + 0.5 * float(np.linalg.slogdet(fit.covariance)[1])
        found.append((evidence, sd, fit))
    _, sd, fit = max(found, key=lambda one: one[0])
    return fit, sd


def _drift_terms(visits: pl.DataFrame, events: pl.DataFrame, regimen: str) -> list[str]:
    source = events if regimen in events.columns else visits
    levels = sorted(source[regimen].cast(pl.String).unique().to_list())
    return [f"log ratio {regimen}[T.{level}]" for level in levels[1:]]


def _ratio_table(joint: JointFit, regimen: str | None) -> pl.DataFrame:
    """One row per ratio of treatment, the regimens' drifts left out."""
    rows = joint.coefficients.filter(pl.col("part") == "scale").with_columns(pl.col("term").str.strip_prefix("log ratio "))
    if regimen:
        rows = rows.filter(~pl.col("term").str.starts_with(f"{regimen}["))
    return _as_ratios(rows["term"].to_list(), rows["estimate"].to_numpy(), rows["std_error"].to_numpy())


def _as_ratios(terms: list[str], log_ratio: Array, std_error: Array) -> pl.DataFrame:
    reach = norm.ppf(0.975) * std_error
    return pl.DataFrame(
        {
            "term": terms,
            "ratio": np.exp(log_ratio),
            "low": np.exp(log_ratio - reach),
            "high": np.exp(log_ratio + reach),
            "log_ratio": log_ratio,
            "std_error": std_error,
            "below_one": norm.cdf(-log_ratio / std_error),
        }
    )


def _shrink(joint: JointFit, ratios: pl.DataFrame) -> pl.DataFrame:
    layout: Layout = joint.design.layout
    places = [layout.names().index(("scale", f"log ratio {term}")) for term in ratios["term"]]
    found = shrink_to_common_mean(
        ratios["log_ratio"].to_numpy(), joint.covariance[np.ix_(places, places)], spread_scale=SUBGROUP_SPREAD
    )
    return pl.DataFrame(
        {
            "term": ratios["term"],
            "ratio": np.exp(found.mean),
            "low": np.exp(found.low),
            "high": np.exp(found.high),
            "log_ratio": found.mean,
            "std_error": found.sd,
            "common_ratio": np.full(len(places), np.exp(found.common)),
        }
    )
