"""Rows of which only an interval of the latent value is known: log of the probability that lower < mean + error < upper.

A score at its floor or ceiling, or a level of an ordinal measure (cumulative probit). Log-concave in the latent mean.

Sources: Tobin (1958), doi:10.2307/1907382; McKelvey & Zavoina (1975), doi:10.1080/0022250X.1975.9989847.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import erfcx, log_ndtr

from stallpoint.models.joint.arrays import IntervalRows
from stallpoint.models.joint.parameters import Parameters

Array = npt.NDArray[np.float64]

CERTAIN = 37.0
"""Standard deviations inside an end from which on the end cannot be felt, and beyond which the scaled error function overflows."""


class IntervalTerms(NamedTuple):
    """Log probability with its derivatives by the latent mean (first and second), log sigma, and the interval's two ends; each (M, K)."""

    log_value: Array
    by_mean: Array
    by_mean_twice: Array
    by_log_sigma: Array
    by_lower: Array
    by_upper: Array


def interval_ends(rows: IntervalRows, parameters: Parameters) -> tuple[Array, Array, Array]:
    """Lower and upper ends and sigma of the rows that are there, each (M,)."""
    lower, upper = rows.lower[rows.present], rows.upper[rows.present]
    if rows.thresholds is not None:
        steps = thresholds_of(parameters.threshold[rows.thresholds])
        ends = np.concatenate([[-np.inf], steps, [np.inf]])
        lower, upper = ends[lower.astype(int) + 1], ends[upper.astype(int) + 1]
    return lower, upper, np.exp(rows.residual[rows.present] @ parameters.log_sigma[rows.log_sigma])


def thresholds_of(parameters: Array) -> Array:
    """Increasing thresholds from the first and the logarithms of the steps."""
    return np.cumsum(np.concatenate([parameters[:1], np.exp(parameters[1:])]))


def threshold_scores(parameters: Array, by_threshold: Array) -> Array:
    """Derivatives (n, K - 1) by the parameters from those by the thresholds."""
    after = np.cumsum(by_threshold[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(after * np.concatenate([[1.0], np.exp(parameters[1:])]), dtype=np.float64)


def interval_terms(mean: Array, lower: Array, upper: Array, sigma: Array) -> IntervalTerms:
    """Terms of M rows at K latent means each: mean (M, K), ends and sigma (M,)."""
    one_end = np.isfinite(lower) != np.isfinite(upper)
    if one_end.all():
        return _beyond_one_end(mean, lower, upper, sigma)
    if not one_end.any():
        return _between_ends(mean, lower, upper, sigma)
    out = IntervalTerms(*(np.empty_like(mean) for _ in IntervalTerms._fields))
    for rows, terms_of in ((one_end, _beyond_one_end), (~one_end, _between_ends)):
        for whole, part in zip(out, terms_of(mean[rows], lower[rows], upper[rows], sigma[rows]), strict=True):
            whole[rows] = part
    return out


def _beyond_one_end(mean: Array, lower: Array, upper: Array, sigma: Array) -> IntervalTerms:
    """Rows with one end: the normal distribution function and its hazard, both from the scaled complementary error function."""
    has_lower = np.isfinite(lower)
    sign = np.where(has_lower, 1.0, -1.0)[:, None]
    z = sign * (mean - np.where(has_lower, lower, upper)[:, None]) / sigma[:, None]
    np.minimum(z, CERTAIN, out=z)
    scaled = erfcx(z * -np.sqrt(0.5))
    share = np.sqrt(2 / np.pi) / scaled
    moved = -z * share
    first = share / sigma[:, None]
    at_end = has_lower[:, None]
    return IntervalTerms(
        np.log(0.5 * scaled) - 0.5 * z**2,
        sign * first,
        (moved - share**2) / sigma[:, None] ** 2,
        moved,
        np.where(at_end, -first, 0.0),
        np.where(at_end, 0.0, first),
    )


def _between_ends(mean: Array, lower: Array, upper: Array, sigma: Array) -> IntervalTerms:
    """Rows with both ends, or with none."""
    sigma = sigma[:, None]
    a, b = (lower[:, None] - mean) / sigma, (upper[:, None] - mean) / sigma
    flip = a > 0
    near, far = np.where(flip, -b, a), np.where(flip, -a, b)
    log_far = log_ndtr(far)
    log_value = log_far + np.log1p(-np.exp(np.minimum(log_ndtr(near) - log_far, -1e-300)))
    share_a, share_b = _density_share(a, log_value), _density_share(b, log_value)
    moved = _times(a, share_a) - _times(b, share_b)
    first = share_a - share_b
    return IntervalTerms(log_value, first / sigma, (moved - first**2) / sigma**2, moved, -share_a / sigma, share_b / sigma)


def _density_share(at: Array, log_value: Array) -> Array:
    """Normal density at a standardised end over the interval's probability; 0 where there is no end."""
    finite = np.isfinite(at)
    exponent = np.where(finite, -0.5 * np.where(finite, at, 0.0) ** 2 - 0.5 * np.log(2 * np.pi) - log_value, -np.inf)
    return np.asarray(np.exp(exponent), dtype=np.float64)


def _times(at: Array, share: Array) -> Array:
    return np.asarray(np.where(np.isfinite(at), at, 0.0) * share, dtype=np.float64)
