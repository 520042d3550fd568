"""Variants, genes and builds of the genome that bear on ALS, and what is known of each variant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.source import DIRECTIONS, Direction, EvidenceClass, Tag
from stallpoint.core.variant import BUILDS, Build, Coordinates, Place, Significance, Variant
from stallpoint.knowledge.tsv import read_bundled_rows


class UnknownVariantError(StallpointError):
    """A gene or variant of which nothing is recorded."""


@dataclass(frozen=True)
class Gene:
    """One gene or locus: its role in ALS and how well that is established."""

    gene: str
    role: str
    evidence_class: str
    inheritance: str
    chrom: str
    tag: Tag
    source: str
    note: str


@dataclass(frozen=True)
class VariantFinding:
    """One statement on a variant. `variant` is "any" where it holds for the gene; `zygosity` is "any" where it was not told apart.

    `direction` is what it says of the claim that the variant matters for `about`: course, onset, risk, treatment, mechanism.
    """

    gene: str
    variant: str
    zygosity: str
    about: str
    direction: Direction
    claim: str
    evidence: EvidenceClass
    tag: Tag
    source: str


@dataclass(frozen=True)
class Chromosome:
    """Length and RefSeq accession of one chromosome in each build."""

    name: str
    lengths: dict[Build, int]
    accessions: dict[Build, str]


@cache
def load_variants() -> tuple[Variant, ...]:
    """All variants, those with unverified coordinates among them."""
    return tuple(_variant(row) for row in read_bundled_rows("profile/variants.tsv"))


@cache
def load_genes() -> dict[str, Gene]:
    """All genes by symbol."""
    return {row["gene"]: _gene(row) for row in read_bundled_rows("profile/genes.tsv")}


@cache
def load_variant_findings() -> tuple[VariantFinding, ...]:
    """All findings: those that refute first, then null ones, then those that support."""
    rows = read_bundled_rows("profile/variant_findings.tsv")
    findings = [
        VariantFinding(
            gene=row["gene"],
            variant=row["variant"],
            zygosity=row["zygosity"],
            about=row["about"],
            direction=cast("Direction", row["direction"]),
            claim=row["claim"],
            evidence=cast("EvidenceClass", row["evidence"]),
            tag=cast("Tag", row["tag"]),
            source=row["source"],
        )
        for row in rows
    ]
    return tuple(sorted(findings, key=lambda finding: DIRECTIONS.index(finding.direction)))


@cache
def load_chromosomes() -> dict[str, Chromosome]:
    """Chromosomes by name without prefix: 1 to 22, X, Y."""
    return {row["chrom"]: _chromosome(row) for row in read_bundled_rows("profile/assemblies.tsv")}


@cache
def load_profile_limits() -> dict[str, float]:
    """From where on genotypes, files and groups are not believed: openly assumed; the column `note` says what each means."""
    return {row["key"]: float(row["value"]) for row in read_bundled_rows("profile/limits.tsv")}


def find_variant(gene: str, name: str) -> Variant:
    """A variant by gene and any of its names: A5V, A4V, rs121912442, p.Ala5Val, c.14C>T, NM_000454.5:c.14C>T.

    Raises:
        UnknownVariantError: no such gene or variant; the message names the nearest.
    """
    known = [each for each in load_variants() if each.gene.lower() == gene.lower()]
    if not known:
        genes = sorted({each.gene for each in load_variants()})
        raise UnknownVariantError(f"no variant of {gene} is recorded", where="variant", do=ask_nearest(gene, genes))
    found = [each for each in known if name.lower() in {said.lower() for said in names_of(each)}]
    if not found:
        names = [name for each in known for name in (each.name, each.legacy) if name]
        raise UnknownVariantError(f"{gene} {name} is not recorded", where="variant", do=ask_nearest(name, names))
    return found[0]


def names_of(variant: Variant) -> tuple[str, ...]:
    """Every name that a variant goes by."""
    full = f"{variant.transcript}:{variant.hgvs_c}" if variant.transcript else ""
    bare = variant.hgvs_p.removeprefix("p.")
    names = (variant.name, variant.legacy, variant.rsid, variant.hgvs_c, variant.hgvs_p, bare, full)
    return tuple(dict.fromkeys(name for name in names if name))


def findings_of(gene: str, variant: str, *, zygosity: str = "") -> tuple[VariantFinding, ...]:
    """What is known of a variant, what refutes first; findings on the whole gene belong to it.

    Args:
        gene: symbol.
        variant: present name.
        zygosity: leave out findings that hold for the other zygosity; empty keeps all.
    """
    return tuple(
        finding
        for finding in load_variant_findings()
        if finding.gene == gene
        and finding.variant in (variant, "any")
        and (not zygosity or finding.zygosity in (zygosity, "any"))
    )


def _gene(row: dict[str, str]) -> Gene:
    tag = cast("Tag", row["tag"])
    return Gene(
        row["gene"], row["role"], row["evidence_class"], row["inheritance"], row["chrom"], tag, row["source"], row["note"]
    )


def _variant(row: dict[str, str]) -> Variant:
    significance = Significance(row["significance"], row["review"], row["significance_date"], row["clinvar"])
    return Variant(
        gene=row["gene"],
        name=row["name"],
        legacy=row["legacy"],
        rsid=row["rsid"],
        transcript=row["transcript"],
        hgvs_c=row["hgvs_c"],
        hgvs_p=row["hgvs_p"],
        role=row["role"],
        coordinates=cast("Coordinates", row["coordinates"]),
        places={build: place for build in BUILDS if (place := _place(row, build)) is not None},
        significance=significance if row["clinvar"] else None,
        tag=cast("Tag", row["tag"]),
        source=row["source"],
        note=row["note"],
    )


def _place(row: dict[str, str], build: Build) -> Place | None:
    position, reference = row[f"pos_{build.lower()}"], row[f"ref_{build.lower()}"]
    return Place(row["chrom"], int(position), reference, row["allele"]) if position and reference else None


def _chromosome(row: dict[str, str]) -> Chromosome:
    return Chromosome(
        row["chrom"],
        {build: int(row[f"length_{build.lower()}"]) for build in BUILDS},
        {build: row[f"refseq_{build.lower()}"] for build in BUILDS},
    )
