"""Days and times of a source to time since a day of the person's own."""

from __future__ import annotations

from collections.abc import Mapping as Frames
from dataclasses import dataclass, replace

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.core.mapping import FIRST_VISIT, TIME_ZERO, ColumnMapping
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.clinic_table.cells import is_date, read_cells

_IN_MONTHS = {"months": 1.0, "years": 1 / 12}


@dataclass(frozen=True)
class Clock:
    """For each person a day (since 1970) or, where the source has no dates, a time in months; columns `patient`, `start`."""

    starts: pl.DataFrame
    dated: bool


def start_clock(patients: pl.Series, column: ColumnMapping, raw: pl.DataFrame) -> Clock:
    """The earliest day or time of each person."""
    frame = pl.DataFrame({"patient": patients, "start": _in_months_or_days(column, raw)})
    return Clock(frame.group_by("patient").agg(pl.col("start").min()), is_date(column))


def time_on_clock(
    column: ColumnMapping, raw: pl.DataFrame, patients: pl.Series, clocks: Frames[str, Clock], where: str
) -> pl.Series:
    """Months or years, by the column's name, from or to what its `since` or `until` names.

    Raises:
        TableError: a calendar date against a time that counts from elsewhere.
    """
    here = _in_months_or_days(column, raw)
    reference = column.since or column.until
    if reference in (FIRST_VISIT, TIME_ZERO):
        clock = clocks[reference]
        if clock.dated != is_date(column):
            raise TableError(
                f"{column.column} and the {reference} are not both dates", where=where, do="give both as dates, or both as times"
            )
        there = pl.DataFrame({"patient": patients}).join(clock.starts, on="patient", how="left", maintain_order="left")["start"]
    else:
        there = _in_months_or_days(replace(column, sources=(reference,), wide="", value=None), raw)
    passed = here - there if column.since else there - here
    months = passed / DAYS_PER_MONTH if is_date(column) else passed
    return (months * _IN_MONTHS[column.measure]).alias(column.column)


def _in_months_or_days(column: ColumnMapping, raw: pl.DataFrame) -> pl.Series:
    as_months = replace(column, column="time_months", unit=column.unit or column.measure)
    return read_cells(raw, as_months, "visits").values
