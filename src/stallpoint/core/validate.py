"""Values against what their columns declare: pandera's failure cases as one message."""

from __future__ import annotations

import polars as pl
from pandera.errors import SchemaErrors

from stallpoint.core.coerce import describe_row
from stallpoint.core.errors import TableError
from stallpoint.core.tables import Table


def validate_table(table: Table, frame: pl.DataFrame, *, place: str) -> pl.DataFrame:
    """The same frame, once every declared column holds what it may hold.

    Raises:
        TableError: with the first offending rows of the first offending column, and the names of the others.
    """
    try:
        table.schema.validate(frame, lazy=True)
    except SchemaErrors as fault:
        raise _table_error(frame, fault.failure_cases, place) from None
    return frame


def _table_error(frame: pl.DataFrame, failures: pl.DataFrame, place: str) -> TableError:
    column = failures["column"][0]
    here = failures.filter(pl.col("column") == column)
    others = failures.filter(pl.col("column") != column)["column"].unique(maintain_order=True).to_list()
    rule = "is missing" if here["check"][0] == "not_nullable" else here["check"][0]
    return TableError(
        f"{here.height} value{'s' if here.height > 1 else ''}: {column} {rule}",
        where=f"{place}, column {column}",
        rows=[describe_row(frame, row, _shown(frame[column][row])) for row in here["index"]],
        do="correct these rows" + (f"; then look at {', '.join(others)} too" if others else ""),
    )


def _shown(value: str | float | bool | None) -> str:
    """`49.0` as a reader wrote it: `49`."""
    if isinstance(value, float):
        return f"{value:g}"
    return "empty" if value is None else str(value)
