"""What is known of drugs given together: group summaries, findings, toxicities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows

SummaryScale = Literal["mean", "log ratio"]
Bearing = Literal["harm", "refutes", "changes", "null", "supports"]
"""What a finding says of both together; `changes` is of a level, without saying for better or worse."""

BEARINGS: tuple[Bearing, ...] = ("harm", "refutes", "changes", "null", "supports")
"""The order in which findings are shown."""


@dataclass(frozen=True)
class CombinationStudy:
    """Arms of one study as their publication gives them; None where an arm was not there or its number was not visible.

    On the scale `mean` values are means (errors their standard errors); on `log ratio` they are ratios over control, and errors are
    those of their logarithms.
    """

    id: str
    first: str
    second: str
    setting: str
    outcome: str
    scale: SummaryScale
    control: float | None
    first_value: float | None
    second_value: float | None
    both_value: float | None
    control_error: float | None
    first_error: float | None
    second_error: float | None
    both_error: float | None
    authors_say: str
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


@dataclass(frozen=True)
class CombinationEvidence:
    """One finding on two drugs together; `kind` says whether it is of their exposure or of an outcome."""

    first: str
    second: str
    direction: Bearing
    kind: Literal["exposure", "outcome"]
    claim: str
    evidence: EvidenceClass
    tag: Tag
    source: str


@dataclass(frozen=True)
class DrugToxicity:
    """One toxicity of one drug, by the organ it falls on."""

    drug: str
    toxicity: str
    claim: str
    evidence: EvidenceClass
    tag: Tag
    source: str


def load_combination_studies() -> tuple[CombinationStudy, ...]:
    """All group summaries."""
    return tuple(_study(row) for row in read_bundled_rows("combination_studies.tsv"))


def load_combination_evidence() -> tuple[CombinationEvidence, ...]:
    """All findings, harm first."""
    found = (
        CombinationEvidence(
            first=row["first"],
            second=row["second"],
            direction=cast("Bearing", row["direction"]),
            kind=cast('Literal["exposure", "outcome"]', row["kind"]),
            claim=row["claim"],
            evidence=cast("EvidenceClass", row["evidence"]),
            tag=cast("Tag", row["tag"]),
            source=row["source"],
        )
        for row in read_bundled_rows("combination_evidence.tsv")
    )
    return tuple(sorted(found, key=lambda each: BEARINGS.index(each.direction)))


def load_toxicities() -> tuple[DrugToxicity, ...]:
    """All toxicities. A drug that is not listed is not known to be without them."""
    return tuple(
        DrugToxicity(
            drug=row["drug"],
            toxicity=row["toxicity"],
            claim=row["claim"],
            evidence=cast("EvidenceClass", row["evidence"]),
            tag=cast("Tag", row["tag"]),
            source=row["source"],
        )
        for row in read_bundled_rows("drug_toxicities.tsv")
    )


def _study(row: dict[str, str]) -> CombinationStudy:
    def number(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return CombinationStudy(
        id=row["id"],
        first=row["first"],
        second=row["second"],
        setting=row["setting"],
        outcome=row["outcome"],
        scale=cast("SummaryScale", row["scale"]),
        control=number("control"),
        first_value=number("first_value"),
        second_value=number("second_value"),
        both_value=number("both_value"),
        control_error=number("control_error"),
        first_error=number("first_error"),
        second_error=number("second_error"),
        both_error=number("both_error"),
        authors_say=row["authors_say"],
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )
