"""The mean of a normal that was seen only because it lay outside an interval: what is announced because it came out large.

Z ~ N(mean, 1) is looked at only where it lies outside (low, high). Given that, its distribution moves up with the mean, so for each
probability there is one mean at which what was seen has it. At a half this is the median-unbiased estimate: whatever is true, half of
what is announced is put too high and half too low. At 0.025 and 0.975 it gives an interval that holds in 95% of what is announced. No prior
is needed, and close to the bounds little is left of an estimate.

Source: Zhong & Prentice (2008), doi:10.1093/biostatistics/kxn001.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

Array = npt.NDArray[np.float64]

_BISECTIONS = 80
_REACH = 40.0
"""Means are looked for so far beyond the bounds and what was seen, in standard errors."""


@dataclass(frozen=True)
class Corrected:
    """Median-unbiased estimate of each mean with the ends of its interval, each (k,), in standard errors."""

    median: Array
    low: Array
    high: Array


def correct_for_selection(z: Array, bound_low: Array, bound_high: Array, *, level: float = 0.95) -> Corrected:
    """Undo that z (k,) was looked at only outside of bound_low to bound_high (k,).

    A z within its bounds was announced by a statistic that differs a little from it; it is taken to lie on the nearer one. Where both
    bounds are one number nothing was selected, and the estimate is z.
    """
    middle = (bound_low + bound_high) / 2
    side = np.where(z >= middle, 1.0, -1.0)
    # Seen from its own side every z lies above both bounds.
    near, far = np.where(side > 0, bound_high, -bound_low), np.where(side > 0, bound_low, -bound_high)
    seen = np.maximum(side * z, near)
    tail = (1 - level) / 2
    median, one, other = (side * _mean_at(share, seen, far, near) for share in (0.5, tail, 1 - tail))
    return Corrected(median, np.minimum(one, other), np.maximum(one, other))


def _mean_at(share: float, seen: Array, far: Array, near: Array) -> Array:
    """The mean at which so large a share of what is looked at lies above what was seen, by bisection."""
    low, high = np.minimum(far, near) - _REACH, seen + _REACH
    for _ in range(_BISECTIONS):
        mean = (low + high) / 2
        above = norm.logsf(seen - mean) - np.logaddexp(norm.logsf(near - mean), norm.logcdf(far - mean))
        low, high = np.where(above < np.log(share), mean, low), np.where(above < np.log(share), high, mean)
    return np.asarray((low + high) / 2, dtype=np.float64)
