"""What is known of the course of ALS in numbers, each with its source and how well it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows


@dataclass(frozen=True)
class Fact:
    """One number from the literature, or one openly assumed.

    `low` and `high` are an interval or the range over sources, where there is one; `n` is the number of people.
    `tag` says how the number was obtained and is never upgraded; `source` is the id of a `Source`.
    """

    key: str
    value: float
    low: float | None
    high: float | None
    unit: str
    n: int | None
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


def load_natural_history() -> dict[str, Fact]:
    """All facts on the course of ALS by key. Keys that begin with `published_` are margins to compare with."""
    return {row["key"]: fact_of_row(row) for row in read_bundled_rows("natural_history.tsv")}


def fact_of_row(row: dict[str, str]) -> Fact:
    """A row of a table with the columns of `Fact`."""
    return Fact(
        key=row["key"],
        value=float(row["value"]),
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        unit=row["unit"],
        n=int(row["n"]) if row["n"] else None,
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )
