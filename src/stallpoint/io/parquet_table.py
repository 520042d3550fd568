"""A table in a Parquet file, with the types it was saved with."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from stallpoint.core.errors import PathError, TableError


def read_parquet_table(path: Path) -> pl.DataFrame:
    """The table as it was saved.

    Raises:
        PathError: no such file.
        TableError: not a Parquet file, or cut short.
    """
    try:
        return pl.read_parquet(path)
    except OSError as fault:
        raise PathError("cannot be read", where=str(path), do="check the name and the permissions") from fault
    except pl.exceptions.PolarsError as fault:
        raise TableError(
            f"not a whole Parquet file: {str(fault).splitlines()[0]}", where=path.name, do="save it again, or give it as CSV"
        ) from fault
