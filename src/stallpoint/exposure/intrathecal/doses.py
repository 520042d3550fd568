"""When and how much is given into the CSF."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.knowledge.intrathecal import LabelSchedule, load_label_schedules

Array = npt.NDArray[np.float64]

HOURS_PER_DAY = 24.0
WRONG_ORDER = 10.0
"""A dose this many times outside what was studied is taken for a mistake of unit."""


@dataclass(frozen=True)
class DoseSchedule:
    """Doses `dose_mg` (d,) at `time_h` (d,), hours since the first dose; made by `dose_schedule`."""

    time_h: Array
    dose_mg: Array


def dose_schedule(time_days: npt.ArrayLike, dose_mg: npt.ArrayLike) -> DoseSchedule:
    """Doses on days counted from 0; one amount for all of them, or one each.

    Raises:
        StallpointError: no dose, a negative or missing amount or day, or unequal numbers of days and amounts.
    """
    days = np.atleast_1d(np.asarray(time_days, dtype=np.float64))
    amounts = np.asarray(dose_mg, dtype=np.float64)
    if days.ndim != 1 or not days.size or amounts.shape not in ((), days.shape):
        raise StallpointError(
            f"{amounts.size} amounts for {days.size} days", where="dose schedule", do="give one amount, or one for each day"
        )
    _require_not_negative(days, "day", "count days from 0 at the first dose")
    _require_not_negative(amounts, "amount", "give doses in mg, 0 where none was given")
    return DoseSchedule(days * HOURS_PER_DAY, np.broadcast_to(amounts, days.shape).copy())


def label_schedule(drug: str, *, until_day: float, dose_mg: float | None = None) -> DoseSchedule:
    """The doses of a drug's label up to and including `until_day`, or the same days with another amount.

    Raises:
        StallpointError: no schedule is known of this drug, or the amount is of another order of magnitude than those studied.
    """
    label = find_label(drug)
    first = np.array(label.first_days)
    later = np.arange(first[-1] + label.interval_days, until_day + label.interval_days, label.interval_days)
    days = np.concatenate([first, later])
    schedule = dose_schedule(days[days <= until_day], label.dose_mg if dose_mg is None else dose_mg)
    require_usual_doses(schedule, label.dose_range_mg, where=drug)
    return schedule


def find_label(drug: str) -> LabelSchedule:
    """How a drug is given.

    Raises:
        StallpointError: no schedule is known of this drug; the nearest name is given.
    """
    known = load_label_schedules()
    if drug not in known:
        raise StallpointError(f"no intrathecal schedule of {drug!r}", do=ask_nearest(drug, known))
    return known[drug]


def require_usual_doses(schedule: DoseSchedule, studied_mg: tuple[float, float], *, where: str) -> None:
    """Ask back where a dose is of another order of magnitude than those studied; no dose at all is fine.

    Raises:
        StallpointError: with the dose and the range that was studied.
    """
    low, high = studied_mg
    given = schedule.dose_mg[schedule.dose_mg > 0]
    odd = given[(given > high * WRONG_ORDER) | (given < low / WRONG_ORDER)]
    if odd.size:
        raise StallpointError(
            f"a dose of {odd[0]:,g} mg, where {low:g} to {high:g} mg were studied: is the unit right?",
            where=where,
            do=f"give doses in mg, of {low / WRONG_ORDER:g} to {high * WRONG_ORDER:g}; 1 g is 1000 mg",
        )


def _require_not_negative(values: Array, what: str, do: str) -> None:
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        shown = float(np.atleast_1d(values)[np.atleast_1d(bad)][0])
        raise StallpointError(f"{what} {shown:g} cannot be", where="dose schedule", do=do)
