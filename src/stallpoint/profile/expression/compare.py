"""Pathway activity of two groups, by shuffling who belongs to which.

Labels are shuffled within batches, so a batch that holds one group only tells nothing, and says so. The largest of all pathways' |t| in
each shuffle corrects for having asked several (Westfall and Young 1993); the observed labels count as one shuffle, so that no p is 0
(Phipson and Smyth 2010). Where there are no more ways to give out the labels than shuffles would be drawn, each way is taken once: the
p is exact then, and no p below one over their number is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np

from stallpoint.core.errors import EstimandError
from stallpoint.knowledge.variants import load_profile_limits
from stallpoint.profile.expression.activity import Activities

_SAME = 1e-9
"""Two |t| this close are one: the order of a sum moves the last digits."""

SOURCES = ("badiaimompel2022", "westfall1993", "phipson2010")


@dataclass(frozen=True)
class PathwayDifference:
    """Mean activity of cases less that of controls. `error` is the spread of the difference under shuffled labels."""

    pathway: str
    label: str
    difference: float
    error: float
    p_value: float
    corrected_p: float
    altered: bool
    genes: int


@dataclass(frozen=True)
class GroupComparison:
    """All pathways of two groups, and what must be known to read them.

    `relabelings` counts the ways to give out the labels that were looked at, `exact` says whether these are all there are, and no p below
    `least_p` is possible.
    """

    differences: tuple[PathwayDifference, ...]
    cases: int
    controls: int
    tissue: str
    background: int
    missing: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    relabelings: int
    exact: bool
    least_p: float


def compare_groups(
    activities: Activities,
    is_case: Sequence[bool],
    *,
    rng: np.random.Generator,
    batch: Sequence[str] | None = None,
    tissue: str = "",
    warnings: Sequence[str] = (),
) -> GroupComparison:
    """Differences of mean activity, each with its error and its p.

    Args:
        activities: of all samples.
        is_case: True for cases, False for controls, sample by sample.
        rng: draws the shuffles.
        batch: labels are shuffled within batches where they are given.
        tissue: what was sampled; it is told with the result.
        warnings: what else must be known.

    Raises:
        EstimandError: too few samples in a group, or groups and batches that cannot be told apart.
    """
    case = np.asarray(is_case, dtype=bool)
    batches = np.zeros(len(case), dtype=int) if batch is None else np.unique(np.asarray(batch), return_inverse=True)[1]
    _require_groups(case, batches)
    mixed = np.isin(batches, [b for b in np.unique(batches) if 0 < case[batches == b].sum() < (batches == b).sum()])
    values, case, batches = activities.values[mixed], case[mixed], batches[mixed]
    observed = _statistics(values, case[None], batches)
    labels, exact = _relabelings(case, batches, rng)
    drawn = _statistics(values, labels, batches)
    differences, t = observed[0][0], observed[1][0]
    null_differences, null_t = drawn
    p = _share(np.abs(null_t) >= np.abs(t) - _SAME, exact=exact)
    corrected = _share(np.abs(null_t).max(axis=1, keepdims=True) >= np.abs(t) - _SAME, exact=exact)
    least_p = _least_p(case, batches, len(labels), exact=exact)
    alpha = load_profile_limits()["alpha"]
    told = tuple(
        PathwayDifference(
            pathway.id,
            pathway.label,
            float(differences[k]),
            float(null_differences[:, k].std(ddof=0 if exact else 1)),
            float(p[k]),
            float(corrected[k]),
            bool(corrected[k] <= alpha),
            activities.genes[k],
        )
        for k, pathway in enumerate(activities.pathways)
    )
    return GroupComparison(
        told,
        int(case.sum()),
        int((~case).sum()),
        tissue,
        activities.background,
        activities.missing,
        (*warnings, *_notes(int((~mixed).sum()), len(labels), least_p, exact=exact)),
        len(labels),
        exact,
        least_p,
    )


def _require_groups(case: np.ndarray, batches: np.ndarray) -> None:
    if not any(0 < case[batches == b].sum() < (batches == b).sum() for b in np.unique(batches)):
        raise EstimandError(
            "every batch holds one group only: what differs may be the batch",
            where="expression",
            do="measure cases and controls in the same batches; nothing else can tell them apart",
        )
    least = int(load_profile_limits()["group_samples"])
    if min(case.sum(), (~case).sum()) < least:
        raise EstimandError(
            f"{case.sum()} cases and {(~case).sum()} controls are too few",
            where="expression",
            do=f"give at least {least} of each; so few can seldom show anything",
        )


def _relabelings(case: np.ndarray, batches: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, bool]:
    """Ways to give out the labels within batches, (ways, samples), and whether these are all there are."""
    shuffles = int(load_profile_limits()["permutations"])
    places = [np.flatnonzero(batches == b) for b in np.unique(batches)]
    if _count_ways(case, batches) <= shuffles + 1:
        chosen = list(product(*(combinations(at.tolist(), int(case[at].sum())) for at in places)))
        every = np.zeros((len(chosen), len(case)), dtype=bool)
        for row, parts in enumerate(chosen):
            every[row, [index for part in parts for index in part]] = True
        return every, True
    labels = np.tile(case, (shuffles, 1))
    for at in places:
        labels[:, at] = rng.permuted(labels[:, at], axis=1)
    return labels, False


def _count_ways(case: np.ndarray, batches: np.ndarray) -> int:
    return prod(comb(int((batches == b).sum()), int(case[batches == b].sum())) for b in np.unique(batches))


def _least_p(case: np.ndarray, batches: np.ndarray, ways: int, *, exact: bool) -> float:
    """The smallest p that is possible: where groups are of one size in every batch, swapping them gives the same |t|."""
    if not exact:
        return 1 / (ways + 1)
    mirrored = all(2 * case[batches == b].sum() == (batches == b).sum() for b in np.unique(batches))
    return (2 if mirrored else 1) / ways


def _notes(left_out: int, ways: int, least_p: float, *, exact: bool) -> list[str]:
    notes = [f"{left_out} samples lie in batches that hold one group only, and say nothing"] if left_out else []
    if exact:
        notes.append(f"all {ways:,} ways to give out the labels were taken: no p below {least_p:.2g} is possible")
    if least_p > load_profile_limits()["alpha"]:
        notes.append("with so few samples nothing could be called altered, so that nothing is says nothing")
    return notes


def _statistics(values: np.ndarray, labels: np.ndarray, batches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Difference of means and its t, within batches: batch means are taken off both sides first."""
    x, y = labels.astype(float), values.copy()
    for b in np.unique(batches):
        at = batches == b
        x[:, at] -= x[:, at].mean(axis=1, keepdims=True)
        y[at] -= y[at].mean(axis=0)
    sxx = (x**2).sum(axis=1)[:, None]
    difference = x @ y / sxx
    free = len(values) - len(np.unique(batches)) - 1
    residual = np.maximum((y**2).sum(axis=0)[None, :] - difference**2 * sxx, 0) / free
    return difference, difference / np.sqrt(residual / sxx + 1e-300)


def _share(extreme: np.ndarray, *, exact: bool) -> np.ndarray:
    """The observed labels are one of all ways, and are added to drawn ones."""
    own = 0 if exact else 1
    share: np.ndarray = (own + extreme.sum(axis=0)) / (own + extreme.shape[0])
    return share
