"""Calls of a panel of variants in everybody of a file, as arrays.

Present, absent and not tested are told apart for each person and place. What says absent is a row, or blocks of a gVCF, that cover the
whole place with the reference in both copies. A silent position, a no-call, a row that was filtered out, a genotype of low quality and
a symbolic or spanning allele are not tested, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from stallpoint.core.variant import Build, Place, Variant
from stallpoint.io.vcf.file import Region, VcfFile, read_rows
from stallpoint.io.vcf.row import VcfRow
from stallpoint.knowledge.variants import load_profile_limits
from stallpoint.profile.genome.alleles import Says, read_alleles, reference_agrees
from stallpoint.profile.genome.build import BuildError, contig_names
from stallpoint.profile.genome.genotypes import MISSING, NO_COPY, Genotypes, read_genotypes

PRESENT, ABSENT, NOT_TESTED = 1, 0, -1
REASONS = (
    "",
    "the file is silent here",
    "no call",
    "half of the genotype is missing",
    "filtered out",
    "low genotype quality",
    "few reads",
    "a symbolic or spanning allele",
    "another change at this place",
    "rows that contradict each other",
    "the file's reference base is another",
    "the chromosome is not in the file",
    "its coordinates are not verified",
    "its coordinates in this build are not known",
)
_CODES = {reason: code for code, reason in enumerate(REASONS)}
_SAID = {
    Says.SYMBOLIC: _CODES["a symbolic or spanning allele"],
    Says.OTHER_CHANGE: _CODES["another change at this place"],
}


@dataclass(frozen=True)
class PanelCalls:
    """Calls of variants (rows) in samples (columns).

    `calls` holds `PRESENT`, `ABSENT`, `NOT_TESTED`; `copies` how many copies carry the allele and `ploidy` of how many (0 not known);
    `reasons` indexes `REASONS`; `quality` is NaN where the file says none.
    """

    variants: tuple[Variant, ...]
    samples: tuple[str, ...]
    build: Build
    calls: np.ndarray
    copies: np.ndarray
    ploidy: np.ndarray
    phased: np.ndarray
    quality: np.ndarray
    reasons: np.ndarray


@dataclass
class _Evidence:
    """What the rows at one place say, sample by sample, while they are read."""

    place: Place
    n: int
    own: dict[tuple[object, ...], np.ndarray] = field(default_factory=dict)
    contradicted: np.ndarray = field(init=False)
    covered: np.ndarray = field(init=False)
    fault: np.ndarray = field(init=False)
    copies: np.ndarray = field(init=False)
    ploidy: np.ndarray = field(init=False)
    seen: np.ndarray = field(init=False)
    phased: np.ndarray = field(init=False)
    quality: np.ndarray = field(init=False)
    other_fault: np.ndarray = field(init=False)
    mismatch: bool = False
    touched: bool = False

    def __post_init__(self) -> None:
        self.covered = np.zeros((len(self.place.reference), self.n), dtype=bool)
        self.fault, self.other_fault = np.zeros(self.n, dtype=np.int8), np.zeros(self.n, dtype=np.int8)
        self.copies, self.ploidy = np.zeros(self.n, dtype=np.int8), np.zeros(self.n, dtype=np.int8)
        self.seen, self.phased = np.zeros(self.n, dtype=bool), np.zeros(self.n, dtype=bool)
        self.contradicted = np.zeros(self.n, dtype=bool)
        self.quality = np.full(self.n, np.nan, dtype=np.float32)


def call_panel(file: VcfFile, variants: Sequence[Variant], build: Build) -> PanelCalls:
    """Call variants in everybody of a file.

    Args:
        file: a VCF or BCF that was opened.
        variants: those with unverified coordinates are refused: not tested, with that reason.
        build: the build of the file; see `detect_build`.

    Raises:
        TableError: contigs named in two ways, or a row that cannot be read.
        BuildError: so many reference bases differ that the file must be of another build.
    """
    names = contig_names(file)
    placed = [(index, place) for index, variant in enumerate(variants) if (place := _callable_place(variant, build))]
    regions: list[Region] = []
    evidence: list[_Evidence] = []
    targets: list[int] = []
    n = len(file.header.samples)
    for index, place in sorted(placed, key=lambda each: (each[1].chrom, each[1].position)):
        if place.chrom in names:
            pad = len(place.reference) != len(place.allele)
            regions.append((names[place.chrom], max(1, place.position - pad), place.end + pad))
            evidence.append(_Evidence(place, n))
            targets.append(index)
    cached: tuple[VcfRow, Genotypes] | None = None
    for number, row in read_rows(file, regions):
        if cached is None or cached[0] != row:
            cached = (row, read_genotypes(row, n, place=file.path.name))
        _take(evidence[number], row, cached[1])
    _require_build(evidence, file, build)
    return _collect(file, tuple(variants), build, dict(zip(targets, evidence, strict=True)))


def _callable_place(variant: Variant, build: Build) -> Place | None:
    return variant.places.get(build) if variant.coordinates == "verified" else None


def _take(evidence: _Evidence, row: VcfRow, genotypes: Genotypes) -> None:
    place = evidence.place
    if not reference_agrees(row, place):
        evidence.mismatch = True
        return
    evidence.touched = True
    heard = read_alleles(row, place)
    says = np.array([*heard, Says.NOT_IT, Says.NOT_IT], dtype=np.int8)  # the last two stand for MISSING, NO_COPY
    is_own = Says.IT in heard
    said = says.take(genotypes.alleles.T, mode="wrap").T
    fault = _faults(row, genotypes, said)
    if is_own and row.position <= place.end and row.known_end >= place.position - 1:
        _take_own(evidence, row, genotypes, _count(said == Says.IT.value), fault)
    else:
        _take_other(evidence, row, fault)


def _faults(row: VcfRow, genotypes: Genotypes, said: np.ndarray) -> np.ndarray:
    """Code of the first reason why a genotype cannot be believed; 0 where it can."""
    limits = load_profile_limits()
    no_first, no_second = (genotypes.alleles == MISSING).T
    has_two = genotypes.alleles[:, 1] != NO_COPY
    faults = np.zeros(len(said), dtype=np.int8)
    for spoiled, code in (
        (_either(said == Says.OTHER_CHANGE.value), _SAID[Says.OTHER_CHANGE]),
        (_either(said == Says.SYMBOLIC.value), _SAID[Says.SYMBOLIC]),
        (no_first | no_second, _CODES["half of the genotype is missing"]),
        (genotypes.depth < limits["reads_depth"], _CODES["few reads"]),
        (genotypes.quality < limits["genotype_quality"], _CODES["low genotype quality"]),
        (no_first & (no_second | ~has_two), _CODES["no call"]),
        (~genotypes.passed | (not row.passed), _CODES["filtered out"]),
    ):
        if spoiled.any():
            faults[spoiled] = code
    return faults


def _count(of_both: np.ndarray) -> np.ndarray:
    """In how many alleles it is so."""
    count: np.ndarray = of_both[:, 0].astype(np.int8) + of_both[:, 1]
    return count


def _either(of_both: np.ndarray) -> np.ndarray:
    """Whether either allele is so; much quicker than a reduction over an axis of two."""
    either: np.ndarray = of_both[:, 0] | of_both[:, 1]
    return either


def _is_unclear(fault: np.ndarray) -> np.ndarray:
    """Whether an allele says something else than the one asked for or the reference."""
    unclear: np.ndarray = (fault == _SAID[Says.OTHER_CHANGE]) | (fault == _SAID[Says.SYMBOLIC])
    return unclear


def _take_own(evidence: _Evidence, row: VcfRow, genotypes: Genotypes, found: np.ndarray, fault: np.ndarray) -> None:
    """A row that holds the allele that is asked for. Where the allele is the reference, the row that leaves fewest copies counts."""
    key = (row.position, row.reference, row.alternates)
    if key in evidence.own:
        evidence.contradicted |= _either(evidence.own[key] != genotypes.alleles)
        return
    evidence.own[key] = genotypes.alleles
    carried = found > 0
    partial = carried & (_is_unclear(fault) | (fault == _CODES["half of the genotype is missing"]))
    good = (fault == 0) | partial
    is_reference = evidence.place.allele == evidence.place.reference
    together = np.minimum(evidence.copies, found) if is_reference else np.minimum(evidence.copies + found, 2)
    copies = np.where(evidence.seen, together, found)
    ploidy = np.where(partial, np.int8(0), (genotypes.alleles[:, 1] != NO_COPY) + np.int8(1))
    np.copyto(evidence.fault, fault, where=~good & (evidence.fault == 0))
    np.copyto(evidence.copies, copies, where=good)
    np.copyto(evidence.ploidy, ploidy, where=good)
    np.copyto(evidence.phased, genotypes.phased, where=good & carried)
    np.copyto(evidence.quality, np.fmin(evidence.quality, genotypes.quality), where=good)
    evidence.seen |= good


def _take_other(evidence: _Evidence, row: VcfRow, fault: np.ndarray) -> None:
    place = evidence.place
    if row.end < place.position or row.position > place.end:
        return
    first, last = max(row.position, place.position) - place.position, min(row.known_end, place.end) - place.position
    evidence.covered[first : max(first, last + 1)] |= fault == 0
    evidence.other_fault = np.where(evidence.other_fault == 0, fault, evidence.other_fault).astype(np.int8)


def _require_build(evidence: Iterable[_Evidence], file: VcfFile, build: Build) -> None:
    checked = [each for each in evidence if each.mismatch or each.touched]
    wrong = [each.place for each in checked if each.mismatch]
    limits = load_profile_limits()
    if len(wrong) >= limits["reference_mismatch_least"] and len(wrong) > limits["reference_mismatch_share"] * len(checked):
        raise BuildError(
            f"has other reference bases than {build} at {len(wrong)} of {len(checked)} places",
            where=file.path.name,
            rows=[f"{each.chrom}:{each.position}: expected {each.reference}" for each in wrong],
            do="find out which build it is in; its header may be wrong",
        )


def _collect(file: VcfFile, variants: tuple[Variant, ...], build: Build, evidence: dict[int, _Evidence]) -> PanelCalls:
    shape = (len(variants), len(file.header.samples))
    calls = np.full(shape, NOT_TESTED, dtype=np.int8)
    copies, ploidy = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int8)
    phased, quality = np.zeros(shape, dtype=bool), np.full(shape, np.nan, dtype=np.float32)
    reasons = np.zeros(shape, dtype=np.int8)
    for index, variant in enumerate(variants):
        found = evidence.get(index)
        if found is None:
            reasons[index] = _CODES[_why_not(variant, build)]
            continue
        calls[index], reasons[index] = _settle(found)
        is_present = calls[index] == PRESENT
        copies[index] = np.where(is_present, found.copies, 0)
        is_clear = ~_is_unclear(found.other_fault)  # not so where a deletion lies over the place, say: copies cannot be counted
        ploidy[index] = np.where(is_present & is_clear, found.ploidy, 0)
        phased[index] = found.phased & is_present
        quality[index] = found.quality
    return PanelCalls(variants, file.header.samples, build, calls, copies, ploidy, phased, quality, reasons)


def _why_not(variant: Variant, build: Build) -> str:
    if variant.coordinates != "verified":
        return "its coordinates are not verified"
    return "its coordinates in this build are not known" if build not in variant.places else "the chromosome is not in the file"


def _settle(found: _Evidence) -> tuple[np.ndarray, np.ndarray]:
    """One answer and one reason a sample. Rows that hold the allele outrank those that only cover its place."""
    n = found.n
    if found.mismatch:
        return np.full(n, NOT_TESTED), np.full(n, _CODES["the file's reference base is another"])
    faulty = (found.fault > 0) & ~(found.seen & (found.copies > 0))
    answered = found.seen & ~faulty
    covered = found.covered.all(axis=0) & ~found.seen & (found.fault == 0)
    calls = np.where(answered, np.where(found.copies > 0, PRESENT, ABSENT), np.where(covered, ABSENT, NOT_TESTED))
    other = np.where(found.other_fault > 0, found.other_fault, _CODES["the file is silent here"])
    reasons = np.where(calls != NOT_TESTED, 0, np.where(found.fault > 0, found.fault, other))
    calls[found.contradicted] = NOT_TESTED
    reasons[found.contradicted] = _CODES["rows that contradict each other"]
    return calls, reasons


def describe_zygosity(copies: int, ploidy: int) -> str:
    """Zygosity in words; empty where part of the genotype is not known."""
    if ploidy == 1:
        return "hemizygous"
    return {1: "heterozygous", 2: "homozygous"}.get(copies, "") if ploidy == 2 else ""
