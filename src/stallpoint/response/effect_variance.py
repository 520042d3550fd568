"""How much effects may differ between people, for every correlation of their two outcomes that nobody can observe.

With standard deviations s1 and s0 of the outcome in the arms, effects have variance s1^2 + s0^2 - 2 r s1 s0. The correlation r of what
a person would do treated with what they would do untreated is not identified, so it is an axis and never a number. At r = 1 effects
differ least, and that least is 0 wherever the arms vary alike.

Sources: Neyman (1923; Stat Sci 1990, 5:465-472); Heckman, Smith & Clements (1997), doi:10.2307/2971729.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.core.errors import StallpointError

Array = npt.NDArray[np.float64]

CORRELATIONS = tuple(np.linspace(-1.0, 1.0, 21).round(2).tolist())


def effect_spread(
    sd_treated: float,
    sd_control: float,
    *,
    log_error_treated: float,
    log_error_control: float,
    correlations: tuple[float, ...] = CORRELATIONS,
    level: float = 0.95,
) -> pl.DataFrame:
    """Standard deviation of people's effects at each correlation: correlation, sd, low, high.

    Intervals are the smallest and largest values over a rectangle that holds both standard deviations with the stated confidence.
    So they hold at all correlations at once, and also at r = 1 in arms that vary alike, where no standard error exists.

    Args:
        sd_treated: standard deviation of the outcome between treated people, as of slopes in a model with one for each arm.
        sd_control: the same untreated.
        log_error_treated: standard error of its logarithm; 1 / sqrt(2 (n - 1)) for a sample of normal outcomes.
        log_error_control: the same untreated.
        correlations: the axis, from -1 to 1.
        level: confidence.

    Raises:
        StallpointError: a standard deviation that is not above 0, a negative error, or a correlation beyond -1 and 1.
    """
    if min(sd_treated, sd_control) <= 0 or min(log_error_treated, log_error_control) < 0:
        raise StallpointError("standard deviations must be above 0 and errors not below it", where="spread of effects")
    if max(map(abs, correlations)) > 1:
        raise StallpointError("correlations must lie from -1 to 1", where="spread of effects")
    treated, control = _rectangle((sd_treated, log_error_treated), (sd_control, log_error_control), level)
    rows = [
        {
            "correlation": r,
            "sd": _spread(sd_treated, sd_control, r),
            "low": min(*(_least(a, control, r) for a in treated), *(_least(b, treated, r) for b in control)),
            "high": max(_spread(a, b, r) for a in treated for b in control),
        }
        for r in correlations
    ]
    return pl.DataFrame(rows)


def correlation_without_link(sd_treated: float, sd_control: float) -> float | None:
    """The correlation at which effects have nothing to do with how people fare untreated: s0 / s1.

    None where the treated vary less than controls: effects must then be larger in those who do worse, or smaller for all alike.
    """
    return sd_control / sd_treated if sd_treated >= sd_control else None


def spread_without_link(
    sd_treated: float, sd_control: float, *, log_error_treated: float, log_error_control: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Standard deviation of effects that have nothing to do with how people fare untreated, with its interval: the variances' difference.

    The correlation at which this holds is itself estimated, so the band of `effect_spread` there is too narrow. 0 where the treated
    vary less. Source: Neyman (1923), as above.
    """
    treated, control = _rectangle((sd_treated, log_error_treated), (sd_control, log_error_control), level)

    def spread(one: float, other: float) -> float:
        return float(np.sqrt(max(0.0, one**2 - other**2)))

    return spread(sd_treated, sd_control), spread(treated[0], control[1]), spread(treated[1], control[0])


def _rectangle(treated: tuple[float, float], control: tuple[float, float], level: float) -> tuple[Array, Array]:
    """Ends of two intervals that hold both standard deviations with the stated confidence."""
    reach = float(norm.ppf((1 + np.sqrt(level)) / 2))
    one, other = (sd * np.exp(np.array([-1.0, 1.0]) * reach * error) for sd, error in (treated, control))
    return one, other


def _spread(a: float, b: float, r: float) -> float:
    """The form is a sum of squares; written so that rounding cannot make it negative."""
    return float(np.sqrt((a - b) ** 2 + 2 * (1 - r) * a * b))


def _least(fixed: float, free: Array, r: float) -> float:
    """Smallest spread along one edge of the rectangle: the parabola's lowest point, or the nearer end."""
    return _spread(fixed, float(np.clip(r * fixed, free[0], free[1])), r)
