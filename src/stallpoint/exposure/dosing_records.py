"""Recorded doses as the points of observation see them.

Two clocks are possible. By the clock of the study tables a concentration's `time_h` counts hours since the last dose; earlier doses are
then known only through the interval between doses. Where both tables count from time zero, every dose is superposed as recorded. An
observation at the moment of a dose is taken to come after it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.exposure.compartment_curves import Dosing

Array = npt.NDArray[np.float64]
Clock = Literal["last dose", "time zero"]

HOURS_PER_MONTH = 24 * DAYS_PER_MONTH

ROUNDING = 1e-6
"""Share of an interval by which a time may fall short of a dose and still be at it: months are written with few digits."""


COLUMNS = ("start_h", "stop_h", "dose_mg", "interval_h", "duration_h")
NOTHING = (0.0, 0.0, 1.0, 1.0, 0.0)
"""A course not begun, as a row of `Dosing`."""


def courses_of(doses: pl.DataFrame, *, interval_h: float | None) -> pl.DataFrame:
    """Rows of doses as courses: patient, start_h, stop_h (infinite where open), dose_mg, interval_h (null: one dose), duration_h.

    A column `interval_h` of the doses goes before the argument, `time_h` (hours since time zero) before `time_months`, and `duration_h` is
    the length of an infusion. A course without an end lasts until the person's next row.

    Raises:
        TableError: a course without an interval, an interval or duration that cannot be, or an infusion longer than its interval.
    """
    named = doses.columns
    start = pl.col("time_h") if "time_h" in named else pl.col("time_months") * HOURS_PER_MONTH
    stop = pl.col("stop_months") * HOURS_PER_MONTH if "stop_months" in named else pl.lit(None, dtype=pl.Float64)
    interval = pl.col("interval_h") if "interval_h" in named else pl.lit(interval_h, dtype=pl.Float64)
    courses = doses.select(
        "patient",
        start.alias("start_h"),
        stop.alias("stop_h"),
        "dose_mg",
        interval.alias("interval_h"),
        (pl.col("duration_h").fill_null(0.0) if "duration_h" in named else pl.lit(0.0)).alias("duration_h"),
    ).sort("patient", "start_h", "dose_mg")
    _require_courses(courses)
    following = pl.col("start_h").shift(-1).over("patient")
    return courses.with_columns(stop_h=pl.min_horizontal("stop_h", following).fill_null(np.inf))


def _require_courses(courses: pl.DataFrame) -> None:
    faults = (
        (
            pl.col("stop_h").is_not_null() & pl.col("interval_h").is_null(),
            "a course with an end needs the interval between its doses",
        ),
        (~(pl.col("interval_h") > 0), "an interval between doses must be above 0"),
        (~(pl.col("duration_h") >= 0), "the duration of an infusion must not be negative"),
        (pl.col("duration_h") > pl.col("interval_h"), "an infusion lasts longer than the interval between doses"),
        (pl.col("stop_h") < pl.col("start_h"), "a course ends before it starts"),
    )
    for fault, says in faults:
        wrong = courses.filter(fault)
        if wrong.height:
            rows = [
                f"patient {row['patient']}, {row['dose_mg']:g} mg at {row['start_h']:g} h" for row in wrong.iter_rows(named=True)
            ]
            raise TableError(
                says, where="doses", rows=rows, do="give interval_h, as an argument or as a column of doses, or mend the rows"
            )


def dosing_at(points: pl.DataFrame, courses: pl.DataFrame, *, clock: Clock) -> Dosing:
    """Arrays (rows, C) for the rows of `points` (patient, time_h, and by the clock of the last dose perhaps time_months).

    Raises:
        TableError: by the clock of the last dose, a person with several doses and nothing that says which one was the last.
    """
    own = _courses_by_person(courses)
    people, times = points["patient"].to_list(), points["time_h"].to_numpy()
    if clock == "time zero":
        seen = [_begun(time, own[name]) for name, time in zip(people, times, strict=True)]
    elif "time_months" in points.columns:
        drawn = points["time_months"].to_numpy() * HOURS_PER_MONTH
        seen = [_in_force(since, time, own[name]) for name, since, time in zip(people, times, drawn, strict=True)]
    else:
        steady = {name: _only_course(name, own[name]) for name in set(people)}
        seen = [_with_since(steady[name], since) for name, since in zip(people, times, strict=True)]
    width = max(len(rows) for rows in seen)
    padded = np.tile(NOTHING, (len(seen), width, 1))
    for place, rows in zip(padded, seen, strict=True):
        place[: len(rows)] = rows
    return Dosing(*(padded[..., column] for column in range(len(NOTHING))))


def _courses_by_person(courses: pl.DataFrame) -> dict[str, Array]:
    """Rows of start, stop, dose, interval (not a number where there was one dose) and duration, by person; without doses of zero."""
    taken = courses.filter(pl.col("dose_mg") > 0)
    numbers = taken.select(pl.col(name).cast(pl.Float64).fill_null(np.nan) for name in COLUMNS).to_numpy()
    names = taken["patient"].to_numpy()
    return {name: numbers[names == name] for name in set(names)}


def _begun(time_h: float, courses: Array) -> Array:
    """The courses begun by a time since time zero, as rows of `Dosing`."""
    start, stop, dose, given, duration = courses[courses[:, 0] <= time_h + ROUNDING * np.nan_to_num(courses[:, 3], nan=1.0)].T
    once = np.isnan(given)
    interval = np.where(once, 1.0, given)
    ever = np.where(once, 1.0, np.maximum(np.ceil((stop - start) / interval - ROUNDING), 1.0))
    count = np.minimum(np.floor((time_h - start) / interval + ROUNDING) + 1, ever)
    since = np.maximum(time_h - start - (count - 1) * interval, 0.0)
    return np.stack([dose, since, interval, count, duration], axis=1)


def _in_force(since_h: float, time_h: float, courses: Array) -> Array:
    """The last course begun by the time of the last dose, with as many doses as there was time for."""
    return _with_since(_begun(max(time_h - since_h, 0.0), courses)[-1:], since_h)


def _only_course(person: str, courses: Array) -> Array:
    """A person's one dose, or one course at steady state, as a row of `Dosing` whose time since the last dose is not known yet."""
    distinct = np.unique(np.nan_to_num(courses[:, 2:], nan=-1.0), axis=0)
    if len(distinct) > 1:
        raise TableError(
            f"patient {person} took several doses, and nothing says after which a level was drawn",
            where="concentrations",
            do="add time_months to concentrations, or count both tables from time zero with clock='time zero'",
        )
    dose, interval, duration = distinct[0]
    once = interval < 0
    return np.array([[dose, np.nan, 1.0 if once else interval, 1.0 if once else np.inf, duration]])


def _with_since(rows: Array, since_h: float) -> Array:
    moved = rows.copy()
    moved[:, 1] = since_h
    return moved
