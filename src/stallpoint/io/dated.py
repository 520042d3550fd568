"""Transcribed tables with a time: months since time zero beside the columns taken."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stallpoint.core.draft import CELLS, ROW
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.transcribe import Taken, Transcribed, said, transcribe

MOMENT = {"when": pl.String, "days": pl.Float64, "readable": pl.Boolean}
"""Columns of a dated raw table: the date as it is written, days since time zero (null where either is unknown), and whether the date
could be read."""


def transcribe_dated(raw: pl.DataFrame, table: str, taken: Sequence[Taken], *, working: Sequence[str] = ()) -> Transcribed:
    """As `transcribe`, with `time_months`; dates that could not be read are among the unreadable cells.

    Args:
        raw: text columns, `patient` and those of `MOMENT`.
        table: name of the study's table.
        taken: what to take.
        working: columns that are kept as they are, for the rules; their names begin with an underscore.
    """
    done = transcribe(raw, table, "patient", taken)
    frame = done.frame.with_columns(time_months=raw["days"] / DAYS_PER_MONTH).with_columns(raw[name] for name in working)
    order = [ROW, "patient", "time_months"]
    lost = unreadable_dates(raw.with_columns(frame[ROW]), table, "time_months", "when")
    return Transcribed(frame.select(*order, pl.exclude(order)), pl.concat([lost, done.unreadable]))


def unreadable_dates(raw: pl.DataFrame, table: str, column: str, text: str, *, readable: str = "readable") -> pl.DataFrame:
    """The cells of a date column that say something which is no date. The columns are those of `core.draft.CELLS`."""
    lost = raw.filter(said(pl.col(text)) & ~pl.col(readable))
    return lost.select(
        table=pl.lit(table), row=ROW, patient="patient", column=pl.lit(column), text=pl.col(text).cast(pl.String)
    ).cast(CELLS)  # type: ignore[arg-type]
