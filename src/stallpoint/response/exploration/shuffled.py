"""How often the same exploration would call a difference in trials like this one in which nobody's effect differs.

The average effect is taken out of the outcomes, treatment is shuffled within strata, and the average effect is put back: covariates
foretell the outcome as they did, and the effect is the same in everybody. The whole search is then repeated, every learner on every
outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stallpoint.response.exploration.judge import ranking_p_value
from stallpoint.response.exploration.learners import Learner
from stallpoint.response.exploration.sample import Index, Sample

Array = npt.NDArray[np.float64]

SIGNIFICANT = 0.05
"""The smallest p-value, times the number of looks, below this is called a difference."""


@dataclass(frozen=True)
class FalseCalls:
    """In how many of so many shuffled trials a difference was called, and the Monte Carlo error of their share."""

    called: int
    trials: int

    @property
    def share(self) -> float:
        """The share of trials."""
        return self.called / self.trials

    @property
    def error(self) -> float:
        """Its Monte Carlo error, from the share with one call added to either side, so that it is never 0."""
        share = (self.called + 1) / (self.trials + 2)
        return float(np.sqrt(share * (1 - share) / self.trials))


def is_called(p_values: Sequence[float]) -> bool:
    """Whether the smallest p-value stands after correction for all (Bonferroni)."""
    return min(p_values) * len(p_values) < SIGNIFICANT


def count_false_calls(
    samples: Sequence[Sample],
    learners: Mapping[str, Learner],
    *,
    cells: Index,
    splits: int,
    trials: int,
    rng: np.random.Generator,
) -> FalseCalls:
    """Shuffle and explore again. `samples` are the same people with different outcomes; `cells` are strata of randomisation (n,)."""
    called = 0
    for _ in range(trials):
        treated = _shuffle(samples[0].treated, cells, rng)
        p_values = [
            ranking_p_value(_without_differences(sample, treated), learner, splits=splits, rng=rng)
            for sample in samples
            for learner in learners.values()
        ]
        called += is_called(p_values)
    return FalseCalls(called, trials)


def _without_differences(sample: Sample, treated: Array) -> Sample:
    was = sample.treated == 1
    average = sample.outcome[was].mean() - sample.outcome[~was].mean()
    return replace(sample, outcome=sample.outcome + average * (treated - sample.treated), treated=treated)


def _shuffle(treated: Array, cells: Index, rng: np.random.Generator) -> Array:
    shuffled = treated.copy()
    for cell in np.unique(cells):
        at = np.flatnonzero(cells == cell)
        shuffled[at] = rng.permutation(treated[at])
    return shuffled
