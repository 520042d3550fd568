"""What the share of people who benefit, or are harmed, can be: bounds, since no trial shows both outcomes of one person.

Outcomes are ordered, death lowest, so no distance between death and a score is needed. With F1 and F0 the distributions in the two arms,
the share who do better treated than they would have done untreated lies between sup (F0(y) - F1(y)) and 1 - sup (F1(y) - F0(y-)), at
points y of the outcome; the share harmed with the arms exchanged. No further fact about the trial can narrow them but covariates.

Sources: Makarov (1982), doi:10.1137/1126086; Fan & Park (2010), doi:10.1017/S0266466609990168; the intervals follow Chernozhukov, Lee &
Rosen (2013), doi:10.3982/ECTA8718.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]

DRAWS = 1000
ROUNDING = 1e-9
MOST_POINTS = 100
"""Of more outcomes than this, quantiles stand for all; fewer points leave bounds valid, if a little wider."""

FEWEST_PEOPLE = 10
"""An arm, or an arm in a group, needs this many people with a known outcome."""


@dataclass(frozen=True)
class Share:
    """The smallest and largest share that the data allow, and an interval that holds both with the stated confidence."""

    least: float
    most: float
    low: float
    high: float


@dataclass(frozen=True)
class BenefitBounds:
    """Shares who benefit and who are harmed."""

    benefit: Share
    harm: Share
    n: int


@dataclass(frozen=True)
class Ordered:
    """Outcomes (n,), higher better, with weights (n,) that sum to 1: people of one arm."""

    outcome: Array
    weight: Array

    @staticmethod
    def of(outcome: Array) -> Ordered:
        """Everyone with the same weight."""
        return Ordered(outcome, np.full(len(outcome), 1 / len(outcome)))


def share_bounds(treated: Array, control: Array) -> tuple[tuple[float, float], tuple[float, float]]:
    """Least and most share who benefit, then who are harmed, from known distributions: masses (K,) on the same ordered points."""
    benefit, harm = (_least_and_most(*arms) for arms in ((treated, control), (control, treated)))
    return benefit, harm


def _least_and_most(better: Array, worse: Array) -> tuple[float, float]:
    f1, f0 = np.cumsum(better), np.cumsum(worse)
    least = max(0.0, float((f0 - f1).max()))
    most = 1 - max(0.0, float((f1 - (f0 - worse)).max()))
    return least, most


def estimate_benefit(
    treated: Sequence[Ordered], control: Sequence[Ordered], share: Array, *, rng: np.random.Generator, level: float = 0.95
) -> BenefitBounds:
    """Bounds within each group of people, averaged: the better a baseline covariate foretells the outcome, the narrower.

    The largest of many noisy differences is too large, so each supremum is lowered until it lies above the truth in half of all
    samples (for `least` and `most`), or in few (for the interval; the error is shared out over sides and groups).

    Args:
        treated: the treated of each group.
        control: the controls of each group.
        share: how much of the population each group is (G,), sums to 1.
        rng: for the distribution of the largest error.
        level: confidence that the interval holds both ends.

    Raises:
        FitError: a group with few people in an arm.
    """
    for one in (*treated, *control):
        if len(one.outcome) < FEWEST_PEOPLE:
            raise FitError(
                f"{len(one.outcome)} people in an arm of a group",
                where="bounds on benefit",
                do=f"have at least {FEWEST_PEOPLE}, or fewer groups",
            )
    tail = (1 - level) / 2 / len(share)
    shares = []
    for better, worse in ((treated, control), (control, treated)):
        pairs = list(zip(better, worse, strict=True))
        for_least = np.array([_lowered(above, below, tail, rng, strict=True) for above, below in pairs])
        for_most = np.array([_lowered(below, above, tail, rng, strict=False) for above, below in pairs])
        least, low = share @ for_least
        most, high = 1 - share @ for_most
        shares.append(Share(float(least), float(most), float(low), float(high)))
    people = sum(len(one.outcome) for one in (*treated, *control))
    return BenefitBounds(shares[0], shares[1], people)


def _lowered(upper: Ordered, lower: Ordered, tail: float, rng: np.random.Generator, *, strict: bool) -> tuple[float, float]:
    """The supremum over y of F_lower(y) - F_upper(y) (or, not strict, - F_upper(y-)), lowered for the median and for the tail."""
    points = _points(np.concatenate([upper.outcome, lower.outcome]))
    below = lower.outcome[:, None] <= points
    above = upper.outcome[:, None] <= points if strict else upper.outcome[:, None] < points
    difference = lower.weight @ below - upper.weight @ above
    influence = np.concatenate(
        [
            lower.weight[:, None] * (below - lower.weight @ below),
            -upper.weight[:, None] * (above - upper.weight @ above),
        ]
    )
    error = np.sqrt((influence**2).sum(axis=0))
    free = error > ROUNDING
    if not free.any():
        return (max(0.0, float(difference.max().round(9))),) * 2
    correlation = (influence[:, free] / error[free]).T @ (influence[:, free] / error[free])
    values, vectors = np.linalg.eigh(correlation)
    draws = rng.standard_normal((DRAWS, len(values))) @ (vectors * np.sqrt(values.clip(0))).T
    at_median, at_tail = np.quantile(draws.max(axis=1), [0.5, 1 - tail])
    lowered = [max(0.0, float((difference[free] - reach * error[free]).max())) for reach in (at_median, at_tail)]
    # Weights sum to 1 but for rounding, which must not read as a share above 0.
    sure = float(difference[~free].max()) if (difference[~free] > ROUNDING).any() else 0.0
    return max(sure, lowered[0]), max(sure, lowered[1])


def _points(outcome: Array) -> Array:
    points = np.unique(outcome)
    return points if points.size <= MOST_POINTS else np.quantile(points, np.linspace(0, 1, MOST_POINTS), method="nearest")
