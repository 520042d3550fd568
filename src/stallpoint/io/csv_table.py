"""A table in a CSV file, as text: types are given where all tables are checked, so that no value is guessed away."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl

from stallpoint.core.errors import PathError, TableError

_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def read_csv_table(path: Path) -> pl.DataFrame:
    """All cells as text. Empty lines are skipped; empty cells stay empty text.

    Raises:
        PathError: no such file.
        TableError: not UTF-8, not comma-separated, a header with empty or repeated names, or a line that is cut short
            or too long; the message names the line.
    """
    reader = csv.reader(StringIO(_read_text(path), newline=""), strict=True)
    try:
        header = _checked_header(next((cells for cells in reader if cells), []), path.name)
        cells = _read_cells(reader, len(header), path.name)
    except csv.Error as fault:
        raise TableError(
            f"line {reader.line_num}: {fault}",
            where=path.name,
            do="look for an unclosed quotation mark, or a file that was cut short, and save it again",
        ) from fault
    width = len(header)
    return pl.DataFrame({name: pl.Series(cells[column::width], dtype=pl.String) for column, name in enumerate(header)})


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise PathError(f"cannot be read: {fault.strerror}", where=str(path), do="check the name and the permissions") from fault
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise TableError(
            f"not UTF-8: byte 0x{raw[fault.start]:02x} on line {line} (byte {fault.start + 1} of the file)",
            where=path.name,
            do="save it as UTF-8; spreadsheets call it 'CSV UTF-8'",
        ) from fault


def _checked_header(names: list[str], place: str) -> list[str]:
    if not names:
        raise TableError("the file is empty", where=place, do="give a header line and the data")
    header = [name.strip() for name in names]
    for separator, called in _OTHER_SEPARATORS.items():
        if len(header) == 1 and separator in header[0]:
            raise TableError(f"separated by {called}", where=place, do="save it with commas between columns")
    if "" in header:
        raise TableError(
            f"column {header.index('') + 1} has no name", where=place, do="name it, or remove it if it only numbers the rows"
        )
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise TableError(f"more than one column {repeated[0]}", where=place, do="keep one, or rename the other")
    return header


def _read_cells(reader: Any, width: int, place: str) -> list[str]:
    """All cells below the header, line after line in one list, which is far quicker to build than a list of lines."""
    cells: list[str] = []
    uneven: list[tuple[int, list[str]]] = []
    for line in reader:
        if len(line) == width:
            cells += line
        elif line:
            uneven.append((reader.line_num, line))
    if uneven:
        raise TableError(
            f"line {uneven[0][0]} has {len(uneven[0][1])} cells where the header has {width}",
            where=place,
            rows=[f"line {number}: {','.join(line)[:80]}" for number, line in uneven],
            do="the file may be cut short, or a cell may hold a comma without quotation marks; save it again",
        )
    return cells
