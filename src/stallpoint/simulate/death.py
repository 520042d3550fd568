"""When an event strikes, given a hazard that moves with function.

The cumulative hazard is summed over a fine grid with the Weibull part exact in each cell and the relative hazard taken at
the cell's middle; event times come from its inverse. Where the relative hazard is constant in time this is exact.

Source: Bender, Augustin & Blettner (2005) doi:10.1002/sim.2059.
"""

from __future__ import annotations

import numpy as np

from stallpoint.simulate.natural_history import Hazard
from stallpoint.simulate.people import Floats

CELLS_PER_MONTH = 10


def event_grid(horizon_months: float) -> Floats:
    """Edges of the cells from 0 to the horizon, months, shape (k + 1,)."""
    return np.linspace(0.0, horizon_months, round(horizon_months * CELLS_PER_MONTH) + 1)


def cell_middles(edges_months: Floats) -> Floats:
    """Middles of the cells, months, shape (k,)."""
    return (edges_months[1:] + edges_months[:-1]) / 2


def cumulative_hazard(hazard: Hazard, log_relative_hazard: Floats, edges_months: Floats) -> Floats:
    """Cumulative hazard at the edges, shape (n, k + 1), from the log relative hazard in each cell, shape (n, k)."""
    steps = np.diff(_weibull_time(hazard, edges_months)) * np.exp(log_relative_hazard)
    return np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)


def simulate_event_times(hazard: Hazard, cumulative: Floats, edges_months: Floats, rng: np.random.Generator) -> Floats:
    """One time per person, months, shape (n,); infinite where nothing happens by the last edge.

    Args:
        hazard: the Weibull part, whose clock runs within each cell.
        cumulative: cumulative hazard at the edges, shape (n, k + 1).
        edges_months: the edges, shape (k + 1,).
        rng: source of randomness.
    """
    target = rng.exponential(size=len(cumulative))
    happens = target < cumulative[:, -1]
    cell = np.minimum((cumulative <= target[:, None]).sum(axis=1), len(edges_months) - 1)
    rows = np.arange(len(cumulative))
    below, above = cumulative[rows, cell - 1], cumulative[rows, cell]
    clock = _weibull_time(hazard, edges_months)
    share = np.divide(target - below, above - below, out=np.zeros_like(target), where=happens)
    at = clock[cell - 1] + share * (clock[cell] - clock[cell - 1])
    return np.where(happens, hazard.scale_months * at ** (1 / hazard.shape), np.inf)


def _weibull_time(hazard: Hazard, time_months: Floats) -> Floats:
    return np.asarray((time_months / hazard.scale_months) ** hazard.shape, dtype=np.float64)
