"""What is known about a drug that bears on whether it gets there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.core.parameter import Link, Parameter
from stallpoint.core.source import Direction, EvidenceClass, Source, Tag

DrugKind = Literal["small molecule", "antisense", "protein", "mixture", "inorganic"]
Route = Literal["oral", "intravenous", "intramuscular", "subcutaneous", "intrathecal"]
Site = Literal["CNS", "periphery"]


@dataclass(frozen=True)
class DosePattern:
    """How a drug was given: dose, interval and route.

    `cycles` are pairs of days on and days off, in order; the last repeats. `first_days` are days of doses before the regular ones
    (loading), and the interval counts from the last of them. Amounts are of the substance whose molar mass the drug states.
    """

    name: str
    dose_mg: float
    interval_h: float
    route: Route
    tag: Tag
    source: str
    infusion_h: float = 0.0
    cycles: tuple[tuple[float, float], ...] = ()
    first_days: tuple[float, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class CovariateRatio:
    """What a parameter is multiplied with in people with `column` at `level`."""

    parameter: str
    column: str
    level: str
    ratio: float
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str = ""


@dataclass(frozen=True)
class Evidence:
    """One finding on one link of the chain.

    `site` says where engagement was seen: in the central nervous system, where it counts for the neuron, or elsewhere.
    """

    link: Link
    direction: Direction
    claim: str
    evidence: EvidenceClass
    tag: Tag
    source: str
    site: Site | None = None


@dataclass(frozen=True)
class Gap:
    """What is not known, and the measurement that would tell."""

    link: Link
    what: str
    measure: str


@dataclass(frozen=True)
class Drug:
    """A drug: what it is, how it is given, and every number and finding on its way to the target.

    Several `parameters` may share a name where sources disagree: the first is the one that models use, the others are shown beside
    it. `sources` are works cited by this drug alone, beyond those that come with the software.
    """

    name: str
    kind: DrugKind
    also: tuple[str, ...] = ()
    molar_mass_g_mol: float | None = None
    smiles: str = ""
    inchikey: str = ""
    drug_class: str = ""
    targets: tuple[str, ...] = ()
    pathways: tuple[str, ...] = ()
    patterns: tuple[DosePattern, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    covariates: tuple[CovariateRatio, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sources: tuple[Source, ...] = ()

    def parameter(self, name: str) -> Parameter | None:
        """The number that models use under this name; None where it is not known."""
        return next((each for each in self.parameters if each.name == name), None)

    def alternatives(self, name: str) -> tuple[Parameter, ...]:
        """What other sources say of the same number."""
        return tuple(each for each in self.parameters if each.name == name)[1:]
