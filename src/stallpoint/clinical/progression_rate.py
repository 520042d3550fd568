"""Progression rate since symptom onset (Delta-FS): points of ALSFRS-R lost per month.

It assumes a full score at onset. It predicts survival better than rates over four months do, yet understates later
decline (18 PRO-ACT trials, PMID 26864085) and does not classify it (PMID 38323575).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stallpoint.clinical.alsfrs_r import MAX_TOTAL
from stallpoint.clinical.arguments import Numbers, numbers, require, require_above
from stallpoint.core.errors import StallpointError

UNSTABLE_BELOW_MONTHS = 1.0
"""Under a month since onset, one point of noise moves the rate by more than a point per month."""


@dataclass(frozen=True)
class ProgressionRate:
    """Points lost per month (never negative, NaN where unknown), and where the duration is too short to trust it."""

    points_per_month: Numbers
    unstable: NDArray[np.bool_]


def progression_rate(alsfrs_r: ArrayLike, months_since_onset: ArrayLike) -> ProgressionRate:
    """(48 - ALSFRS-R) / months since symptom onset; arrays broadcast, NaN stays NaN.

    Raises:
        StallpointError: a total outside 0 to 48 (so a 40-point or mistyped total), or a duration of 0 or less.
    """
    total, months = numbers(alsfrs_r), numbers(months_since_onset)
    require_totals(total)
    require_above(months, 0, name="months since onset", do="check the onset date; time counts from symptom onset here")
    return ProgressionRate((MAX_TOTAL - total) / months, np.broadcast_to(months < UNSTABLE_BELOW_MONTHS, (total / months).shape))


def require_totals(total: Numbers) -> None:
    """Refuse totals that the scale cannot give.

    Raises:
        StallpointError: a total outside 0 to 48; it is never replaced by a plausible one.
    """
    possible = (total >= 0) & (total <= MAX_TOTAL)
    require(
        total,
        possible,
        what="ALSFRS-R totals must lie from 0 to 48",
        do="correct them at their source or leave them empty",
    )


def classify_rate(points_per_month: ArrayLike, *, cut_offs: tuple[float, float]) -> NDArray[np.str_]:
    """`slow` below the first cut-off, `fast` above the second, `intermediate` from one to the other, `unknown` for NaN.

    The cut-offs have no default because the field has no agreed ones: 0.8 and 1.35 in the PRECISION ALS code, 0.5 and 1.0
    in a survey of 522 patients (doi:10.1080/21678421.2026.2615117).

    Raises:
        StallpointError: the cut-offs are not two rising positive numbers, or a rate is negative.
    """
    low, high = cut_offs
    if not 0 < low < high:
        raise StallpointError(f"cut_offs are {cut_offs}", where="progression rate", do="give two rising positive rates")
    rate = numbers(points_per_month)
    require_rates(rate)
    return np.select([rate < low, rate > high, np.isnan(rate)], ["slow", "fast", "unknown"], default="intermediate")


def require_rates(rate: Numbers) -> None:
    """Refuse negative rates, the commonest slip: public ALS code stores the slope with its sign.

    Raises:
        StallpointError: a rate below 0 or infinite.
    """
    require(
        rate,
        (rate >= 0) & np.isfinite(rate),
        what="a progression rate is negative or infinite",
        do="give points lost per month, (48 - ALSFRS-R) / months since onset, not the negative slope",
    )
