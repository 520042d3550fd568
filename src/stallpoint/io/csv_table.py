"""A table in a CSV file, as text: types are given where all tables are checked, so that no value is guessed away."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

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
    text = _read_text(path)
    lines = _split_lines(text, path.name)
    header = _checked_header(lines, path.name)
    _require_equal_lengths(lines, len(header), path.name)
    columns = zip(*(cells for _, cells in lines[1:]), strict=True) if len(lines) > 1 else ([] for _ in header)
    return pl.DataFrame({name: pl.Series(cells, dtype=pl.String) for name, cells in zip(header, columns, strict=True)})


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


def _split_lines(text: str, place: str) -> list[tuple[int, list[str]]]:
    """Line number and cells of each line that is not empty."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as fault:
        raise TableError(
            f"line {reader.line_num}: {fault}",
            where=place,
            do="look for an unclosed quotation mark, or a file that was cut short, and save it again",
        ) from fault


def _checked_header(lines: list[tuple[int, list[str]]], place: str) -> list[str]:
    if not lines:
        raise TableError("the file is empty", where=place, do="give a header line and the data")
    header = [name.strip() for name in lines[0][1]]
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


def _require_equal_lengths(lines: list[tuple[int, list[str]]], width: int, place: str) -> None:
    uneven = [(number, cells) for number, cells in lines if len(cells) != width]
    if uneven:
        raise TableError(
            f"line {uneven[0][0]} has {len(uneven[0][1])} cells where the header has {width}",
            where=place,
            rows=[f"line {number}: {','.join(cells)[:80]}" for number, cells in uneven],
            do="the file may be cut short, or a cell may hold a comma without quotation marks; save it again",
        )
