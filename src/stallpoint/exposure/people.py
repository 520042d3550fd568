"""Virtual people: from what is typical, who they are, and how people vary, to parameters of their own.

A person's value is typical x ratios of covariates x exp(eta), eta normal; on one occasion it is that x exp(kappa). Where variation is
reported as a coefficient of variation (cv) of a lognormal parameter, the standard deviation of eta is sqrt(log(1 + cv^2)).

Source: Lavielle (2014) Mixed Effects Models for the Population Approach, doi:10.1201/b17203, chapter 3; occasions as in Karlsson &
Sheiner (1993), doi:10.1007/BF01113502.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError

Floats = npt.NDArray[np.float64]


def log_sd(cv: float) -> float:
    """Standard deviation of the logarithm of a lognormal variable with this coefficient of variation.

    Raises:
        StallpointError: a cv that is negative, missing or infinite.
    """
    _require(0 <= cv < np.inf, f"a coefficient of variation of {cv}", "give a share of 0 or more, such as 0.3 for 30%")
    return float(np.sqrt(np.log1p(cv**2)))


def individual_values(typical: npt.ArrayLike, between_cv: float, people: int, *, rng: np.random.Generator) -> Floats:
    """Each person's value, shape (n,); `typical` (one number, or (n,) with covariates in it) is the median.

    Raises:
        StallpointError: a typical value that is missing or negative; a cv as in `log_sd`.
    """
    middle = np.asarray(typical, dtype=np.float64)
    _require(bool(((middle >= 0) & np.isfinite(middle)).all()), "a typical value is missing or negative", "give 0 or more")
    return np.asarray(middle * np.exp(log_sd(between_cv) * rng.standard_normal(people)), dtype=np.float64)


def occasion_values(individual: Floats, within_cv: float, occasions: int, *, rng: np.random.Generator) -> Floats:
    """Each person's value on each occasion, shape (n, occasions), around their own (n,).

    Raises:
        StallpointError: a cv as in `log_sd`.
    """
    return np.asarray(individual[:, None] * np.exp(log_sd(within_cv) * rng.standard_normal((len(individual), occasions))))


def category_ratio(member: npt.ArrayLike, ratio: float) -> Floats:
    """The ratio for members of a category (1 or true), 1 for the others (0 or false), shape (n,).

    Raises:
        StallpointError: a ratio not above 0; a membership that is not known, for missing is never normal.
    """
    _require(0 < ratio < np.inf, f"a ratio of {ratio}", "give a ratio above 0")
    own = np.atleast_1d(np.asarray(member, dtype=np.float64))
    _require(bool(np.isin(own, (0.0, 1.0)).all()), "it is not known of everybody whether they belong", "find out, or draw it")
    return np.where(own == 1, ratio, 1.0)


def power_ratio(value: npt.ArrayLike, reference: float, exponent: float) -> Floats:
    """(value / reference)^exponent, as for weight, shape (n,).

    Raises:
        StallpointError: a value or reference that is missing or not above 0.
    """
    own = _measured(value)
    _require(bool((own > 0).all()) and reference > 0, "a value or its reference is not above 0", "check its unit")
    return np.asarray((own / reference) ** exponent, dtype=np.float64)


def linear_ratio(value: npt.ArrayLike, reference: float, slope: float) -> Floats:
    """1 + slope (value - reference), shape (n,).

    Raises:
        StallpointError: a value that is missing; a ratio that is not above 0, as far outside the range the slope was found in.
    """
    ratio = 1 + slope * (_measured(value) - reference)
    _require(
        bool((ratio > 0).all()), "a covariate is so far out that its ratio is not above 0", "stay in the range it was found in"
    )
    return np.asarray(ratio, dtype=np.float64)


def exponential_ratio(value: npt.ArrayLike, reference: float, slope: float) -> Floats:
    """exp(slope (value - reference)), shape (n,).

    Raises:
        StallpointError: a value that is missing.
    """
    return np.asarray(np.exp(slope * (_measured(value) - reference)), dtype=np.float64)


def interaction_ratio(fraction_metabolised: npt.ArrayLike, pathway_activity: npt.ArrayLike) -> Floats:
    """Ratio of clearance with another drug to that without: fm x activity + (1 - fm); the area rises by its inverse.

    The activity of the pathway is 1 / (1 + I/Ki) under inhibition, and above 1 under induction. Static: concentrations of the other
    drug stay as they are, and the pathway is not saturated.

    Args:
        fraction_metabolised: share of clearance that takes the pathway, 0 to 1.
        pathway_activity: activity left, 0 or more; 1 is none lost.

    Raises:
        StallpointError: a share outside 0 to 1, an activity below 0, nothing left of clearance.

    Source: Rowland & Matin (1973), doi:10.1007/BF01059791.
    """
    share, activity = (np.asarray(value, dtype=np.float64) for value in (fraction_metabolised, pathway_activity))
    _require(bool(((share >= 0) & (share <= 1)).all()), "fraction_metabolised is no share", "give 0 to 1")
    _require(bool(((activity >= 0) & np.isfinite(activity)).all()), "pathway_activity is missing or negative", "give 0 or more")
    ratio = share * activity + (1 - share)
    _require(bool((ratio > 0).all()), "nothing is left of clearance", "give an activity above 0, or another way out")
    return np.asarray(ratio, dtype=np.float64)


def _measured(value: npt.ArrayLike) -> Floats:
    own = np.atleast_1d(np.asarray(value, dtype=np.float64))
    _require(bool(np.isfinite(own).all()), "a covariate is missing", "measure it, or draw it: missing is never normal")
    return own


def _require(holds: bool, what: str, do: str) -> None:
    if not holds:
        raise StallpointError(what, where="virtual people", do=do)
