"""How far Laplace's method is off: the same integral by quadrature around each person's mode, and what it would do to the estimates.

With C the factor of the random effects' covariance around the mode z*, and x from a rule for standard normal vectors,

    likelihood = |C| E[exp(l(z* + C x) + |x|^2 / 2)],

and the score is the mean of the score given z over the posterior (Fisher's identity), by the same points.

Sources: Pinheiro & Bates (1995), doi:10.1080/10618600.1995.10474663; Louis (1982), doi:10.1111/j.2517-6161.1982.tb01203.x.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stallpoint.core.check import Check
from stallpoint.models.nonlinear_mixed.derivatives import first_derivatives
from stallpoint.models.nonlinear_mixed.individual import Problem, at_occasions, log_parameters
from stallpoint.models.nonlinear_mixed.layout import Parameters
from stallpoint.models.nonlinear_mixed.likelihood import Marginal
from stallpoint.models.nonlinear_mixed.residual import scored_terms
from stallpoint.numerics.quadrature import normal_rule

Array = npt.NDArray[np.float64]

NODES = {1: 11, 2: 7, 3: 5}
"""Nodes per dimension; beyond three dimensions the rule is one of degree five."""

MOVE_BOUND = 0.5
"""Standard errors by which better integration may move an estimate before the check warns: a quarter of what a 95% interval reaches."""


class Integrated(NamedTuple):
    """Log-likelihood (n,) and scores (n, size) of all people by quadrature."""

    value: Array
    scores: Array


def integrate(problem: Problem, vector: Array, at: Marginal, *, nodes: int | None = None) -> Integrated:
    """The marginal likelihood by adaptive quadrature around the modes in `at`.

    Args:
        problem: model and data.
        vector: parameters.
        at: modes and covariances there.
        nodes: per dimension, up to three dimensions.
    """
    parameters, random = problem.layout.unpack(vector), problem.layout.random
    points, weights = normal_rule(random, nodes or NODES.get(random, 0))
    factor = np.linalg.cholesky(at.covariance)
    logs, scores = [], []
    for point in points:
        log_density, score = _complete(problem, vector, parameters, at.mode.z + factor @ point)
        logs.append(log_density + 0.5 * point @ point)
        scores.append(score)
    log_points = np.stack(logs)
    highest = log_points.max(axis=0)
    mass = weights[:, None] * np.exp(log_points - highest)
    total = mass.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.log(total) + highest + np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
        return Integrated(value, np.einsum("kn,kns->ns", mass / total, np.stack(scores)))


def _complete(problem: Problem, vector: Array, parameters: Parameters, z: Array) -> tuple[Array, Array]:
    """Log density of data and z (n,), and its derivative by the parameter vector at fixed z (n, size)."""
    layout = problem.layout
    prediction, first = first_derivatives(problem.curve, log_parameters(problem, parameters, z), problem.active)
    terms = scored_terms(prediction, parameters.scale, problem.data.measured, problem.model.error)
    slope = at_occasions(problem, terms.at.first[..., None] * first)
    by_factor = np.einsum("oab,noa->nb", layout.incidence, slope)[:, :, None] * z[:, None, :]
    parts = [
        np.einsum("noa,naf->nf", slope, problem.data.effects),
        layout.factor_gradient(by_factor),
        terms.by_scale.log_density.sum(axis=1) * layout.scale_slope(vector[layout.scale]),
    ]
    return terms.at.log_density.sum(axis=1) - 0.5 * (z**2).sum(axis=1), np.concatenate(parts, axis=1)


def check_integration(problem: Problem, vector: Array, at: Marginal, covariance: Array, names: list[str]) -> Check:
    """What quadrature makes of the log-likelihood, and by how many standard errors a Newton step from there would move an estimate."""
    better = integrate(problem, vector, at)
    change = float(better.value.sum() - at.value.sum())
    moves = np.abs(covariance @ (better.scores - at.scores).sum(axis=0)) / np.sqrt(np.diag(covariance))
    if not (np.isfinite(change) and np.isfinite(moves).all()):
        return Check(
            "integration", "warning", "Quadrature around the modes did not give a number; the approximation is unchecked."
        )
    farthest = int(np.argmax(moves))
    text = (
        f"Quadrature in place of Laplace's method changes the log-likelihood by {change:+.2f} and would move no estimate "
        f"by more than {moves[farthest]:.2f} standard errors ({names[farthest]})."
    )
    return Check("integration", "passed" if moves[farthest] < MOVE_BOUND else "warning", text)
