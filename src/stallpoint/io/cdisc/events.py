"""Events from DM, DS and ADTTE."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.calendar_dates import as_sas_date
from stallpoint.io.cdisc.datasets import first_of
from stallpoint.io.cdisc.study_time import TimeZero, place_in_time
from stallpoint.io.dated import MOMENT, transcribe_dated
from stallpoint.io.terms import Term, match_terms, of_domain
from stallpoint.io.transcribe import Taken, Transcribed, as_number

COLUMNS = ("patient", "event", *MOMENT)

_TREATMENT_ONLY = "treatment|study drug|dosing|medication"
_DAYS = {"day": 1.0, "week": 7.0, "month": DAYS_PER_MONTH, "year": 365.25}


def take_events(parts: Sequence[pl.DataFrame]) -> Transcribed:
    """The table of events from parts with `COLUMNS`."""
    raw = pl.concat([part.select(COLUMNS) for part in parts]).sort("patient", "event", "when", nulls_last=True)
    return transcribe_dated(raw, "events", [Taken("event", "event")])


def dated_events(subjects: pl.DataFrame, event: str, columns: tuple[str, ...], time_zero: TimeZero) -> pl.DataFrame:
    """An event at a date that a table of subjects holds, of those who have it."""
    rows = subjects.select("patient", date=first_of(subjects, *columns), day=pl.lit(None, dtype=pl.String), event=pl.lit(event))
    return place_in_time(rows.drop_nulls("date"), time_zero, date="date", day="day")


def dispositions(ds: pl.DataFrame, terms: Sequence[Term], time_zero: TimeZero) -> pl.DataFrame:
    """Rows of DS with what each means; `event` is null for what is no event of a study.

    Leaving the treatment is not leaving the study: rows whose subcategory speaks of treatment count only where they tell of death.
    """
    rows = ds.select(
        "patient",
        code=first_of(ds, "DSDECOD"),
        text=first_of(ds, "DSTERM"),
        category=first_of(ds, "DSCAT"),
        scope=first_of(ds, "DSSCAT"),
        date=first_of(ds, "DSSTDTC", "DSDTC"),
        day=first_of(ds, "DSSTDY", "DSDY"),
    )
    meant = match_terms(rows, of_domain(terms, "disposition"), codes=("code",), texts=("text",))
    of_study = pl.col("category").str.to_uppercase().str.contains("DISPOSITION").fill_null(value=True)
    of_treatment = pl.col("scope").str.to_lowercase().str.contains(_TREATMENT_ONLY).fill_null(value=False)
    counts = of_study & (~of_treatment | (pl.col("value") == "death")) & (pl.col("table") == "events")
    placed = place_in_time(meant.with_columns(event=pl.when(counts).then("value")), time_zero, date="date", day="day")
    return placed.with_columns(table=pl.when(pl.col("event").is_not_null()).then("table"))


def times_to_event(adtte: pl.DataFrame, terms: Sequence[Term], time_zero: TimeZero) -> pl.DataFrame:
    """Rows of ADTTE: the event where CNSR is 0, by its description or its parameter; the end of observation where it is not.

    The date ADT goes first; else AVAL counts from STARTDT, or from time zero, in the unit that AVALU or the parameter names.
    """
    rows = adtte.select(
        "patient",
        code=first_of(adtte, "PARAMCD"),
        text=first_of(adtte, "PARAM", "PARAMCD"),
        description=first_of(adtte, "EVNTDESC"),
        censored=as_number(first_of(adtte, "CNSR")),
        date=first_of(adtte, "ADT"),
        day=pl.lit(None, dtype=pl.String),
        start=as_sas_date(first_of(adtte, "STARTDT")),
        elapsed=_days_of_value(adtte),
    )
    meant = match_terms(rows, of_domain(terms, "time to event"), codes=("code",), texts=("text",))
    described = match_terms(rows.select("description"), of_domain(terms, "description"), codes=(), texts=("description",))
    kind = pl.coalesce(_word(described["value"]), _word(pl.col("value")))
    event = pl.when(pl.col("censored") == 0).then(kind).when(pl.col("censored") > 0).then(pl.lit("end"))
    known = meant.with_columns(event=pl.when(pl.col("table").is_not_null()).then(event))
    placed = place_in_time(known, time_zero, date="date", day="day").with_columns(
        table=pl.when(pl.col("event").is_not_null()).then("table")
    )
    return _with_elapsed(placed)


def _with_elapsed(placed: pl.DataFrame) -> pl.DataFrame:
    since_zero = (pl.col("start") - pl.col("zero")).dt.total_days().fill_null(0) + pl.col("elapsed")
    return placed.with_columns(
        days=pl.coalesce("days", since_zero),
        when=pl.coalesce("when", pl.col("elapsed").cast(pl.String) + " days"),
        readable=pl.col("readable") | pl.col("elapsed").is_not_null(),
    )


def _word(value: pl.Expr | pl.Series) -> pl.Expr:
    column = pl.lit(value) if isinstance(value, pl.Series) else value
    return pl.when(column != "").then(column)


def _days_of_value(adtte: pl.DataFrame) -> pl.Expr:
    named = first_of(adtte, "AVALU", "PARAM").str.to_lowercase()
    unit = named.str.extract(r"\b(day|week|month|year)s?\b").replace_strict(_DAYS, default=None, return_dtype=pl.Float64)
    return as_number(first_of(adtte, "AVAL")) * unit
