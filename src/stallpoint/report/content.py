"""What a report says, before it is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.effect import Effect
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.source import Source

LEAST_SMALLEST_CELL = 5
"""A count of fewer people who share something is never shown, whatever is asked for. A common rule of statistical offices."""


@dataclass(frozen=True)
class PlantedBesideFound:
    """A truth that was put into simulated data, and what the analysis made of it."""

    label: str
    planted: float
    estimate: float
    low: float
    high: float
    unit: str

    @property
    def covered(self) -> bool:
        """Whether the interval holds what was planted."""
        return self.low <= self.planted <= self.high


@dataclass(frozen=True)
class ReportContent:
    """Everything a report says; a part that is empty is left out of the page.

    `strip` is the line above all else. `kicker` places the study in a few words, then come the question, the answer in a sentence, how
    sure it is, and where the treatment stalls. `represents` says whether those studied look like people who have ALS.
    `earlier_looks` are those of other runs of the same study. `arms` is the order in which charts show arms, treated first; when empty,
    arms keep the order of their table. `series` maps the names listed in
    `response.analysis.Analysis` and `explain.analysis` to tables. `sources` are numbered in this order, and effects cite them by id.
    `provenance` maps a label (version, seed, input hash) to its text. `smallest_cell` is the smallest count of people that is shown.
    """

    kicker: str
    question: str
    answer: str
    how_sure: str = ""
    stall: str = ""
    strip: str = "Research use only, not medical advice."
    estimand: str = ""
    represents: str = ""
    effects: tuple[Effect, ...] = ()
    findings: tuple[Finding, ...] = ()
    looks: tuple[Look, ...] = ()
    earlier_looks: tuple[Look, ...] = ()
    checks: tuple[Check, ...] = ()
    methods: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    limits: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    series: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    planted: tuple[PlantedBesideFound, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    smallest_cell: int = LEAST_SMALLEST_CELL
