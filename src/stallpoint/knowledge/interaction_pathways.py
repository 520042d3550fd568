"""Which enzymes, pumps and binding sites drugs share, and what one does to the other's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows

Role = Literal["substrate", "inhibits", "induces", "displaces"]


@dataclass(frozen=True)
class PathwayRole:
    """What a drug is to a pathway, with the 95% range of how much.

    `substrate`: the share of its clearance (enzymes) or of its binding (albumin). `inhibits`: the share of the pathway's activity that is
    taken away at a usual dose. `induces`, `displaces`: activity or unbound fraction over that without the drug.
    """

    drug: str
    pathway: str
    role: Role
    low: float
    middle: float
    high: float
    unit: str
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


def load_pathway_roles() -> tuple[PathwayRole, ...]:
    """All roles that are known. A drug without a role is not known to have none."""
    return tuple(
        PathwayRole(
            drug=row["drug"],
            pathway=row["pathway"],
            role=cast("Role", row["role"]),
            low=float(row["low"]),
            middle=float(row["middle"]),
            high=float(row["high"]),
            unit=row["unit"],
            evidence=cast("EvidenceClass", row["evidence"]),
            tag=cast("Tag", row["tag"]),
            source=row["source"],
            note=row["note"],
        )
        for row in read_bundled_rows("interaction_pathways.tsv")
    )
