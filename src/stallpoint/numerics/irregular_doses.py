"""Linear systems with doses at any times: missed, late, doubled, in cycles. Walks from event to event, exactly.

Where everybody shares the times, a step of one length is worked out once. Where people have times of their own, each step costs an
exponential per person and mode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.numerics.linear_system import AT_THE_DOSE, LinearSystem, kernels, linear_system
from stallpoint.numerics.matrix_kernels import Array, Kernel, Values

Indices = npt.NDArray[np.int64]

STEPS_KEPT = 16
"""Regular doses and reports make a handful of different gaps."""


@dataclass(frozen=True)
class _Walk:
    """Events in order, one row each; one column that all share, or one per person.

    `gaps` are hours since the event before. `dose` and `report` are the index of the dose that starts or of the report that is
    due, else -1; `end` that of the infusion that ends.
    """

    gaps: Array
    dose: Indices
    end: Indices
    report: Indices

    def of(self, who: npt.NDArray[np.bool_]) -> _Walk:
        if self.gaps.shape[1] == 1:
            return self
        return _Walk(self.gaps[:, who], self.dose[:, who], self.end[:, who], self.report[:, who])


def response_to_doses(
    system: LinearSystem,
    amounts: npt.ArrayLike,
    multiples: npt.ArrayLike,
    dose_times_h: npt.ArrayLike,
    times_h: npt.ArrayLike,
    *,
    infusion_h: float = 0.0,
) -> Array:
    """States (n, t, s) at times (t,) or (n, t), with doses at `dose_times_h`, shape (d,) or (n, d), each infused over `infusion_h`.

    A dose is `amounts` (n, s) times its multiple, shape (n, d): 1 as planned, 0 missed, 2 doubled. At the time of a bolus the states
    hold it. Before time 0 they are 0. Infusions may overlap.

    Raises:
        ValueError: dose times or times that are negative, or dose times and multiples of different number.
    """
    doses, times = np.asarray(dose_times_h, dtype=np.float64), np.atleast_1d(np.asarray(times_h, dtype=np.float64))
    taken = np.broadcast_to(np.asarray(multiples), (system.people, doses.shape[-1]))
    given = np.broadcast_to(np.asarray(amounts, dtype=np.float64), (system.people, system.states))
    if (doses < 0).any() or infusion_h < 0:
        raise ValueError("doses before time 0, or an infusion of negative length")
    walk = _plan(doses, times, infusion_h)
    states = np.zeros((system.people, times.shape[-1], system.states))
    for kernel, who in kernels(system):
        states[who] = _follow(kernel, walk.of(who), given[who], taken[who], times.shape[-1], infusion_h)
    return states


def area_of_doses(
    system: LinearSystem,
    amounts: npt.ArrayLike,
    multiples: npt.ArrayLike,
    dose_times_h: npt.ArrayLike,
    times_h: npt.ArrayLike,
    *,
    infusion_h: float = 0.0,
) -> Array:
    """Integrals over time (n, t, s) of `response_to_doses` from 0 to each time: A^-1 (what is there - what came in).

    Raises:
        ValueError: as `response_to_doses`; a system of which A has no inverse.
    """
    if (np.linalg.det(system.rates) == 0).any():
        raise ValueError("a system from which nothing leaves")
    schedule = (multiples, dose_times_h, times_h)
    there = response_to_doses(system, amounts, *schedule, infusion_h=infusion_h)
    counter = linear_system(np.zeros((system.people, 1, 1)))
    doses_given = response_to_doses(counter, [1.0], *schedule, infusion_h=infusion_h)
    came_in = doses_given * np.broadcast_to(np.asarray(amounts, dtype=np.float64), (system.people, system.states))[:, None, :]
    return np.asarray(np.swapaxes(np.linalg.solve(system.rates, np.swapaxes(there - came_in, 1, 2)), 1, 2))


def _plan(doses: Array, times: Array, infusion_h: float) -> _Walk:
    """All events in order of time; at one time doses come before reports, and times that differ by rounding are one time."""
    people = max(len(doses) if doses.ndim == 2 else 1, len(times) if times.ndim == 2 else 1)
    starts, due = (np.broadcast_to(own, (people, own.shape[-1])) for own in (doses, times))
    ends = starts + infusion_h if infusion_h else starts[:, :0]
    when = np.concatenate([starts, ends, due], axis=1)
    rank = np.concatenate([starts * (1 - AT_THE_DOSE), ends, due], axis=1)
    order = np.argsort(rank, axis=1, kind="stable")
    gaps = np.diff(np.take_along_axis(when, order, axis=1), axis=1, prepend=0.0)
    sizes = np.cumsum([0, starts.shape[1], ends.shape[1], due.shape[1]])
    kinds = [np.where((order >= low) & (order < high), order - low, -1) for low, high in pairwise(sizes)]
    dose, end, report = (np.ascontiguousarray(kind.T) for kind in kinds)
    return _Walk(np.ascontiguousarray(np.maximum(gaps, 0.0).T), dose, end, report)


def _follow(kernel: Kernel, walk: _Walk, amounts: Array, taken: Array, reports: int, infusion_h: float) -> Array:
    """States (n, t, s) at the reports of a walk."""
    unit, now, running = kernel.enter(amounts), kernel.enter(np.zeros_like(amounts)), np.zeros(len(amounts))
    shared, multiples = walk.gaps.shape[1] == 1, np.ascontiguousarray(taken.T)
    exponential, integral = (
        _stepper(kernel, function, len(amounts), shared) for function in (kernel.exponential, kernel.integral)
    )
    found = np.zeros((reports, *now.shape), dtype=now.dtype)
    for gap, dose, end, report in zip(walk.gaps, walk.dose, walk.end, walk.report, strict=True):
        if gap.any():
            now = kernel.advance(exponential(gap), now)
            if running.any():
                now += kernel.advance(integral(gap), unit * (running / infusion_h))
        if infusion_h:
            running = running + _pick(multiples, dose) - _pick(multiples, end)
        elif (dose >= 0).any():
            now = now + unit * _pick(multiples, dose)
        _record(found, report, now)
    return np.stack([kernel.leave(coordinates) for coordinates in found], axis=1)


def _stepper(kernel: Kernel, function: Callable[[Array], Values], people: int, shared: bool) -> Callable[[Array], Values]:
    """A function of A over one gap, ready for `advance`; kept where all people share the gap."""

    @lru_cache(STEPS_KEPT)
    def over(hours: float) -> Values:
        return kernel.pack(function(np.full((people, 1), hours)))

    return lambda gap: over(float(gap[0])) if shared else kernel.pack(function(gap[:, None]))


def _pick(multiples: npt.NDArray[Any], index: Indices) -> Array:
    """Each person's multiple of the dose with this index, 0 for -1; multiples are (d, n), the index (1,) for all or (n,)."""
    if len(index) == 1:
        return np.asarray(multiples[index[0]] if index[0] >= 0 else np.zeros(multiples.shape[1]), dtype=np.float64)
    return np.where(index >= 0, multiples[index, np.arange(len(index))], 0.0)


def _record(found: Values, report: Indices, now: Values) -> None:
    """Write the coordinates (s, n) of those with a report into `found` (t, s, n)."""
    if len(report) == 1:
        if report[0] >= 0:
            found[report[0]] = now
        return
    who = np.flatnonzero(report >= 0)
    found[report[who], :, who] = now[:, who].T
