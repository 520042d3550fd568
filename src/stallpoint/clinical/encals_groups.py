"""Prognostic groups of the ENCALS model: by stated cut points, or by the nearest published median, which is approximate.

The published cut points between the five groups were not found, and none are invented here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stallpoint.clinical.arguments import numbers
from stallpoint.clinical.encals import linear_predictor_of_median
from stallpoint.core.errors import StallpointError

GROUP_MEDIANS_MONTHS = {"very short": 17.7, "short": 25.3, "intermediate": 32.2, "long": 43.7, "very long": 91.0}
"""Published median of each group, months from onset (Westeneng 2018, abstract; recalled)."""

UNVERIFIED = (
    "ENCALS group labels are approximate: the published cut points are not known here, so each person gets the group whose "
    "published median (recalled) is nearest on the scale of the linear predictor."
)


@dataclass(frozen=True)
class EncalsGroups:
    """One label per person, `unknown` where the linear predictor is; `unverified` is empty when cut points were given."""

    labels: NDArray[np.str_]
    approximate: bool
    unverified: str


def encals_groups(linear_predictor: ArrayLike, *, cut_points: Sequence[float]) -> EncalsGroups:
    """Groups from very short to very long, cut at four falling linear predictors; a value on a cut point joins the longer.

    Raises:
        StallpointError: not four falling cut points.
    """
    cuts = np.asarray(cut_points, dtype=np.float64)
    if cuts.shape != (len(GROUP_MEDIANS_MONTHS) - 1,) or not np.all(np.diff(cuts) < 0):
        raise StallpointError(
            f"cut_points are {list(cut_points)}", where="ENCALS groups", do="give four falling linear predictors"
        )
    return EncalsGroups(_cut(linear_predictor, cuts), approximate=False, unverified="")


def encals_nearest_groups(linear_predictor: ArrayLike) -> EncalsGroups:
    """Groups by the nearest published median: approximate, and flagged so in the result."""
    centres = linear_predictor_of_median(list(GROUP_MEDIANS_MONTHS.values()))
    return EncalsGroups(_cut(linear_predictor, (centres[:-1] + centres[1:]) / 2), approximate=True, unverified=UNVERIFIED)


def _cut(linear_predictor: ArrayLike, falling: NDArray[np.float64]) -> NDArray[np.str_]:
    known = numbers(linear_predictor)
    group = np.searchsorted(-falling, -known, side="right")
    return np.where(np.isnan(known), "unknown", np.asarray(list(GROUP_MEDIANS_MONTHS))[np.where(np.isnan(known), 0, group)])
