"""What a learner may see of a trial, and halves of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """covariates (n, k), outcome (n,), treated 1 or 0 (n,), and the known probability of treatment."""

    covariates: Array
    outcome: Array
    treated: Array
    allocation: float

    def take(self, people: Index) -> Sample:
        """Some of the people."""
        return replace(self, covariates=self.covariates[people], outcome=self.outcome[people], treated=self.treated[people])


def halves(treated: Array, splits: int, rng: np.random.Generator) -> Iterator[tuple[Index, Index]]:
    """Pairs (to learn from, to judge on), as many as `splits`; each cut in two serves both ways, and halves every arm."""
    for _ in range((splits + 1) // 2):
        first = np.concatenate([_half(np.flatnonzero(treated == arm), rng) for arm in (0, 1)])
        second = np.setdiff1d(np.arange(len(treated)), first)
        yield first, second
        yield second, first


def folds(treated: Array, count: int, rng: np.random.Generator) -> Iterator[tuple[Index, Index]]:
    """Pairs (the others, one fold) that take turns until everyone was in the fold; each arm is dealt out evenly."""
    fold = np.empty(len(treated), dtype=np.int64)
    for arm in (0, 1):
        people = np.flatnonzero(treated == arm)
        fold[rng.permutation(people)] = np.arange(len(people)) % count
    for number in range(count):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def _half(people: Index, rng: np.random.Generator) -> Index:
    return rng.permutation(people)[: len(people) // 2]
