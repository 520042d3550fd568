"""What a fitted joint model says of groups of people: their mean course, and survival and incidence with the random effects averaged out.

Survival under an arm is a total effect: the arm acts on it directly and through the course of the measure. This is g-computation over
the people given: S(t) = mean_i E_b[exp(-H_i(t; b))], b ~ N(0, D).

Source: Robins (1986), doi:10.1016/0270-0255(86)90088-6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError
from stallpoint.models.joint.arrays import JointArrays
from stallpoint.models.joint.data import cause_arrays, course_arrays, scale_arrays
from stallpoint.models.joint.design import JointDesign
from stallpoint.models.joint.fit import JointFit
from stallpoint.models.joint.likelihood import person_scores
from stallpoint.models.joint.parameters import person_effects, unpack
from stallpoint.models.joint.trajectory import design_at
from stallpoint.numerics.quadrature import gauss_legendre_unit

Array = npt.NDArray[np.float64]

INCIDENCE_NODES = 9
"""Nodes between two times at which a hazard is not smooth."""


@dataclass(frozen=True)
class Prediction:
    """Predicted values (m,) with their derivatives (m, P) by the model's parameters, so that contrasts keep their covariance."""

    value: Array
    jacobian: Array

    def std_error(self, covariance: Array) -> Array:
        """Standard errors (m,), given the parameters' covariance (P, P)."""
        return np.asarray(np.sqrt(np.einsum("mp,pq,mq->m", self.jacobian, covariance, self.jacobian)), dtype=np.float64)

    def __sub__(self, other: Prediction) -> Prediction:
        return Prediction(self.value - other.value, self.jacobian - other.jacobian)


def predict_course(fit: JointFit, people: pl.DataFrame, times: Array, *, outcome: int = 0) -> Prediction:
    """Mean of a measure's latent value at each time (m,), averaged over people: as it would go on if nobody died."""
    design, layout = fit.design, fit.design.layout
    coded = design.outcomes[outcome]
    scales = scale_arrays(design, people)
    effects = person_effects(unpack(fit.theta, layout, len(design.strata)), scales)
    columns = design_at(coded.design, design.time, people, np.broadcast_to(times, (people.height, len(times))))
    fixed = coded.fixed_columns(columns[..., len(coded.design.random.names) :])
    scaled = fixed * effects.fixed_scale[:, None, coded.fixed]
    slope = np.zeros((len(times), layout.size))
    slope[:, layout.beta][:, coded.fixed] = scaled.mean(axis=0)
    masks = scales.fixed[:, coded.fixed]
    moved = (scaled * fit.theta[layout.beta][coded.fixed]) @ masks.T
    slope[:, layout.scale] = (moved * scales.covariates[:, None, :]).mean(axis=0)
    return Prediction(scaled.mean(axis=0) @ fit.theta[layout.beta][coded.fixed], slope)


def predict_survival(fit: JointFit, people: pl.DataFrame, times: Array) -> Prediction:
    """Probability of no event of any cause until each time (m,), times above 0, averaged over people and random effects."""
    distinct, share = _distinct_rows(people, sorted(fit.design.covariates))
    blank = _unmeasured(fit, distinct)
    none = np.zeros(distinct.height)
    parts = []
    for time in times:
        log_survival, scores = _log_averages(fit, blank, distinct, np.full(distinct.height, float(time)), none, None)
        survival = share * np.exp(log_survival)
        parts.append((survival.sum(), survival @ scores))
    return Prediction(np.array([value for value, _ in parts]), np.array([slope for _, slope in parts]))


def predict_incidence(fit: JointFit, people: pl.DataFrame, times: Array, *, cause: str) -> Prediction:
    """Cumulative incidence of one cause until each time (m,), in the presence of the others."""
    causes = [coded.name for coded in fit.design.causes]
    if cause not in causes:
        raise FitError(f"no cause {cause!r}", where="joint model", do=f"use one of {', '.join(causes)}")
    distinct, share = _distinct_rows(people, sorted(fit.design.covariates))
    blank = _unmeasured(fit, distinct)
    parts = []
    for time in times:
        value, slope = 0.0, np.zeros(fit.design.layout.size)
        for point, weight in zip(*incidence_nodes(fit.design, 0.0, float(time)), strict=True):
            end = np.full(distinct.height, point)
            log_density, scores = _log_averages(fit, blank, distinct, end, np.ones(distinct.height), causes.index(cause))
            density = weight * share * np.exp(log_density)
            value, slope = value + density.sum(), slope + density @ scores
        parts.append((value, slope))
    return Prediction(np.array([value for value, _ in parts]), np.array([slope for _, slope in parts]))


def incidence_nodes(design: JointDesign, begin: npt.ArrayLike, end: npt.ArrayLike) -> tuple[Array, Array]:
    """Times and weights (..., K) for the integral of an event's density from begin (...) to end (...), in pieces on which every cause's
    hazard is smooth.

    From time 0 the first piece is taken in v with t = end v^2, where a hazard that is steep at 0 is smooth.
    """
    first, last = np.asarray(begin, dtype=np.float64), np.asarray(end, dtype=np.float64)
    breaks = sorted({time for cause in design.causes for time in cause.baseline.breaks if first.min() < time < last.max()})
    points, weights = gauss_legendre_unit(INCIDENCE_NODES)
    edges = [first, *(np.clip(time, first, last) for time in breaks), last]
    nodes, node_weights = [], []
    for low, high in pairwise(edges):
        steep, width = (low == 0)[..., None], (high - low)[..., None]
        nodes.append(low[..., None] + width * np.where(steep, points**2, points))
        node_weights.append(width * weights * np.where(steep, 2 * points, 1.0))
    return np.concatenate(nodes, axis=-1), np.concatenate(node_weights, axis=-1)


def _log_averages(
    fit: JointFit, blank: JointArrays, people: pl.DataFrame, end: Array, died: Array, cause: int | None
) -> tuple[Array, Array]:
    """Log of the mean over the random effects of surviving until `end`, and of then having the event; with its scores (n, P)."""
    causes = tuple(
        cause_arrays(fit.design, coded, people, end, died if index == cause else np.zeros(people.height))
        for index, coded in enumerate(fit.design.causes)
    )
    return person_scores(fit.theta, replace(blank, causes=causes), fit.design)


def _unmeasured(fit: JointFit, people: pl.DataFrame) -> JointArrays:
    """People of whom nothing is known but their covariates."""
    from_fixed, from_random = course_arrays(fit.design, people)
    return JointArrays((), (), from_fixed, from_random, (), (), scale_arrays(fit.design, people), np.ones(people.height))


def _distinct_rows(people: pl.DataFrame, covariates: list[str]) -> tuple[pl.DataFrame, Array]:
    """The distinct sets of covariates, and the share of people with each."""
    if not covariates:
        return pl.DataFrame({"everyone": [True]}), np.ones(1)
    counted = people.select(covariates).group_by(covariates, maintain_order=True).len("people_alike")
    return counted.drop("people_alike"), counted["people_alike"].to_numpy() / people.height
