"""A table of expression: CSV or TSV, also gzipped, with samples as rows or as columns.

With samples as rows, columns that hold no number tell of the samples (group, batch, tissue). Which way it lies is told by where the known
gene symbols stand; where that is not as it was said, the table is refused.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Collection
from io import StringIO
from pathlib import Path
from typing import Literal

import numpy as np

from stallpoint.core.errors import PathError, TableError
from stallpoint.core.expression import Expression

Rows = Literal["samples", "genes"]


def read_expression_table(path: Path, *, rows: Rows, known_genes: Collection[str]) -> Expression:
    """Expression from a table whose first column names its rows.

    Args:
        path: comma-separated (.csv) or tab-separated file, plain or .gz.
        rows: what one row is.
        known_genes: symbols by which genes are told from samples, those of the gene sets in use.

    Raises:
        PathError: no such file.
        TableError: no table, samples and genes swapped, a name twice, or a value that is no number.
    """
    header, lines = _read(path)
    first = [line[0] for line in lines]
    _require_orientation(path, header[1:], first, rows, known_genes)
    if rows == "genes":
        values = np.array([[_number(cell, path, line[0]) for cell in line[1:]] for line in lines], dtype=float)
        return _built(path, header[1:], first, values.T, {})
    told = [column for column in range(1, len(header)) if not all(_is_number(line[column]) for line in lines)]
    known = [header[column] for column in told if header[column] in known_genes]
    if known:
        raise TableError("a gene holds values that are no numbers", where=path.name, rows=known, do="write plain numbers")
    measured = [column for column in range(1, len(header)) if column not in told]
    values = np.array([[float(line[column] or "nan") for column in measured] for line in lines], dtype=float)
    about = {header[column]: tuple(line[column] for line in lines) for column in told}
    return _built(path, first, [header[column] for column in measured], values, about)


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode("utf-8-sig")
    except (OSError, EOFError) as fault:
        raise PathError("cannot be read", where=str(path), do="give a table of expression") from fault
    except UnicodeDecodeError as fault:
        raise TableError("is not text", where=path.name, do="give a CSV or TSV table, or an .h5ad file") from fault
    separator = "," if ".csv" in path.suffixes else "\t"
    header, *lines = [line for line in csv.reader(StringIO(text), delimiter=separator) if line] or [[]]
    uneven = [f"line {number}" for number, line in enumerate(lines, start=2) if len(line) != len(header)]
    if len(header) < 2 or not lines or uneven:
        what = "is no table with a header and rows of equal length"
        raise TableError(what, where=path.name, rows=uneven, do="check the separators and the ending (.csv, .tsv)")
    return header, lines


def _require_orientation(path: Path, columns: list[str], rows: list[str], said: Rows, known: Collection[str]) -> None:
    genes = set(known)
    across, down = sum(name in genes for name in columns), sum(name in genes for name in rows)
    found = {"samples": across, "genes": down}
    other: Rows = "genes" if said == "samples" else "samples"
    if found[other] > found[said]:
        raise TableError(
            f"samples and genes are swapped: {max(across, down)} known gene symbols stand where samples were expected",
            where=path.name,
            do=f'say rows = "{other}" where it is asked, or turn the table',
        )
    if not found[said]:
        shown = (columns if said == "samples" else rows)[:3]
        raise TableError(
            "holds no known gene symbol",
            where=path.name,
            rows=shown,
            do="use HGNC symbols; identifiers and probes must be mapped first",
        )


def _is_number(text: str) -> bool:
    if not text.strip():
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(text: str, path: Path, row: str) -> float:
    if not _is_number(text):
        raise TableError(f"{text!r} is no number", where=f"{path.name}, row {row}", do="write plain numbers")
    return float(text) if text.strip() else float("nan")


def _built(path: Path, samples: list[str], genes: list[str], values: np.ndarray, about: dict[str, tuple[str, ...]]) -> Expression:
    for kind, names in (("sample", samples), ("gene", genes)):
        repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
        if repeated:
            raise TableError(f"names a {kind} twice", where=path.name, rows=repeated, do="keep one row or column of each")
    return Expression(tuple(samples), tuple(genes), values, about)
