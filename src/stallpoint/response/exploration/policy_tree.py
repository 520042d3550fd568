"""A tree of two questions, for reading and not for use: which simple groups would an exploration single out, and does it hold elsewhere?

The tree is the best of its kind on one half of the people: the rule by which treating some and not others would have gained most. The
effects in its leaves are those of the other half. A rule grown on a trial is no rule for a person, and nothing here applies one.

Source: Athey & Wager (2021), doi:10.3982/ECTA15732.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.response.effect_ranking import Estimate, effect_scores
from stallpoint.response.exploration.learners import predict_outcomes
from stallpoint.response.exploration.sample import Sample, folds, halves

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FEWEST_PEOPLE = 10
"""In a leaf of the half that grows the tree, and of the half that reads it."""

CUTS = np.linspace(0.1, 0.9, 9)
"""Quantiles of a covariate at which it may be cut."""

FOLDS = 5


@dataclass(frozen=True)
class Question:
    """Whether a covariate lies at or below a value (`below`), or above it."""

    covariate: int
    cut: float
    below: bool

    def holds(self, X: Array) -> Mask:
        """Of people (n, k): who answers yes."""
        return np.asarray((X[:, self.covariate] <= self.cut) == self.below)


@dataclass(frozen=True)
class Leaf:
    """People who answer so: how many of the half that reads the tree, and the effect in them; None where they are too few."""

    questions: tuple[Question, ...]
    n: int
    effect: Estimate | None


def read_tree(sample: Sample, rng: np.random.Generator) -> tuple[Leaf, ...]:
    """Grow on one half, read on the other; a single leaf without questions where no rule beats treating all alike."""
    grow, read = next(iter(halves(sample.treated, 2, rng)))
    grower, reader = sample.take(grow), sample.take(read)
    scores = np.empty(len(grow))
    for others, mine in folds(grower.treated, FOLDS, rng):
        scores[mine] = _score(grower.take(others), grower.take(mine))
    held = _score(grower, reader)
    return tuple(_leaf(path, reader.covariates, held) for path in grow_tree(scores, grower.covariates))


def grow_tree(scores: Array, X: Array) -> tuple[tuple[Question, ...], ...]:
    """The paths of the best tree of at most two questions in a row: largest sum, over its leaves, of their positive sums of scores."""
    _, questions = _best(scores, X, 2)
    return questions


def _best(scores: Array, X: Array, depth: int) -> tuple[float, tuple[tuple[Question, ...], ...]]:
    found: tuple[float, tuple[tuple[Question, ...], ...]] = (max(0.0, float(scores.sum())), ((),))
    if depth == 0:
        return found
    for covariate in range(X.shape[1]):
        for cut in np.unique(np.quantile(X[:, covariate], CUTS, method="inverted_cdf")):
            below = X[:, covariate] <= cut
            if min(below.sum(), (~below).sum()) < FEWEST_PEOPLE:
                continue
            sides = [(Question(covariate, float(cut), side), below == side) for side in (True, False)]
            parts = [(question, *_best(scores[mine], X[mine], depth - 1)) for question, mine in sides]
            gain = sum(value for _, value, _ in parts)
            if gain > found[0] + 1e-9 * max(1.0, abs(found[0])):
                found = (gain, tuple((question, *path) for question, _, paths in parts for path in paths))
    return found


def _score(learnt: Sample, people: Sample) -> Array:
    expected = predict_outcomes(learnt, people.covariates)
    return effect_scores(people.outcome, people.treated, *expected, allocation=people.allocation)


def _leaf(path: tuple[Question, ...], X: Array, scores: Array) -> Leaf:
    mine = np.ones(len(X), dtype=np.bool_)
    for question in path:
        mine &= question.holds(X)
    n = int(mine.sum())
    if n < FEWEST_PEOPLE:
        return Leaf(path, n, None)
    return Leaf(path, n, Estimate(float(scores[mine].mean()), float(scores[mine].std(ddof=1) / np.sqrt(n))))
