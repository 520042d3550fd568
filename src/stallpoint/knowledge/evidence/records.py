"""Rows of the evidence base beside claims: trials, who they took, arms, treatments, mechanisms, variants, approvals, identifiers."""

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


EligibilityMeasure = Literal[
    "age_years",
    "onset_months",
    "alsfrs_r",
    "alsfrs_r_least_item",
    "decline_per_month",
    "run_in_points",
    "fvc_percent",
    "svc_percent",
    "vital_capacity_percent",
    "tricals",
    "riluzole",
    "marker",
    "gene",
    "repeat",
    "genotype",
    "words",
]


@dataclass(frozen=True)
class Eligibility:
    """One condition that a trial set for its people. `said` are the words of the trial's row.

    `low` to `high` are in the unit of the measure (months, percent, points); a bound named by `excluded` is itself outside. `value` is
    the gene, the variant, the marker (in `unit`), or yes and no. Conditions of one trial under one name in `any_of` are alternatives. What
    no number or genotype can judge is `words`.
    """

    trial: str
    measure: EligibilityMeasure
    said: str
    source: str
    tag: Tag
    low: float | None = None
    high: float | None = None
    excluded: Literal["low", "high"] | None = None
    value: str = ""
    unit: str = ""
    any_of: str = ""


@dataclass(frozen=True)
class ArmRecord:
    """The people of one arm, and what became of them, as printed. `read_at` is the page or table where it was read.

    Disease is counted from onset unless `duration_from` says otherwise. A `subset` holds people of other rows once more.
    """

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
    duration_from: Literal["diagnosis", "onset to diagnosis"] | None = None
    fvc_percent_mean: float | None = None
    fvc_percent_sd: float | None = None
    subset: Literal["yes"] | None = None
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
