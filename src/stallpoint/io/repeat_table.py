"""Repeat counts from a table: one row a locus, as genotyping tools and laboratories send them.

Columns: `locus` (or `gene`), `allele_1`, `allele_2` (empty for one copy), `interval_1`, `interval_2` as `8-10`, `assay`, `date`,
`self_reported`. A count may say more than: `>145`.
"""

from __future__ import annotations

import re
from math import inf
from pathlib import Path

from stallpoint.core.errors import TableError
from stallpoint.core.variant import RepeatReading
from stallpoint.io.csv_table import read_csv_table

Interval = tuple[float, float]
_COUNT = re.compile(r"(>=?)?\s*(\d+(?:\.\d+)?)")
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)")


def read_repeat_table(path: Path) -> tuple[RepeatReading, ...]:
    """One reading a row.

    Raises:
        PathError: no such file.
        TableError: no column of loci or counts, or a count or interval that is none.
    """
    frame = read_csv_table(path)
    named = "locus" if "locus" in frame.columns else "gene"
    missing = [column for column in (named, "allele_1") if column not in frame.columns]
    if missing:
        raise TableError(f"no column {missing[0]}", where=path.name, do="name the columns locus, allele_1, allele_2, assay")
    readings = []
    for number, row in enumerate(frame.iter_rows(named=True), start=1):
        where = f"{path.name}, data row {number}"
        counts = [read_count(row[column], where=where) for column in ("allele_1", "allele_2") if (row.get(column) or "").strip()]
        told = [_interval(row.get(column) or "", where) for column in ("interval_1", "interval_2")]
        bounds = tuple(said or own for (_, own), said in zip(counts, told, strict=False))
        readings.append(
            RepeatReading(
                row[named].strip(),
                tuple(count for count, _ in counts),
                bounds,
                (row.get("assay") or "").strip(),
                (row.get("date") or "").strip(),
                path.name,
                self_reported=(row.get("self_reported") or "").strip().lower() in ("true", "yes", "1"),
            )
        )
    return tuple(readings)


def read_count(text: str, *, where: str) -> tuple[float, Interval]:
    """A count and what it may be: `8` is 8 to 8, `>145` is 145 and everything above.

    Raises:
        TableError: it is no count.
    """
    match = _COUNT.fullmatch(text.strip())
    if match is None:
        raise TableError(f"{text!r} is no repeat count", where=where, do="write a number, or > and a number")
    count = float(match[2])
    return count, (count, inf if match[1] else count)


def _interval(text: str, where: str) -> Interval | None:
    if not text.strip():
        return None
    match = _INTERVAL.fullmatch(text.strip())
    if match is None or float(match[1]) > float(match[2]):
        raise TableError(f"{text!r} is no interval", where=where, do="write it as 8-10")
    return float(match[1]), float(match[2])
