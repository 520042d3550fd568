"""What held-out people say of a learner's ranking: a learner sees one half of the people, and the other half judges it, many times over.

The halves are strangers, so nothing that was learnt from chance in the one is repeated in the other. Folds that take turns, pooled,
are not: the chance correlation of two folds is counted twice, and intervals come out too narrow by the square root of 2. Medians over
splits are reported. Over many splits everybody was held out, so the median varies half as much (in variance) as the estimate of one
split, whether the ranking is stable or nothing but chance; intervals are as much narrower than those of one split. Groups are not
forced into a rising order: that alone would paint a gradient where there is none.

Source: Chernozhukov et al. (2018), arXiv:1712.04802, whose intervals are those of one split; what the narrower ones cover is measured in
`studies/exploration_coverage.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    effects_by_group,
    qini,
    ranking_error,
)
from stallpoint.response.exploration.learners import Learner, predict_outcomes
from stallpoint.response.exploration.sample import Index, Sample, halves

Array = npt.NDArray[np.float64]

GROUPS = 3
"""Thirds by the predicted effect, the smallest first."""

REACH = float(norm.ppf(0.975))

HALF_SAMPLES = 50
"""For the standard error of the areas within one split; the median over splits is steadier than each."""


@dataclass(frozen=True)
class Median:
    """An estimate over all splits with its standard error and 95% interval, in the outcome's unit."""

    value: float
    std_error: float

    @staticmethod
    def of(estimates: Sequence[Estimate]) -> Median:
        """The median, and the median error of one split, less what is gained by splits that hold out other people."""
        value, error = np.median([[each.value, each.std_error] for each in estimates], axis=0)
        return Median(float(value), float(error * np.sqrt((1 + 2 / len(estimates)) / 2)))

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.value - REACH * self.std_error

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.value + REACH * self.std_error


@dataclass(frozen=True)
class Judged:
    """What held-out people say.

    differential: by how much the effect grows with one standard deviation of the prediction; p_value is small only where it grows.
    groups: effect in thirds by the prediction. apart: highest less lowest third. above_average, spread: AUTOC and QINI.
    contrasts: mean of each covariate in the highest less the lowest third.
    """

    average: Median
    differential: Median
    p_value: float
    groups: tuple[Median, ...]
    apart: Median
    above_average: Median
    spread: Median
    contrasts: tuple[Median, ...]


@dataclass(frozen=True)
class _Held:
    """Held-out people of one split: their covariates, doubly robust scores, ranking, and what the ranking was found to be worth."""

    covariates: Array
    scores: Array
    ranking: Array
    average: Estimate
    differential: Estimate


def judge_learner(sample: Sample, learner: Learner, *, splits: int, rng: np.random.Generator) -> Judged:
    """Everything that is shown of a learner.

    Raises:
        FitError: too few people for groups of held-out people, or outcomes that do not vary.
    """
    held = [_hold_out(sample, learner, one, other, rng) for one, other in halves(sample.treated, splits, rng)]
    groups, apart, contrasts = zip(*(_by_group(each) for each in held), strict=True)
    areas = [
        [
            Estimate(
                area(each.scores, each.ranking), ranking_error(area, each.scores, each.ranking, repeats=HALF_SAMPLES, rng=rng)
            )
            for each in held
        ]
        for area in (autoc, qini)
    ]
    differential = Median.of([each.differential for each in held])
    return Judged(
        average=Median.of([each.average for each in held]),
        differential=differential,
        p_value=_p_value(differential),
        groups=tuple(Median.of(each) for each in zip(*groups, strict=True)),
        apart=Median.of(apart),
        above_average=Median.of(areas[0]),
        spread=Median.of(areas[1]),
        contrasts=tuple(Median.of(each) for each in zip(*contrasts, strict=True)),
    )


def ranking_p_value(sample: Sample, learner: Learner, *, splits: int, rng: np.random.Generator) -> float:
    """The p-value that the ranking is real, and nothing else: what shuffled trials are counted by."""
    return _p_value(
        Median.of([_hold_out(sample, learner, *each, rng).differential for each in halves(sample.treated, splits, rng)])
    )


def _p_value(differential: Median) -> float:
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
    return _Held(held.covariates, scores, ranking, line.average, line.differential)


def _by_group(held: _Held) -> tuple[list[Estimate], Estimate, list[Estimate]]:
    """Effects of the thirds, highest less lowest, and how their covariates differ."""
    place = held.ranking.argsort(kind="stable").argsort(kind="stable")
    group = np.floor(GROUPS * place / len(place))
    effects = effects_by_group(held.scores, group)
    top, bottom = (held.covariates[group == each] for each in (GROUPS - 1, 0))
    means = top.mean(axis=0) - bottom.mean(axis=0)
    errors = np.sqrt(top.var(axis=0, ddof=1) / len(top) + bottom.var(axis=0, ddof=1) / len(bottom))
    contrasts = [Estimate(float(mean), float(error)) for mean, error in zip(means, errors, strict=True)]
    return effects, _difference(effects[-1], effects[0]), contrasts


def _difference(one: Estimate, other: Estimate) -> Estimate:
    return Estimate(one.value - other.value, float(np.hypot(one.std_error, other.std_error)))
