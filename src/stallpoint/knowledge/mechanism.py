"""What the model of the mechanism rests on: parameters, couplings between pathways, genotypes. Most of it is assumed, and says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from stallpoint.core.quantity import read_quantity
from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.tsv import read_bundled_rows

PATHWAYS = ("excitotoxicity", "oxidative stress", "neuroinflammation", "aggregation", "mitochondria", "autophagy")
"""The six burdens, in the order of every array."""

OTHER = "other"
"""What drives the loss of neurons and runs through none of the six."""


@dataclass(frozen=True)
class MechanismParameter:
    """One number of the model, or one published margin that it is compared with.

    `low` to `high` is how well the typical value is known (95%); `between` is the standard deviation of its logarithm between
    people, None where it is the same for all. A published margin has bounds that data allow instead.
    """

    key: str
    value: float
    low: float
    high: float
    between: float | None
    unit: str
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str

    def in_unit(self, unit: str) -> float:
        """The value in another unit of the same dimension.

        Raises:
            QuantityError: a unit of another dimension.
        """
        return self.value * self.factor(unit)

    def factor(self, unit: str) -> float:
        """How many of another unit one of this parameter's unit is."""
        pure = self.unit in ("ratio", "share", "probability", "points")
        return 1.0 if pure and unit == self.unit else read_quantity(f"1 {self.unit}", unit, where=self.key)


@dataclass(frozen=True)
class Genotype:
    """A group of people by cause: how fast, how old, where it begins, what drives it, and how much is bypassed.

    `rate_between` multiplies the spread of rates between people. `weights` are concentrations of a Dirichlet distribution over
    `PATHWAYS` and `OTHER`: the share of the loss that runs through each. All weights are hypotheses. `bypass` is the range of the share
    of a suppressed pathway that the others take over.
    """

    name: str
    rate_ratio: float
    rate_between: float
    onset_years: float
    onset_years_sd: float
    bulbar_share: float
    bypass: tuple[float, float]
    weights: tuple[float, ...]
    evidence: EvidenceClass
    tag: Tag
    source: str
    note: str


@cache
def load_mechanism() -> dict[str, MechanismParameter]:
    """All parameters by key; those that begin with `published_` are margins to compare with."""
    return {row["key"]: _parameter(row) for row in read_bundled_rows("mechanism.tsv")}


@cache
def load_genotypes() -> dict[str, Genotype]:
    """All groups by name; `sporadic` is everybody without a known cause."""
    return {row["genotype"]: _genotype(row) for row in read_bundled_rows("mechanism_genotypes.tsv")}


@cache
def load_couplings() -> tuple[tuple[int, int, float], ...]:
    """Pathway that pushes, pathway that is pushed, and how strongly: the change of one log burden per unit of the other."""
    rows = read_bundled_rows("pathway_couplings.tsv")
    return tuple((PATHWAYS.index(row["from"]), PATHWAYS.index(row["to"]), float(row["strength"])) for row in rows)


@cache
def load_pathway_names() -> dict[str, int]:
    """Pathway by the name that drug files give it; what acts on none of the six is not there."""
    return {row["said"]: PATHWAYS.index(row["pathway"]) for row in read_bundled_rows("pathway_names.tsv")}


@dataclass(frozen=True)
class DrugHypothesis:
    """What is supposed of a drug beyond its file: whom it can act on, doses at the limit of tolerance, how far its target carries.

    `genotype` is empty where anybody can be acted on; `dose` is the name of the pattern that the row speaks of, empty for all.
    `moves` and `largest` are None where the model's general parameters hold.
    """

    drug: str
    genotype: str
    dose: str
    tolerance_limit: bool
    moves: float | None
    largest: tuple[float, float] | None


@cache
def load_drug_hypotheses() -> tuple[DrugHypothesis, ...]:
    """All rows, in their order."""
    return tuple(_hypothesis(row) for row in read_bundled_rows("mechanism_drugs.tsv"))


def _hypothesis(row: dict[str, str]) -> DrugHypothesis:
    return DrugHypothesis(
        drug=row["drug"],
        genotype=row["genotype"],
        dose=row["dose"],
        tolerance_limit=row["tolerance_limit"] == "1",
        moves=float(row["moves"]) if row["moves"] else None,
        largest=(float(row["largest_low"]), float(row["largest_high"])) if row["largest_low"] else None,
    )


def _parameter(row: dict[str, str]) -> MechanismParameter:
    return MechanismParameter(
        key=row["key"],
        value=float(row["value"]),
        low=float(row["low"]),
        high=float(row["high"]),
        between=float(row["between"]) if row["between"] else None,
        unit=row["unit"],
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )


def _genotype(row: dict[str, str]) -> Genotype:
    def number(key: str) -> float:
        return float(row[key])

    return Genotype(
        name=row["genotype"],
        rate_ratio=number("rate_ratio"),
        rate_between=number("rate_between"),
        onset_years=number("onset_years"),
        onset_years_sd=number("onset_years_sd"),
        bulbar_share=number("bulbar_share"),
        bypass=(number("bypass_low"), number("bypass_high")),
        weights=tuple(number(name.replace(" ", "_")) for name in (*PATHWAYS, OTHER)),
        evidence=cast("EvidenceClass", row["evidence"]),
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )
