"""An estimate from many splits of the same people into learners and judges, and its standard error.

Who is in a third changes from split to split, and so does who judges. How much that averages out is seen in the data: the variance of
the mean over splits is the variance of one split less that between splits of the same people (law of total variance). With few splits
the difference is loose; it is kept above what the judges' own scatter gives, each with the pull that he has over all splits.

For a slope on the prediction and for areas under a curve there is no such pull. Over many splits everybody was held out, so their
median varies half as much (in variance) as one split, whether the ranking is stable or nothing but chance.

Source of medians over splits: Chernozhukov et al. (2018), arXiv:1712.04802, whose intervals are those of one split. What these narrower
ones cover is measured in `studies/exploration_coverage.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from stallpoint.response.effect_ranking import Estimate

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

REACH = float(norm.ppf(0.975))


@dataclass(frozen=True)
class OverSplits:
    """An estimate over all splits with its standard error and 95% interval, in the outcome's unit."""

    value: float
    std_error: float

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.value - REACH * self.std_error

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.value + REACH * self.std_error


@dataclass(frozen=True)
class SplitMean:
    """A mean over some of the people, in one split: its value, and the pull of each person of the sample on its error (n,)."""

    value: float
    pulls: Array

    def __sub__(self, other: SplitMean) -> SplitMean:
        return SplitMean(self.value - other.value, self.pulls - other.pulls)


def split_mean(values: Array, people: Index, n: int) -> SplitMean:
    """The mean of `values` (m,), which belong to `people` (m,) of a sample of n."""
    pulls = np.zeros(n)
    mean, m = float(values.mean()), len(values)
    pulls[people] = (values - mean) / np.sqrt(m * (m - 1))
    return SplitMean(mean, pulls)


def groups_over_splits(means: Sequence[SplitMean]) -> OverSplits:
    """The mean of groups that change from split to split; the error knows how far the same people give different answers."""
    fixed = everybody_over_splits(means)
    values = np.array([each.value for each in means])
    of_one = float(np.mean([(each.pulls**2).sum() for each in means]))
    return OverSplits(fixed.value, float(np.sqrt(max(of_one - values.var(), fixed.std_error**2))))


def everybody_over_splits(means: Sequence[SplitMean]) -> OverSplits:
    """The mean where chance in what was learnt moves nobody between groups: the pull of each person over all splits says it all."""
    pulls = np.mean([each.pulls for each in means], axis=0)
    return OverSplits(float(np.mean([each.value for each in means])), float(np.sqrt((pulls**2).sum())))


def median_over_splits(estimates: Sequence[Estimate]) -> OverSplits:
    """The median, and the median error of one split, less what is gained by splits that hold out other people."""
    value, error = np.median([[each.value, each.std_error] for each in estimates], axis=0)
    return OverSplits(float(value), float(error * np.sqrt((1 + 2 / len(estimates)) / 2)))
