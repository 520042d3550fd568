"""Intervals and sets of classes that cover at a stated rate whatever the model is, from predictions of units it was not fitted to.

What they ask for is that the new unit is exchangeable with the old ones: drawn as they were, in any order. A unit of another kind than
all the old ones is not, and no method of this file can know.

Sources: Barber, Candes, Ramdas & Tibshirani (2021), doi:10.1214/20-AOS1965 (CV+, coverage of at least 1 - 2a in the worst case, near 1 - a
where the model is stable); Vovk (2015), doi:10.1007/s10472-013-9368-4 (cross-conformal prediction, by class).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def find_interval(predicted: Array, misses: Array, *, level: float) -> tuple[float, float]:
    """The interval of one new unit by CV+.

    Args:
        predicted: (n,) what the model that had not seen old unit i predicts for the new unit.
        misses: (n,) how far that model was from old unit i, at the scale of the new unit; not negative.
        level: coverage asked for, 0 to 1.

    Returns:
        low, high: infinite where n is too small for the level.
    """
    n = len(misses)
    rank = int(np.ceil(level * (n + 1)))
    if rank > n:
        return -np.inf, np.inf
    high = np.partition(predicted + misses, rank - 1)[rank - 1]
    low = -np.partition(misses - predicted, rank - 1)[rank - 1]
    return float(low), float(high)


def find_class_p_values(share: Array, old_share: Array, old_class: Indices) -> tuple[float, float]:
    """P-values of class 0 and class 1 for one new unit, each against old units of that class alone.

    Args:
        share: (n,) the score for class 1 that the model that had not seen old unit i gives the new unit.
        old_share: (n,) the score for class 1 which that model gives old unit i.
        old_class: (n,) 0 or 1.
    """
    zero, one = old_class == 0, old_class == 1
    p_zero = (1 + np.sum(old_share[zero] >= share[zero])) / (zero.sum() + 1)
    p_one = (1 + np.sum(old_share[one] <= share[one])) / (one.sum() + 1)
    return float(p_zero), float(p_one)
