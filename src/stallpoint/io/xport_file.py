"""A SAS transport file (XPT, versions 5 and 8) as text, refused where it was cut short.

Version 5 holds names of at most 8 characters and texts of at most 200, so longer ones were shortened before they came here; it has no
count of rows, so that a file cut at the end of a row is recognised by its padding alone.
"""

from __future__ import annotations

import mmap
from pathlib import Path

import polars as pl

from stallpoint.core.errors import StallpointError, TableError

_RECORD = 80
_ROWS_FOLLOW = b"HEADER RECORD*******OBS"
_MEMBER = b"HEADER RECORD*******MEMBER"
_AGAIN = "copy or export it again"


def read_xport(path: Path) -> pl.DataFrame:
    """All cells as text, empty ones null; dates in ISO form.

    Raises:
        TableError: no transport file, cut short, or more than one table in it.
        StallpointError: pyreadstat is not installed.
    """
    try:
        import pyreadstat
    except ImportError as fault:
        raise StallpointError(
            "XPT files need pyreadstat", where=path.name, do='pip install "stallpoint[clinical]", or give CSV files'
        ) from fault
    try:
        columns, meta = pyreadstat.read_xport(str(path), output_format="dict")
    except pyreadstat.ReadstatError as fault:
        raise TableError(f"not a whole SAS transport file: {fault}", where=path.name, do=_AGAIN) from fault
    _require_whole(path, sum(meta.variable_storage_width.values()), int(meta.number_rows or 0))
    text = {name: pl.Series(name, list(cells), strict=False).cast(pl.String) for name, cells in columns.items()}
    clean = pl.all().str.strip_chars()
    return pl.DataFrame(text, schema=dict.fromkeys(meta.column_names, pl.String)).select(pl.when(clean != "").then(clean))


def _require_whole(path: Path, width: int, rows: int) -> None:
    """What follows the last row is padding of blanks to a whole record; anything else is the rest of a row that was cut."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        start = raw.find(_ROWS_FOLLOW)
        header = raw[start : start + _RECORD]
        padding = raw[start + _RECORD + width * rows :]
        tables = 2 if raw.find(_MEMBER, start) >= 0 else 1
        size = len(raw)
    if tables > 1:
        raise TableError("more than one table in one file", where=path.name, do="export each table to a file of its own")
    promised = header[len(_ROWS_FOLLOW) + 25 :].split() if header.startswith(_ROWS_FOLLOW + b"V8") else []
    cut = size % _RECORD or len(padding) >= _RECORD or padding.strip(b" ") or (promised and int(promised[0]) != rows)
    if cut:
        raise TableError(f"cut short after {rows:,} whole rows", where=path.name, do=_AGAIN)
