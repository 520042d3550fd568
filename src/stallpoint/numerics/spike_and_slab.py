"""Shrink several estimates towards zero, most of which are taken to be nothing: a spike at 0 beside a normal slab.

d_hat_j ~ N(d_j, s_j^2); d_j is 0 with probability 1 - chance, else N(0, tau^2) with tau half-normal and common to all. tau is integrated
out on a grid. Where the prior is the truth the posterior mean is unbiased whatever was selected, which a raw estimate is not.

Sources: Mitchell & Beauchamp (1988), doi:10.1080/01621459.1988.10478694; Senn (2008), doi:10.1198/000313008X331530 (selection and Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from scipy.stats import norm

Array = npt.NDArray[np.float64]

GRID = 100
WIDEST = 4.0
"""The grid of tau reaches to this many times the scale of its prior."""

_BISECTIONS = 60


@dataclass(frozen=True)
class Doubted:
    """Posterior of each estimate: mean, low and high, and the probability that it is not 0, each (k,)."""

    mean: Array
    low: Array
    high: Array
    real: Array


def shrink_to_zero(estimate: Array, std_error: Array, *, chance: float, spread_scale: float, level: float = 0.95) -> Doubted:
    """Shrink estimates (k,) with standard errors (k,).

    Args:
        estimate: in one unit, so that a common spread has a meaning.
        std_error: all above 0.
        chance: that a value is not 0, before the data; above 0 and below 1.
        spread_scale: scale of tau's half-normal prior, in the unit of the estimates.
        level: of the intervals.
    """
    taus = spread_scale * WIDEST * (np.arange(GRID) + 0.5)[:, None] / GRID
    slab = norm.logpdf(estimate, scale=np.hypot(std_error, taus))
    spike = norm.logpdf(estimate, scale=std_error)
    real = expit(np.log(chance / (1 - chance)) + slab - spike)
    log_weight = (
        np.logaddexp(np.log(chance) + slab, np.log1p(-chance) + spike).sum(axis=1) - 0.5 * (taus[:, 0] / spread_scale) ** 2
    )
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    pull = taus**2 / (taus**2 + std_error**2)
    centre, sd = pull * estimate, np.sqrt(pull) * std_error
    tail = (1 - level) / 2
    ends = [_quantile(share, weight, real, centre, sd) for share in (tail, 1 - tail)]
    return Doubted(weight @ (real * centre), ends[0], ends[1], weight @ real)


def _quantile(share: float, weight: Array, real: Array, centre: Array, sd: Array) -> Array:
    """Of each mixture, by bisection: the distribution jumps at 0, where no root need exist."""
    low, high = (centre - 10 * sd).min(axis=0), (centre + 10 * sd).max(axis=0)
    low, high = np.minimum(low, -1e-12), np.maximum(high, 1e-12)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = weight @ (real * norm.cdf(middle, centre, sd) + (1 - real) * (middle >= 0))
        low, high = np.where(below < share, middle, low), np.where(below < share, high, middle)
    found = (low + high) / 2
    return np.where(np.abs(found) < 1e-9 * np.maximum(1.0, np.abs(centre).max(axis=0)), 0.0, found)
