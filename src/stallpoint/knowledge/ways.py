"""Kinds of ways past a stall: for each what would have to be true, what speaks against it, and the study that would test it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from stallpoint.core.parameter import Link
from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.evidence.rows import read_records
from stallpoint.knowledge.tsv import read_bundled_lines


@dataclass(frozen=True)
class WayKind:
    """One kind of way, and the links at which it could pass a stall. A scenario: the most that is ever said of it is worth a study."""

    id: str
    kind: str
    label: str
    links: tuple[Link, ...]
    must_be_true: str
    against: str
    study: str
    evidence: EvidenceClass
    tag: Tag
    source: str


@cache
def load_ways() -> tuple[WayKind, ...]:
    """Every kind, in a fixed order that is no ranking."""
    return read_records(WayKind, read_bundled_lines("ways.tsv"), where="ways.tsv")
