"""Whether a ranking of people finds those in whom a treatment does more: average effects by rank, on scores of the effect.

A score is doubly robust: its mean over any group is that group's effect, whatever the outcome models are worth, since the allocation is
known. The ranking must not have seen the outcomes that are scored; a ranking by the same people's outcomes finds effects in noise.

Sources: Yadlowsky et al. (2025), doi:10.1080/01621459.2024.2393466 (AUTOC, QINI); Chernozhukov et al. (2018), arXiv:1712.04802 (BLP, GATES,
CLAN); Robins, Rotnitzky & Zhao (1994), doi:10.1080/01621459.1994.10476818 (scores).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, t

from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A value with its standard error."""

    value: float
    std_error: float


@dataclass(frozen=True)
class Line:
    """Coefficients of a regression on the effect: estimate, standard error (HC3) and p-value, each (k,)."""

    estimate: Array
    std_error: Array
    p_value: Array


@dataclass(frozen=True)
class BestPredictor:
    """The best linear predictor of the effect from a ranking: the average effect, and how much of the ranked differences is real."""

    average: Estimate
    differential: Estimate
    p_value: float


def effect_scores(outcome: Array, treated: Array, under_treatment: Array, under_control: Array, *, allocation: float) -> Array:
    """Doubly robust scores (n,) of the effect on an outcome.

    Args:
        outcome: what was seen (n,).
        treated: 1 or 0 (n,).
        under_treatment: what a model expects of each person if treated (n,); of others' outcomes, unless it is a simple regression.
        under_control: the same untreated (n,).
        allocation: the known probability of treatment.
    """
    return np.asarray(
        under_treatment
        - under_control
        + treated * (outcome - under_treatment) / allocation
        - (1 - treated) * (outcome - under_control) / (1 - allocation),
        dtype=np.float64,
    )


def autoc(scores: Array, priority: Array) -> float:
    """Area under the curve of (effect in the top share - average effect) over shares; sensitive to a small group with a large effect."""
    return float(_above_average(scores, priority).mean())


def qini(scores: Array, priority: Array) -> float:
    """The same weighted by the share: sensitive to differences spread over many people."""
    share = np.arange(1, len(scores) + 1) / len(scores)
    return float((share * _above_average(scores, priority)).mean())


def _above_average(scores: Array, priority: Array) -> Array:
    """Mean score of the k people of highest priority minus the mean of all, for k = 1 to n; people of one priority share their mean."""
    order = np.argsort(-priority, kind="stable")
    _, tie = np.unique(-priority[order], return_inverse=True)
    shared = np.bincount(tie, scores[order]) / np.bincount(tie)
    running = np.cumsum(shared[tie]) / np.arange(1, len(scores) + 1)
    return np.asarray(running - scores.mean(), dtype=np.float64)


def ranking_error(
    statistic: Callable[[Array, Array], float], scores: Array, priority: Array, *, repeats: int, rng: np.random.Generator
) -> float:
    """Standard error of `autoc` or `qini` by the half-sample bootstrap."""
    half = len(scores) // 2
    values = []
    for _ in range(repeats):
        drawn = rng.permutation(len(scores))[:half]
        values.append(statistic(scores[drawn], priority[drawn]))
    return float(np.std(values, ddof=1))


def effects_by_group(scores: Array, group: Array) -> list[Estimate]:
    """Mean effect of each group, in the order of their numbers (GATES where groups are ranks of a prediction)."""
    found = []
    for number in np.unique(group):
        mine = scores[group == number]
        if len(mine) < 2:
            raise FitError(f"{len(mine)} person in a group", where="effects by group", do="have fewer groups")
        found.append(Estimate(float(mine.mean()), float(mine.std(ddof=1) / np.sqrt(len(mine)))))
    return found


def average_effect(scores: Array) -> Estimate:
    """The mean of all scores."""
    return Estimate(float(scores.mean()), float(scores.std(ddof=1) / np.sqrt(len(scores))))


def project_effect(scores: Array, covariates: Array) -> Line:
    """Best linear projection of the effect on covariates (n, k), intercept first; errors by HC3."""
    X = np.column_stack([np.ones(len(scores)), covariates])
    return regress_robustly(X, scores)


def best_linear_predictor(outcome: Array, treated: Array, expected: Array, effect: Array, *, allocation: float) -> BestPredictor:
    """Regress outcome - expected on (W - e) mean(effect) and (W - e)(effect - mean): the second coefficient is above 0 if ranks are real.

    Args:
        outcome: what was seen (n,).
        treated: 1 or 0 (n,).
        expected: outcome expected whatever the arm (n,), from other people.
        effect: predicted effect of each person (n,), from other people.
        allocation: the known probability of treatment.
    """
    away = treated - allocation
    mean = float(effect.mean())
    found = regress_robustly(np.column_stack([away * mean, away * (effect - mean)]), outcome - expected)
    one_sided = float(t.sf(found.estimate[1] / found.std_error[1], len(outcome) - 2))
    first, second = (Estimate(float(found.estimate[i]), float(found.std_error[i])) for i in (0, 1))
    return BestPredictor(first, second, one_sided)


def regress_robustly(X: Array, y: Array) -> Line:
    """Least squares of y (n,) on columns (n, k) with errors that allow for unequal variance (HC3).

    Raises:
        FitError: columns depend on each other.

    Source: MacKinnon & White (1985), doi:10.1016/0304-4076(85)90158-7.
    """
    if np.linalg.matrix_rank(X) < X.shape[1]:
        raise FitError("covariates depend on each other, or do not vary", where="regression", do="leave one out")
    inverse = np.linalg.inv(X.T @ X)
    estimate = inverse @ X.T @ y
    leverage = np.einsum("ij,jk,ik->i", X, inverse, X)
    # Where one person decides a coefficient, or nothing varies, errors or p-values are not numbers; no error looks small.
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = X * ((y - X @ estimate) / (1 - leverage))[:, None]
        error = np.sqrt(np.diag(inverse @ (scaled.T @ scaled) @ inverse))
        return Line(estimate, error, 2 * norm.sf(np.abs(estimate / error)))
