"""Many small nonlinear least-squares problems at once: Levenberg and Marquardt's steps, each problem with a damping of its own.

Sources: Levenberg (1944) Q Appl Math 2:164; Marquardt (1963) J Soc Ind Appl Math 11:431, doi:10.1137/0111030; the rule for the
damping: Nielsen (1999) Damping parameter in Marquardt's method, IMM-REP-1999-05; recalled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Model = Callable[[Array, Rows], tuple[Array, Array]]
"""From parameters (k, p) of the problems with these numbers (k,) to predictions (k, n) and their derivatives (k, p, n)."""

FIRST_DAMPING = 1e-2
LEAST_SCALE = 1e-12
"""A parameter on which nothing depends is held by the damping at this curvature, so that the step can be solved."""


@dataclass(frozen=True)
class LeastSquares:
    """Where the searches ended: parameters (m, p), weighted sums of squares (m,), and which ones settled (m,)."""

    theta: Array
    cost: Array
    converged: npt.NDArray[np.bool_]


def fit_least_squares(
    model: Model,
    observed: Array,
    start: Array,
    *,
    weight: Array,
    low: Array,
    high: Array,
    most_steps: int = 60,
    tolerance: float = 1e-8,
) -> LeastSquares:
    """Minimise each problem's weighted sum of squares within bounds.

    Args:
        model: predictions and their derivatives.
        observed: (m, n); where the weight is 0 a value is not looked at, but it must be finite.
        start: (m, p) within the bounds.
        weight: (m, n) or (1, n), 0 or more.
        low: lower bounds (p,).
        high: upper bounds (p,).
        most_steps: steps after which a search gives up.
        tolerance: a search settles when a step lowers its sum of squares by less than this share, or by nothing beyond rounding.
    """
    theta = np.clip(start, low, high)
    weight = np.broadcast_to(weight, observed.shape)
    rows = np.arange(len(theta))
    value, slope = model(theta, rows)
    residual = observed - value
    cost = np.einsum("mn,mn,mn->m", weight, residual, residual)
    floor = 1e-24 * np.einsum("mn,mn,mn->m", weight, observed, observed)
    damping, growth = np.full(len(theta), FIRST_DAMPING), np.full(len(theta), 2.0)
    settled = np.zeros(len(theta), dtype=bool)
    normal, gradient = _normal_equations(slope, residual, weight)
    for _ in range(most_steps):
        active = rows[~settled]
        if not len(active):
            break
        step, promised = _solve_steps(normal[active], gradient[active], damping[active], theta[active], low, high)
        trial = np.clip(theta[active] + step, low, high)
        value, slope = model(trial, active)
        residual = observed[active] - value
        reached = np.einsum("mn,mn,mn->m", weight[active], residual, residual)
        gained = cost[active] - reached
        taken = gained > 0
        took = active[taken]
        theta[took] = trial[taken]
        normal[took], gradient[took] = _normal_equations(slope[taken], residual[taken], weight[took])
        small = np.maximum(tolerance * cost[active], floor[active])
        settled[active[(taken & (gained < small)) | (promised < small) | ~(damping[active] < 1e12)]] = True
        cost[took] = reached[taken]
        quality = np.clip(gained[taken] / np.maximum(promised[taken], np.finfo(float).tiny), -1.0, 1.0)
        damping[took] *= np.maximum(1 / 3, 1 - (2 * quality - 1) ** 3)
        growth[took] = 2.0
        refused = active[~taken]
        damping[refused] *= growth[refused]
        growth[refused] *= 2
    return LeastSquares(theta, cost, settled & (damping < 1e12))


def _normal_equations(slope: Array, residual: Array, weight: Array) -> tuple[Array, Array]:
    weighted = slope * weight[:, None, :]
    return np.asarray(weighted @ slope.transpose(0, 2, 1)), np.asarray(np.einsum("mpn,mn->mp", weighted, residual))


def _solve_steps(normal: Array, gradient: Array, damping: Array, theta: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Damped steps (m, p), and what each promises. A parameter at a bound whose step would leave it stays where it is."""
    stuck = ((theta <= low) & (gradient < 0)) | ((theta >= high) & (gradient > 0))
    free = np.where(stuck, 0.0, 1.0)
    right = gradient * free
    curvature = normal * free[:, :, None] * free[:, None, :]
    diagonal = np.einsum("mpp->mp", curvature)
    scale = np.maximum(diagonal, LEAST_SCALE * np.maximum(diagonal.max(axis=1, keepdims=True), 1e-300)) + stuck
    damped = curvature.copy()
    np.einsum("mpp->mp", damped)[...] += damping[:, None] * scale + stuck
    step = np.linalg.solve(damped, right[:, :, None])[:, :, 0]
    promised = np.einsum("mp,mp->m", step, right + damping[:, None] * scale * step)
    return np.asarray(step, dtype=np.float64), np.asarray(promised, dtype=np.float64)
