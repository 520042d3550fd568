"""Resampling with an explicit generator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def bootstrap_interval(
    statistic: Callable[[npt.NDArray[np.int64]], float], n: int, *, repeats: int, rng: np.random.Generator, level: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of a statistic of n units, which is called with the indices (n,) of each resample.

    Source: Efron & Tibshirani (1993) An Introduction to the Bootstrap, chapter 13.
    """
    values = [statistic(rng.integers(0, n, n)) for _ in range(repeats)]
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
