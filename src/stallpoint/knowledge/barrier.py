"""What is known of the barriers of brain and cord: transporters, fluids, age, and what ALS and delivery change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from stallpoint.core.source import DIRECTIONS, Direction, EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows


@dataclass(frozen=True)
class BarrierFact:
    """One number about a barrier, from the literature or openly assumed.

    `low` and `high` are an interval, a standard deviation either way, or the range over sources, as the note says; `species` is
    whose number it is. `tag` says how it was obtained and is never upgraded; `source` is the id of a `Source`.
    """

    key: str
    value: float
    low: float | None
    high: float | None
    unit: str
    species: str
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


@dataclass(frozen=True)
class BarrierFinding:
    """One finding on whether drugs pass the barriers in ALS.

    `direction` is what it says of the claim that drug gets in: "refutes" where it hinders, "null" where nothing changes or nothing
    was measured, "supports" where it helps. `genotype` and `stage` are blank where they were not told or do not apply. `topic` is the
    mechanism that it bears on, and `drug` the drug that it speaks of, blank where of none.
    """

    claim: str
    direction: Direction
    tissue: str
    genotype: str
    stage: str
    species: str
    evidence: EvidenceClass
    tag: Tag
    source: str
    topic: str
    drug: str


@cache
def load_barrier_facts() -> dict[str, BarrierFact]:
    """All numbers on the barriers by key."""
    return {row["key"]: _fact(row) for row in read_bundled_rows("barrier.tsv")}


@cache
def load_barrier_findings() -> tuple[BarrierFinding, ...]:
    """All findings on the barriers: those against the claim first, then null ones, then those for it."""
    findings = [_finding(row) for row in read_bundled_rows("barrier_evidence.tsv")]
    return tuple(sorted(findings, key=lambda finding: DIRECTIONS.index(finding.direction)))


def _fact(row: dict[str, str]) -> BarrierFact:
    return BarrierFact(
        key=row["key"],
        value=float(row["value"]),
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        unit=row["unit"],
        species=row["species"],
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )


def _finding(row: dict[str, str]) -> BarrierFinding:
    return BarrierFinding(
        claim=row["claim"],
        direction=cast("Direction", row["direction"]),
        tissue=row["tissue"],
        genotype=row["genotype"],
        stage=row["stage"],
        species=row["species"],
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        topic=row["topic"],
        drug=row["drug"],
    )
