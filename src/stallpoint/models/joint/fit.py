"""Fit the joint model by maximum likelihood, or by its maximum a posteriori where priors are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.models.joint.data import JointData, code_joint
from stallpoint.models.joint.design import JointDesign
from stallpoint.models.joint.likelihood import (
    all_person_scores,
    log_likelihood_and_gradient,
    nodes_for,
    split_people,
)
from stallpoint.models.joint.prior import PriorArrays, Priors, place_priors
from stallpoint.models.joint.specification import Baseline, JointModel, RateRatio, build_model
from stallpoint.models.joint.start import find_start
from stallpoint.models.joint.summary import summarise
from stallpoint.numerics.newton import Maximum, ValueAndGradient, flat_directions, maximise
from stallpoint.numerics.quadrature import LARGEST_GRID_DIMENSION, check_rule

Array = npt.NDArray[np.float64]

QUADRATURE_BOUND = 1e-2
"""Largest change of the log-likelihood on doubling the nodes that passes the check."""

FEW_DEATHS = 50
"""Below about this many events the association is weakly identified."""

NEAR_ZERO = 1e-3
"""A random effect whose variance is below this share of the residual's, at the spread of its column, counts as absent."""


@dataclass(frozen=True)
class JointFit:
    """A fitted joint model.

    coefficients: part (longitudinal, random, residual, scale, threshold, event, association, baseline), term, estimate, std_error,
    low, high (95%). An association is a log hazard ratio per unit of what it names. theta (P,) and covariance (P, P), the inverse of the
    observed information, are on the scale of `Layout`. checks: convergence, identification, quadrature, variances, number of events,
    people left out. log_likelihood does not hold the priors.
    """

    coefficients: pl.DataFrame
    log_likelihood: float
    converged: bool
    n: int
    deaths: int
    theta: Array
    covariance: Array
    design: JointDesign
    data: JointData
    prior: PriorArrays
    evaluations: int
    checks: tuple[Check, ...]

    def coefficient(self, part: str, term: str) -> dict[str, float]:
        """One row of the coefficients as a mapping: estimate, std_error, low, high."""
        row = self.coefficients.filter((pl.col("part") == part) & (pl.col("term") == term))
        if row.height != 1:
            raise FitError(f"no term {term!r} in part {part!r}", where="joint model", rows=self.coefficients["term"].to_list())
        return row.select("estimate", "std_error", "low", "high").row(0, named=True)


def fit_joint(
    visits: Any,
    events: Any,
    *,
    longitudinal: str | Sequence[str],
    random: str | Sequence[str],
    event: str | Mapping[str, str],
    association: str | Mapping[str, str] = "value",
    baseline: Baseline = "weibull",
    time: str | None = None,
    knots: Sequence[float] | None = None,
    entry: str | None = None,
    strata: str | None = None,
    weights: str | None = None,
    residual: str | None = None,
    random_scale: Mapping[str, str] | None = None,
    rate_ratio: RateRatio | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    ordinal: Sequence[str] = (),
    priors: Priors | None = None,
    start: JointFit | None = None,
) -> JointFit:
    """Fit a joint model of repeated measures and an event.

    Args:
        visits: one row per visit; any frame that narwhals understands.
        events: one row per person, with follow-up time and event (1) or censoring (0).
        longitudinal: fixed part, as `y ~ time + time:arm`; one for each measure.
        random: random part and grouping column, as `~ time | patient`; one for each measure. Effects of all measures are correlated.
        event: hazard, as `Surv(time, died) ~ arm`; or one for each of several competing causes, by name.
        association: how hazards depend on the measures, in the notation of `joint.association`; one for all causes or one for each.
        baseline: `weibull`; `piecewise` constant; `spline`, B-splines of the log hazard; `royston-parmar`.
        time: the time variable of the measures; needed only where the random part does not name it alone.
        knots: inner knots of the baseline; by default quantiles of the event times.
        entry: column of events with the time from which on the person was followed (left truncation).
        strata: column of events; each of its levels has a baseline of its own.
        weights: column of events with weights of the people.
        residual: formula of the log residual standard deviation, as `~ arm`, with few distinct rows.
        random_scale: for a random term, a formula of covariates that multiply its standard deviation by their exponential.
        rate_ratio: one ratio that multiplies the course's change and the hazard; see `RateRatio`.
        bounds: for a measure, its floor and ceiling: at them only an interval of the latent value is known. For scores in whole points
            from 0 to 48 give (0.5, 47.5).
        ordinal: measures that are levels in order; the model is then a cumulative probit.
        priors: normal priors of single coefficients.
        start: a fit of the same model to similar data, from which to start.

    Raises:
        FitError: the data or formulas cannot carry the model; the message says why.

    Source: Rizopoulos (2012), chapter 4; the quadrature and the hazard integral are described in `event` and `numerics.quadrature`.
    """
    model = build_model(
        longitudinal,
        random,
        event,
        association,
        baseline=baseline,
        time=time,
        knots=tuple(float(knot) for knot in knots) if knots is not None else None,
        entry=entry,
        strata=strata,
        weights=weights,
        residual=residual,
        random_scale=dict(random_scale or {}),
        rate_ratio=rate_ratio,
        bounds=dict(bounds or {}),
        ordinal=tuple(ordinal),
    )
    return fit_model(model, to_polars(visits), to_polars(events), priors=priors or {}, start=start)


