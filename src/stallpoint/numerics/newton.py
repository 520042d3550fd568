"""Maximise a smooth function from its value and gradient, and say how far the search may be from the top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from stallpoint.numerics.delta import jacobian

Array = npt.NDArray[np.float64]
ValueAndGradient = Callable[[Array], tuple[float, Array]]

FLATTEST = 1e-8
"""Curvatures below this share of the largest count as this share when the space is whitened."""

UNIDENTIFIED = 1e-7
"""With coordinates scaled to unit curvature, a direction with less than this has standard errors beyond any use."""

TAKES_PART = 0.2
"""A coordinate takes part in a direction with at least this weight."""

WHITENED_GRADIENT_BOUND = 1e-3

NEAR = 1e-3
"""Where Newton promises less than this, its steps are so short that the curvature need not be found anew."""

LARGEST_DROP = 1e30
"""Stands for minus infinity where the function is not a number, so that a line search turns back."""


@dataclass(frozen=True)
class Maximum:
    """Where the search ended. `decrement` is the gain that one more Newton step would promise, in units of the function."""

    point: Array
    value: float
    hessian: Array
    evaluations: int
    decrement: float
    converged: bool


def maximise(
    function: ValueAndGradient, start: Array, *, curvature: Array | None = None, tolerance: float = 1e-6, max_rounds: int = 8
) -> Maximum:
    """Maximise by rounds of BFGS in coordinates in which the curvature at the round's start is the unit matrix.

    The curvature is the central difference of the exact gradient. It makes the search invariant to the parameters' scales, and
    at the end it tells whether this is a maximum and how much a Newton step would still gain.

    Args:
        function: gives value and gradient (p,) at a point (p,).
        start: where to begin, shape (p,).
        curvature: second derivatives (p, p) at the start, roughly, where they are at hand more cheaply.
        tolerance: the search has converged when Newton promises less than this.
        max_rounds: rounds after which the search gives up.

    Source: Nocedal & Wright (2006) Numerical Optimization, chapters 3 and 6, doi:10.1007/978-0-387-40065-5.
    """
    point = np.asarray(start, dtype=np.float64)
    hessian = _hessian(function, point) if curvature is None else curvature
    evaluations = 0 if curvature is not None else 2 * len(point)
    for _ in range(max_rounds):
        point, spent = climb(function, point, curvature=hessian)
        hessian = _hessian(function, point)
        point, value, decrement, settling = _settle(function, point, hessian, tolerance)
        evaluations += spent + 2 * len(point) + settling
        if decrement < tolerance:
            break
    return Maximum(point, value, hessian, evaluations, decrement, decrement < tolerance)


def _settle(function: ValueAndGradient, point: Array, hessian: Array, tolerance: float) -> tuple[Array, float, float, int]:
    """Newton's steps near the top with one curvature, as long as each leaves less than a tenth to gain.

    Returns:
        The point, its value, what Newton still promises there, and how often the function was called.
    """
    value, gradient = function(point)
    decrement, spent = newton_decrement(gradient, hessian), 1
    while tolerance <= decrement < NEAR:
        ahead = point - np.linalg.solve(hessian, gradient)
        value_ahead, gradient = function(ahead)
        decrement_ahead, spent = newton_decrement(gradient, hessian), spent + 1
        if not decrement_ahead < 0.1 * decrement:
            break
        point, value, decrement = ahead, value_ahead, decrement_ahead
    return point, value, decrement, spent


def climb(function: ValueAndGradient, start: Array, *, curvature: Array) -> tuple[Array, int]:
    """One round: BFGS in the coordinates in which `curvature` (p, p) is the unit matrix.

    Where that is the curvature at the top, as in refits to resampled data, one round suffices.

    Returns:
        The point reached, and how often the function was called.
    """
    whitening = _whitening(curvature)

    def loss(step: Array) -> tuple[float, Array]:
        value, gradient = function(start + whitening @ step)
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return LARGEST_DROP, np.zeros_like(step)
        return -value, -whitening.T @ gradient

    found = minimize(loss, np.zeros_like(start), jac=True, method="BFGS", options={"gtol": WHITENED_GRADIENT_BOUND})
    return start + whitening @ found.x, int(found.nfev)


def newton_decrement(gradient: Array, hessian: Array) -> float:
    """Gain promised by a full Newton step; infinite where the surface is not concave."""
    try:
        factor = np.linalg.cholesky(-hessian)
    except np.linalg.LinAlgError:
        return float("inf")
    half = np.linalg.solve(factor, gradient)
    return float(0.5 * half @ half)


def flat_directions(hessian: Array) -> list[int]:
    """Coordinates that take part in directions along which the function is flat or turns upward.

    Flat means that, with every coordinate scaled to unit curvature, the curvature along the direction is below `UNIDENTIFIED`.
    """
    if not np.isfinite(hessian).all():
        return list(range(len(hessian)))
    diagonal = -np.diag(hessian)
    upward = np.flatnonzero(diagonal <= 0)
    if len(upward):
        return [int(index) for index in upward]
    scale = 1 / np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(-hessian * np.outer(scale, scale))
    weak = np.abs(vectors[:, values < UNIDENTIFIED])
    return [int(index) for index in np.flatnonzero((weak > TAKES_PART).any(axis=1))]


def _hessian(function: ValueAndGradient, point: Array) -> Array:
    raw = jacobian(lambda x: function(x)[1], point)
    return np.asarray(0.5 * (raw + raw.T), dtype=np.float64)


def _whitening(hessian: Array) -> Array:
    """A square root of the inverse of |H|, with flat and upward directions made mildly concave; the unit matrix if H is unusable."""
    if not np.isfinite(hessian).all():
        return np.eye(len(hessian))
    scale = 1 / np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-12))
    values, vectors = np.linalg.eigh(hessian * np.outer(scale, scale))
    curvature = np.maximum(np.abs(values), FLATTEST * np.abs(values).max())
    return np.asarray(scale[:, None] * vectors / np.sqrt(curvature), dtype=np.float64)
