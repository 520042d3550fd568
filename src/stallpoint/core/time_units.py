"""Days among months: times that are about 30.4 times what they should be.

A table is only refused where it is convincing: no ALS study follows people for twenty years, sees them every twenty
months, or sees one of them fifteen times less often than the rest and for twice as long.
"""

from __future__ import annotations

import polars as pl

from stallpoint.core.coerce import describe_row
from stallpoint.core.consistency import Frames, Places
from stallpoint.core.errors import TableError
from stallpoint.core.months import DAYS_PER_MONTH

LONGEST_STUDY_MONTHS = 240.0
LONGEST_DISEASE_MONTHS = 600.0
RAREST_VISITS_MONTHS = 20.0
LIKE_DAYS = (DAYS_PER_MONTH / 2, DAYS_PER_MONTH * 2)
"""Ratios between times that speak for days among months."""

_TIMED = ("visits", "events", "markers", "doses")


def require_months(frames: Frames, places: Places) -> None:
    """Times are months in every table and for every person.

    Raises:
        TableError: with the rows that look like days.
    """
    for name in _TIMED:
        _require_below(frames[name], "time_months", LONGEST_STUDY_MONTHS, places[name])
    for column in ("onset_months", "diagnosis_months"):
        if column in frames["patients"].columns:
            _require_below(frames["patients"], column, LONGEST_DISEASE_MONTHS, places["patients"])
    _require_months_between_visits(frames["visits"], places["visits"])
    for name in _TIMED[1:]:
        _require_same_clock(frames[name], frames["visits"], places[name], places["visits"])


def _require_below(frame: pl.DataFrame, column: str, limit: float, place: str) -> None:
    _refuse(frame, frame[column] > limit, column, place, f"beyond {limit:g} months")


def _require_months_between_visits(visits: pl.DataFrame, place: str) -> None:
    people = _gaps(visits)
    usual = people["gap"].median()
    if not isinstance(usual, float):
        return
    if usual >= RAREST_VISITS_MONTHS:
        _refuse(visits, visits["time_months"] > 0, "time_months", place, f"with typically {usual:g} between visits")
    low, high = (ratio * usual for ratio in LIKE_DAYS)
    rarely_seen = (people["gap"] >= max(low, 14.0)) & (people["gap"] <= high)
    longest = people.filter(~rarely_seen)["last"].max() or 0.0
    suspects = people.filter(rarely_seen & (people["last"] > 2 * float(longest)))["patient"]  # type: ignore[arg-type]
    _refuse(
        visits,
        visits["patient"].is_in(suspects.implode()) & (visits["time_months"] > 0),
        "time_months",
        place,
        f"about {DAYS_PER_MONTH:.3g} times those of the other people",
    )


def _gaps(visits: pl.DataFrame) -> pl.DataFrame:
    """For each person with two visits or more: the shortest time between them, and the last of them."""
    times = visits.select("patient", "time_months").unique().sort("patient", "time_months")
    gap = pl.col("time_months").diff().over("patient")
    return (
        times.with_columns(gap=gap)
        .group_by("patient")
        .agg(pl.col("gap").min(), last=pl.col("time_months").max())
        .drop_nulls("gap")
    )


def _require_same_clock(frame: pl.DataFrame, visits: pl.DataFrame, place: str, visits_place: str) -> None:
    """Times of another table against the visits: refused where typically fifteen to sixty times a person's follow-up."""
    later = frame.filter(pl.col("time_months") > 0)["time_months"].median()
    followed = visits.group_by("patient").agg(pl.col("time_months").max())["time_months"].median()
    if not isinstance(later, float) or not isinstance(followed, float) or followed <= 0:
        return
    if LIKE_DAYS[0] <= later / followed <= LIKE_DAYS[1]:
        _refuse(
            frame, frame["time_months"] > 0, "time_months", place, f"about {later / followed:.3g} times those in {visits_place}"
        )


def _refuse(frame: pl.DataFrame, suspicious: pl.Series, column: str, place: str, how: str) -> None:
    rows = suspicious.fill_null(False).arg_true().to_list()
    if rows:
        raise TableError(
            f"times {how}: they look like days among months",
            where=f"{place}, column {column}",
            rows=[describe_row(frame, row, f"{frame[column][row]:g}") for row in rows],
            do=f"give months: divide days by {DAYS_PER_MONTH}",
        )
