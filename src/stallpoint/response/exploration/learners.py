"""Learners of the effect from covariates. Each is a function from a sample to a function from covariates to predicted effects.

The probability of treatment is known and never estimated. Outcomes are predicted arm by arm by a ridge regression.

Sources: Kennedy (2023), doi:10.1214/23-EJS2157 (DR-learner); Athey, Tibshirani & Wager (2019), doi:10.1214/18-AOS1709 (causal forest).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from stallpoint.response.effect_ranking import effect_scores
from stallpoint.response.exploration.plan import LearnerName
from stallpoint.response.exploration.ridge import Predict, fit_ridge
from stallpoint.response.exploration.sample import Sample, folds

Array = npt.NDArray[np.float64]
Learner = Callable[[Sample, np.random.Generator], Predict]

FOLDS = 5
TREES = 100
SMALLEST_LEAF = 5
SHARE_OF_PEOPLE = 0.45
"""Each tree of the forest sees this share, half of it to cut and half to fill its leaves."""


def predict_outcomes(sample: Sample, people: Array) -> tuple[Array, Array]:
    """What treated and untreated people with these covariates (m, k) are expected to have, by a regression in each arm."""
    treated, control = (
        fit_ridge(sample.covariates[sample.treated == arm], sample.outcome[sample.treated == arm]) for arm in (1, 0)
    )
    return treated(people), control(people)


def learn_by_scores(sample: Sample, rng: np.random.Generator) -> Predict:
    """DR-learner: doubly robust scores, from outcomes that other people's regressions predict, on the covariates."""
    scores = np.empty(len(sample.outcome))
    for others, mine in folds(sample.treated, FOLDS, rng):
        part = sample.take(mine)
        expected = predict_outcomes(sample.take(others), part.covariates)
        scores[mine] = effect_scores(part.outcome, part.treated, *expected, allocation=sample.allocation)
    return fit_ridge(sample.covariates, scores)


def learn_by_forest(sample: Sample, rng: np.random.Generator) -> Predict:
    """Causal forest of econml on what regressions of other people leave of outcome and allocation."""
    from econml.grf import CausalForest

    expected = np.empty(len(sample.outcome))
    for others, mine in folds(sample.treated, FOLDS, rng):
        one, other = predict_outcomes(sample.take(others), sample.covariates[mine])
        expected[mine] = sample.allocation * one + (1 - sample.allocation) * other
    forest = CausalForest(
        n_estimators=TREES,
        min_samples_leaf=SMALLEST_LEAF,
        max_samples=SHARE_OF_PEOPLE,
        inference=False,
        fit_intercept=False,
        n_jobs=1,
        random_state=int(rng.integers(2**31)),
    )
    forest.fit(sample.covariates, sample.treated - sample.allocation, sample.outcome - expected)
    return lambda new: np.asarray(forest.predict(new), dtype=np.float64)[:, 0]


LEARNERS: Mapping[LearnerName, Learner] = {"dr learner": learn_by_scores, "causal forest": learn_by_forest}

CALLED: Mapping[LearnerName, str] = {"dr learner": "DR-learner", "causal forest": "causal forest"}
