"""Each patient has the better of two drugs, and no more: what a combination shows without any addition or synergy.

Source: Palmer & Sorger (2017) Cell 171:1678, doi:10.1016/j.cell.2017.11.009; the mean of the larger of two normal values: Clark (1961)
Oper Res 9:145, doi:10.1287/opre.9.2.145; recalled.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from stallpoint.core.errors import StallpointError

NEARLY_ONE = 1 - 1e-12


class IndependentActionError(StallpointError):
    """A survival, spread or correlation that cannot be."""


def better_of_two(first: float, second: float, first_sd: float, second_sd: float, correlation: float) -> float:
    """Mean of the larger of two normal values: what each patient would have, given the better of two drugs.

    Args:
        first: mean under the first drug.
        second: mean under the second.
        first_sd: spread between patients under the first.
        second_sd: spread under the second.
        correlation: how benefits go together, -1 to 1.

    Raises:
        IndependentActionError: a spread below 0, or a correlation beyond 1.
    """
    _require_correlation(correlation)
    if first_sd < 0 or second_sd < 0:
        raise IndependentActionError("a spread is below 0", do="give standard deviations between patients")
    apart = math.sqrt(max(first_sd**2 + second_sd**2 - 2 * correlation * first_sd * second_sd, 0.0))
    if apart < 1e-12 * max(abs(first), abs(second), 1.0):
        return max(first, second)
    scaled = (first - second) / apart
    density = math.exp(-(scaled**2) / 2) / math.sqrt(2 * math.pi)
    return float(first * ndtr(scaled) + second * ndtr(-scaled) + apart * density)


def better_of_two_survival(first: float, second: float, correlation: float) -> float:
    """Share alive at a time if each patient lives as long as under the better of two drugs.

    Args:
        first: share alive then under the first drug, 0 to 1.
        second: under the second.
        correlation: of the times under a normal copula; 1 gives the larger share, 0 that of independent times.

    Raises:
        IndependentActionError: a share that is none, or a correlation beyond 1.
    """
    _require_correlation(correlation)
    if not (0 <= first <= 1 and 0 <= second <= 1):
        raise IndependentActionError(f"{first:g} and {second:g} are no shares", do="give shares alive from 0 to 1")
    if correlation >= NEARLY_ONE or min(first, second) == 0 or max(first, second) == 1:
        return max(first, second)
    dead = np.array([ndtri(1 - first), ndtri(1 - second)])
    if correlation <= -NEARLY_ONE:
        return min(1.0, first + second)
    covariance = np.array([[1.0, correlation], [correlation, 1.0]])
    return float(1 - multivariate_normal(cov=covariance).cdf(dead))


def _require_correlation(correlation: float) -> None:
    if not -1 <= correlation <= 1:
        raise IndependentActionError(f"a correlation of {correlation:g} cannot be", do="give a number from -1 to 1")
