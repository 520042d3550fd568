"""The twelve ALSFRS-R items behind a total.

Each person loses points in an order of their own: the region of onset first, the others later, breathing last. Sorting the
48 possible losses and taking the first 48 - total of them gives items of 0 to 4 that always sum to the total.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.simulate.natural_history import NaturalHistory
from stallpoint.simulate.people import Flags, Floats

BULBAR, FINE_MOTOR, GROSS_MOTOR, BREATHING = range(4)
DOMAIN_OF_ITEM = np.repeat([BULBAR, FINE_MOTOR, GROSS_MOTOR, BREATHING], 3)
POINTS_PER_ITEM = 4
MOST_POINTS = 48
SWALLOWING, CUTTING = 2, 4
GASTROSTOMY_AT_SWALLOWING = 1
ITEM_NAMES = ("q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12")


def simulate_items(
    totals: npt.NDArray[np.int64], onset_site: pl.Series, history: NaturalHistory, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Items of 0 to 4, shape (n, visits, 12), from totals of 0 to 48, shape (n, visits)."""
    n, visits = totals.shape
    own_order = _domain_delay(onset_site, history, rng)[:, DOMAIN_OF_ITEM]
    own_order = own_order + history.item_person_sd * rng.standard_normal(own_order.shape)
    at_visit = own_order[:, None, :] + history.item_visit_sd * rng.standard_normal((n, visits, len(ITEM_NAMES)))
    losses = at_visit[..., None] + history.item_steps_per_point * np.arange(POINTS_PER_ITEM)
    lost = np.count_nonzero(_first_losses(losses, MOST_POINTS - totals), axis=-1)
    return np.asarray(POINTS_PER_ITEM - lost, dtype=np.int64)


def _domain_delay(onset_site: pl.Series, history: NaturalHistory, rng: np.random.Generator) -> Floats:
    """How late each of the four domains starts to fail, shape (n, 4)."""
    by_chance = rng.random(len(onset_site))
    limb = np.where(by_chance < 0.5, FINE_MOTOR, GROSS_MOTOR)
    anywhere = np.floor(by_chance * 4).astype(np.int64)
    site = onset_site.to_numpy()
    first = np.select([site == "bulbar", site == "limb", site == "respiratory"], [BULBAR, limb, BREATHING], default=anywhere)
    later = np.arange(4) != first[:, None]
    delay = history.item_region_delay + history.item_breathing_delay * (np.arange(4) == BREATHING)
    return np.asarray(later * delay, dtype=np.float64)


def _first_losses(losses: Floats, lost: npt.NDArray[np.int64]) -> Flags:
    """Which of the 48 possible losses have happened: the `lost` earliest; same shape as `losses`, (n, visits, 12, 4)."""
    in_order = np.sort(losses.reshape(*lost.shape, MOST_POINTS), axis=-1)
    beyond = np.concatenate([in_order, np.full((*lost.shape, 1), np.inf)], axis=-1)
    cut = np.take_along_axis(beyond, lost[..., None], axis=-1)
    return losses < cut[..., None]


def item_columns(items: npt.NDArray[np.int64], seen: Flags) -> dict[str, pl.Series]:
    """Columns q1 to q12 of the visits that took place; cutting food is q5b from the gastrostomy on, else q5a.

    A gastrostomy is taken to be placed when swallowing first falls to 1.
    """
    gastrostomy = np.minimum.accumulate(items[..., SWALLOWING], axis=1)[seen] <= GASTROSTOMY_AT_SWALLOWING
    recorded = items[seen].astype(np.float64)
    columns: dict[str, pl.Series] = {}
    for position, name in enumerate(ITEM_NAMES):
        values = pl.Series(recorded[:, position])
        if position == CUTTING:
            columns["q5a"], columns["q5b"] = _only_where(values, ~gastrostomy), _only_where(values, gastrostomy)
        else:
            columns[name] = values
    return columns


def _only_where(values: pl.Series, holds: Flags) -> pl.Series:
    return values.set(pl.Series(~holds), None)
