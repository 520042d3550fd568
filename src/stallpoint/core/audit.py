"""What cleaning did: one row for each value that was changed and each row that was left out or added.

Changes are found by comparing tables before and after a rule, never by asking the rule, so the audit is complete: with the
tables as transcribed it rebuilds the cleaned ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from stallpoint.core.draft import ROW, WORKING, Tables

SCHEMA: dict[str, type[pl.DataType]] = {
    "step": pl.Int32,
    "rule": pl.String,
    "action": pl.String,
    "table": pl.String,
    "row": pl.Int64,
    "patient": pl.String,
    "column": pl.String,
    "before": pl.String,
    "after": pl.String,
    "why": pl.String,
}
"""Columns of an audit. `action` is change, drop or add; of a dropped row `before` is the row as JSON and `column` is null."""

_FOUND = ["action", "table", "row", "patient", "column", "before", "after"]


def find_changes(before: Tables, after: Tables) -> pl.DataFrame:
    """Every difference between tables, matched by `row`; columns action to after of `SCHEMA`.

    Rows are matched by their number; columns whose names begin with an underscore are not compared.
    """
    parts = [
        part
        for name, frame in after.items()
        if frame is not before.get(name)
        for part in _changes_of_table(name, before.get(name, frame.clear()), frame)
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema={name: SCHEMA[name] for name in _FOUND})


def replay_audit(tables: Tables, audit: pl.DataFrame, types: Mapping[str, Mapping[str, pl.DataType]]) -> dict[str, pl.DataFrame]:
    """The cleaned tables, from the transcribed ones and the audit alone.

    Args:
        tables: as transcribed, each with `row`.
        audit: columns as in `SCHEMA`.
        types: for each table, the type of each column that is wanted.
    """
    return {name: _replay_table(name, tables.get(name), audit, wanted) for name, wanted in types.items()}


def as_text(column: str) -> pl.Expr:
    """A column as text that reads back to the same value."""
    return pl.col(column).cast(pl.String)


def _changes_of_table(name: str, before: pl.DataFrame, after: pl.DataFrame) -> Iterable[pl.DataFrame]:
    compared = [column for column in after.columns if column != ROW and not column.startswith(WORKING)]
    if before[ROW].equals(after[ROW]):
        yield from _changed_cells(name, before, after, compared)
        return
    dropped = before.join(after, on=ROW, how="anti")
    if dropped.height:
        yield _describe(dropped, name, "drop", before=pl.struct(_known(dropped)).struct.json_encode())
    added = after.join(before, on=ROW, how="anti")
    for column in compared if added.height else ():
        yield _describe(added.filter(pl.col(column).is_not_null()), name, "add", column=column, after=as_text(column))
    both = after.join(before.select(ROW), on=ROW, how="semi", maintain_order="left")
    yield from _changed_cells(name, both.select(ROW).join(before, on=ROW, how="left", maintain_order="left"), both, compared)


def _changed_cells(name: str, old: pl.DataFrame, new: pl.DataFrame, columns: list[str]) -> Iterable[pl.DataFrame]:
    """Cells that differ between two frames with the same rows in the same order."""
    for column in columns:
        if column in old.columns and old[column].equals(new[column]):
            continue
        dtype = new[column].dtype
        was = old[column].cast(dtype) if column in old.columns else pl.Series(column, [None] * new.height, dtype)
        cells = new.with_columns(was.alias("_was")).filter(new[column].ne_missing(was))
        if cells.height:
            yield _describe(cells, name, "change", column=column, before=as_text("_was"), after=as_text(column))


def _describe(
    frame: pl.DataFrame,
    table: str,
    action: str,
    *,
    column: str | None = None,
    before: pl.Expr | None = None,
    after: pl.Expr | None = None,
) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    return frame.select(
        action=pl.lit(action),
        table=pl.lit(table),
        row=pl.col(ROW),
        patient=as_text("patient"),
        column=pl.lit(column, dtype=pl.String),
        before=nothing if before is None else before,
        after=nothing if after is None else after,
    )


def _known(frame: pl.DataFrame) -> list[str]:
    return [column for column in frame.columns if column != ROW and frame[column].null_count() < frame.height]


def _replay_table(name: str, frame: pl.DataFrame | None, audit: pl.DataFrame, wanted: Mapping[str, pl.DataType]) -> pl.DataFrame:
    mine = audit.filter(pl.col("table") == name).sort("step", maintain_order=True)
    known = pl.DataFrame(schema={ROW: pl.Int64}) if frame is None else frame
    added = mine.filter(pl.col("action") == "add").select(ROW).unique(maintain_order=True)
    dropped = mine.filter(pl.col("action") == "drop").select(ROW)
    rows = pl.concat([known, added.join(known, on=ROW, how="anti")], how="diagonal").join(
        dropped, on=ROW, how="anti", maintain_order="left"
    )
    last = mine.filter(pl.col("action") != "drop").unique(["row", "column"], keep="last", maintain_order=True)
    for column, dtype in wanted.items():
        cells = last.filter(pl.col("column") == column).select(ROW, _after="after", _said=pl.lit(True))
        if column not in rows.columns:
            rows = rows.with_columns(pl.lit(None, dtype=dtype).alias(column))
        joined = rows.join(cells, on=ROW, how="left", maintain_order="left")
        said = _from_text(joined["_after"], dtype)
        rows = joined.with_columns(
            pl.when(pl.col("_said").is_not_null()).then(said).otherwise(pl.col(column).cast(dtype)).alias(column)
        ).drop("_after", "_said")
    return rows.select(ROW, *wanted)


def _from_text(text: pl.Series, dtype: pl.DataType) -> pl.Series:
    return text.eq("true").set(text.is_null(), None) if dtype == pl.Boolean else text.cast(dtype)
