"""Many modifiers at once, with an exact error rate over all of them, from a single fit of the joint model.

Each person's score of the slope says which way, and how strongly, their visits and their survival pull the mean slope. Where the
effect differs by a modifier x, scores of treated and untreated people lean apart as x grows: z = sum (w - e) x r, over its standard error,
with r the score freed of the average effect and of what modifiers and strata foretell in everybody. Shuffling treatment within strata
gives the distribution of the largest of all statistics when no effect differs, whatever the modifiers have to do with each other, and
costs no further fit.

Sources: Westfall & Young (1993) Resampling-Based Multiple Testing, chapter 2; Chung & Romano (2013), doi:10.1214/13-AOS1090 (why the
statistic is divided by its own error in each permutation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import chi2

from stallpoint.models.joint.fit import JointFit
from stallpoint.models.joint.robust import all_scores
from stallpoint.response.joint_trial import find_beta

Array = npt.NDArray[np.float64]

PERMUTATIONS = 5000
"""The Monte Carlo error of an adjusted p-value of 0.05 is 0.003."""

_BATCH = 500

_ROUNDING = 1e-12
"""Of the largest score: what is left of a score that treatment, strata and the modifier foretell exactly."""


SIGNIFICANT = 0.05
"""A corrected p-value below this speaks for a difference of effects."""


@dataclass(frozen=True)
class FamilyTest:
    """z (k,) of each column, and of each modifier the p-value alone and adjusted for all (both by permutation), in their order.

    `unannounced` (k, 2): had z of a column lain between these two, all that is independent of it being as it was, its modifier would not
    be significant. Both are 0 where it would be in any case.
    """

    z: Array
    p_value: Array
    p_adjusted: Array
    permutations: int
    unannounced: Array


def slope_scores(fit: JointFit) -> pl.DataFrame:
    """Columns patient and score: each person's derivative of the log-likelihood by the mean slope."""
    at = find_beta(fit, "time_months")
    return pl.DataFrame({"patient": list(fit.data.people), "score": all_scores(fit)[:, at]})


def judge_family(
    scores: Array,
    treated: Array,
    modifiers: Sequence[Array],
    *,
    cells: npt.NDArray[np.int64],
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
) -> FamilyTest:
    """Test every modifier, and adjust for having tested all (step-down over the smallest p-value).

    Args:
        scores: of the slope, under a model with an average effect and no difference of effects (n,).
        treated: 1 or 0 (n,).
        modifiers: columns of numbers of each modifier (n, k), nan where not known: such people count for the other modifiers only.
        cells: the stratum of randomisation that each person was allocated in (n,).
        rng: for the permutations.
        permutations: how many.
    """
    share = _share_treated(treated, cells)
    pulls = np.hstack([_pull(scores, treated, columns, cells) for columns in modifiers])
    groups = np.repeat(np.arange(len(modifiers)), [columns.shape[1] for columns in modifiers])
    z = _statistics((treated - share)[None, :], pulls)[0]
    seen = _single_p(z[None, :], groups)[0]
    drawn = []
    for start in range(0, permutations, _BATCH):
        shuffled = _shuffle(treated, cells, min(_BATCH, permutations - start), rng)
        drawn.append(_single_p(_statistics(shuffled - share, pulls), groups))
    null = np.vstack(drawn)
    alone = (1 + (null <= seen * (1 + 1e-9)).sum(axis=0)) / (1 + permutations)
    order = np.argsort(seen)
    least = np.minimum.accumulate(null[:, order[::-1]], axis=1)[:, ::-1]
    adjusted, needed = np.empty(len(seen)), np.empty(len(seen))
    adjusted[order] = _step_down(seen[order], least)
    needed[order] = np.quantile(least, SIGNIFICANT, axis=0)
    limit = np.asarray(chi2.isf(needed, np.bincount(groups)), dtype=np.float64)
    return FamilyTest(z, alone, adjusted, permutations, _unannounced(z, _correlation(treated - share, pulls), groups, limit))


