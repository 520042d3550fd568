"""The D50 model: ALSFRS-R as a sigmoid between full health and full disability. Its equation is recalled.

f(t) = 48 / (1 + exp((t - D50) / dx)), t in months since onset; D50 is where half the points are lost, dx how gently they go.
Note that f(0) lies below 48. Source: PMC6940701 describes the model; its equation and phase bounds are recalled, not read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import OptimizeResult, least_squares
from scipy.special import expit

from stallpoint.clinical.alsfrs_r import MAX_TOTAL
from stallpoint.clinical.arguments import Numbers, numbers, require, require_above
from stallpoint.clinical.progression_rate import require_totals
from stallpoint.core.errors import StallpointError

UNVERIFIED = "The D50 equation, its derived quantities and the phase bounds are recalled, not read in the papers of the model."

D50_BOUNDS_MONTHS = (1.0, 1200.0)
DX_BOUNDS_MONTHS = (0.1, 400.0)
"""Where a fit may look (assumed): a fit that ends within 1% of a bound has found no curve and says so."""

PHASE_BOUNDS = (0.25, 0.5)
PHASES = ("I", "II", "III/IV")
LEAST_VISITS = 2
BOUND_TOLERANCE = 0.01


@dataclass(frozen=True)
class D50Curve:
    """One curve, or an array of them: half of the points lost at `d50_months`, slope constant `dx_months`, both above 0.

    Raises:
        StallpointError: a parameter that is not above 0.
    """

    d50_months: Numbers
    dx_months: Numbers
    unverified: str = UNVERIFIED

    def __post_init__(self) -> None:
        for name in ("d50_months", "dx_months"):
            value = numbers(getattr(self, name))
            require_above(value, 0, name=name, do="give months since onset")
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class D50State:
    """Where a person stands: calculated function (points), loss (points per month), relative D50, phase, all along the curve."""

    function_points: Numbers
    loss_points_per_month: Numbers
    relative_d50: Numbers
    phase: NDArray[np.str_]
    unverified: str = UNVERIFIED


@dataclass(frozen=True)
class D50Fit:
    """A fitted curve, which is not to be used unless `converged`; `reason` says why it did not."""

    curve: D50Curve | None
    converged: bool
    reason: str
    n_visits: int
    residual_points: float
    unverified: str = UNVERIFIED


def predict_d50_alsfrs_r(curve: D50Curve, months_since_onset: ArrayLike) -> Numbers:
    """ALSFRS-R (0 to 48) that the curve gives at months since onset. The equation is recalled (see `UNVERIFIED`)."""
    return MAX_TOTAL * np.asarray(expit(-_standardised(curve, months_since_onset)), dtype=np.float64)


def d50_state(curve: D50Curve, months_since_onset: ArrayLike) -> D50State:
    """Calculated functional state and loss, relative D50 (t / 2 D50) and phase. All recalled (see `UNVERIFIED`).

    Phases: I below 0.25, II below 0.5, III/IV from there; `unknown` for NaN.
    """
    months = numbers(months_since_onset)
    kept = expit(-_standardised(curve, months))
    relative = months / (2 * curve.d50_months)
    phase = np.select([np.isnan(relative), *(relative < bound for bound in PHASE_BOUNDS)], ["unknown", *PHASES[:2]], PHASES[2])
    return D50State(MAX_TOTAL * kept, MAX_TOTAL * kept * (1 - kept) / curve.dx_months, relative, phase)


def d50_from_one_visit(months_since_onset: ArrayLike, alsfrs_r: ArrayLike, *, steepness: float) -> D50Curve:
    """The curve through one visit when dx = D50 / steepness is assumed: D50 = t / (1 + ln(48 / y - 1) / steepness).

    NaN where no such curve passes through the visit: y of 0, or y at or above f(0) = 48 / (1 + exp(-steepness)).

    Raises:
        StallpointError: a time or steepness that is not above 0, or a total outside 0 to 48.
    """
    months, total, steep = numbers(months_since_onset), numbers(alsfrs_r), numbers(steepness)
    require_above(months, 0, name="months since onset", do="count months from symptom onset")
    require_above(steep, 0, name="steepness", do="give D50 / dx")
    require_totals(total)
    reachable = (total > 0) & (total < MAX_TOTAL * expit(steep))
    share = np.where(reachable, total, np.nan) / MAX_TOTAL
    d50_months = months / (1 + np.log(1 / share - 1) / steep)
    return D50Curve(d50_months, d50_months / steep)


def fit_d50(months_since_onset: ArrayLike, alsfrs_r: ArrayLike) -> D50Fit:
    """Least-squares curve of one person within bounds; unknown totals are left out. Never raises for want of a fit.

    With two visits the curve passes through both and its fit shows nothing. Published fits fail in about one person in ten.

    Raises:
        StallpointError: a negative time, a total outside 0 to 48, or unequal lengths.
    """
    months, total = _recorded(numbers(months_since_onset), numbers(alsfrs_r))
    obstacle = _obstacle(months, total)
    if obstacle:
        return D50Fit(None, converged=False, reason=obstacle, n_visits=months.size, residual_points=np.nan)
    found = _least_squares(months, total)
    at_bound = _bound_reached(found.x)
    reason = at_bound or ("" if found.success else str(found.message))
    curve = D50Curve(*np.exp(found.x))
    return D50Fit(curve, not reason, reason, months.size, float(np.sqrt(2 * found.cost / months.size)))


def _standardised(curve: D50Curve, months_since_onset: ArrayLike) -> Numbers:
    months = numbers(months_since_onset)
    require(months, months >= 0, what="months since onset are negative", do="count months from symptom onset")
    return (months - curve.d50_months) / curve.dx_months


def _recorded(months: Numbers, total: Numbers) -> tuple[Numbers, Numbers]:
    if months.shape != total.shape or months.ndim != 1:
        raise StallpointError("times and totals are not two lists of one length", where="fit_d50", do="give one total per visit")
    require(months, months >= 0, what="months since onset are negative", do="count months from symptom onset")
    require_totals(total)
    known = ~(np.isnan(months) | np.isnan(total))
    return months[known], total[known]


def _obstacle(months: Numbers, total: Numbers) -> str:
    """Why no curve can be found in these visits; empty when one may be."""
    if np.unique(months).size < LEAST_VISITS:
        return "fewer than two visits at different times"
    return "" if np.cov(months, total)[0, 1] < 0 else "no points are lost from visit to visit"


def _least_squares(months: Numbers, total: Numbers) -> OptimizeResult:
    """Fit on the log of both parameters, started from the straight line of the logit."""
    low, high = np.log([D50_BOUNDS_MONTHS, DX_BOUNDS_MONTHS]).T

    def residuals(log_parameters: Numbers) -> Numbers:
        d50_months, dx_months = np.exp(log_parameters)
        return np.asarray(MAX_TOTAL * expit((d50_months - months) / dx_months) - total)

    start = np.clip(_start(months, total), low + 1e-3, high - 1e-3)
    return least_squares(residuals, start, bounds=(low, high), xtol=1e-12, ftol=1e-12, gtol=1e-10)


def _start(months: Numbers, total: Numbers) -> Numbers:
    """Log parameters of the line through logit(lost share) against time; a gentle curve where it does not rise."""
    lost = 1 - np.clip(total, 0.5, MAX_TOTAL - 0.5) / MAX_TOTAL
    slope, intercept = np.polyfit(months, np.log(lost / (1 - lost)), 1)
    if slope <= 0 or intercept >= 0:
        return np.log([2 * months.max(), months.max()])
    return np.log([-intercept / slope, 1 / slope])


def _bound_reached(log_parameters: Numbers) -> str:
    for name, value, bounds in zip(("D50", "dx"), log_parameters, (D50_BOUNDS_MONTHS, DX_BOUNDS_MONTHS), strict=True):
        if np.min(np.abs(value - np.log(bounds))) < BOUND_TOLERANCE:
            return f"{name} ended on a bound: these visits do not show a curve"
    return ""
