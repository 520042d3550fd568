"""Draws of everything that is not known of a trial's chain, weighted by what the trial saw.

Each draw is a world: how large the potential effect is, how steep the curves are, what the links pass of which nothing is known. A world
foretells the difference of slopes in every cell, the change of the engagement marker and of NfL; worlds that foretell what was seen count
more. So the links depend on each other as the data make them depend: if one passes all, others must take the loss.

Source: sampling-importance-resampling, Rubin (1988); Smith & Gelfand (1992), doi:10.1080/00031305.1992.10475856.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.core.link import Array
from stallpoint.core.parameter import Link
from stallpoint.core.plan import Plan
from stallpoint.explain.cells import CellEffects
from stallpoint.explain.marker_contrast import MarkerContrast
from stallpoint.explain.passage import REPLICATES, Curves, Ints, Passages, draw_weights, mean_passages
from stallpoint.explain.transmission import assumed_shares
from stallpoint.knowledge.chain import load_chain_assumptions

TWO_SIDED = 1.959963984540054

BATCH = 20_000
MOST_BATCHES = 16
KEPT = 4_000
FEWEST_EFFECTIVE = 400
"""Below so many effective draws the answer would hang on a few worlds."""


@dataclass(frozen=True, eq=False)
class Worlds:
    """Draws (d,): grid positions of replicate, curve and burden; potential in points per month; shares of links not read by person.

    `taken`, `absorbed` and `timely` are 1 where people's own readings speak. `still_taking` is the share of treated people who take
    treatment when markers are last sampled, 1 where doses are known: samples after a stop are then left out. `relevant_carriers` and
    `relevant_others` are shares among carriers of the target gene and others (equal where no gene is named).
    """

    replicate: Ints
    curve: Ints
    burden: Ints
    potential: Array
    taken: Array
    absorbed: Array
    timely: Array
    delivered: Array
    engaged: Array
    relevant_carriers: Array
    relevant_others: Array
    full_log_change: Array
    nfl_log_fall: Array
    still_taking: Array

    def take(self, rows: Ints) -> Worlds:
        """The worlds at these rows."""
        return Worlds(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})

    def join(self, more: Worlds) -> Worlds:
        """These worlds, and more behind them."""
        pairs = {name: (getattr(self, name), getattr(more, name)) for name in self.__dataclass_fields__}
        return Worlds(**{name: np.concatenate(pair) for name, pair in pairs.items()})

    def __len__(self) -> int:
        return self.replicate.size


@dataclass(frozen=True, eq=False)
class Seen:
    """What the trial saw: effects in cells, contrasts of markers, and of each cell the share of treated people who are carriers."""

    cells: CellEffects
    carriers: Array
    marker: MarkerContrast | None
    nfl: MarkerContrast | None


def draw_worlds(
    count: int,
    *,
    treated: pl.DataFrame,
    plan: Plan,
    curves: Curves,
    slope: float,
    read: tuple[Link, ...],
    rng: np.random.Generator,
) -> Worlds:
    """Worlds before anything was seen.

    Args:
        count: how many.
        treated: readings of the treated people.
        plan: what was planned.
        curves: the grid of shapes.
        slope: decline on control, points per month (positive).
        read: links that were read person by person.
        rng: source of randomness.
    """
    known = load_chain_assumptions()
    low, high = plan.potential_slowing or (known["potential_low"], known["potential_high"])
    curve = rng.integers(curves.steepness.size, size=count)
    burdensome = assumed_shares(count, rng=rng)
    others = assumed_shares(count, rng=rng)
    passing = rng.beta(known["passing_first"], known["passing_second"], count)
    fold = np.log(known["full_change_fold"]) / TWO_SIDED
    unread: dict[Link, Array] = {
        link: np.ones(count) if link in read else assumed_shares(count, rng=rng) for link in ("taken", "absorbed", "timely")
    }
    full = 0.0 if plan.full_change is None else np.log1p(plan.full_change)
    return Worlds(
        replicate=rng.integers(REPLICATES, size=count),
        curve=curve,
        burden=np.abs(curves.timely_share[None, :] - burdensome[:, None]).argmin(axis=1),
        potential=slope * rng.uniform(low, high, count),
        taken=unread["taken"],
        absorbed=unread["absorbed"],
        timely=unread["timely"],
        delivered=_delivered(treated, plan, curves, curve, rng),
        engaged=assumed_shares(count, rng=rng),
        relevant_carriers=np.maximum(passing, others) if plan.target_gene else others,
        relevant_others=others,
        full_log_change=full * np.exp(fold * rng.standard_normal(count)),
        nfl_log_fall=np.log1p(-rng.uniform(known["nfl_fall_low"], known["nfl_fall_high"], count)),
        still_taking=np.ones(count) if "taken" in read else _still_taking(unread["taken"], rng),
    )


def _delivered(treated: pl.DataFrame, plan: Plan, curves: Curves, curve: Ints, rng: np.random.Generator) -> Array:
    """From CSF over plasma against the planned ratio, with the same steepness as in plasma; assumed where it was not measured."""
    ratios = treated["csf_ratio"].drop_nulls().to_numpy()
    if plan.planned_csf_ratio is None or not ratios.size:
        return assumed_shares(curve.size, rng=rng)
    passed = np.minimum(ratios[:, None] / plan.planned_csf_ratio, 1.0) ** curves.steepness
    weights = draw_weights(ratios.size, rng)
    means = weights / weights.sum(axis=1, keepdims=True) @ passed
    return np.asarray(means[rng.integers(len(means), size=curve.size), curve])


def _still_taking(taken: Array, rng: np.random.Generator) -> Array:
    """Who take a share of the time may miss days all along, or may have stopped: fewer of those are left at the end."""
    known = load_chain_assumptions()
    return np.asarray(taken ** rng.uniform(known["late_stop_low"], known["late_stop_high"], taken.size))


def expect_cells(worlds: Worlds, cell_means: Array, carriers: Array) -> Array:
    """Difference of slopes that each world foretells in each cell (d, g), from mean passages (g, replicates, a, b)."""
    passed = look_up(cell_means, worlds)
    relevant = carriers * worlds.relevant_carriers[:, None] + (1 - carriers) * worlds.relevant_others[:, None]
    unread = worlds.taken * worlds.absorbed * worlds.timely
    return (worlds.potential * unread * worlds.delivered * worlds.engaged)[:, None] * passed * relevant


def look_up(means: Array, worlds: Worlds) -> Array:
    """Mean passages (..., replicates, a, b) at each world's place of the grid (d, ...); axes of size 1 do not vary."""
    curve = worlds.curve if means.shape[-2] > 1 else 0
    burden = worlds.burden if means.shape[-1] > 1 else 0
    return np.moveaxis(means[..., worlds.replicate, curve, burden], -1, 0)


