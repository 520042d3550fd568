"""A row per person with a column per visit to a row per visit."""

from __future__ import annotations

import re

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.core.mapping import UNITS, TableMapping
from stallpoint.core.nearest import ask_nearest

PLACE_HOLDER = re.compile(r"\{(\w+)\}")


def to_long(raw: pl.DataFrame, block: TableMapping) -> pl.DataFrame:
    """The rows once for each label that stands at a place holder; each pattern and each place holder becomes a column of that name.

    Raises:
        TableError: a pattern that fits no column, or an unknown place holder.
    """
    patterns = {column.wide for column in block.columns if column.wide}
    if not patterns:
        return raw
    found = {pattern: _columns_of(raw, pattern, block.where) for pattern in sorted(patterns)}
    labels = sorted({(_holder(pattern), label) for pattern, columns in found.items() for label in columns})
    parts = [_at(raw, holder, label, found) for holder, label in labels]
    return pl.concat(parts, how="diagonal")


def holder_of(block: TableMapping) -> str | None:
    """The unit of time that the place holder of a block stands for; None where it is no unit or there is none."""
    holders = {_holder(column.wide) for column in block.columns if column.wide}
    return next((holder for holder in holders if holder in UNITS["months"]), None)


def _holder(pattern: str) -> str:
    match = PLACE_HOLDER.search(pattern)
    return match.group(1) if match else ""


def _columns_of(raw: pl.DataFrame, pattern: str, where: str) -> dict[str, str]:
    holder = _holder(pattern)
    if holder not in (*UNITS["months"], "visit"):
        raise TableError(f"{{{holder}}} is no place holder", where=where, do=ask_nearest(holder, (*UNITS["months"], "visit")))
    number = r"(-?\d+(?:\.\d+)?)" if holder != "visit" else "(.+)"
    before, after = pattern.split(f"{{{holder}}}")
    form = re.compile(f"^{re.escape(before)}{number}{re.escape(after)}$")
    columns = {match.group(1): name for name in raw.columns if (match := form.match(name))}
    if not columns:
        raise TableError(
            f"no column fits {pattern}", where=where, rows=[f"columns found: {', '.join(raw.columns)}"], do="correct it"
        )
    return columns


def _at(raw: pl.DataFrame, holder: str, label: str, found: dict[str, dict[str, str]]) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    cells = [(pl.col(columns[label]) if label in columns else nothing).alias(pattern) for pattern, columns in found.items()]
    return raw.with_columns(*cells, pl.lit(label).alias(f"{{{holder}}}"))
