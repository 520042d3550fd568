"""The door of the scalar formulas: numbers in as float64, impossible ones refused, unknown ones let through as NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stallpoint.core.errors import StallpointError

Numbers = NDArray[np.float64]


def numbers(values: ArrayLike) -> Numbers:
    """Float64 array of any shape; null and NaN are the unknown."""
    return np.asarray(values, dtype=np.float64)


def require(values: Numbers, possible: NDArray[np.bool_], *, what: str, do: str) -> None:
    """Refuse values that cannot be. NaN passes, because unknown is not wrong.

    Raises:
        StallpointError: names the first offending values by position.
    """
    offending = np.flatnonzero(~(possible | np.isnan(values)))
    if offending.size:
        rows = [f"position {index}: {values.flat[index]:g}" for index in offending]
        raise StallpointError(what, rows=rows, do=do)


def require_above(values: Numbers, bound: float, *, name: str, do: str) -> None:
    """Refuse values at or below the bound, and infinite ones.

    Raises:
        StallpointError: names the first offending values by position.
    """
    require(values, (values > bound) & np.isfinite(values), what=f"{name} must be above {bound:g}", do=do)
