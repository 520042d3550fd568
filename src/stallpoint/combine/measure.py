"""A measure of interaction with its band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

Array = npt.NDArray[np.float64]

LEVEL = 0.95
LEAST_FREEDOM = 3


@dataclass(frozen=True)
class Measure:
    """An estimate with a 95% band.

    `excess` of a reference is the mean over the wells with all drugs of what the reference leaves less what was left, over the untreated
    level: above 0 the combination did more than the reference says. `p_more` and `p_less` are one-sided; NaN where no test is made.
    `told` says whether the data narrow the number down at all.
    """

    name: str
    label: str
    estimate: float
    low: float
    high: float
    unit: str
    p_more: float = float("nan")
    p_less: float = float("nan")
    told: bool = True


def measure_mean(name: str, label: str, estimate: float, refits: Array, *, freedom: int) -> Measure:
    """A mean excess with its t interval; the standard error is that of the refits (m,), the freedom that of the residuals."""
    estimate, error = float(estimate), float(np.std(refits, ddof=1))
    freedom = max(freedom, LEAST_FREEDOM)
    reach = float(stdtrit(freedom, (1 + LEVEL) / 2)) * error
    t = estimate / max(error, 1e-300)
    unit = "of the untreated level"
    return Measure(
        name, label, estimate, estimate - reach, estimate + reach, unit, float(stdtr(freedom, -t)), float(stdtr(freedom, t))
    )


def measure_parameter(name: str, label: str, estimate: float, refits: Array, *, unit: str, widest: float) -> Measure:
    """A parameter of a surface with the percentile interval of its refits (m,); not told where that is wider than `widest`."""
    low, high = (float(each) for each in np.quantile(refits, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    return Measure(name, label, estimate, low, high, unit, told=high - low <= widest)