def to_polars(frame: Any) -> pl.DataFrame:
    """Any eager frame that narwhals understands."""
    native: pl.DataFrame = nw.from_native(frame, eager_only=True).to_polars()
    return native


def fit_model(
    model: JointModel, visits: pl.DataFrame, events: pl.DataFrame, *, priors: Priors, start: JointFit | None = None
) -> JointFit:
    """Fit a model that has been put together before."""
    design, data = code_joint(model, visits, events)
    known = start is not None and start.design.layout.names() == design.layout.names()
    theta = start.theta if start is not None and known else find_start(design, data, visits)
    return fit_arrays(design, data, theta, place_priors(priors, design.layout))


def fit_arrays(design: JointDesign, data: JointData, start: Array, prior: PriorArrays) -> JointFit:
    """Maximise from a parameter vector, and check what was found."""
    objective = build_objective(design, data, prior)
    maximum = maximise(objective, start, curvature=outer_curvature(design, data, start, prior))
    checks = (
        *data.checks,
        _check_convergence(maximum),
        _check_identification(maximum, design),
        _check_quadrature(design, data, maximum, prior),
        _check_variances(design, data, maximum.point),
        *(_check_events(count, cause.name, len(data.events)) for count, cause in zip(data.events, design.causes, strict=True)),
    )
    covariance = _inverse(-maximum.hessian)
    return JointFit(
        coefficients=summarise(design, maximum.point, covariance),
        log_likelihood=maximum.value - prior.log_density(maximum.point)[0],
        converged=maximum.converged,
        n=len(data.people),
        deaths=data.events[0],
        theta=maximum.point,
        covariance=covariance,
        design=design,
        data=data,
        prior=prior,
        evaluations=maximum.evaluations,
        checks=checks,
    )


def build_objective(design: JointDesign, data: JointData, prior: PriorArrays) -> ValueAndGradient:
    """Log-likelihood and priors as one function of the parameter vector."""
    groups = split_people(data.arrays)

    def objective(theta: Array) -> tuple[float, Array]:
        value, gradient = log_likelihood_and_gradient(theta, groups, design)
        prior_value, prior_gradient = prior.log_density(theta)
        return value + prior_value, gradient + prior_gradient

    return objective


