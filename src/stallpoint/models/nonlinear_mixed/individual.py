"""One person's log density of data and random effects, for all people at once, and its mode.

With z the whitened random effects, u = log parameters and J, K the first and second derivatives of the curve by u,

    l(z) = sum of points' log densities - |z|^2 / 2,   u = log theta + W beta + Z Lambda z.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stallpoint.models.nonlinear_mixed.data import NonlinearData
from stallpoint.models.nonlinear_mixed.derivatives import Curve, Derivatives, derivatives
from stallpoint.models.nonlinear_mixed.layout import Layout, Parameters
from stallpoint.models.nonlinear_mixed.residual import PointTerms, point_terms
from stallpoint.models.nonlinear_mixed.specification import NonlinearModel

Array = npt.NDArray[np.float64]

MAX_STEPS = 60
ARRIVED = 1e-9
"""When Newton promises less than this, one more step leaves about its square."""

LONGEST_STEP = 4.0
"""Standard deviations of the random effects that one step may move."""

LEAST_CURVATURE = 0.3
"""Curvatures are floored at this share of the prior's, so that a step from far away goes uphill."""


@dataclass(frozen=True)
class Problem:
    """Everything that stays the same while parameters move. The curve is the caller's, in logarithms where the error is lognormal."""

    model: NonlinearModel
    data: NonlinearData
    layout: Layout
    curve: Curve

    @property
    def active(self) -> tuple[int, ...]:
        """Places of the active parameters among all."""
        return tuple(self.model.parameters.index(name) for name in self.model.active)


class Individual(NamedTuple):
    """At given z (n, B): the curve's derivatives, points' terms, log density (n,), its gradient (n, B) and negative Hessian (n, B, B).

    slope (n, O, A) and bend (n, O, A, A) are the first and second derivatives of the points' log density by the log parameters of each
    occasion. loading (O, A, B) is Z Lambda.
    """

    z: Array
    curve: Derivatives
    terms: PointTerms
    log_density: Array
    gradient: Array
    information: Array
    slope: Array
    bend: Array
    loading: Array


def log_parameters(problem: Problem, parameters: Parameters, z: Array) -> Array:
    """Log parameters at the points, shape (P, n, J), or (P, n, 1) with one occasion."""
    model, data, layout = problem.model, problem.data, problem.layout
    loading = layout.incidence @ parameters.factor
    held = np.log([model.start[name] if name in model.fixed else 1.0 for name in model.parameters])
    active = (data.effects @ parameters.effects)[:, None, :] + np.einsum("oab,nb->noa", loading, z)
    values = np.broadcast_to(held, (*active.shape[:2], len(held))).copy()
    values[..., list(problem.active)] += active
    return np.ascontiguousarray(np.moveaxis(at_points(problem, values), -1, 0))


def at_points(problem: Problem, by_occasion: Array) -> Array:
    """From occasions (n, O, ...) to the points (n, J, ...), or (n, 1, ...) with one occasion."""
    if problem.layout.occasions == 1:
        return by_occasion
    return by_occasion[np.arange(len(by_occasion))[:, None], problem.data.occasion]


def at_occasions(problem: Problem, by_point: Array) -> Array:
    """Sums over the points of each occasion, from (n, J, ...) to (n, O, ...)."""
    if problem.layout.occasions == 1:
        return np.asarray(by_point.sum(axis=1, keepdims=True))
    masks = problem.data.occasion[None] == np.arange(problem.layout.occasions)[:, None, None]
    extra = (1,) * (by_point.ndim - 2)
    return np.stack([(by_point * mask.reshape(*mask.shape, *extra)).sum(axis=1) for mask in masks], axis=1)


def at_individual(problem: Problem, parameters: Parameters, z: Array, *, order: int = 2) -> Individual:
    """Evaluate all people at z."""
    curve = derivatives(problem.curve, log_parameters(problem, parameters, z), problem.active, order=order)
    terms = point_terms(curve.value, parameters.scale, problem.data.measured, problem.model.error)
    loading = problem.layout.incidence @ parameters.factor
    slope = at_occasions(problem, terms.first[..., None] * curve.first)
    bend = at_occasions(
        problem,
        terms.second[..., None, None] * curve.first[..., :, None] * curve.first[..., None, :]
        + terms.first[..., None, None] * curve.second,
    )
    return Individual(
        z,
        curve,
        terms,
        terms.log_density.sum(axis=1) - 0.5 * (z**2).sum(axis=1),
        np.einsum("noa,oab->nb", slope, loading) - z,
        np.eye(z.shape[1]) - through_loading(bend, loading),
        slope,
        bend,
        loading,
    )


def through_loading(by_parameters: Array, loading: Array) -> Array:
    """Sum over occasions of loading' M loading: from (n, O, A, A) to (n, B, B)."""
    return np.asarray((np.swapaxes(loading, -1, -2) @ by_parameters @ loading).sum(axis=1), dtype=np.float64)


def find_modes(problem: Problem, parameters: Parameters, start: Array) -> Individual:
    """Newton's method for all people at once, each with a step of its own that is halved until it climbs.

    Returns:
        All people at their modes. Where a person's density is not a number at the start, nothing moves.
    """
    here = at_individual(problem, parameters, start)
    for _ in range(MAX_STEPS):
        step, promised = _newton_step(here)
        if not np.isfinite(promised).all():
            return here
        here = _climb(problem, parameters, here, step)
        if promised.max() < ARRIVED:
            break
    return here


def _newton_step(here: Individual) -> tuple[Array, Array]:
    """Step (n, B) and the gain that it promises (n,)."""
    if not np.isfinite(here.information).all():
        return np.zeros_like(here.z), np.full(len(here.z), np.nan)
    values, vectors = np.linalg.eigh(here.information)
    along = np.einsum("nij,ni->nj", vectors, here.gradient) / np.maximum(np.abs(values), LEAST_CURVATURE)
    step = np.einsum("nij,nj->ni", vectors, along)
    length = np.sqrt((step**2).sum(axis=1, keepdims=True))
    step = step * np.minimum(1.0, LONGEST_STEP / np.maximum(length, 1e-300))
    return step, 0.5 * np.abs((step * here.gradient).sum(axis=1))


def _climb(problem: Problem, parameters: Parameters, here: Individual, step: Array) -> Individual:
    """Move everyone by their step, halved for those whom it would take down by more than rounding."""
    share = np.ones((len(step), 1))
    slack = 1e-10 * (1 + np.abs(here.log_density))
    for _ in range(30):
        ahead = at_individual(problem, parameters, here.z + share * step)
        down = ~(ahead.log_density >= here.log_density - slack)
        if not down.any():
            break
        share[down] *= 0.5
    return ahead
