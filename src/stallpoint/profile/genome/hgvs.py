"""HGVS names of places on a chromosome, read and written: NC_000021.9:g.31659783C>T.

Coding and protein names need a transcript; those of known variants are found by `knowledge.variants.find_variant`.
"""

from __future__ import annotations

import re

from stallpoint.core.errors import TableError
from stallpoint.core.variant import BUILDS, Build, Place, Variant
from stallpoint.knowledge.variants import load_chromosomes
from stallpoint.profile.genome.alleles import trim

_NAME = re.compile(r"(NC_\d+\.\d+):g\.(\d+)(?:_(\d+))?(?:([ACGT])>([ACGT])|del([ACGT]+)?ins([ACGT]+)|del([ACGT]+))")


class HgvsError(TableError):
    """A name that cannot be read as HGVS here."""


def read_hgvs(text: str) -> Variant:
    """A variant of one build from its genomic name.

    Raises:
        HgvsError: not such a name; an accession of neither build; a deletion whose bases are not spelt out, or are not as many as
            its positions.
    """
    match = _NAME.fullmatch(text.strip())
    if match is None:
        raise HgvsError(
            f"{text!r} cannot be read",
            where="HGVS",
            do="write a substitution, deletion with its bases, or delins with its bases: NC_000021.9:g.31659783C>T",
        )
    accession, first, last, ref, alt, gone, put, only_gone = match.groups()
    chrom, build = _chromosome_of(accession)
    removed, added = ref or gone or only_gone or "", alt or put or ""
    span = int(last or first) - int(first) + 1
    if len(removed) != span:
        raise HgvsError(
            f"{text!r} spans {span} bases and spells out {len(removed)}", where="HGVS", do="spell the removed bases out"
        )
    place = Place(chrom, int(first), removed, added)
    return Variant(gene="", name=text.strip(), coordinates="verified", places={build: place}, role="asked for", source="stated")


def write_hgvs(place: Place, build: Build) -> str:
    """The genomic name of a place; where the allele is the reference, the name of the reference base (`=`).

    A deletion is named at the last position at which the place lets it stand, as HGVS asks; a duplication is named as an insertion.
    """
    accession = load_chromosomes()[place.chrom].accessions[build]
    after, removed, added = trim(place.reference[::-1], place.allele[::-1])  # read backwards, so that it ends up last
    removed, added = removed[::-1], added[::-1]
    first = place.end - after - len(removed) + 1
    last = first + len(removed) - 1
    if not removed and not added:
        return f"{accession}:g.{place.position}{place.reference}="
    if not removed:
        return f"{accession}:g.{first - 1}_{first}ins{added}"
    if len(removed) == len(added) == 1:
        return f"{accession}:g.{first}{removed}>{added}"
    span = str(first) if first == last else f"{first}_{last}"
    return f"{accession}:g.{span}del{removed}{f'ins{added}' if added else ''}"


def _chromosome_of(accession: str) -> tuple[str, Build]:
    for name, chromosome in load_chromosomes().items():
        for build in BUILDS:
            if chromosome.accessions[build] == accession:
                return name, build
    raise HgvsError(
        f"{accession} is a chromosome of neither build", where="HGVS", do="write a RefSeq accession of GRCh37 or GRCh38"
    )
