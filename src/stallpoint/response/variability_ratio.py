"""How much people vary in one arm against the other: ratios of standard deviations and of coefficients of variation.

A ratio of 1 proves nothing. Var(Y1) = Var(Y0) + Var(D) + 2 Cov(Y0, D), so an effect D that differs between people leaves the variance as
it was where it is larger in those with lower outcomes; and a drug that slows everyone by the same percentage makes it smaller without
anybody responding in their own way.

Source: Nakagawa et al. (2015), doi:10.1111/2041-210X.12309.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """Mean, standard deviation and size of one arm."""

    mean: float
    sd: float
    n: int


@dataclass(frozen=True)
class LogRatio:
    """The logarithm of a ratio and its sampling variance."""

    estimate: float
    variance: float


@dataclass(frozen=True)
class Pooled:
    """Log ratios of several trials together: estimate with standard error and 95% interval, Cochran's Q, and tau squared."""

    estimate: float
    std_error: float
    low: float
    high: float
    q: float
    tau_square: float


def log_variability_ratio(treated: Spread, control: Spread) -> LogRatio:
    """ln(SD treated / SD control), corrected for small samples (lnVR).

    Raises:
        FitError: an arm with fewer than two people or without variation.
    """
    for spread in (treated, control):
        _require_variation(spread)
    small = 1 / (2 * (treated.n - 1)) - 1 / (2 * (control.n - 1))
    variance = 1 / (2 * (treated.n - 1)) + 1 / (2 * (control.n - 1))
    return LogRatio(float(np.log(treated.sd / control.sd)) + small, variance)


def log_variation_coefficient_ratio(treated: Spread, control: Spread) -> LogRatio:
    """Ln of the ratio of SD over mean (lnCVR): variation beyond what follows from a smaller mean. Means must have one sign.

    Raises:
        FitError: as for `log_variability_ratio`, or means of opposite signs.
    """
    if treated.mean * control.mean <= 0:
        raise FitError(
            "means of opposite signs have no ratio", where="variation coefficient ratio", do="use the variability ratio alone"
        )
    ratio = log_variability_ratio(treated, control)
    of_means = sum(spread.sd**2 / (spread.n * spread.mean**2) for spread in (treated, control))
    return LogRatio(ratio.estimate - float(np.log(treated.mean / control.mean)), ratio.variance + of_means)


def pool_log_ratios(ratios: list[LogRatio]) -> Pooled:
    """Inverse-variance mean with between-trial variance by DerSimonian and Laird (1986), doi:10.1016/0197-2456(86)90046-2.

    Raises:
        FitError: fewer than two ratios.
    """
    if len(ratios) < 2:
        raise FitError(f"{len(ratios)} ratio cannot be pooled", where="variability ratios", do="give at least two trials")
    estimate, variance = (np.array([getattr(ratio, name) for ratio in ratios]) for name in ("estimate", "variance"))
    weight = 1 / variance
    fixed = float(weight @ estimate / weight.sum())
    q = float(weight @ (estimate - fixed) ** 2)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau_square = max(0.0, (q - (len(ratios) - 1)) / scale)
    weight = 1 / (variance + tau_square)
    mean, std_error = float(weight @ estimate / weight.sum()), float(weight.sum() ** -0.5)
    reach = float(norm.ppf(0.975)) * std_error
    return Pooled(mean, std_error, mean - reach, mean + reach, q, tau_square)


def _require_variation(spread: Spread) -> None:
    if spread.n < 2 or not spread.sd > 0:
        raise FitError(f"{spread.n} people with SD {spread.sd:g} have no variation to compare", where="variability ratio")
