"""Doses from EX, in milligrams."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import CELLS
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.cdisc.datasets import first_of
from stallpoint.io.cdisc.study_time import TimeZero, place_in_time
from stallpoint.io.dated import transcribe_dated, unreadable_dates
from stallpoint.io.transcribe import Taken, Transcribed
from stallpoint.io.unit_factors import in_unit


def take_doses(ex: pl.DataFrame, time_zero: TimeZero) -> Transcribed:
    """One row for each dose or course. Doses in anything but g, mg or ug are unreadable; how often they were taken is not kept."""
    rows = ex.select(
        "patient",
        treatment=first_of(ex, "EXTRT"),
        mg=in_unit(first_of(ex, "EXDOSE"), first_of(ex, "EXDOSU"), "mg"),
        route=first_of(ex, "EXROUTE"),
        start=first_of(ex, "EXSTDTC"),
        start_day=first_of(ex, "EXSTDY"),
        stop=first_of(ex, "EXENDTC"),
        stop_day=first_of(ex, "EXENDY"),
    )
    ends = place_in_time(rows.select("patient", "stop", "stop_day"), time_zero, date="stop", day="stop_day")
    placed = place_in_time(rows, time_zero, date="start", day="start_day").with_columns(
        stop_days=ends["days"], stop_when=ends["when"], stop_readable=ends["readable"]
    )
    raw = placed.sort("patient", "treatment", "when", "stop_when", "mg", nulls_last=True)
    taken = [Taken("treatment", "treatment"), Taken("dose_mg", "mg", "number"), Taken("route", "route")]
    done = transcribe_dated(raw, "doses", taken)
    lost = unreadable_dates(raw.with_columns(done.frame["row"]), "doses", "stop_months", "stop_when", readable="stop_readable")
    frame = done.frame.with_columns(stop_months=raw["stop_days"] / DAYS_PER_MONTH)
    return Transcribed(frame, pl.concat([done.unreadable, lost.cast(CELLS)]))  # type: ignore[arg-type]
