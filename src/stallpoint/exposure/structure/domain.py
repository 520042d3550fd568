"""Whether a compound is like those that a model was made from. Outside of them the answer is `cannot tell`.

Borders are quantiles of the training compounds themselves, whose likeness is judged by the compounds of other folds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.exposure.structure.describe import RANGED, Description, find_likeness

NEIGHBOURS = 3
LEFT_OUTSIDE = 0.05
"""Assumed: the share of training compounds that the likeness border leaves outside."""
RANGE_TAILS = 0.01
"""Assumed: the share of training compounds beyond each end of a property's range. B3DB holds a few macrocyclic peptides; they are among
these, for a few like themselves do not teach a model."""

WORDS = {
    "exactmw": "molar mass",
    "CrippenClogP": "logP",
    "tpsa": "polar surface",
    "NumHBD": "number of hydrogen bond donors",
    "NumRotatableBonds": "number of rotatable bonds",
    "NumRings": "number of rings",
}

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Borders:
    """Least mean similarity to the nearest compounds; lowest and highest value (6,) of each ranged property."""

    likeness: float
    lowest: Array
    highest: Array


@dataclass(frozen=True)
class DomainVerdict:
    """Whether a compound lies inside, with the reasons if not. likeness: mean similarity to its nearest training compounds."""

    inside: bool
    likeness: float
    border: float
    reasons: tuple[str, ...]


def mean_likeness(similarity: npt.NDArray[np.float32]) -> float:
    """Mean of the largest similarities (n,), as many as there are neighbours."""
    nearest = np.sort(similarity)[-NEIGHBOURS:]
    return float(nearest.mean()) if len(nearest) else 0.0


def find_likeness_across(description: Description, fold: npt.NDArray[np.int64]) -> Array:
    """Mean similarity (n,) of each compound to its nearest compounds of other folds."""
    similarity = find_likeness(description.fingerprints, description.fingerprints)
    return np.array([mean_likeness(row[fold != own]) for row, own in zip(similarity, fold, strict=True)])


def set_borders(description: Description, likeness: Array) -> Borders:
    """Borders from training compounds and their likeness (n,)."""
    lowest, highest = np.quantile(description.ranged, [RANGE_TAILS, 1 - RANGE_TAILS], axis=0)
    return Borders(float(np.quantile(likeness, LEFT_OUTSIDE)), lowest, highest)


def judge_domain(ranged: Array, likeness: float, borders: Borders) -> DomainVerdict:
    """Verdict on one compound by its ranged properties (6,) and likeness."""
    reasons = [
        f"its {WORDS[name]} is {'below' if value < low else 'above'} that of the training compounds"
        for name, value, low, high in zip(RANGED, ranged, borders.lowest, borders.highest, strict=True)
        if not low <= value <= high
    ]
    if likeness < borders.likeness:
        reasons.insert(0, f"mean similarity to its nearest training compounds is {likeness:.2f}, below {borders.likeness:.2f}")
    return DomainVerdict(not reasons, likeness, borders.likeness, tuple(reasons))