def outer_curvature(design: JointDesign, data: JointData, theta: Array, prior: PriorArrays) -> Array | None:
    """Curvature as minus the sum of squared scores: cheap, never upward, and near the truth. None where the scores do not exist.

    Source: Berndt, Hall, Hall & Hausman (1974), Annals of Economic and Social Measurement 3: 653-665.
    """
    value, scores = all_person_scores(theta, data.arrays, design)
    if not (np.isfinite(value).all() and np.isfinite(scores).all()):
        return None
    return np.asarray(-(scores * data.arrays.weight[:, None]).T @ scores - np.diag(prior.precision), dtype=np.float64)


def _inverse(information: Array) -> Array:
    """Inverse of the observed information; not-a-number where it is not positive definite, so that no error looks small."""
    try:
        np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return np.full_like(information, np.nan)
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def _check_convergence(maximum: Maximum) -> Check:
    text = f"After {maximum.evaluations} evaluations a Newton step would gain {maximum.decrement:.1e} in log-likelihood"
    return Check(
        "convergence", "passed" if maximum.converged else "failed", f"{text}.", maximum.evaluations, _finite(maximum.decrement)
    )


def _finite(value: float) -> tuple[float, ...]:
    """A figure of a check; none where it is no number."""
    return (value,) if np.isfinite(value) else ()


def _check_identification(maximum: Maximum, design: JointDesign) -> Check:
    """Directions in which the likelihood is flat or turns upward, by the parameters that make them up."""
    names = [f"{part} {term}" for part, term in design.layout.names()]
    flat = [names[index] for index in flat_directions(maximum.hessian)]
    if not flat:
        return Check("identification", "passed", "The likelihood is curved in every direction.", 0)
    text = f"The data do not tell apart or determine: {', '.join(flat)}. Leave one out, or give it a prior."
    return Check("identification", "failed", text, len(flat))


def _check_quadrature(design: JointDesign, data: JointData, maximum: Maximum, prior: PriorArrays) -> Check:
    groups = split_people(data.arrays, check_rule)
    value, _ = log_likelihood_and_gradient(maximum.point, groups, design, check_rule)
    change = abs(value + prior.log_density(maximum.point)[0] - maximum.value)
    nodes = max(nodes_for(arrays) for arrays in groups)
    grid = len(design.layout.random) <= LARGEST_GRID_DIMENSION
    how = f"Doubling the {nodes} quadrature nodes per dimension" if grid else "A second rule for the random effects"
    text = f"{how} changes the log-likelihood by {change:.1e}."
    return Check("quadrature", "passed" if change < QUADRATURE_BOUND else "warning", text, nodes, _finite(change))


def _check_variances(design: JointDesign, data: JointData, theta: Array) -> Check:
    """Random effects that the data do not need: their variance is next to nothing beside the residual's."""
    layout = design.layout
    factor = np.zeros((len(layout.random), len(layout.random)))
    factor[np.tril_indices(len(factor))] = theta[layout.factor]
    absent = []
    for rows in data.arrays.gaussian:
        square = np.einsum("nqq->q", rows.moments.zz) / max(rows.moments.rows.sum(), 1.0)
        variance = (factor[rows.random] ** 2).sum(axis=1) * square
        sigma_square = np.exp(2 * float(rows.residual @ theta[layout.log_sigma][rows.log_sigma]))
        absent += [layout.random[rows.random][i] for i in np.flatnonzero(variance < NEAR_ZERO * sigma_square)]
    named = sorted(set(absent))
    if not named:
        return Check("variances", "passed", "Every random effect varies between people.", 0)
    text = f"Next to no variance between people in {', '.join(named)}; its correlations mean nothing."
    return Check("variances", "warning", text, len(named))


def _check_events(count: int, cause: str, causes: int) -> Check:
    status: Literal["passed", "warning"] = "warning" if count < FEW_DEATHS else "passed"
    weak = f"; below about {FEW_DEATHS} its link to function is weakly identified" if count < FEW_DEATHS else ""
    name = f" ({cause})" if causes > 1 else ""
    figures = (FEW_DEATHS,) if weak else ()
    return Check(f"number of events{name}", status, f"{count} events inform the hazard{name}{weak}.", count, figures)