def weigh_worlds(worlds: Worlds, seen: Seen, cell_means: Array, reached: Array, relevant: Array) -> Array:
    """Log-likelihood (d,) of each world.

    Args:
        worlds: draws.
        seen: what was seen.
        cell_means: mean passages of the cells (g, replicates, a, b).
        reached: share that each world passes up to the site of the target while treatment is taken (d,): absorbed, delivered.
        relevant: share of people and disease that the target drives in each world (d,).
    """
    foretold = expect_cells(worlds, cell_means, seen.carriers)
    off = (seen.cells.estimate - foretold) / seen.cells.std_error
    total = -0.5 * np.nansum(off**2, axis=1)
    engaged = reached * worlds.engaged * worlds.still_taking
    if seen.marker is not None:
        total -= 0.5 * ((seen.marker.difference - worlds.full_log_change * engaged) / seen.marker.std_error) ** 2
    if seen.nfl is not None:
        total -= 0.5 * ((seen.nfl.difference - worlds.nfl_log_fall * engaged * relevant) / seen.nfl.std_error) ** 2
    return np.asarray(total, dtype=np.float64)


def count_effective(log_weight: Array) -> float:
    """How many equal draws the weighted ones are worth (Kish)."""
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / (weight**2).sum())


def resample(log_weight: Array, kept: int, rng: np.random.Generator) -> Ints:
    """Rows drawn with their weights (kept,)."""
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    # systematic resampling: one uniform number, so the Monte Carlo error is the smallest there is
    points = (rng.random() + np.arange(kept)) / kept
    return np.searchsorted(np.cumsum(weight), points).clip(max=weight.size - 1)


def mean_cells(passages: Passages, weights: Array, cells: Ints, count: int) -> Array:
    """Mean passages of each cell's treated people (g, replicates, a, b), over all links that were read."""
    return np.stack([mean_passages(passages, weights * (cells == cell), passages.read) for cell in range(count)])
