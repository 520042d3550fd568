"""Markers in fluids: names, units, plausible values, references by age, and what each may be used for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from stallpoint.core.source import DIRECTIONS, Direction, EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows

Use = Literal["prognostic", "predictive", "pharmacodynamic", "engagement", "safety"]


@dataclass(frozen=True)
class MarkerStandard:
    """How one marker is written in one matrix. Plausible values catch slips of unit or place; they are no normal range."""

    marker: str
    matrix: str
    unit: str
    plausible_low: float
    plausible_high: float
    molar_mass_g_mol: float | None
    spellings: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class MarkerRole:
    """One use of a marker with what speaks for it or against. A marker has no role that is not written here."""

    marker: str
    use: Use
    direction: Direction
    claim: str
    evidence: EvidenceClass
    tag: Tag
    source: str


@dataclass(frozen=True)
class AgeLimit:
    """Upper 95% limit of healthy people from one age up to, not including, another."""

    marker: str
    matrix: str
    unit: str
    platform: str
    age_from_years: float
    age_below_years: float
    upper_95: float
    tag: Tag
    source: str


@cache
def load_marker_standards() -> dict[tuple[str, str], MarkerStandard]:
    """Standards by marker and matrix."""
    return {(row["marker"], row["matrix"]): _standard(row) for row in read_bundled_rows("profile/markers.tsv")}


@cache
def load_marker_names() -> dict[str, str]:
    """Any spelling in lower case to the marker's name here."""
    return {spelling: each.marker for each in load_marker_standards().values() for spelling in each.spellings}


@cache
def load_marker_roles() -> tuple[MarkerRole, ...]:
    """All roles, what refutes a use first."""
    roles = [
        MarkerRole(
            row["marker"],
            cast("Use", row["use"]),
            cast("Direction", row["direction"]),
            row["claim"],
            cast("EvidenceClass", row["evidence"]),
            cast("Tag", row["tag"]),
            row["source"],
        )
        for row in read_bundled_rows("profile/marker_roles.tsv")
    ]
    return tuple(sorted(roles, key=lambda role: DIRECTIONS.index(role.direction)))


@cache
def load_age_limits() -> tuple[AgeLimit, ...]:
    """Published limits by age; there is one for NfL in plasma and none for anything else."""
    return tuple(
        AgeLimit(
            row["marker"],
            row["matrix"],
            row["unit"],
            row["platform"],
            float(row["age_from_years"]),
            float(row["age_below_years"]),
            float(row["upper_95"]),
            cast("Tag", row["tag"]),
            row["source"],
        )
        for row in read_bundled_rows("profile/marker_references.tsv")
    )


def roles_of(marker: str, use: Use | None = None) -> tuple[MarkerRole, ...]:
    """The roles of a marker, of one use where it is named; empty where none is recorded."""
    return tuple(role for role in load_marker_roles() if role.marker == marker and use in (None, role.use))


def _standard(row: dict[str, str]) -> MarkerStandard:
    return MarkerStandard(
        row["marker"],
        row["matrix"],
        row["unit"],
        float(row["plausible_low"]),
        float(row["plausible_high"]),
        float(row["molar_mass_g_mol"]) if row["molar_mass_g_mol"] else None,
        tuple(row["spellings"].split(";")),
        row["source"],
    )
