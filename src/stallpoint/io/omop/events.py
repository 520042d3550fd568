"""Deaths, tracheostomy, ventilation and the end of observation from OMOP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from stallpoint.io.calendar_dates import as_date
from stallpoint.io.dated import MOMENT, transcribe_dated
from stallpoint.io.omop.facts import place_in_time
from stallpoint.io.terms import Term, clean_code, match_terms, of_domain
from stallpoint.io.transcribe import Taken, Transcribed, clean_identifier

_DATES = {"death": ("death", "death_date"), "observation_period": ("end", "observation_period_end_date")}


def take_events(
    facts: pl.DataFrame, tables: Mapping[str, pl.DataFrame], zero: pl.DataFrame, terms: Sequence[Term]
) -> Transcribed:
    """Events. A condition or procedure on record happened; an observation happened unless its value says no.

    By OMOP's convention an observation without a value asserts what its concept says.
    """
    happened = _unless_denied(facts.filter(pl.col("table") == "events"), terms)
    columns = ["patient", "event", *MOMENT]
    parts = [happened.with_columns(event="value").select(columns)]
    parts += [_of_table(tables[name], *what, zero).select(columns) for name, what in _DATES.items() if name in tables]
    raw = pl.concat(parts).sort("patient", "event", "when", nulls_last=True)
    return transcribe_dated(raw, "events", [Taken("event", "event")])


def _of_table(table: pl.DataFrame, event: str, column: str, zero: pl.DataFrame) -> pl.DataFrame:
    start = pl.col(column) if column in table.columns else pl.lit(None, dtype=pl.String)
    dated = table.select(clean_identifier("person_id").alias("patient"), start=start, event=pl.lit(event))
    return place_in_time(dated.with_columns(date=as_date(pl.col("start"))), zero)


def _unless_denied(events: pl.DataFrame, terms: Sequence[Term]) -> pl.DataFrame:
    told = events.select(code=clean_code("value_code"), words=pl.coalesce("words", "number"))
    answer = match_terms(told, of_domain(terms, "value"), codes=("code",), texts=("words",))["value"]
    silent = told.select(pl.all_horizontal(pl.all().is_null())).to_series()
    return events.filter(silent | (answer == "present").fill_null(value=False))
