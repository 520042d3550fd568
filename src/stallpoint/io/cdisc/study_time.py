"""Time zero of each person, and dates and study days as days since then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from stallpoint.io.calendar_dates import as_sas_date
from stallpoint.io.transcribe import as_number


@dataclass(frozen=True)
class TimeZero:
    """`people` has `patient`, `zero` (a date, null where unknown) and `shift`, days from time zero to study day 1."""

    people: pl.DataFrame
    note: str


def choose_time_zero(people: pl.DataFrame, candidates: Mapping[str, str], *, day_one: str) -> TimeZero:
    """The date that is known for most people, of those as often known the first.

    Where a person has no such date, study day 1 is time zero.

    Args:
        people: `patient` and text columns of dates.
        candidates: what to call a date in the note, by its column, in the order of preference.
        day_one: the column of the date that study days are counted from.
    """
    dates = people.select("patient", *(as_sas_date(pl.col(column)).alias(column) for column in candidates))
    known = {column: dates[column].count() for column in candidates}
    chosen = max(candidates, key=lambda column: known[column])
    zero = pl.col(chosen)
    reference = pl.col(day_one) if day_one in candidates else pl.lit(None, dtype=pl.Date)
    shift = pl.lit(0.0) if chosen == day_one else pl.when(zero.is_null()).then(0.0).otherwise((reference - zero).dt.total_days())
    frame = dates.select("patient", zero=zero, shift=shift.cast(pl.Float64)).unique("patient", keep="first", maintain_order=True)
    if known[chosen] == 0:
        return TimeZero(frame, "time zero is study day 1: no date of randomisation or first treatment is given to the day")
    return TimeZero(
        frame,
        f"time zero is {candidates[chosen]}, known to the day for {known[chosen]:,} of {people.height:,} people; "
        "study day 1 for the others",
    )


def place_in_time(rows: pl.DataFrame, time_zero: TimeZero, *, date: str, day: str) -> pl.DataFrame:
    """Rows with the columns `when`, `days` and `readable` of `io.dated`, and `zero` and `shift` of the person.

    A date known to the day goes before the study day. There is no study day 0: day 1 is the reference date, day -1 the day before.

    Args:
        rows: with `patient` and text columns.
        time_zero: of each person.
        date: column of dates, ISO 8601, perhaps partial, or SAS dates.
        day: column of study days.
    """
    known = rows.join(time_zero.people, on="patient", how="left", maintain_order="left")
    dated = known.with_columns(_date=as_sas_date(pl.col(date)), _day=as_number(pl.col(day)))
    offset = pl.when(pl.col("_day") > 0).then(pl.col("_day") - 1).when(pl.col("_day") < 0).then(pl.col("_day"))
    said_day = pl.when(pl.col(day).is_not_null()).then("day " + pl.col(day).str.replace(r"\.0+$", ""))
    days = pl.coalesce((pl.col("_date") - pl.col("zero")).dt.total_days().cast(pl.Float64), pl.col("shift") + offset)
    return dated.with_columns(
        when=pl.coalesce(pl.col("_date").cast(pl.String), pl.when(offset.is_not_null()).then(said_day), date, said_day),
        days=days,
        readable=pl.col("_date").is_not_null() | offset.is_not_null(),
    ).drop("_date", "_day")
