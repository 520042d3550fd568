"""The reference page of the study format, written from the declarations of the tables."""

from __future__ import annotations

from typing import Any

import polars as pl

from stallpoint.core.tables import TABLES, Table

_TYPES = {pl.Float64: "number", pl.Boolean: "true or false", pl.String: "text"}

_INTRODUCTION = """\
# The study format

A study is a folder with a file `study.toml` and tables as CSV or Parquet, by default in its `data` folder and named after the
table: `data/patients.csv`, `data/visits.csv`. A study needs `patients` and `visits`; other tables may be left out.
Without a `visits` table it needs `events`: survival can then be described, function cannot.

- Column names are exact. A name that nearly matches a declared one is an error, so that no column is overlooked.
- CSV files are UTF-8, separated by commas, with a header; decimals have a point.
- Empty cells, `NA`, `N/A`, `NaN`, `null` and `.` are missing values. Missing is never taken for normal.
- True or false is `true`, `yes`, `1` or `false`, `no`, `0`. Words from a list may be in upper or lower case.
- Times are months since time zero: randomisation, or the first visit where nobody was randomised. A month is 365.25/12 days.
- Any further column is kept. In `patients` it can be used as a stratum or a modifier.

This page is written by `stallpoint.core.reference` from the same declarations that check the tables.
"""


def render_study_format() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_INTRODUCTION, *(_render_table(table) for table in TABLES.values())])


def example_rows(table: Table) -> dict[str, str]:
    """One row as it would stand in a CSV file: column to text."""
    return {name: (column.metadata or {}).get("example", "") for name, column in table.schema.columns.items()}


def _render_table(table: Table) -> str:
    rows = [_render_column(table, name) for name in table.schema.columns]
    example = example_rows(table)
    return "\n".join(
        [
            f"## {table.name}",
            "",
            f"A row is {table.row_is}.",
            "",
            "| column | type | needed | what it is | allowed |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            "",
            "```csv",
            ",".join(example),
            ",".join(example.values()),
            "```",
            "",
        ]
    )


def _render_column(table: Table, name: str) -> str:
    column = table.schema.columns[name]
    needed = "yes" if name in table.needed else ""
    return f"| `{name}` | {_TYPES[table.dtypes[name]]} | {needed} | {column.description} | {_render_rules(column)} |"


def _render_rules(column: Any) -> str:
    return "; ".join(check.error for check in column.checks)
