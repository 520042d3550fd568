"""Rules that hold for every source: what a study cannot hold is left out or emptied, on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from stallpoint.clean.rule import Rule
from stallpoint.core.draft import ROW, Tables, working_columns
from stallpoint.core.tables import ITEMS, TABLES

_DATED = ("visits", "events", "markers", "doses")
_AMOUNTS = {"markers": ("value", "unit"), "concentrations": ("value", "unit"), "doses": ("dose_mg",)}
_ASSESSED = (*ITEMS, "alsfrs_r", "fvc_percent")


def drop_without_patient(tables: Tables) -> Tables:
    """Rows that name nobody."""
    return {name: frame.filter(pl.col("patient").is_not_null()) for name, frame in tables.items()}


def drop_undated(tables: Tables) -> Tables:
    """Rows without a time."""
    return _dated(tables, pl.col("time_months").is_not_null())


def drop_before_time_zero(tables: Tables) -> Tables:
    """Rows dated before time zero, in tables that begin there."""
    return _dated(tables, (pl.col("time_months") >= 0) | pl.col("time_months").is_null())


def empty_out_of_range(tables: Tables) -> Tables:
    """Values that no person can have, by the limits that the study's tables declare, become missing."""
    return {name: frame.with_columns(_within_limits(name, frame)) for name, frame in tables.items() if name in TABLES}


def drop_repeated_rows(tables: Tables) -> Tables:
    """Rows that repeat another in every column."""
    return {name: _without_repeats(frame) for name, frame in tables.items()}


def drop_empty_visits(tables: Tables) -> Tables:
    """Visits at which nothing was measured."""
    return _in_table("visits", tables, lambda visits: visits.filter(_any_known(visits, _ASSESSED)))


def empty_conflicts(tables: Tables) -> Tables:
    """Two rows of one person and time that contradict each other: what they agree on stands, the rest is missing."""
    return _in_table("visits", tables, _merge_visits)


def drop_without_value(tables: Tables) -> Tables:
    """Measurements without a value or a unit, doses without an amount."""
    return {
        name: tables[name].filter(pl.all_horizontal(pl.col(needed).is_not_null()))
        for name, needed in _AMOUNTS.items()
        if name in tables
    }


def drop_unknown_people(tables: Tables) -> Tables:
    """Rows of people who are not in the table of people."""
    known = tables["patients"].select("patient").unique()
    return {
        name: frame.join(known, on="patient", how="semi", maintain_order="left")
        for name, frame in tables.items()
        if name != "patients"
    }


BEFORE = (
    Rule("rows_without_person", "the row says of nobody", drop_without_patient),
    Rule("repeated_rows", "the row repeats another in every column", drop_repeated_rows),
)
"""What comes before the rules of a format."""

CONFLICTING_VISITS = Rule(
    "conflicting_visits",
    "two rows of one person and day contradict each other, and nothing tells which is right",
    empty_conflicts,
)
"""For sources in which a person is assessed by one rater at a time."""

AFTER = (
    Rule("undated_rows", "it is not known when this was", drop_undated),
    Rule("before_time_zero", "it lies before time zero, where a study begins", drop_before_time_zero),
    Rule("impossible_values", "the value lies outside what this column can hold", empty_out_of_range),
    Rule("empty_visits", "nothing was measured at this visit", drop_empty_visits),
    Rule("measurements_without_value", "without a value, a unit or an amount it says nothing", drop_without_value),
    Rule("rows_of_unknown_people", "the person is not in the table of people", drop_unknown_people),
)
"""What comes after the rules of a format."""


def _in_table(name: str, tables: Tables, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Tables:
    return {name: change(tables[name])} if name in tables else {}


def _dated(tables: Tables, kept: pl.Expr) -> Tables:
    return {name: tables[name].filter(kept) for name in _DATED if name in tables and "time_months" in tables[name].columns}


def _within_limits(name: str, frame: pl.DataFrame) -> list[pl.Expr]:
    """For each declared column that may be empty: its value where all declared limits hold."""
    columns = TABLES[name].schema.columns
    return [
        pl.when(_holds(name, column)).then(pl.col(column)).alias(column)
        for column, declared in columns.items()
        if column in frame.columns and declared.checks and column not in ("time_months", "event")
    ]


def _holds(table: str, column: str) -> pl.Expr:
    held = pl.lit(value=True)
    for check in TABLES[table].schema.columns[column].checks:
        held = held & _COMPARISONS[str(check.name)](pl.col(column), check.statistics or {})
    return held


_COMPARISONS: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "greater_than": lambda value, limits: value > limits["min_value"],
    "greater_than_or_equal_to": lambda value, limits: value >= limits["min_value"],
    "in_range": lambda value, limits: value.is_between(limits["min_value"], limits["max_value"]),
    "isin": lambda value, limits: value.is_in(limits["allowed_values"]),
}
"""The checks that `core.tables` declares, as expressions."""


def _without_repeats(frame: pl.DataFrame) -> pl.DataFrame:
    columns = [name for name in frame.columns if name != ROW]
    return frame.unique(columns, keep="first", maintain_order=True)


def _any_known(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.Expr:
    extra = [name for name in frame.columns if name not in TABLES["visits"].dtypes and name not in working_columns(frame)]
    return pl.any_horizontal([pl.col(name).is_not_null() for name in (*columns, *extra) if name in frame.columns])


def _merge_visits(visits: pl.DataFrame) -> pl.DataFrame:
    """One row for each person and time: the first keeps its number."""
    key = ["patient", "time_months"]
    twice = pl.struct(key).is_duplicated()
    if not visits.select(twice.any()).item():
        return visits
    again = visits.filter(twice).sort(ROW)
    agreed = [_agreed(name) for name in visits.columns if name not in (*key, ROW)]
    merged = again.group_by(key, maintain_order=True).agg(pl.col(ROW).first(), *agreed).select(visits.columns)
    return pl.concat([visits.filter(~twice), merged]).sort(ROW)


def _agreed(name: str) -> pl.Expr:
    known = pl.col(name).drop_nulls()
    return pl.when(known.n_unique() == 1).then(known.first()).alias(name)
