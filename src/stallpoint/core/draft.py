"""Tables as a source held them, on their way to a study: transcribed, not yet cleaned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

ROW = "row"
"""Column that numbers the rows of a draft table; it stays with a row whatever is done to it."""

WORKING = "_"
"""Columns whose names begin so serve the cleaning and are not written to the study."""

Tables = Mapping[str, pl.DataFrame]

CELLS = {"table": pl.String, "row": pl.Int64, "patient": pl.String, "column": pl.String, "text": pl.String}


@dataclass(frozen=True)
class Draft:
    """What was read from a source, in the words and units of a study.

    `tables` maps names of `core.tables` to frames with the columns `row` and `patient`. `beside` holds tables that a study does not
    know, in the source's own words. `unreadable` lists cells that were to be numbers or words of a list and are not, `conflicting` those
    of which a source that should say a thing once says several (joined by bars); both are empty in `tables`. `not_randomised` is the
    reason why a contrast of arms is no treatment effect, empty where people were randomised. `notices` are sentences that every report on
    these data repeats; `notes` say what had to be found out to read the files.
    """

    tables: Tables
    beside: Tables = field(default_factory=dict)
    unreadable: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CELLS))
    conflicting: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CELLS))
    not_randomised: str = ""
    notices: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def number_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its rows numbered from 1."""
    return frame.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW), pl.all())


def working_columns(frame: pl.DataFrame) -> list[str]:
    """Columns that are not written to the study."""
    return [name for name in frame.columns if name.startswith(WORKING) or name == ROW]
