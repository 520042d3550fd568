"""Estimates without two biases: that of Laplace's method, and that of maximum likelihood, which takes the fixed effects as known.

Both are small changes of the function that was maximised, so one Newton step from its maximum leads to the new one, but for terms of the
order of the squared change. Quadrature gives the scores that Laplace's method approximates. From the log-likelihood half the logarithm of
the determinant of the fixed effects' information is taken, as in REML, else spreads between few people come out too small.

Sources: Cox & Reid (1987), doi:10.1111/j.2517-6161.1987.tb01422.x (adjusted profile likelihood); Harville (1977),
doi:10.1080/01621459.1977.10480998 (REML); Pinheiro & Bates (1995), doi:10.1080/10618600.1995.10474663 (quadrature).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.models.nonlinear_mixed.individual import Problem
from stallpoint.models.nonlinear_mixed.integration import integrate
from stallpoint.models.nonlinear_mixed.likelihood import Marginal, marginal

Array = npt.NDArray[np.float64]

STEP = 0.05
"""Length of the difference quotient, in standard errors."""


def refine(problem: Problem, vector: Array, covariance: Array, at: Marginal) -> Array:
    """The parameter vector after the step; the same vector where its covariance (P, P) or the step is no number."""
    if not np.isfinite(covariance).all():
        return vector
    change = (integrate(problem, vector, at).scores - at.scores).sum(axis=0) + _restriction(problem, vector, covariance, at)
    step = covariance @ change
    return np.asarray(vector + step if np.isfinite(step).all() else vector, dtype=np.float64)


def _restriction(problem: Problem, vector: Array, covariance: Array, at: Marginal) -> Array:
    """Derivative (P,) of minus half the log determinant; fixed effects hardly change their own information."""
    gradient = np.zeros_like(vector)
    for index in range(problem.layout.effects, len(vector)):
        step = np.zeros_like(vector)
        step[index] = STEP * np.sqrt(covariance[index, index])
        ahead, behind = (_log_determinant(problem, vector + sign * step, at.mode.z) for sign in (1, -1))
        gradient[index] = -0.5 * (ahead - behind) / (2 * step[index])
    return gradient


def _log_determinant(problem: Problem, vector: Array, modes: Array) -> float:
    at = marginal(problem, vector, modes)
    return float(np.linalg.slogdet(effect_information(problem, at))[1])


def effect_information(problem: Problem, at: Marginal) -> Array:
    """Information of the fixed effects (F, F), the random effects averaged out: what REML integrates over."""
    design = problem.data.effects[:, None]
    curvature = -at.mode.bend @ design
    alone = (np.swapaxes(design, -1, -2) @ curvature).sum(axis=(0, 1))
    crossed = (np.swapaxes(at.mode.loading, -1, -2) @ curvature).sum(axis=1)
    return np.asarray(alone - (np.swapaxes(crossed, -1, -2) @ at.covariance @ crossed).sum(axis=0), dtype=np.float64)
