"""For each well with both drugs: the wells it is compared with. Means over replicates as one matrix product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WellMeans:
    """Rows of averaging weights over all wells.

    Attributes:
        doses: (w, 2) distinct pairs of doses above 0.
        together: (w, n) averages replicates of the pair.
        first, second: (w, n) average the wells of each drug alone at its dose; a row is 0 where there are none.
        untreated: (n,) averages the untreated wells.
        complete: (w,) whether both single wells are there.
    """

    doses: Array
    together: Array
    first: Array
    second: Array
    untreated: Array
    complete: npt.NDArray[np.bool_]


def well_means(doses: Array) -> WellMeans:
    """The weights for wells with doses (n, 2)."""
    pairs = np.unique(doses[(doses > 0).all(axis=1)], axis=0)
    none = np.zeros(len(pairs))
    together = _weights(doses, pairs)
    first = _weights(doses, np.column_stack([pairs[:, 0], none]))
    second = _weights(doses, np.column_stack([none, pairs[:, 1]]))
    complete = (first.sum(axis=1) > 0) & (second.sum(axis=1) > 0)
    return WellMeans(pairs, together, first, second, _weights(doses, np.zeros((1, 2)))[0], complete)


def _weights(doses: Array, wanted: Array) -> Array:
    same = (doses[None] == wanted[:, None]).all(axis=2).astype(float)
    return np.asarray(same / np.maximum(same.sum(axis=1, keepdims=True), 1))