def _share_treated(treated: Array, cells: npt.NDArray[np.int64]) -> Array:
    return np.asarray((np.bincount(cells, treated) / np.bincount(cells))[cells], dtype=np.float64)


def _pull(scores: Array, treated: Array, columns: Array, cells: npt.NDArray[np.int64]) -> Array:
    """Each column's pull (n, k): x, centred, times the score freed of treatment, cells and the modifier's own main effect."""
    known = ~np.isnan(columns).any(axis=1)
    x = columns[known] - columns[known].mean(axis=0)
    indicator = (cells[known][:, None] == np.unique(cells[known])[1:]).astype(np.float64)
    main = np.column_stack([np.ones(len(x)), treated[known], x, indicator])
    residual = scores[known] - main @ np.linalg.lstsq(main, scores[known], rcond=None)[0]
    residual[np.abs(residual) <= _ROUNDING * np.abs(scores[known]).max(initial=0.0)] = 0.0
    pull = np.zeros(columns.shape)
    pull[known] = x * residual[:, None]
    return pull


def _statistics(away: Array, pulls: Array) -> Array:
    """Z of each column (permutations, k) for allocations minus their expectation (permutations, n)."""
    error = np.sqrt(away**2 @ pulls**2)
    return np.asarray(away @ pulls / np.where(error > 0, error, np.inf), dtype=np.float64)


def _single_p(z: Array, groups: npt.NDArray[np.int64]) -> Array:
    """Large-sample p-value of each modifier (permutations, modifiers): a common scale for modifiers of one and of several columns."""
    count = np.bincount(groups)
    squares = z**2 @ (groups[:, None] == np.arange(len(count)))
    return np.asarray(chi2.sf(squares, count), dtype=np.float64)


def _shuffle(treated: Array, cells: npt.NDArray[np.int64], repeats: int, rng: np.random.Generator) -> Array:
    """Allocations (repeats, n), shuffled within cells."""
    shuffled = np.empty((repeats, len(treated)))
    for cell in np.unique(cells):
        at = np.flatnonzero(cells == cell)
        shuffled[:, at] = rng.permuted(np.tile(treated[at], (repeats, 1)), axis=1)
    return shuffled


def _step_down(seen: Array, least: Array) -> Array:
    """Westfall and Young's step-down p-values of sorted ones: each against `least` (permutations, modifiers), of those not before it."""
    ordered = (1 + (least <= seen * (1 + 1e-9)).sum(axis=0)) / (1 + len(least))
    return np.maximum.accumulate(ordered)


def _correlation(away: Array, pulls: Array) -> Array:
    """Of the columns' statistics (k, k); 0 with a column that does not vary."""
    weighted = away[:, None] * pulls
    covariance = weighted.T @ weighted
    error = np.sqrt(np.diag(covariance))
    return np.asarray(
        covariance / np.where(error > 0, error, np.inf)[:, None] / np.where(error > 0, error, np.inf), dtype=np.float64
    )


def _unannounced(z: Array, correlation: Array, groups: npt.NDArray[np.int64], limit: Array) -> Array:
    """Where the sum of squares of a modifier's statistics stays below its limit, as one of them moves and takes along what goes with it.

    The others are r + c z with c their correlation with it and r independent of it, so the sum of squares is a quadratic of z.
    """
    bounds = np.zeros((z.size, 2))
    for j in range(z.size):
        own = np.flatnonzero(groups == groups[j])
        along = np.where(own == j, 1.0, correlation[own, j])
        rest = np.where(own == j, 0.0, z[own] - along * z[j])
        square, middle = along @ along, -(along @ rest) / (along @ along)
        width = middle**2 - (rest @ rest - limit[groups[j]]) / square
        if width > 0:
            bounds[j] = middle - np.sqrt(width), middle + np.sqrt(width)
    return bounds
