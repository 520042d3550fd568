"""What is prescribed: how much, by which route, when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest

Floats = npt.NDArray[np.float64]

ROUTES = ("oral", "intravenous", "intramuscular", "subcutaneous", "intrathecal")
HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Cycle:
    """One round of doses: when they start within it, hours, and how long it lasts."""

    dose_starts_h: tuple[float, ...]
    length_h: float

    def __post_init__(self) -> None:
        starts = (*self.dose_starts_h, self.length_h)
        rises = all(early < late for early, late in pairwise(starts))
        fits = len(starts) > 1 and starts[0] >= 0 and math.isfinite(self.length_h)
        _require(
            rises and fits, f"doses at {self.dose_starts_h} h of {self.length_h} h", "let starts rise from 0 within the cycle"
        )


@dataclass(frozen=True)
class Regimen:
    """Doses of one size by one route in cycles, of which the last repeats until `duration_h`.

    Each dose is given at once, or infused over `infusion_h`. Made most simply by `regular_regimen`.

    Raises:
        StallpointError: an unknown route, a negative dose, no cycle, an infusion longer than the time to the next dose.
    """

    dose_mg: float
    route: str
    cycles: tuple[Cycle, ...]
    infusion_h: float = 0.0
    duration_h: float = math.inf

    def __post_init__(self) -> None:
        if self.route not in ROUTES:
            raise StallpointError(f"unknown route: {self.route}", where="regimen", do=ask_nearest(self.route, ROUTES))
        _require(0 <= self.dose_mg < math.inf, f"dose_mg is {self.dose_mg}", "give a dose of 0 mg or more")
        _require(self.duration_h > 0, f"duration_h is {self.duration_h}", "give a duration above 0")
        _require(len(self.cycles) > 0, "no cycle of doses", "say when doses are given")
        shortest = shortest_gap_h(self)
        what = f"infusion_h is {self.infusion_h} with {shortest:g} h between doses"
        _require(0 <= self.infusion_h <= shortest, what, "let each infusion end before the next dose")

    @property
    def interval_h(self) -> float | None:
        """Hours between doses where they are all equal, else None."""
        cycle = self.cycles[0]
        return cycle.length_h if len(self.cycles) == 1 and cycle.dose_starts_h == (0.0,) else None


def regular_regimen(
    dose_mg: float, route: str, interval_h: float, *, infusion_h: float = 0.0, duration_h: float = math.inf
) -> Regimen:
    """The same dose every `interval_h` from time 0.

    Raises:
        StallpointError: as `Regimen`; an interval not above 0.
    """
    _require(0 < interval_h < math.inf, f"interval_h is {interval_h}", "give the hours between doses, above 0")
    return Regimen(dose_mg, route, (Cycle((0.0,), float(interval_h)),), infusion_h, duration_h)


def cycle_of_days(dose_days: Sequence[int], length_days: int) -> Cycle:
    """A cycle with one dose at the start of each of these days; the first day is 0."""
    return Cycle(tuple(HOURS_PER_DAY * day for day in dose_days), HOURS_PER_DAY * length_days)


def dose_times_h(regimen: Regimen, until_h: float) -> Floats:
    """Starts of all doses from time 0 to `until_h`, hours, shape (d,): the dose at that hour is in, the one at the end is not.

    Times are multiples of the cycle, not sums of intervals, so rounding does not grow.

    Raises:
        StallpointError: an `until_h` that is negative or not finite.
    """
    _require(0 <= until_h < math.inf, f"until_h is {until_h}", "give a finite time of 0 h or more")
    first, last = regimen.cycles[:-1], regimen.cycles[-1]
    lengths = [cycle.length_h for cycle in first]
    begun = sum(lengths)
    blocks = [sum(lengths[:i]) + np.array(cycle.dose_starts_h) for i, cycle in enumerate(first)]
    rounds = np.arange(max(0, math.floor((until_h - begun) / last.length_h) + 2))
    blocks.append((begun + rounds[:, None] * last.length_h + np.array(last.dose_starts_h)).ravel())
    times = np.concatenate(blocks)
    return np.asarray(times[(times <= until_h) & (times < regimen.duration_h)], dtype=np.float64)


def shortest_gap_h(regimen: Regimen) -> float:
    """Least hours between the starts of two doses."""
    rounds = [*regimen.cycles, regimen.cycles[-1]]
    begins = np.concatenate([[0.0], np.cumsum([cycle.length_h for cycle in rounds])])
    starts = [begin + np.array(cycle.dose_starts_h) for begin, cycle in zip(begins, rounds, strict=False)]
    return float(np.diff(np.concatenate(starts)).min())


def _require(holds: bool, what: str, do: str) -> None:
    if not holds:
        raise StallpointError(what, where="regimen", do=do)
