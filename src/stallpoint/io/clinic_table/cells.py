"""Cells of a source's column to values of a study's, and the cells that came to nothing."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stallpoint.core.coerce import vocabulary
from stallpoint.core.mapping import UNITS, ColumnMapping
from stallpoint.core.tables import TABLES
from stallpoint.io.clinic_table.dates import as_days
from stallpoint.io.transcribe import NO, YES, as_number, said

_THOUSANDS = r"^-?\d{1,3}(\.\d{3})+$"


@dataclass(frozen=True)
class Cells:
    """The values of a column, and the text they were read from; null where the source says nothing."""

    values: pl.Series
    text: pl.Series


def read_cells(raw: pl.DataFrame, column: ColumnMapping, table: str) -> Cells:
    """The column as numbers, words, truth or text, in the study's unit; dates as days since 1970 (see `is_date`).

    Args:
        raw: all cells as text.
        column: whose sources are columns of `raw`.
        table: the study's table, whose declaration says what the column holds.
    """
    text = raw.select(_text(column).alias("text")).to_series()
    value = _value(column, table, pl.col("text"))
    return Cells(pl.DataFrame({"text": text}).select(value.alias(column.column)).to_series(), text)


def is_date(column: ColumnMapping) -> bool:
    """Whether cells are days in the calendar rather than times."""
    return bool(column.date or column.serials)


def known_text(column: ColumnMapping, source: str) -> pl.Expr:
    """What a cell says; null where it says that nothing is known."""
    text = pl.col(source).cast(pl.String).str.strip_chars()
    coded = text.str.to_lowercase().is_in(column.missing) | _plain(text).is_in(column.missing)
    return pl.when(said(text) & ~coded).then(text)


def _text(column: ColumnMapping) -> pl.Expr:
    if column.value is not None:
        return pl.repeat(column.value, pl.len(), dtype=pl.String)
    return pl.coalesce([known_text(column, source) for source in ((column.wide,) if column.wide else column.sources)])


def _value(column: ColumnMapping, table: str, text: pl.Expr) -> pl.Expr:
    dtype = TABLES[table].dtypes.get(column.column) if table in TABLES else None
    if column.words:
        text = _plain(text).replace_strict(dict(column.words), default=None, return_dtype=pl.String)
    if is_date(column):
        return as_days(text, pattern=column.date, serials=column.serials)
    if dtype == pl.Boolean:
        lower = text.str.to_lowercase()
        return pl.when(lower.is_in(YES)).then(statement=True).when(lower.is_in(NO)).then(statement=False)
    if dtype == pl.Float64 or column.unit or column.decimal == ",":
        return _number(column, text)
    words = vocabulary(TABLES[table], column.column) if dtype is not None else ()
    lower = text.str.to_lowercase()
    return pl.when(lower.is_in(words)).then(lower) if words else text


def _number(column: ColumnMapping, text: pl.Expr) -> pl.Expr:
    factor = UNITS.get(column.measure, {}).get(column.unit, 1.0)
    if column.decimal == ",":
        text = pl.when(~text.str.contains(_THOUSANDS)).then(text)
        grouped = text.str.contains(r"^-?\d{1,3}(\.\d{3})+,\d+$")
        text = (
            pl.when(grouped).then(text.str.replace_all(".", "", literal=True)).otherwise(text).str.replace(",", ".", literal=True)
        )
    return as_number(text) * factor


def _plain(text: pl.Expr) -> pl.Expr:
    """Lower case, and 1.0, which a spreadsheet made of 1, as 1."""
    return text.str.to_lowercase().str.replace(r"^(-?\d+)\.0+$", "$1")
