"""Shrink several related estimates towards their common mean, by a normal hierarchical model.

d_hat ~ N(d, V),  d_g ~ N(mu, tau^2), mu flat, tau half-normal. tau is integrated out on a grid, since with few groups its estimate is
often 0 and says too little of what is not known.

Sources: Gelman (2006), doi:10.1214/06-BA117A (the half-normal prior); Rubin (1981), doi:10.3102/10769986006004377.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import norm

Array = npt.NDArray[np.float64]

GRID = 200
WIDEST = 4.0
"""The grid of tau reaches to this many times the scale of its prior."""


@dataclass(frozen=True)
class Shrunken:
    """Posterior of each group's value: mean, sd, low and high, each (G,); of the common mean mu and its sd; and the mean of tau."""

    mean: Array
    sd: Array
    low: Array
    high: Array
    common: float
    common_sd: float
    spread: float


def shrink_to_common_mean(estimate: Array, covariance: Array, *, spread_scale: float, level: float = 0.95) -> Shrunken:
    """Shrink estimates (G,) with covariance (G, G); `spread_scale` is the scale of tau's half-normal prior, in the same unit."""
    taus = spread_scale * WIDEST * (np.arange(GRID) + 0.5) / GRID
    parts = [_given_spread(estimate, covariance, tau) for tau in taus]
    log_weight = np.array([part[0] for part in parts]) - 0.5 * (taus / spread_scale) ** 2
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    means, variances = np.array([part[1] for part in parts]), np.array([part[2] for part in parts])
    centre, squares = np.array([part[3] for part in parts]), np.array([part[4] for part in parts])
    mean = weight @ means
    sd = np.sqrt(weight @ (variances + means**2) - mean**2)
    tail = (1 - level) / 2
    ends = np.array(
        [
            [_mixture_quantile(share, weight, means[:, g], variances[:, g]) for share in (tail, 1 - tail)]
            for g in range(len(estimate))
        ]
    )
    common = float(weight @ centre)
    common_sd = float(np.sqrt(weight @ (squares + centre**2) - common**2))
    return Shrunken(mean, sd, ends[:, 0], ends[:, 1], common, common_sd, float(weight @ taus))


def _given_spread(estimate: Array, covariance: Array, tau: float) -> tuple[float, Array, Array, float, float]:
    """Log marginal likelihood, posterior mean (G,) and variance (G,) of the groups, mean and variance of mu, at one tau."""
    total = covariance + tau**2 * np.eye(len(estimate))
    inverse = np.linalg.inv(total)
    precision = float(inverse.sum())
    centre = float(inverse.sum(axis=0) @ estimate) / precision
    away = estimate - centre
    log_likelihood = -0.5 * (np.linalg.slogdet(total)[1] + np.log(precision) + away @ inverse @ away)
    pull = tau**2 * inverse
    mean = centre + pull @ away
    rest = 1 - pull.sum(axis=1)
    variance = tau**2 - tau**2 * np.diag(pull) + rest**2 / precision
    return float(log_likelihood), mean, variance, centre, 1 / precision


def _mixture_quantile(share: float, weight: Array, mean: Array, variance: Array) -> float:
    sd = np.sqrt(variance)
    low, high = float((mean - 10 * sd).min()), float((mean + 10 * sd).max())
    return float(brentq(lambda x: weight @ norm.cdf((x - mean) / sd) - share, low, high))
