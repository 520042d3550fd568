"""One table of a source, by the ending of its file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from stallpoint.io.delimited_file import DelimitedFile, read_delimited
from stallpoint.io.parquet_table import read_parquet_table
from stallpoint.io.sheet_file import ENDINGS as SHEETS
from stallpoint.io.sheet_file import read_sheet

ENDINGS = (".csv", ".txt", ".tsv", ".parquet", *SHEETS)


def read_source_table(path: Path, *, sheet: str | None = None) -> DelimitedFile:
    """The table as text, whatever it is stored in; dates and times in ISO form.

    Raises:
        PathError, TableError: it cannot be read.
    """
    if path.suffix.lower() == ".parquet":
        return DelimitedFile(read_parquet_table(path).select(pl.all().cast(pl.String)))
    return read_sheet(path, sheet=sheet) if path.suffix.lower() in SHEETS else read_delimited(path)
