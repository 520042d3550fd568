"""Who takes what of the loss, whatever the order of the links: Shapley's shares, draw by draw.

Source: Shapley LS (1953) A value for n-person games, doi:10.1515/9781400881970-018.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from stallpoint.core.link import Array, Chain
from stallpoint.core.parameter import LINKS, Link

Passing = Callable[[frozenset[Link]], Array]
"""The share that arrives (n,) when only these links impede and all others pass everything."""


@dataclass(frozen=True)
class LossShare:
    """One link's part of the potential effect that is lost: mean, so that parts add up, and 95% interval over the draws."""

    link: Link
    mean: float
    low: float
    high: float


def share_loss(passing: Passing, links: Sequence[Link] = LINKS) -> Array:
    """Part of the potential effect that each link takes away (n, links); along a row they sum to what does not arrive."""
    arrives = {subset: passing(subset) for subset in _subsets(links)}
    total = len(links)
    taken = []
    for link in links:
        loss = np.zeros_like(arrives[frozenset()])
        for subset in arrives:
            if link not in subset:
                size = len(subset)
                weight = factorial(size) * factorial(total - size - 1) / factorial(total)
                loss = loss + weight * (arrives[subset] - arrives[subset | {link}])
        taken.append(loss)
    return np.column_stack(taken)


def passing_of(chain: Chain) -> Passing:
    """The chain's own draws as a game: links that do not impede pass everything."""
    draws = chain.draws

    def passing(impeding: frozenset[Link]) -> Array:
        columns = [index for index, link in enumerate(LINKS) if link in impeding]
        return np.asarray(draws[:, columns].prod(axis=1), dtype=np.float64)

    return passing


def summarise_loss(shares: Array, links: Sequence[Link] = LINKS) -> tuple[LossShare, ...]:
    """Mean and 95% interval of each link's part."""
    low, high = np.quantile(shares, [0.025, 0.975], axis=0)
    mean = shares.mean(axis=0)
    return tuple(LossShare(link, float(mean[at]), float(low[at]), float(high[at])) for at, link in enumerate(links))


def _subsets(links: Sequence[Link]) -> list[frozenset[Link]]:
    return [frozenset(link for at, link in enumerate(links) if number >> at & 1) for number in range(2 ** len(links))]
