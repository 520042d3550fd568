"""Courses of treatment from OMOP's drug exposures, where an amount in milligrams is on record."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import CELLS
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.calendar_dates import as_date
from stallpoint.io.dated import transcribe_dated
from stallpoint.io.transcribe import Taken, Transcribed, as_number
from stallpoint.io.unit_factors import factor_to


def take_doses(facts: pl.DataFrame) -> Transcribed:
    """Courses with a daily dose: quantity over days of supply, where the dose unit is one of mass.

    A quantity without a unit counts tablets, whose strength is not known here; such exposures make no dose.
    """
    found = facts.filter(pl.col("table") == "doses").with_columns(
        _mg=(_quantity() / _days() * factor_to("mg", pl.col("dose_unit"))).cast(pl.String), _stop=as_date(pl.col("stop"))
    )
    dosed = found.filter(pl.col("_mg").is_not_null()).with_columns(treatment="value")
    raw = dosed.sort("patient", "treatment", "when", "stop", "_mg", nulls_last=True)
    taken = [Taken("treatment", "treatment"), Taken("dose_mg", "_mg", "number"), Taken("route", "route")]
    done = transcribe_dated(raw, "doses", taken)
    stop_months = (raw["_stop"] - raw["zero"]).dt.total_days() / DAYS_PER_MONTH
    lost = raw.with_columns(done.frame["row"]).filter(pl.col("stop").is_not_null() & pl.col("_stop").is_null())
    unread = lost.select(table=pl.lit("doses"), row="row", patient="patient", column=pl.lit("stop_months"), text="stop")
    return Transcribed(done.frame.with_columns(stop_months=stop_months), pl.concat([done.unreadable, unread.cast(CELLS)]))  # type: ignore[arg-type]


def count_without_amount(facts: pl.DataFrame) -> tuple[str, ...]:
    """A note on exposures that name a treatment and no amount."""
    found = facts.filter(pl.col("table") == "doses")
    without = found.filter((_quantity() / _days() * factor_to("mg", pl.col("dose_unit"))).is_null())
    counts = without.group_by("value").len().sort("value").iter_rows()
    said = ", ".join(f"{treatment} {n:,}" for treatment, n in counts)
    return (f"drug exposures without an amount in mg, so without a dose: {said}",) if said else ()


def took_riluzole(facts: pl.DataFrame) -> pl.DataFrame:
    """The columns `patient` and `riluzole`, true for people on riluzole at time zero.

    An exposure covers time zero where it began by then and did not end before. An end that equals the start is a filler, unless
    `verbatim_end_date` says it too. Nobody is said not to take it: a record without an exposure does not tell.
    """
    stop = pl.coalesce(as_date(pl.col("said_stop")), as_date(pl.col("stop")))
    filler = pl.col("said_stop").is_null() & (stop == pl.col("date"))
    covers = (pl.col("date") <= pl.col("zero")) & (stop.is_null() | filler | (stop >= pl.col("zero"))).fill_null(value=True)
    taking = facts.filter(pl.col("table") == "doses", pl.col("value") == "riluzole", covers)
    return taking.select("patient", riluzole=pl.lit(value=True)).unique().sort("patient")


def _quantity() -> pl.Expr:
    number = as_number(pl.col("quantity"))
    return pl.when(number > 0).then(number)


def _days() -> pl.Expr:
    number = as_number(pl.col("days_supply"))
    return pl.when(number > 0).then(number)
