"""The marginal log-likelihood by Laplace's method, each person's score, and nothing approximated in the derivative.

With l(z) of `individual`, its mode z* and H the negative curvature there,

    log likelihood of a person = l(z*) - log det H / 2.

"laplace" takes H as it is; "foce" takes the points' part of H at its expectation, J J' (1 / s^2 + 2 (s'/s)^2), which needs no second
derivative of the curve and is never upward. The score follows from differentiating through the mode: d z*/d psi = I^-1 d2l/dz dpsi with
I the exact information; its effect on log det H is carried backwards by one vector a person (`pull`).

Sources: Tierney & Kadane (1986), doi:10.1080/01621459.1986.10478240; Wang (2007), doi:10.1007/s10928-007-9060-6; Almquist, Leander &
Jirstrand (2015), doi:10.1007/s10928-015-9409-1, for exact gradients.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stallpoint.models.nonlinear_mixed.individual import (
    Individual,
    Problem,
    at_individual,
    at_occasions,
    at_points,
    find_modes,
    through_loading,
)
from stallpoint.models.nonlinear_mixed.residual import ScoredTerms, scored_terms

Array = npt.NDArray[np.float64]


class Marginal(NamedTuple):
    """Each person's log-likelihood (n,), score (n, size), mode, and covariance (n, B, B) of the random effects z around it."""

    value: Array
    scores: Array
    mode: Individual
    covariance: Array


class _Curvature(NamedTuple):
    """The points' part of H in log parameters (n, O, A, A), and the derivatives of -log det H / 2 by them and by the scale."""

    by_occasion: Array
    by_parameters: Array
    by_scale: Array


def marginal(problem: Problem, vector: Array, start: Array) -> Marginal:
    """Log-likelihood and scores of all people at a parameter vector, the search for modes beginning at `start` (n, B)."""
    parameters = problem.layout.unpack(vector)
    mode = find_modes(problem, parameters, start)
    laplace = problem.model.method == "laplace"
    if laplace:
        mode = at_individual(problem, parameters, mode.z, order=3)
    terms = scored_terms(mode.curve.value, parameters.scale, problem.data.measured, problem.model.error)
    points = -mode.bend if laplace else _expected(problem, mode, terms)
    information = np.eye(mode.z.shape[1]) + through_loading(points, mode.loading)
    if not (np.isfinite(information).all() and np.isfinite(mode.information).all()):
        return _nothing(problem, mode)
    sign, log_determinant = np.linalg.slogdet(information)
    value = np.where(sign > 0, mode.log_density - 0.5 * log_determinant, -np.inf)
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    curvature = (_observed_slopes if laplace else _expected_slopes)(problem, mode, terms, points, covariance)
    scores = _scores(problem, vector, mode, terms, curvature, covariance)
    return Marginal(value, scores, mode, covariance)


def _nothing(problem: Problem, mode: Individual) -> Marginal:
    n, random = mode.z.shape
    return Marginal(np.full(n, np.nan), np.full((n, problem.layout.size), np.nan), mode, np.full((n, random, random), np.nan))


def _expected(problem: Problem, mode: Individual, terms: ScoredTerms) -> Array:
    first = mode.curve.first
    return at_occasions(problem, terms.at.weight[..., None, None] * first[..., :, None] * first[..., None, :])


def _spread_at_points(problem: Problem, mode: Individual, covariance: Array) -> Array:
    """Posterior covariance of the log parameters at each point, (n, J or 1, A, A)."""
    return at_points(problem, mode.loading @ covariance[:, None] @ np.swapaxes(mode.loading, -1, -2))


def _expected_slopes(problem: Problem, mode: Individual, terms: ScoredTerms, points: Array, covariance: Array) -> _Curvature:
    first, second = mode.curve.first, mode.curve.second
    spread_first = (_spread_at_points(problem, mode, covariance) @ first[..., None])[..., 0]
    square = (first * spread_first).sum(axis=-1)
    bent = (second @ spread_first[..., None])[..., 0]
    by_point = -0.5 * (terms.weight_by_prediction * square)[..., None] * first - terms.at.weight[..., None] * bent
    by_scale = -0.5 * (terms.by_scale.weight * square[..., None]).sum(axis=1)
    return _Curvature(points, at_occasions(problem, by_point), by_scale)


def _observed_slopes(problem: Problem, mode: Individual, terms: ScoredTerms, points: Array, covariance: Array) -> _Curvature:
    first, second, third = mode.curve.first, mode.curve.second, np.asarray(mode.curve.third)
    spread = _spread_at_points(problem, mode, covariance)
    spread_first = (spread @ first[..., None])[..., 0]
    square = (first * spread_first).sum(axis=-1)
    trace = (second * spread).sum(axis=(-1, -2))
    bent = (second @ spread_first[..., None])[..., 0]
    by_third = np.einsum("njabc,njbc->nja", third, np.broadcast_to(spread, second.shape))
    by_point = 0.5 * (
        (terms.second_by_prediction * square + terms.at.second * trace)[..., None] * first
        + 2 * terms.at.second[..., None] * bent
        + terms.at.first[..., None] * by_third
    )
    by_scale = 0.5 * (terms.by_scale.second * square[..., None] + terms.by_scale.first * trace[..., None]).sum(axis=1)
    return _Curvature(points, at_occasions(problem, by_point), by_scale)


def _scores(
    problem: Problem,
    vector: Array,
    mode: Individual,
    terms: ScoredTerms,
    curvature: _Curvature,
    covariance: Array,
) -> Array:
    layout, loading = problem.layout, mode.loading
    by_random = np.einsum("noa,oab->nb", curvature.by_parameters, loading)
    pull = np.linalg.solve(mode.information, by_random[..., None])[..., 0]
    moved = np.einsum("oab,nb->noa", loading, pull)
    total = mode.slope + curvature.by_parameters + (mode.bend @ moved[..., None])[..., 0]
    by_effects = np.einsum("noa,naf->nf", total, problem.data.effects)
    into = np.swapaxes(layout.incidence, -1, -2)
    by_factor = (
        np.einsum("oba,noa->nb", into, total)[:, :, None] * mode.z[:, None, :]
        + np.einsum("oba,noa->nb", into, mode.slope)[:, :, None] * pull[:, None, :]
        - (into @ curvature.by_occasion @ loading).sum(axis=1) @ covariance
    )
    shifted = (mode.curve.first * at_points(problem, moved)).sum(axis=-1)
    by_scale = (terms.by_scale.log_density + terms.by_scale.first * shifted[..., None]).sum(axis=1) + curvature.by_scale
    slope = layout.scale_slope(vector[layout.scale])
    return np.concatenate([by_effects, layout.factor_gradient(by_factor), by_scale * slope], axis=1)
