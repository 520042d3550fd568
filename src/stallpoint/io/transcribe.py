"""Columns of a source to columns of a study: renamed, in the study's units, nothing changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from stallpoint.core.draft import CELLS, ROW, number_rows
from stallpoint.core.months import DAYS_PER_MONTH

Kind = Literal["text", "number", "days to months", "word", "yes or no"]

YES = ("yes", "y", "true", "1", "1.0")
NO = ("no", "n", "false", "0", "0.0")
MISSING = ("na", "n/a", "nan", "null", ".", "missing", "nd", "not done", "unknown", "none", "-", "")
"""Text that means no value, in lower case."""


@dataclass(frozen=True)
class Taken:
    """A column of the study and the column of the source it is taken from.

    `kind`: text as it stands; a number; days, given as months; a word, translated by `words` (lower case on the left); yes or no.
    `factor` multiplies numbers, as in years to months.
    """

    column: str
    source: str
    kind: Kind = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    factor: float = 1.0


@dataclass(frozen=True)
class Transcribed:
    """A draft table, and the cells that could not be what they were to be (columns of `core.draft.CELLS`)."""

    frame: pl.DataFrame
    unreadable: pl.DataFrame


def transcribe(raw: pl.DataFrame, table: str, patient: str, taken: Sequence[Taken]) -> Transcribed:
    """The table with `row`, `patient` and the columns that the source has; absent ones are left out.

    Args:
        raw: all cells as text, empty ones null.
        table: the name to use in the list of unreadable cells.
        patient: the source's column of identifiers.
        taken: what to take; a source column may serve twice.
    """
    present = [each for each in taken if each.source in raw.columns]
    numbered = number_rows(raw)
    frame = numbered.select(
        ROW, clean_identifier(patient).alias("patient"), *(_value(each).alias(each.column) for each in present)
    )
    lost = [_lost(numbered, frame, table, each) for each in present if each.kind != "text"]
    return Transcribed(frame, pl.concat([pl.DataFrame(schema=CELLS), *lost]))


def clean_identifier(column: str) -> pl.Expr:
    """Identifiers as text: 123.0, which a spreadsheet made of 123, is 123; leading zeros stay."""
    return pl.col(column).cast(pl.String).str.strip_chars().str.replace(r"^(\d+)\.0+$", "$1")


def as_number(text: pl.Expr) -> pl.Expr:
    """Text as a finite number, null where it is none."""
    number = text.str.strip_chars().cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def said(text: pl.Expr) -> pl.Expr:
    """True where text says something, false where it is empty or a way of writing that nothing is known."""
    return text.is_not_null() & ~text.str.strip_chars().str.to_lowercase().is_in(MISSING)


def _value(taken: Taken) -> pl.Expr:
    text = pl.col(taken.source)
    lower = text.str.strip_chars().str.to_lowercase()
    if taken.kind == "number":
        return as_number(text) * taken.factor
    if taken.kind == "days to months":
        return as_number(text) / DAYS_PER_MONTH
    if taken.kind == "yes or no":
        return pl.when(lower.is_in(YES)).then(statement=True).when(lower.is_in(NO)).then(statement=False)
    if taken.kind == "word":
        return lower.replace_strict(dict(taken.words), default=None, return_dtype=pl.String)
    return pl.when(said(text)).then(text)


def _lost(raw: pl.DataFrame, frame: pl.DataFrame, table: str, taken: Taken) -> pl.DataFrame:
    """Cells that say something and came to nothing."""
    text = raw[taken.source]
    empty = frame[taken.column].is_null()
    if not (empty & text.is_not_null()).any():
        return pl.DataFrame(schema=CELLS)
    cells = frame.select(ROW, "patient", text=text).filter(empty & pl.Series(raw.select(said(pl.col(taken.source))).to_series()))
    return cells.select(table=pl.lit(table), row=ROW, patient="patient", column=pl.lit(taken.column), text="text")
