"""A long table of wells: one row per well, by our own column names, DrugComb's or SynergyFinder's."""

from __future__ import annotations

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.io.dose_matrix.columns import find_columns, find_response, plain
from stallpoint.io.dose_matrix.wells import RawWells, to_numbers

FIRST_LINE = 2


def read_long(frame: pl.DataFrame, *, where: str) -> RawWells:
    """Wells of a table of texts.

    Args:
        frame: the cells as text.
        where: the file, for messages.

    Raises:
        TableError: columns that are missing or meant twice, or cells that are no number.
    """
    columns = find_columns(frame.columns, where=where)
    response, kind, scale = find_response(frame.columns, where=where)
    drugs = 3 if "dose_3" in columns else 2
    lines = list(range(FIRST_LINE, frame.height + FIRST_LINE))
    texts = {name: frame[theirs].fill_null("").to_list() for name, theirs in columns.items()}
    blank = [""] * frame.height
    held: dict[str, list[object]] = {"line": list(lines)}
    for name in ("pair", "sample", "plate", "well", "replicate", "control"):
        held[name] = list(texts.get(name, blank))
    for drug in range(1, drugs + 1):
        held[f"drug_{drug}"] = list(_drug_names(texts, drug, lines, where))
        held[f"unit_{drug}"] = list(texts.get(f"unit_{drug}", texts.get("unit", blank)))
        held[f"dose_{drug}"] = list(to_numbers(texts[f"dose_{drug}"], lines, column=f"dose_{drug}", where=where, empty=False))
    held["value"] = list(to_numbers(frame[response].to_list(), lines, column=response, where=where, empty=True))
    numbers = {"line": pl.Int64, "value": pl.Float64} | {f"dose_{drug}": pl.Float64 for drug in range(1, drugs + 1)}
    table = pl.DataFrame({name: pl.Series(name, held[name], dtype=numbers.get(name, pl.String)) for name in held})
    return RawWells(table, drugs, kind, scale, plain(response) == "signal")


def _drug_names(texts: dict[str, list[str]], drug: int, lines: list[int], where: str) -> list[str]:
    names = [name.strip() for name in texts.get(f"drug_{drug}", [])]
    control = texts.get("control", [""] * len(names))
    unnamed = [f"line {line}" for name, mark, line in zip(names, control, lines, strict=False) if not (name or mark.strip())]
    if not names or unnamed:
        do = "name the drug in every row, also where its dose is 0; only controls need no name"
        raise TableError(f"drug_{drug} has no name", where=where, rows=unnamed, do=do)
    return names
