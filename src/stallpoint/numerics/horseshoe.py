"""Shrink several estimates towards zero under the horseshoe prior: strongly where they are small, hardly where they are large.

d_hat_j ~ N(d_j, s_j^2), d_j ~ N(0, tau^2 lambda_j^2), lambda_j half-Cauchy(0, 1), tau half-Cauchy(0, tau_0). Both are integrated out on
grids that are even in their distribution functions. tau_0 says which share of the values is expected to be other than nothing.

Sources: Carvalho, Polson & Scott (2010), doi:10.1093/biomet/asq017; Piironen & Vehtari (2017), doi:10.1214/17-EJS1337SI (tau_0).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp
from scipy.stats import norm

Array = npt.NDArray[np.float64]

GLOBAL_GRID = 100
LOCAL_GRID = 400


def shrink_by_horseshoe(estimate: Array, std_error: Array, *, chance: float) -> Array:
    """Posterior means (k,).

    Args:
        estimate: in one unit, so that a common spread has a meaning (k,).
        std_error: all above 0 (k,).
        chance: the share of values that is expected not to be nothing, above 0 and below 1.
    """
    expected = chance / (1 - chance) * float(np.mean(std_error))
    tau = expected * _half_cauchy(GLOBAL_GRID)[:, None, None]
    variance = (tau * _half_cauchy(LOCAL_GRID)[None, :, None]) ** 2
    log_density = norm.logpdf(estimate, scale=np.sqrt(variance + std_error**2))
    log_marginal = logsumexp(log_density, axis=1)
    kept = np.exp(log_density - log_marginal[:, None, :]) * variance / (variance + std_error**2)
    log_weight = log_marginal.sum(axis=1)
    weight = np.exp(log_weight - logsumexp(log_weight))
    return np.asarray(weight @ kept.sum(axis=1) * estimate, dtype=np.float64)


def _half_cauchy(count: int) -> Array:
    """Points of equal probability under the half-Cauchy distribution of scale 1."""
    return np.asarray(np.tan(np.pi / 2 * (np.arange(count) + 0.5) / count), dtype=np.float64)
