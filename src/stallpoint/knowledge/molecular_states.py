"""Molecular states that can be measured in a person, and what is supposed of each: hypotheses, with what speaks against and for.

No state is tied to a treatment, here or anywhere: a state says, widely, through which pathway more of the loss may run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from stallpoint.core.source import DIRECTIONS, Direction, EvidenceClass, Tag
from stallpoint.knowledge.mechanism import PATHWAYS
from stallpoint.knowledge.tsv import read_bundled_rows

BYPASS = "bypass"

SHIFTED = (*PATHWAYS, BYPASS)
"""What a state may shift, in the order of its factors."""


@dataclass(frozen=True)
class MolecularState:
    """One state, and how much more is supposed of each pathway in people with it than in people without it.

    States of one `question` exclude each other and divide everybody between them; a state that is alone in its question has those without
    it beside it. `share` is the range of the share of people with ALS who have it. `factors`, in the order of `SHIFTED`, are typical
    ratios, with over without, of the concentration of each driver weight and of the bypass; None where nothing is supposed. `spread` is the
    standard deviation of the logarithm of each, so wide that none may also be true. All factors are hypotheses.
    """

    name: str
    question: str
    measured: str
    when: Literal["in life", "after death"]
    share: tuple[float, float]
    factors: tuple[float | None, ...]
    spread: float
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


@dataclass(frozen=True)
class StateClaim:
    """What one source says of a state as a sign of what drives the disease."""

    state: str
    direction: Direction
    claim: str
    evidence: EvidenceClass
    tag: Tag
    source: str


@cache
def load_molecular_states() -> dict[str, MolecularState]:
    """All states by name; those of one question stand together."""
    return {row["state"]: _state(row) for row in read_bundled_rows("mechanism_states.tsv")}


@cache
def load_state_claims() -> tuple[StateClaim, ...]:
    """What is said of each state, what speaks against it first."""
    claims = [_claim(row) for row in read_bundled_rows("mechanism_state_evidence.tsv")]
    order = list(load_molecular_states())
    return tuple(sorted(claims, key=lambda each: (order.index(each.state), DIRECTIONS.index(each.direction))))


def _state(row: dict[str, str]) -> MolecularState:
    said = [row[name.replace(" ", "_")] for name in SHIFTED]
    return MolecularState(
        name=row["state"],
        question=row["question"],
        measured=row["measured"],
        when=cast('Literal["in life", "after death"]', row["when"]),
        share=(float(row["share_low"]), float(row["share_high"])),
        factors=tuple(float(each) if each else None for each in said),
        spread=float(row["spread"]),
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )


def _claim(row: dict[str, str]) -> StateClaim:
    return StateClaim(
        state=row["state"],
        direction=cast("Direction", row["direction"]),
        claim=row["claim"],
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
    )
