"""Where regular doses lead: average, peak, trough and accumulation at steady state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.plasma import PlasmaModel, absorption_lag_h, dose_amounts, plasma_system
from stallpoint.exposure.regimen import Floats, Regimen
from stallpoint.numerics.linear_system import area_of_regular_doses, area_to_infinity, steady_state_over_interval

GRID = 49
GOLDEN = (5**0.5 - 1) / 2
NARROWINGS = 40
"""Each leaves 0.618 of the bracket; after 40 it is 4e-9 of what it was, and the peak, being flat, exact to rounding."""


@dataclass(frozen=True)
class SteadyState:
    """Total concentrations in plasma at steady state, mg/L, shape (n,).

    Attributes:
        average_mg_l: the area over an interval divided by the interval.
        peak_mg_l, peak_h: the highest concentration, and the hours from a dose to it.
        trough_mg_l: just before a dose.
        accumulation: area over an interval at steady state over that in the first interval, from the start of absorption.
    """

    average_mg_l: Floats
    peak_mg_l: Floats
    peak_h: Floats
    trough_mg_l: Floats
    accumulation: Floats


def steady_state(model: PlasmaModel, regimen: Regimen) -> SteadyState:
    """Steady state of a regular regimen.

    Raises:
        StallpointError: a regimen in cycles of several doses; a clearance of 0; a dose without a depot.
    """
    interval = regimen.interval_h
    if interval is None:
        raise StallpointError(
            "doses in cycles have no one steady state", where="regimen", do="ask for concentrations over a late cycle instead"
        )
    if (model.clearance_l_h == 0).any():
        raise StallpointError("a clearance of 0 leads to no steady state", where="plasma model", do="give a clearance above 0")
    system, into, lag = plasma_system(model), dose_amounts(model, regimen), absorption_lag_h(model, regimen)

    def concentrations(within: Floats) -> Floats:
        states = steady_state_over_interval(system, into, interval, within, infusion_h=regimen.infusion_h)
        return np.asarray(states[..., model.central] / model.central_l[:, None], dtype=np.float64)

    area = area_to_infinity(system, into)[:, model.central] / model.central_l
    first = area_of_regular_doses(system, into, interval, 1, [interval], infusion_h=regimen.infusion_h)
    peak_h, peak = _highest(concentrations, model.people, interval, regimen.infusion_h)
    before_next = interval - np.mod(lag, interval)
    return SteadyState(
        average_mg_l=area / interval,
        peak_mg_l=peak,
        peak_h=np.mod(peak_h + lag, interval),
        trough_mg_l=concentrations(before_next[:, None])[:, 0],
        accumulation=area / (first[:, 0, model.central] / model.central_l),
    )


def _highest(course: Callable[[Floats], Floats], people: int, interval: float, infusion_h: float) -> tuple[Floats, Floats]:
    """Time and height of each person's peak, shape (n,): the best of a grid that is dense after the dose, then golden section."""
    grid = np.sort(np.append(interval * np.linspace(0, 1, GRID) ** 2, infusion_h))
    heights = course(grid)
    best = heights.argmax(axis=1)
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, len(grid) - 1)]
    for _ in range(NARROWINGS):
        inner, outer = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        pair = course(np.stack([inner, outer], axis=1))
        keeps_low = pair[:, 0] >= pair[:, 1]
        low, high = np.where(keeps_low, low, inner), np.where(keeps_low, outer, high)
    middle = 0.5 * (low + high)
    top = course(middle[:, None])[:, 0]
    on_grid = heights[np.arange(people), best]
    return np.where(top > on_grid, middle, grid[best]), np.maximum(top, on_grid)
