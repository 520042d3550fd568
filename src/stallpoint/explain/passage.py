"""What passes the links that were read person by person, for every shape the unknown curves may have.

The share of an effect that a level passes is (level / planned level)^steepness, at most 1; the share that function at entry passes is
(share of function left)^burden. Products are formed within people before they are averaged, because those who stop, or have little drug,
or little function left, are not independent of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import brentq

from stallpoint.core.link import Array
from stallpoint.core.parameter import Link
from stallpoint.core.plan import Plan
from stallpoint.knowledge.chain import load_chain_assumptions

Ints = npt.NDArray[np.int64]

REPLICATES = 60
STEEPNESSES = 9
SCALES = 7
BURDENS = 15
MOST_BURDEN = 60.0


@dataclass(frozen=True, eq=False)
class Curves:
    """The grid of shapes: steepness and scale of the planned level side by side (a,), and burdens (b,) with the mean shares they pass."""

    steepness: Array
    scale: Array
    burden: Array
    timely_share: Array


@dataclass(frozen=True, eq=False)
class Passages:
    """Per treated person: taken (n,), absorbed (n, a) and timely (n, b); None where a link was not read. `known` says who counts."""

    taken: Array | None
    absorbed: Array | None
    timely: Array | None
    known: npt.NDArray[np.bool_]

    @property
    def read(self) -> tuple[Link, ...]:
        """Links that were read person by person."""
        pairs: tuple[tuple[Link, Array | None], ...] = (
            ("taken", self.taken),
            ("absorbed", self.absorbed),
            ("timely", self.timely),
        )
        return tuple(link for link, share in pairs if share is not None)


def build_curves(treated: pl.DataFrame, plan: Plan) -> Curves:
    """The grid that the readings of the treated people call for."""
    known = load_chain_assumptions()
    steepness = np.geomspace(known["steepness_low"], known["steepness_high"], STEEPNESSES)
    fold = known["planned_fold"]
    scale = np.array([1.0]) if plan.planned_level is not None else np.geomspace(1 / fold, fold, SCALES)
    left = treated["function_left"].drop_nulls().to_numpy()
    shares = np.linspace(0.02, 1.0, BURDENS)
    return Curves(
        steepness=np.repeat(steepness, scale.size),
        scale=np.tile(scale, steepness.size),
        burden=np.array([_burden(left, share) for share in shares]),
        timely_share=shares,
    )


def read_passages(treated: pl.DataFrame, plan: Plan, curves: Curves) -> Passages:
    """Shares of each treated person that every shape of the curves passes."""
    known = np.ones(treated.height, dtype=bool)
    taken, level, left = (_column(treated, name) for name in ("taken", "level", "function_left"))
    for column in (taken, level, left):
        if column is not None:
            known &= ~np.isnan(column)
    absorbed = None
    if level is not None:
        planned = plan.planned_level or float(np.nanmedian(level))
        ratio = np.minimum(level[:, None] / (planned * curves.scale[None, :]), 1.0)
        absorbed = ratio**curves.steepness
    timely = None if left is None else left[:, None] ** curves.burden
    return Passages(taken, absorbed, timely, known)


def mean_passages(passages: Passages, weights: Array, links: tuple[Link, ...]) -> Array:
    """Mean over people of the product of these links (replicates, a, b), with weights (replicates, n); axes of size 1 do not vary."""
    people = np.where(passages.known, 1.0, 0.0)
    taken = np.ones(people.size) if passages.taken is None or "taken" not in links else passages.taken
    absorbed = passages.absorbed if passages.absorbed is not None and "absorbed" in links else np.ones((people.size, 1))
    timely = passages.timely if passages.timely is not None and "timely" in links else np.ones((people.size, 1))
    rows = np.flatnonzero(passages.known)
    kept = weights[:, rows]
    total = kept.sum(axis=1, keepdims=True)
    product = taken[rows, None, None] * absorbed[rows][:, :, None] * timely[rows][:, None, :]
    mean = (kept / np.where(total > 0, total, 1.0)) @ product.reshape(rows.size, -1)
    return np.asarray(mean.reshape(len(weights), *product.shape[1:]), dtype=np.float64)


def all_passages(passages: Passages, weights: Array) -> dict[frozenset[Link], Array]:
    """Mean passages for every set of the links that were read."""
    links = passages.read
    sets = [each for size in range(len(links) + 1) for each in combinations(links, size)]
    return {frozenset(each): mean_passages(passages, weights, each) for each in sets}


def draw_weights(count: int, rng: np.random.Generator) -> Array:
    """Bayesian bootstrap weights of people (REPLICATES, count). Source: Rubin (1981), doi:10.1214/aos/1176345338."""
    return rng.standard_exponential((REPLICATES, count))


def _column(treated: pl.DataFrame, name: str) -> Array | None:
    values = treated[name].cast(pl.Float64)
    return None if values.null_count() > values.len() / 2 else values.fill_null(float("nan")).to_numpy()


def _burden(left: Array, share: float) -> float:
    """The exponent at which people of such function pass this share on average."""
    if share >= 1 or not left.size or left.min() >= 1:
        return 0.0
    if np.mean(left**MOST_BURDEN) >= share:
        return MOST_BURDEN
    return float(brentq(lambda burden: float(np.mean(left**burden)) - share, 0.0, MOST_BURDEN))
