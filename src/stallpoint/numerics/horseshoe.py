"""Shrink several estimates towards zero under the horseshoe prior: strongly where they are small, hardly where they are large.

d_hat_j ~ N(d_j, s_j^2), d_j ~ N(0, tau^2 lambda_j^2), lambda_j half-Cauchy(0, 1), tau half-Cauchy(0, tau_0). Both are integrated out on
grids that are even in their distribution functions. tau_0 says which share of the values is expected to be other than nothing.

Sources: Carvalho, Polson & Scott (2010), doi:10.1093/biomet/asq017; Piironen & Vehtari (2017), doi:10.1214/17-EJS1337SI (tau_0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import norm

Array = npt.NDArray[np.float64]

GLOBAL_GRID = 100
LOCAL_GRID = 400
BINS = 400
"""Intervals come from a mixture of so many normals: the share kept of an estimate, on an even grid of its square root."""

_BISECTIONS = 50


@dataclass(frozen=True)
class Shrunken:
    """Posterior of each estimate: mean, low and high, each (k,)."""

    mean: Array
    low: Array
    high: Array


def shrink_by_horseshoe(estimate: Array, std_error: Array, *, chance: float, level: float = 0.95) -> Shrunken:
    """Shrink estimates (k,) with standard errors (k,).

    Args:
        estimate: in one unit, so that a common spread has a meaning.
        std_error: all above 0.
        chance: the share of values that is expected not to be nothing, above 0 and below 1.
        level: of the intervals.
    """
    expected = chance / (1 - chance) * float(np.mean(std_error))
    tau = expected * _half_cauchy(GLOBAL_GRID)[:, None, None]
    variance = (tau * _half_cauchy(LOCAL_GRID)[None, :, None]) ** 2
    kept = variance / (variance + std_error**2)
    log_density = norm.logpdf(estimate, scale=np.sqrt(variance + std_error**2))
    log_marginal = logsumexp(log_density, axis=1)
    log_weight = log_marginal.sum(axis=1)
    of_tau = np.exp(log_weight - logsumexp(log_weight))
    weight = of_tau[:, None, None] * np.exp(log_density - log_marginal[:, None, :])
    tail = (1 - level) / 2
    ends = [[_quantile(share, weight[..., j], kept[..., j], estimate[j], std_error[j]) for j in range(estimate.size)]
            for share in (tail, 1 - tail)]  # fmt: skip
    return Shrunken((weight * kept).sum(axis=(0, 1)) * estimate, np.array(ends[0]), np.array(ends[1]))


def _quantile(share: float, weight: Array, kept: Array, estimate: float, error: float) -> float:
    """Of the mixture of normals with means kept * estimate and variances kept * error^2, by bisection."""
    bins = np.minimum((BINS * np.sqrt(kept)).astype(np.int64), BINS - 1).ravel()
    total = np.bincount(bins, weight.ravel(), BINS)
    used = total > 0
    # What is kept may round to nothing, which would be a normal without width.
    centre = np.maximum(np.bincount(bins, (weight * kept).ravel(), BINS)[used] / total[used], 1e-12)
    low, high = min(0.0, estimate) - 10 * error, max(0.0, estimate) + 10 * error
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = float(total[used] @ norm.cdf(middle, centre * estimate, np.sqrt(centre) * error))
        low, high = (middle, high) if below < share else (low, middle)
    return (low + high) / 2


def _half_cauchy(count: int) -> Array:
    """Points of equal probability under the half-Cauchy distribution of scale 1."""
    return np.asarray(np.tan(np.pi / 2 * (np.arange(count) + 0.5) / count), dtype=np.float64)
