"""A text table as other software exports it: any of the usual encodings, separators and line ends, read as text."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import polars as pl

from stallpoint.core.errors import TableError

MOST_COLUMNS = 5_000
LONGEST_LINE = 10_000_000
SEPARATORS = (",", "|", "\t", ";")

_ROWS_AFFECTED = r"^\(?\d+ rows?\(s\) affected\)?$"
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True)
class DelimitedFile:
    """All cells as text, empty ones null, and what had to be found out to read them."""

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()


def read_delimited(path: Path) -> DelimitedFile:
    """A table in a text file.

    UTF-8 with or without a mark, UTF-16 and, where neither fits, Windows-1252; commas, semicolons, tabs or vertical bars; any line ends.
    Header names and cells lose blanks at their ends. Rows such as "(3484 row(s) affected)" that query tools add are left out.

    Raises:
        TableError: empty, binary, absurdly wide or long, headers without a name or repeated, or lines of another length.
    """
    text, notes = _decode(path)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    header_line = text.split("\n", 1)[0]
    separator = _find_separator(header_line)
    header = _header(header_line, separator, path.name)
    _require_whole_lines(text, separator, len(header), path.name)
    frame = _read_cells(text, separator, header, path.name)
    return without_trailer(DelimitedFile(frame, notes), path.name)


def without_trailer(read: DelimitedFile, place: str) -> DelimitedFile:
    """The table without rows that say how many rows a query gave, which stand alone in the first column."""
    kept = read.frame.filter(~_is_trailer(read.frame, read.frame.columns[0]))
    if kept.height == read.frame.height:
        return read
    return DelimitedFile(kept, (*read.notes, f"{place}: {read.frame.height - kept.height} row of the query tool left out"))


def _decode(path: Path) -> tuple[str, tuple[str, ...]]:
    raw = path.read_bytes()
    if not raw.strip():
        raise TableError("the file is empty", where=path.name, do="export it again")
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), None) or _unmarked_utf16(raw)
    if encoding:
        return _decode_utf16(raw, encoding, path.name), (f"{path.name}: read as UTF-16",)
    if b"\x00" in raw:
        line = raw[: raw.index(b"\x00")].count(b"\n") + 1
        raise TableError(
            f"a NUL byte on line {line}: a binary or damaged file",
            where=path.name,
            do="export it again as text, or give .xlsx, .parquet",
        )
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        note = f"{path.name}: not UTF-8 (line {line}), read as Windows-1252; look at names with accents"
        return raw.decode("cp1252", errors="replace"), (note,)


def _unmarked_utf16(raw: bytes) -> str | None:
    """UTF-16 without its mark: nearly every other byte of plain text is 0."""
    start = raw[:2000]
    if len(start) < 4:
        return None
    zeros = [start[side::2].count(0) / len(start[side::2]) for side in (0, 1)]
    if zeros[1] > 0.8 and zeros[0] == 0:
        return "utf-16-le"
    return "utf-16-be" if zeros[0] > 0.8 and zeros[1] == 0 else None


def _decode_utf16(raw: bytes, encoding: str, place: str) -> str:
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        raise TableError(f"UTF-16 that breaks off at byte {fault.start}", where=place, do="fetch or export it again") from fault


def _find_separator(header_line: str) -> str:
    counts = {separator: header_line.count(separator) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: counts[separator])


def _header(line: str, separator: str, place: str) -> list[str]:
    if len(line) > LONGEST_LINE:
        raise TableError(
            "the first line is longer than ten million characters", where=place, do="this is no table with a header line"
        )
    names = [name.strip().strip('"').strip() for name in next(csv.reader([line], delimiter=separator), [])]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise TableError(
            f"{len(names):,} columns", where=place, do=f"at most {MOST_COLUMNS:,} are read; give one row per measurement"
        )
    if not names or "" in names:
        raise TableError(
            f"column {names.index('') + 1} has no name" if names else "no header", where=place, do="give every column a name"
        )
    repeated = [name for name, count in Counter(name.lower() for name in names).items() if count > 1]
    if repeated:
        raise TableError(f"more than one column {repeated[0]}", where=place, do="keep one, or rename the other")
    return names


def _require_whole_lines(text: str, separator: str, width: int, place: str) -> None:
    """No line breaks off before the last column; a reader would fill it up in silence.

    Where cells are quoted, lines are parsed one by one, which is slower.
    """
    if '"' in text:
        lines = csv.reader(StringIO(text), delimiter=separator)
        short = any(0 < len(cells) < width and not re.match(_ROWS_AFFECTED, cells[0]) for cells in lines)
    else:
        line = pl.Series(text.split("\n"), dtype=pl.String)
        few = line.str.count_matches(separator, literal=True) < width - 1
        short = bool((few & (line.str.strip_chars() != "") & ~line.str.contains(_ROWS_AFFECTED)).any())
    if short:
        raise _uneven(text, separator, width, place)


def _read_cells(text: str, separator: str, header: list[str], place: str) -> pl.DataFrame:
    try:
        frame = pl.read_csv(
            StringIO(text),
            separator=separator,
            has_header=False,
            skip_rows=1,
            infer_schema=False,
            truncate_ragged_lines=False,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError as fault:
        raise _uneven(text, separator, len(header), place) from fault
    if frame.width > len(header):
        surplus = frame.columns[len(header) :]
        if frame.select(pl.any_horizontal(pl.col(surplus).is_not_null()).any()).item():
            raise _uneven(text, separator, len(header), place)
        frame = frame.drop(surplus)
    if 0 < frame.width < len(header):
        raise _uneven(text, separator, len(header), place)
    if frame.width == 0:
        return pl.DataFrame(schema=dict.fromkeys(header, pl.String))
    cells = pl.all().str.strip_chars()
    named = frame.rename(dict(zip(frame.columns, header, strict=True)))
    return named.select(pl.when(cells != "").then(cells)).filter(~pl.all_horizontal(pl.all().is_null()))


def _uneven(text: str, separator: str, width: int, place: str) -> TableError:
    """The first lines that have another number of cells than the header."""
    reader = csv.reader(StringIO(text), delimiter=separator)
    try:
        rows = [
            f"line {reader.line_num}: {len(cells)} cells: {separator.join(cells)[:80]}"
            for cells in reader
            if cells and len(cells) != width
        ]
    except csv.Error as fault:
        rows = [f"line {reader.line_num}: {fault}"]
    return TableError(
        f"lines that do not have {width} cells as the header has",
        where=place,
        rows=rows,
        do="the file may be cut short, or a cell may hold the separator or a quotation mark; export it again with quoted cells",
    )


def _is_trailer(frame: pl.DataFrame, first: str) -> pl.Expr:
    others = [name for name in frame.columns if name != first]
    alone = pl.all_horizontal(pl.col(others).is_null()) if others else pl.lit(value=True)
    return (pl.col(first).str.contains(_ROWS_AFFECTED) & alone).fill_null(value=False)
