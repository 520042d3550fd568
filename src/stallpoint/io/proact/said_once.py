"""Tables that should say a thing once for a person, and sometimes say it twice."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import CELLS


def take_unanimous(frame: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """One row for each key: what its rows agree on; null where they say different things."""
    rest = [name for name in frame.columns if name not in key]
    agreed = [
        pl.when(pl.col(name).drop_nulls().n_unique() == 1).then(pl.col(name).drop_nulls().first()).alias(name) for name in rest
    ]
    repeated = pl.struct(key).is_duplicated()
    merged = frame.filter(repeated).group_by(key).agg(agreed)
    return pl.concat([frame.filter(~repeated), merged.select(frame.columns)])


def list_conflicts(frame: pl.DataFrame, table: str, columns: list[str], *, key: list[str]) -> pl.DataFrame:
    """Cells on which the rows of one key differ, all that they say joined by bars; columns of `CELLS`, rows not yet numbered."""
    repeated = frame.filter(pl.struct(key).is_duplicated())
    parts = [pl.DataFrame(schema=CELLS)]
    for name in columns if repeated.height else ():
        said = repeated.group_by(key).agg(pl.col(name).drop_nulls().unique().sort().cast(pl.String))
        several = said.filter(pl.col(name).list.len() > 1)
        parts.append(
            several.select(
                table=pl.lit(table),
                row=pl.lit(None, dtype=pl.Int64),
                patient="patient",
                column=pl.lit(name.lstrip("_")),
                text=pl.col(name).list.join(" | "),
            )
        )
    return pl.concat(parts)
