"""Expression from a GEO series matrix, with a table that maps probes to gene symbols."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from stallpoint.core.errors import PathError, TableError
from stallpoint.core.expression import Expression
from stallpoint.io.csv_table import read_csv_table


def read_probe_map(path: Path) -> dict[str, str]:
    """Probe to symbol, from a CSV with the columns `probe` and `symbol`; probes without one symbol are left out.

    Raises:
        PathError: no such file.
        TableError: other columns.
    """
    frame = read_csv_table(path)
    if not {"probe", "symbol"} <= set(frame.columns):
        raise TableError("has no columns probe and symbol", where=path.name, do="name them so")
    pairs = frame.select("probe", "symbol").iter_rows()
    return {probe: symbol for probe, symbol in pairs if symbol and "///" not in symbol}


def read_series_matrix(path: Path, probes: Mapping[str, str]) -> Expression:
    """Symbols by samples; where several probes measure a gene, the one with the highest mean stands for it.

    The rows that begin with `!Sample_` tell of the samples.

    Raises:
        PathError: no such file.
        TableError: not a series matrix, or none of its probes is in the map.
    """
    try:
        raw = path.read_bytes()
        lines = (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode("utf-8").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as fault:
        raise PathError("cannot be read", where=str(path), do="give a GEO series matrix") from fault
    marks = [
        index for index, line in enumerate(lines) if line.startswith(("!series_matrix_table_begin", "!series_matrix_table_end"))
    ]
    if len(marks) != 2:
        raise TableError("is no whole GEO series matrix", where=path.name, do="download it again")
    samples = _cells(lines[marks[0] + 1])[1:]
    rows = [_cells(line) for line in lines[marks[0] + 2 : marks[1]]]
    kept = [(probes[row[0]], row[1:]) for row in rows if row[0] in probes]
    if not kept:
        raise TableError("none of its probes is in the map", where=path.name, do="give the map of its own platform")
    values = np.array([[float(cell) if cell and cell != "null" else np.nan for cell in cells] for _, cells in kept])
    best: dict[str, int] = {}
    means = np.nanmean(values, axis=1)
    for index, (symbol, _) in enumerate(kept):
        if symbol not in best or means[index] > means[best[symbol]]:
            best[symbol] = index
    about: dict[str, tuple[str, ...]] = {}
    for line in lines[: marks[0]]:
        if line.startswith("!Sample_"):
            name, *said = _cells(line)
            about.setdefault(name.removeprefix("!Sample_"), tuple(said))
    genes = sorted(best)
    note = f"{len(rows) - len(kept)} of {len(rows)} probes have no single symbol and were left out"
    return Expression(tuple(samples), tuple(genes), values[[best[gene] for gene in genes]].T, about, (note,))


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split("\t")]
