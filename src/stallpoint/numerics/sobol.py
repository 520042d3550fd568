"""Shares of the variance of a result that groups of inputs make, alone and with others, with bootstrap errors.

First order by Saltelli et al. (2010) Comput Phys Commun 181:259 (doi:10.1016/j.cpc.2009.09.018), total by Jansen (1999) ibid. 117:35,
both from the same two scrambled Sobol matrices; a group's columns are exchanged together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

Floats = npt.NDArray[np.float64]
INSIDE = 1e-9
RESAMPLES = 400


@dataclass(frozen=True)
class GroupShare:
    """Of each result, shape (r,): the share that a group makes alone and with others, and their standard errors by resampling."""

    first: Floats
    first_error: Floats
    total: Floats
    total_error: Floats


def sobol_by_group(
    model: Callable[[Floats], Floats], groups: Mapping[str, Sequence[int]], columns: int, *, count: int, rng: np.random.Generator
) -> dict[str, GroupShare]:
    """Sobol indices of each group.

    Args:
        model: from inputs between 0 and 1, shape (n, columns), to results (n, r); n is any number.
        groups: names and columns; a column may be in several groups.
        columns: how many inputs there are.
        count: rows of each matrix, a power of 2; the model is asked for count times (groups + 2) results.
        rng: of the matrices and of the resampling.
    """
    unit = np.clip(qmc.Sobol(2 * columns, seed=rng).random(count), INSIDE, 1 - INSIDE)
    one, other = unit[:, :columns], unit[:, columns:]
    base, far = model(one), model(other)
    picks = np.concatenate([np.arange(count)[None], rng.integers(count, size=(RESAMPLES, count))])
    found = {}
    for name, exchanged in groups.items():
        mixed = one.copy()
        mixed[:, list(exchanged)] = other[:, list(exchanged)]
        middle = model(mixed)
        shares = np.stack([_shares(base[pick], far[pick], middle[pick]) for pick in picks])
        errors = shares[1:].std(axis=0)
        found[name] = GroupShare(shares[0, 0], errors[0], shares[0, 1], errors[1])
    return found


def _shares(base: Floats, far: Floats, middle: Floats) -> Floats:
    """First and total, shape (2, r); 0 where nothing varies."""
    variance = np.concatenate([base, far]).var(axis=0)
    mean = (base.mean(axis=0) + far.mean(axis=0)) / 2
    parts = np.stack([((far - mean) * (middle - base)).mean(axis=0), ((base - middle) ** 2).mean(axis=0) / 2])
    return np.asarray(np.divide(parts, variance, out=np.zeros_like(parts), where=variance > 0))
