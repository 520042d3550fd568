"""A GEO series matrix: what is known of the samples, and values by probe."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from stallpoint.core.errors import PathError, TableError
from stallpoint.core.expression import Expression

_FIRST_LINE = "!Series_"
_BEGIN, _END = "!series_matrix_table_begin", "!series_matrix_table_end"
_NO_VALUE = frozenset(("", "null", "NA", "NaN"))


def is_series_matrix(path: Path) -> bool:
    """Whether a file begins as a GEO series matrix does; False where it cannot be read."""
    try:
        with path.open("rb") as plain:
            compressed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path) if compressed else path.open("rb") as content:
            return content.read(len(_FIRST_LINE)) == _FIRST_LINE.encode()
    except (OSError, EOFError):
        return False


def read_series_matrix(path: Path) -> Expression:
    """Probes by samples, as they stand; `collapse_probes` makes genes of them.

    What the rows beginning with `!Sample_` tell of the samples is kept by its name; a characteristic written `tissue: cord` by its own,
    `tissue`.

    Raises:
        PathError: no such file.
        TableError: not a whole series matrix, without values, a name twice, lines of another length, or a value that is no number.
    """
    lines = _lines(path)
    marks = [index for index, line in enumerate(lines) if line.startswith((_BEGIN, _END))]
    if len(marks) != 2:
        raise TableError("is no whole GEO series matrix", where=path.name, do="it may be cut short; download it again")
    begin, end = marks
    if end - begin < 3:
        do = "the values of sequencing lie in supplementary files: make a table of gene symbols of them"
        raise TableError("holds no values", where=path.name, do=do)
    samples = tuple(_cells(lines[begin + 1])[1:])
    rows = [_cells(line) for line in lines[begin + 2 : end]]
    probes = [row[0] for row in rows]
    uneven = [f"{row[0]}: {len(row) - 1} values" for row in rows if len(row) != len(samples) + 1]
    if uneven:
        what = f"has lines without a value for each of its {len(samples)} samples"
        raise TableError(what, where=path.name, rows=uneven, do="it may be damaged; download it again")
    for kind, names in (("sample", samples), ("probe", probes)):
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise TableError(f"names a {kind} twice", where=path.name, rows=twice, do="keep one of each")
    values = np.array([_numbers(row, path) for row in rows])
    return Expression(samples, tuple(probes), values.T, _about(lines[:begin], len(samples)))


def _lines(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode("utf-8").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as fault:
        raise PathError("cannot be read", where=str(path), do="give a whole GEO series matrix") from fault


def _about(lines: list[str], n: int) -> dict[str, tuple[str, ...]]:
    """What is told of each sample; where several lines have one name, the first stands for it."""
    about: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if not line.startswith("!Sample_"):
            continue
        name, *said = _cells(line)
        if len(said) != n:
            continue
        name = name.removeprefix("!Sample_")
        keys = {cell.partition(": ")[0] for cell in said if ": " in cell}
        if name.startswith("characteristics") and len(keys) == 1:
            name, said = keys.pop(), [cell.partition(": ")[2] for cell in said]
        about.setdefault(name, tuple(said))
    return about


def _numbers(row: list[str], path: Path) -> list[float]:
    try:
        return [float("nan") if cell in _NO_VALUE else float(cell) for cell in row[1:]]
    except ValueError as fault:
        raise TableError(f"a value is no number: {fault}", where=f"{path.name}, {row[0]}", do="write plain numbers") from fault


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split("\t")]
