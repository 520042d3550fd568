"""Maximise a smooth function with its exact gradient and Hessian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Derivatives = Callable[[Array], tuple[float, Array, Array]]

FIRST_DAMPING = 1e-3
SMALLEST_DAMPING = 1e-12
LARGEST_DAMPING = 1e10


@dataclass(frozen=True)
class Maximum:
    """Where the search ended. `decrement` is the gain that one more Newton step would promise, in units of the function."""

    point: Array
    value: float
    gradient: Array
    hessian: Array
    iterations: int
    decrement: float
    converged: bool


def maximise(derivatives: Derivatives, start: Array, *, tolerance: float = 1e-6, max_iterations: int = 100) -> Maximum:
    """Damped Newton ascent, invariant to the scale of each coordinate.

    A step solves (-H + damping * diag|H|) step = gradient; damping falls after a gain and grows after a loss, so that the method
    moves from gradient ascent to Newton's as the surface allows. It stops when Newton promises a gain below `tolerance`.

    Args:
        derivatives: gives value, gradient (p,) and Hessian (p, p) at a point (p,).
        start: where to begin, shape (p,).

    Source: Marquardt (1963), doi:10.1137/0111030.
    """
    point, damping = np.asarray(start, dtype=np.float64), FIRST_DAMPING
    value, gradient, hessian = derivatives(point)
    for iteration in range(max_iterations):
        if newton_decrement(gradient, hessian) < tolerance:
            return _maximum(point, value, gradient, hessian, iteration, tolerance)
        damping = max(damping / 10, SMALLEST_DAMPING)
        while damping < LARGEST_DAMPING:
            candidate = point + _damped_step(gradient, hessian, damping)
            found = derivatives(candidate)
            if np.isfinite(found[0]) and found[0] > value and np.isfinite(found[2]).all():
                point, (value, gradient, hessian) = candidate, found
                break
            damping *= 10
        else:
            return _maximum(point, value, gradient, hessian, iteration, tolerance)
    return _maximum(point, value, gradient, hessian, max_iterations, tolerance)


def newton_decrement(gradient: Array, hessian: Array) -> float:
    """Gain promised by a full Newton step; infinite where the surface is not concave."""
    try:
        factor = np.linalg.cholesky(-hessian)
    except np.linalg.LinAlgError:
        return float("inf")
    half = np.linalg.solve(factor, gradient)
    return float(0.5 * half @ half)


def _damped_step(gradient: Array, hessian: Array, damping: float) -> Array:
    """The step at this damping; damping grows until the damped curvature is positive definite."""
    scale = np.diag(np.maximum(np.abs(np.diag(hessian)), 1e-8))
    while True:
        curvature = -hessian + damping * scale
        try:
            np.linalg.cholesky(curvature)
        except np.linalg.LinAlgError:
            damping *= 10
            continue
        return np.asarray(np.linalg.solve(curvature, gradient), dtype=np.float64)


def _maximum(point: Array, value: float, gradient: Array, hessian: Array, iterations: int, tolerance: float) -> Maximum:
    decrement = newton_decrement(gradient, hessian)
    # A search that can gain nothing more but promises a little has met rounding error, not a slope: ten tolerances are allowed.
    return Maximum(point, value, gradient, hessian, iterations, decrement, decrement < 10 * tolerance)
