"""Circumstances under which a drug is taken: pumps, enzymes, missed doses. Each is a question with a stated ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows


class UnknownScenarioError(DrugError):
    """A scenario that does not exist."""


@dataclass(frozen=True)
class ExposureScenario:
    """One set of circumstances.

    `pgp_low` to `pgp_high` is the 95% range of P-gp activity (1 is the healthy adult's); inhibited shares are 0 to 1; `leak` is added
    permeability over that of the intact barrier; `taken` is the share of doses taken; `clearance_ratio` multiplies plasma clearance.
    """

    id: str
    label: str
    clearance_ratio: float
    taken: float
    pgp_low: float
    pgp_median: float
    pgp_high: float
    bcrp_median: float
    pgp_inhibited: float
    bcrp_inhibited: float
    leak: float
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


def load_scenarios() -> tuple[ExposureScenario, ...]:
    """All scenarios; the first is the healthy reference."""
    return tuple(_scenario(row) for row in read_bundled_rows("exposure_scenarios.tsv"))


def load_scenario(name: str) -> ExposureScenario:
    """The scenario of this id.

    Raises:
        UnknownScenarioError: no such scenario; names the nearest.
    """
    known = {scenario.id: scenario for scenario in load_scenarios()}
    if name not in known:
        raise UnknownScenarioError(f"no scenario called {name}", do=ask_nearest(name, known))
    return known[name]


def _scenario(row: dict[str, str]) -> ExposureScenario:
    texts = ("id", "label", "evidence", "tag", "source", "note")
    said: dict[str, Any] = {key: row[key] if key in texts else float(row[key]) for key in row}
    return ExposureScenario(**said)
