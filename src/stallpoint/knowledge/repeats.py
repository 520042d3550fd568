"""Tandem repeats that bear on ALS, and the ranges in which sources place their lengths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Literal, cast

from stallpoint.core.source import Tag
from stallpoint.core.variant import BUILDS, Build
from stallpoint.knowledge.tsv import read_bundled_rows

Meaning = Literal["normal", "intermediate", "uncertain", "expanded"]


@dataclass(frozen=True)
class RepeatRange:
    """Lengths from `low` to `high`, both included, and what one source makes of them, for one condition."""

    about: str
    low: float
    high: float
    meaning: Meaning
    tag: Tag
    source: str
    note: str


@dataclass(frozen=True)
class RepeatLocus:
    """One repeat. `starts` count from 0, `ends` are not included; `motif_reference` is how the plus strand reads."""

    gene: str
    name: str
    locus: str
    chrom: str
    starts: dict[Build, int]
    ends: dict[Build, int]
    motif_reference: str
    motif_gene: str
    tag: Tag
    source: str
    note: str
    ranges: tuple[RepeatRange, ...]


@cache
def load_repeats() -> dict[str, RepeatLocus]:
    """All repeats by gene."""
    ranges: dict[str, list[RepeatRange]] = {}
    for row in read_bundled_rows("profile/repeat_ranges.tsv"):
        ranges.setdefault(row["gene"], []).append(_range(row))
    return {row["gene"]: _locus(row, tuple(ranges[row["gene"]])) for row in read_bundled_rows("profile/repeats.tsv")}


def _range(row: dict[str, str]) -> RepeatRange:
    high = float(row["high"]) if row["high"] else inf
    meaning = cast("Meaning", row["meaning"])
    return RepeatRange(row["about"], float(row["low"]), high, meaning, cast("Tag", row["tag"]), row["source"], row["note"])


def _locus(row: dict[str, str], ranges: tuple[RepeatRange, ...]) -> RepeatLocus:
    return RepeatLocus(
        gene=row["gene"],
        name=row["name"],
        locus=row["locus"],
        chrom=row["chrom"],
        starts={build: int(row[f"start_{build.lower()}"]) for build in BUILDS},
        ends={build: int(row[f"end_{build.lower()}"]) for build in BUILDS},
        motif_reference=row["motif_reference"],
        motif_gene=row["motif_gene"],
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
        ranges=ranges,
    )
