"""Rows of the evidence base beside claims: trials, arms, treatments, mechanisms, variants, approvals, tests of signals, identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stallpoint.core.parameter import Link
from stallpoint.core.source import Tag


@dataclass(frozen=True)
class TrialRecord:
    """One trial: who was studied and how. `verdict` and `reason` sum it up as of today; whose words the reason is, `reason_basis` says.

    `registry` is a CURIE. Where a size was approximate or recalled `n_tag` and `note` say so.
    """

    id: str
    name: str
    treatments: tuple[str, ...]
    source: str
    tag: Tag
    also: tuple[str, ...] = ()
    registry: str = ""
    registry_tag: Tag | None = None
    known_from: str = ""
    dose: str = ""
    mechanisms: tuple[str, ...] = ()
    population: str = ""
    n_active: int | None = None
    n_control: int | None = None
    n_tag: Tag | None = None
    weeks: float | None = None
    endpoint: str = ""
    verdict: str = ""
    reason: str = ""
    reason_basis: str = ""
    note: str = ""
    check: str = ""


@dataclass(frozen=True)
class ArmRecord:
    """The people of one arm, and what became of them, as printed. `read_at` is the page or table where it was read."""

    trial: str
    arm: str
    source: str
    tag: Tag
    n: int | None = None
    alsfrs_r_mean: float | None = None
    alsfrs_r_sd: float | None = None
    age_years_mean: float | None = None
    age_years_sd: float | None = None
    bulbar_percent: float | None = None
    duration_months_mean: float | None = None
    duration_months_sd: float | None = None
    riluzole_percent: float | None = None
    decline_per_month: float | None = None
    change_mean: float | None = None
    change_sd: float | None = None
    deaths: int | None = None
    read_at: str = ""
    note: str = ""


@dataclass(frozen=True)
class Treatment:
    """A treatment that a claim may name: a drug with a file of its own, or one that has none, a combination, or a group of drugs."""

    name: str
    kind: Literal["single", "combination", "group"]
    source: str
    tag: Tag
    also: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Mechanism:
    """A topic of why treatments work or fail, with the link of the chain where it acts."""

    id: str
    link: Link
    question: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class VariantRecord:
    """A genetic variant and what is said of the people who carry it. `cited` names the works as the finding's compiler cited them."""

    gene: str
    variant: str
    finding: str
    source: str
    tag: Tag
    also: tuple[str, ...] = ()
    curie: str = ""
    hgvs_c: str = ""
    hgvs_p: str = ""
    classification: str = ""
    cited: str = ""
    coordinates: str = ""


@dataclass(frozen=True)
class Approval:
    """What a regulator decided."""

    treatment: str
    region: str
    status: str
    source: str
    tag: Tag
    known_from: str = ""


@dataclass(frozen=True)
class Replication:
    """A signal (id of a claim) and the trial result (id of a claim) that looked for it again."""

    signal: str
    test: str
    outcome: Literal["confirmed", "not confirmed"]
    source: str
    tag: Tag
    note: str = ""


@dataclass(frozen=True)
class Identifier:
    """A CURIE of a gene or drug, such as hgnc:11179."""

    kind: Literal["gene", "drug"]
    name: str
    curie: str
    source: str
    tag: Tag
