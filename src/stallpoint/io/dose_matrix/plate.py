"""A plate layout: a few lines that say what it is, then doses of drug 1 down and of drug 2 across; several stand below each other.

    Drug1: riluzole
    Drug2: minocycline
    ConcUnit: uM
    Response: viability
    ,0,1,10
    0,1.00,0.92,0.55
    1,0.81,0.70,0.41

It is the layout of SynergyFinder's matrix files, with the line `Response` added, since that format says neither sign nor scale.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from io import StringIO

import polars as pl

from stallpoint.core.dose_matrix import ResponseKind
from stallpoint.core.errors import TableError
from stallpoint.io.dose_matrix.columns import RESPONSES, Scale, plain
from stallpoint.io.dose_matrix.wells import RawWells, to_numbers

KEYS = {
    "drug1": "drug_1",
    "drug2": "drug_2",
    "concunit": "unit",
    "unit": "unit",
    "unit1": "unit_1",
    "unit2": "unit_2",
    "response": "response",
    "sample": "sample",
    "plate": "plate",
}


@dataclass
class _Block:
    """One matrix as it is read: what its head says, doses across, rows below."""

    head: dict[str, str] = field(default_factory=dict)
    across: list[float] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)


def is_plate(text: str) -> bool:
    """Whether a text begins as a plate layout does: a line of the head, which has a key and a value and no more."""
    cells = [cell.strip() for cell in text.lstrip("\ufeff").split("\n", 1)[0].replace("\t", ",").split(",")]
    return sum(cell != "" for cell in cells) <= 2 and plain(cells[0].split(":")[0]) in KEYS


def read_plates(text: str, *, where: str) -> RawWells:
    """Wells of all layouts in a text.

    Raises:
        TableError: a head without drugs, a matrix that is not whole, or cells that are no number; responses of several kinds.
    """
    blocks = _blocks(text, where)
    said = {block.head.get("response", "") for block in blocks}
    if len(said) > 1:
        raise TableError(f"layouts give {', '.join(sorted(said))}", where=where, do="give responses of one kind in one file")
    word = said.pop()
    if word and plain(word) not in RESPONSES:
        raise TableError(f"response {word!r} is not known", where=where, do=f"write one of: {', '.join(RESPONSES)}")
    kind, scale = _meaning(word)
    frame = pl.DataFrame([row for block in blocks for row in block.rows], schema_overrides={"value": pl.Float64})
    return RawWells(frame, 2, kind, scale, plain(word) == "signal")


def _meaning(word: str) -> tuple[ResponseKind | None, Scale | None]:
    return RESPONSES[plain(word)] if word else (None, None)


def _blocks(text: str, where: str) -> list[_Block]:
    separator = "\t" if text.count("\t") > text.count(",") else ","
    blocks: list[_Block] = []
    for line, cells in enumerate(csv.reader(StringIO(text), delimiter=separator), start=1):
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        key, value = _as_head(cells)
        if key:
            if not blocks or blocks[-1].across:
                blocks.append(_Block())
            blocks[-1].head[key] = value
        elif not blocks:
            raise TableError(f"line {line} comes before any drug is named", where=where, do="begin with lines Drug1: and Drug2:")
        elif not blocks[-1].across:
            blocks[-1].across = _doses(cells[1:], line, where)
        else:
            _add_row(blocks[-1], cells, line, len(blocks), where)
    empty = [str(number) for number, block in enumerate(blocks, start=1) if not block.rows]
    if not blocks or empty:
        raise TableError(
            f"layout {', '.join(empty) or '1'} has no wells", where=where, do="give doses across, then a row per dose"
        )
    return blocks


def _as_head(cells: list[str]) -> tuple[str, str]:
    """Key and value of a line of the head; empty where it is none."""
    name, _, rest = cells[0].partition(":")
    key = KEYS.get(plain(name), "")
    return (key, rest.strip() or next((cell for cell in cells[1:] if cell), "")) if key else ("", "")


def _doses(cells: list[str], line: int, where: str) -> list[float]:
    numbers = to_numbers(cells, [line] * len(cells), column="doses across", where=where, empty=False)
    return [number for number in numbers if number is not None]


def _add_row(block: _Block, cells: list[str], line: int, number: int, where: str) -> None:
    for needed in ("drug_1", "drug_2"):
        if not block.head.get(needed):
            raise TableError(f"layout {number} does not name {needed}", where=where, do="begin with lines Drug1: and Drug2:")
    if len(cells) != len(block.across) + 1:
        what = f"line {line} has {len(cells) - 1} wells where {len(block.across)} doses stand across"
        raise TableError(what, where=where, do="leave the cell of a missing well empty, but keep it")
    down = _doses(cells[:1], line, where)[0]
    values = to_numbers(cells[1:], [line] * len(block.across), column="responses", where=where, empty=True)
    head = block.head
    for dose, value in zip(block.across, values, strict=True):
        block.rows.append(
            {
                "line": line,
                "pair": "",
                "sample": head.get("sample", ""),
                "plate": head.get("plate", "") or str(number),
                "well": "",
                "replicate": "",
                "control": "",
                "drug_1": head["drug_1"],
                "drug_2": head["drug_2"],
                "unit_1": head.get("unit_1", head.get("unit", "")),
                "unit_2": head.get("unit_2", head.get("unit", "")),
                "dose_1": down,
                "dose_2": dose,
                "value": value,
            }
        )
