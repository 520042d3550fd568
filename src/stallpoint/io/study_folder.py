"""The tables of a study on disk: which files there are, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from stallpoint.core.errors import PathError, TableError
from stallpoint.core.nearest import nearest_name
from stallpoint.core.tables import TABLES
from stallpoint.io.csv_table import read_csv_table
from stallpoint.io.parquet_table import read_parquet_table

READERS: dict[str, Callable[[Path], pl.DataFrame]] = {".csv": read_csv_table, ".parquet": read_parquet_table}


def find_tables(folder: Path) -> dict[str, Path]:
    """The files of a folder that are named after a table: `visits.csv`, `visits.parquet`.

    Raises:
        PathError: no such folder.
        TableError: a table in two files, or a file whose name nearly matches a table's.
    """
    require_path(folder)
    found: dict[str, Path] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix in READERS):
        _require_table_name(path)
        if path.stem in found:
            raise TableError(
                f"{path.stem} is there twice: {found[path.stem].name} and {path.name}", where=str(folder), do="keep one"
            )
        if path.stem in TABLES:
            found[path.stem] = path
    return found


def read_tables(paths: Mapping[str, Path]) -> dict[str, pl.DataFrame]:
    """The tables in these files, read by their endings; CSV comes as text.

    Raises:
        PathError: a file that is not there, or with an ending other than .csv or .parquet.
        TableError: a file that cannot be read as a table.
    """
    return {name: _read_table(path) for name, path in paths.items()}


def require_path(path: Path) -> Path:
    """The same path, once it is known to exist.

    Raises:
        PathError: it does not; the message names the most similar neighbour.
    """
    if path.exists():
        return path
    if not path.parent.is_dir():
        require_path(path.parent)
    neighbours = sorted(other.name for other in path.parent.iterdir() if not other.name.startswith("."))
    nearest = nearest_name(path.name, neighbours, alike=0.6)
    raise PathError(
        "does not exist", where=str(path), do=f"did you mean {path.parent / nearest}?" if nearest else "check the name"
    )


def _read_table(path: Path) -> pl.DataFrame:
    require_path(path)
    if path.suffix not in READERS:
        raise PathError(f"cannot be read: its ending is {path.suffix or 'missing'}", where=str(path), do="give .csv or .parquet")
    return READERS[path.suffix](path)


def _require_table_name(path: Path) -> None:
    meant = nearest_name(path.stem, TABLES) if path.stem not in TABLES else None
    if meant:
        raise TableError(
            f"{path.name} is not a table of a study: did you mean {meant}{path.suffix}?",
            where=str(path.parent),
            do="rename it, or move it elsewhere",
        )
