"""What held-out people say of a learner's ranking: a learner sees one half of the people, and the other half judges it, many times over.

The halves are strangers, so nothing that was learnt from chance in the one is repeated in the other. Folds that take turns, pooled,
are not: the chance correlation of two folds is counted twice, and intervals come out too narrow by the square root of 2. Groups are not
forced into a rising order: that alone would paint a gradient where there is none.

Source: Chernozhukov et al. (2018), arXiv:1712.04802.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from stallpoint.core.errors import FitError
from stallpoint.response.effect_ranking import (
    Estimate,
    autoc,
    best_linear_predictor,
    effect_scores,
    qini,
    ranking_error,
)
from stallpoint.response.exploration.learners import Learner, predict_outcomes
from stallpoint.response.exploration.over_splits import (
    OverSplits,
    SplitMean,
    everybody_over_splits,
    groups_over_splits,
    median_over_splits,
    split_mean,
)
from stallpoint.response.exploration.sample import Index, Sample, halves

Array = npt.NDArray[np.float64]

GROUPS = 3
"""Thirds by the predicted effect, the smallest first."""

HALF_SAMPLES = 50
"""For the standard error of the areas within one split; the median over splits is steadier than each."""


@dataclass(frozen=True)
class Judged:
    """What held-out people say.

    differential: by how much the effect grows with one standard deviation of the prediction; p_value is small only where it grows.
    groups: effect in thirds by the prediction. apart: highest less lowest third. above_average, spread: AUTOC and QINI.
    contrasts: mean of each covariate in the highest less the lowest third.
    """

    average: OverSplits
    differential: OverSplits
    p_value: float
    groups: tuple[OverSplits, ...]
    apart: OverSplits
    above_average: OverSplits
    spread: OverSplits
    contrasts: tuple[OverSplits, ...]


@dataclass(frozen=True)
class _Held:
    """Held-out people of one split: who they are, doubly robust scores, ranking, and what the ranking was found to be worth."""

    people: Index
    covariates: Array
    scores: Array
    ranking: Array
    differential: Estimate


def judge_learner(sample: Sample, learner: Learner, *, splits: int, rng: np.random.Generator) -> Judged:
    """Everything that is shown of a learner.

    Raises:
        FitError: too few people for groups of held-out people, or outcomes that do not vary.
    """
    held = [_hold_out(sample, learner, one, other, rng) for one, other in halves(sample.treated, splits, rng)]
    groups, contrasts = zip(*(_by_group(each, len(sample.treated)) for each in held), strict=True)
    areas = [
        [
            Estimate(
                area(each.scores, each.ranking), ranking_error(area, each.scores, each.ranking, repeats=HALF_SAMPLES, rng=rng)
            )
            for each in held
        ]
        for area in (autoc, qini)
    ]
    differential = median_over_splits([each.differential for each in held])
    return Judged(
        average=everybody_over_splits([split_mean(each.scores, each.people, len(sample.treated)) for each in held]),
        differential=differential,
        p_value=_p_value(differential),
        groups=tuple(groups_over_splits(each) for each in zip(*groups, strict=True)),
        apart=groups_over_splits([thirds[-1] - thirds[0] for thirds in groups]),
        above_average=median_over_splits(areas[0]),
        spread=median_over_splits(areas[1]),
        contrasts=tuple(groups_over_splits(each) for each in zip(*contrasts, strict=True)),
    )


def ranking_p_value(sample: Sample, learner: Learner, *, splits: int, rng: np.random.Generator) -> float:
    """The p-value that the ranking is real, and nothing else: what shuffled trials are counted by."""
    return _p_value(
        median_over_splits([_hold_out(sample, learner, *each, rng).differential for each in halves(sample.treated, splits, rng)])
    )


def _p_value(differential: OverSplits) -> float:
    """Twice the one-sided value, so that it is below 0.05 where the interval lies above 0; a ranking that points the wrong way is none."""
    if differential.std_error == 0:
        raise FitError("outcomes do not vary around what is expected of people", where="exploration")
    return min(1.0, 2 * float(norm.sf(differential.value / differential.std_error)))


def _hold_out(sample: Sample, learner: Learner, learn: Index, judge: Index, rng: np.random.Generator) -> _Held:
    seen, held = sample.take(learn), sample.take(judge)
    effect = learner(seen, rng)(held.covariates)
    # Who sees no difference ranks by lot.
    ranking = effect if effect.std() > 1e-12 * max(1.0, float(np.abs(effect).max())) else rng.normal(size=len(effect))
    standard = 1 + (ranking - ranking.mean()) / ranking.std()
    one, other = predict_outcomes(seen, held.covariates)
    e = sample.allocation
    line = best_linear_predictor(held.outcome, held.treated, e * one + (1 - e) * other, standard, allocation=e)
    scores = effect_scores(held.outcome, held.treated, one, other, allocation=e)
    return _Held(judge, held.covariates, scores, ranking, line.differential)


def _by_group(held: _Held, n: int) -> tuple[list[SplitMean], list[SplitMean]]:
    """Effects of the thirds, and how covariates of the outer ones differ; n people are in the sample.

    Raises:
        FitError: a third of fewer than two people.
    """
    thirds = np.array_split(held.ranking.argsort(kind="stable"), GROUPS)
    if min(map(len, thirds)) < 2:
        raise FitError("fewer than two people in a third", where="exploration", do="do not explore so few people")
    effects = [split_mean(held.scores[third], held.people[third], n) for third in thirds]
    top, bottom = (
        [split_mean(each, held.people[third], n) for each in held.covariates[third].T] for third in (thirds[-1], thirds[0])
    )
    return effects, [one - other for one, other in zip(top, bottom, strict=True)]
