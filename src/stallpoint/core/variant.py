"""A genetic variant, where it lies in each build of the genome, and its call in one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from stallpoint.core.source import Tag

Build = Literal["GRCh37", "GRCh38"]
BUILDS: tuple[Build, ...] = ("GRCh37", "GRCh38")
Answer = Literal["present", "absent", "not tested"]
Zygosity = Literal["heterozygous", "homozygous", "hemizygous", ""]
Coordinates = Literal["verified", "unverified"]


@dataclass(frozen=True)
class Place:
    """Where a variant lies in one build: the reference sequence there, and the allele that is asked for.

    The allele may be the reference itself: 3435C>T of ABCB1 is the reference base in both builds. Positions count from 1.
    Where an insertion or deletion can be placed at several positions, `reference` should span all of them.
    """

    chrom: str
    position: int
    reference: str
    allele: str

    @property
    def end(self) -> int:
        """Last position of the reference sequence."""
        return self.position + len(self.reference) - 1


@dataclass(frozen=True)
class Significance:
    """What ClinVar says, of which day, and how it was reviewed. Classifications that contradict each other are not settled."""

    text: str
    review: str
    date: str
    accession: str

    @property
    def conflicting(self) -> bool:
        """Whether submitters contradict each other."""
        return "conflicting" in f"{self.text} {self.review}".lower().replace("no conflicts", "")


@dataclass(frozen=True)
class Variant:
    """A variant by its present name, with older names and identifiers.

    `coordinates` says whether the places were seen in a public record; a variant with unverified ones is never called.
    """

    gene: str
    name: str
    legacy: str = ""
    rsid: str = ""
    transcript: str = ""
    hgvs_c: str = ""
    hgvs_p: str = ""
    role: str = ""
    coordinates: Coordinates = "unverified"
    places: Mapping[Build, Place] = field(default_factory=dict)
    significance: Significance | None = None
    tag: Tag = "assumed"
    source: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """Gene and name, with the older name where there is one."""
        return f"{self.gene} {self.name}{f' (formerly {self.legacy})' if self.legacy else ''}"


@dataclass(frozen=True)
class VariantCall:
    """What is known of one variant in one person. Not tested is a call of its own, and `reason` says why.

    `hgvs` is its name on the chromosome, where a genome was read.
    """

    gene: str
    variant: str
    call: Answer
    zygosity: Zygosity = ""
    reason: str = ""
    quality: float | None = None
    phased: bool | None = None
    assay: str = ""
    date: str = ""
    source: str = ""
    hgvs: str = ""
    usable: bool = True


@dataclass(frozen=True)
class RepeatCall:
    """The repeats counted at one locus of one person.

    `alleles` are counts, `intervals` what they may be. `meanings` says what each range of each source makes of the longer allele.
    `usable` is false where no assay was stated or the person reported it: it is recorded and stratifies nobody.
    """

    gene: str
    locus: str
    call: Answer
    meaning: str
    alleles: tuple[float, ...] = ()
    intervals: tuple[tuple[float, float], ...] = ()
    meanings: tuple[str, ...] = ()
    reason: str = ""
    assay: str = ""
    date: str = ""
    source: str = ""
    usable: bool = True


@dataclass(frozen=True)
class RepeatReading:
    """Repeat counts as a file or a laboratory gives them, before anything is made of them.

    `locus` is a gene or an identifier of the locus. `read_length` is that of short reads, where counts rest on them.
    """

    locus: str
    alleles: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...] = ()
    assay: str = ""
    date: str = ""
    source: str = ""
    read_length: float | None = None
    self_reported: bool = False
    passed: bool = True
