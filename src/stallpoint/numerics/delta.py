"""The delta method: standard errors of functions of estimates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

RELATIVE_STEP = 1e-5
"""Near the cube root of the rounding unit, where a central difference errs least."""


def jacobian(function: Callable[[Array], Array], point: Array) -> Array:
    """Central differences of a smooth function from (p,) to (m,); shape (m, p)."""
    steps = RELATIVE_STEP * np.maximum(np.abs(point), 1.0)
    columns = [
        (function(point + shift) - function(point - shift)) / (2 * step)
        for step, shift in zip(steps, np.diag(steps), strict=True)
    ]
    return np.stack(columns, axis=-1)


def delta_covariance(function: Callable[[Array], Array], point: Array, covariance: Array) -> Array:
    """Covariance (m, m) of function(estimate), to first order."""
    slope = jacobian(function, point)
    return np.asarray(slope @ covariance @ slope.T, dtype=np.float64)
