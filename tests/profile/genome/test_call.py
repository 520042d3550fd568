"""Variants planted in every notation, in both builds: the call is right, and what is not there is not tested."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from vcf_world import Row, vcf_text, write_vcf

from stallpoint.core.errors import TableError
from stallpoint.core.variant import BUILDS, Build, Place, Variant
from stallpoint.io.vcf.file import open_vcf
from stallpoint.knowledge.variants import find_variant, load_variants
from stallpoint.profile.genome.build import BuildError
from stallpoint.profile.genome.call import ABSENT, NOT_TESTED, PRESENT, REASONS, PanelCalls, call_panel, describe_zygosity

pytest.importorskip("pysam")

PANEL = tuple(each for each in load_variants() if each.coordinates == "verified")
SAMPLES = ("het", "hom", "none", "no call", "filtered", "poor", "half", "half not")
CALLS = {
    "het": PRESENT,
    "hom": PRESENT,
    "none": ABSENT,
    "no call": NOT_TESTED,
    "filtered": NOT_TESTED,
    "poor": NOT_TESTED,
    "half": PRESENT,
    "half not": NOT_TESTED,
}
NEXT = {"A": "C", "C": "G", "G": "T", "T": "A"}


def other_base(*taken: str) -> str:
    return next(base for base in "ACGT" if base not in taken)


def cells(one: int, *, of: int = 0, phased: bool = False) -> list[str]:
    """Genotypes of SAMPLES, where `one` is the index of the planted allele and `of` that of the other."""
    sign = "|" if phased else "/"
    low, high = sorted((of, one))
    het = f"{low}{sign}{high}:50:30:PASS"
    return [
        het,
        f"{one}{sign}{one}:50:30:PASS",
        f"{of}{sign}{of}:50:30:PASS",
        "./.:.:.:.",
        het.replace("PASS", "bad"),
        het.replace(":50:", ":9:"),
        f".{sign}{one}:50:30:PASS",
        f".{sign}{of}:50:30:PASS",
    ]


def row(place: Place, position: int, ref: str, alt: str, genotypes: list[str]) -> Row:
    return (place.chrom, position, ref, alt, "PASS", ".", "GT:GQ:DP:FT", genotypes)


def simple(place: Place, *, phased: bool = False) -> Row:
    """One row of two alleles; where the asked allele is the reference, some other base is the alternate."""
    if place.allele == place.reference:
        return row(place, place.position, place.reference, other_base(place.reference), cells(0, of=1, phased=phased))
    return row(place, place.position, place.reference, place.allele, cells(1, phased=phased))


def in_many_alleles(place: Place) -> Row:
    if len(place.reference) > 1:
        return row(place, place.position, place.reference, f"{place.reference}A,{place.allele}", cells(2))
    if place.allele == place.reference:
        alts = [base for base in "ACGT" if base != place.reference][:2]
        return row(place, place.position, place.reference, ",".join(alts), cells(0, of=2))
    return row(place, place.position, place.reference, f"{other_base(place.reference, place.allele)},{place.allele}", cells(2))


def padded(place: Place) -> Row:
    """The notation that a deletion in the same row forces on a substitution: `CGT` to `TGT,C`. An indel gets needless bases around it."""
    if len(place.reference) > 1:
        return row(place, place.position - 2, f"GC{place.reference}TT", f"GC{place.allele}TT", cells(1))
    if place.allele == place.reference:
        swapped = f"{other_base(place.reference)}GT"
        return row(place, place.position, f"{place.reference}GT", f"{place.reference},{swapped}", cells(0, of=2))
    return row(place, place.position, f"{place.reference}GT", f"{place.reference},{place.allele}GT", cells(2))


def with_neighbour(place: Place) -> Row:
    """A change of two or three bases at once, of which the planted one is a part."""
    if len(place.reference) > 1:
        return padded(place)
    if place.allele == place.reference:
        return row(place, place.position - 1, f"A{place.reference}", f"C{other_base(place.reference)}", cells(0, of=1))
    return row(place, place.position - 1, f"A{place.reference}G", f"C{place.allele}T", cells(1))


def in_gvcf(place: Place) -> Row:
    base = simple(place)
    return (*base[:3], f"{base[3]},<NON_REF>", *base[4:])


STYLES: dict[str, Callable[[Place], Row]] = {
    "alone": simple,
    "phased": lambda place: simple(place, phased=True),
    "many alleles": in_many_alleles,
    "padded": padded,
    "with its neighbour": with_neighbour,
    "gVCF": in_gvcf,
}


def call(path: Path, build: Build, panel: tuple[Variant, ...] = PANEL) -> PanelCalls:
    return call_panel(open_vcf(path), panel, build)


def one_at_a_place(panel: tuple[Variant, ...], build: Build) -> list[Variant]:
    """Rows of neighbours may not overlap in one file: no two within six bases."""
    kept: list[Variant] = []
    for variant in sorted(panel, key=lambda each: (each.places[build].chrom, each.places[build].position)):
        place = variant.places[build]
        if not kept or kept[-1].places[build].chrom != place.chrom or place.position - kept[-1].places[build].end > 6:
            kept.append(variant)
    return kept


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("style", STYLES)
def test_every_variant_of_the_panel_is_called_in_every_notation(tmp_path: Path, build: Build, style: str) -> None:
    left = list(PANEL)
    while left:
        planted = one_at_a_place(tuple(left), build)
        left = [each for each in left if each not in planted]
        text = vcf_text([STYLES[style](each.places[build]) for each in planted], SAMPLES, build)
        found = call(write_vcf(tmp_path / "a.vcf.gz", text), build, tuple(planted))
        for index, variant in enumerate(planted):
            got = dict(zip(SAMPLES, found.calls[index].tolist(), strict=True))
            assert got == CALLS, (variant.label, style)
            assert [describe_zygosity(*pair) for pair in zip(found.copies[index], found.ploidy[index], strict=True)][:2] == [
                "heterozygous",
                "homozygous",
            ], (variant.label, style)
        assert found.phased[:, 0].all() == (style == "phased")


@pytest.mark.parametrize("ending", [".vcf", ".vcf.gz", ".bcf"])
def test_every_kind_of_file_gives_the_same_calls(tmp_path: Path, ending: str) -> None:
    planted = one_at_a_place(PANEL, "GRCh38")
    text = vcf_text([simple(each.places["GRCh38"]) for each in planted], SAMPLES)
    found = call(write_vcf(tmp_path / f"a{ending}", text), "GRCh38", tuple(planted))
    assert (found.calls == np.array(list(CALLS.values()))).all()
    assert {REASONS[code] for code in found.reasons[:, 3]} == {"no call"}
    assert {REASONS[code] for code in found.reasons[:, 4]} == {"filtered out"}
    assert {REASONS[code] for code in found.reasons[:, 5]} == {"low genotype quality"}


def test_a_silent_position_is_not_tested(tmp_path: Path) -> None:
    text = vcf_text([simple(find_variant("SOD1", "A5V").places["GRCh38"])], SAMPLES)
    found = call(write_vcf(tmp_path / "a.vcf", text), "GRCh38")
    silent = [index for index, each in enumerate(PANEL) if each.name != "A5V"]
    assert (found.calls[silent] == NOT_TESTED).all()
    assert {REASONS[code] for code in found.reasons[silent].ravel()} == {"the file is silent here"}


@pytest.mark.parametrize("build", BUILDS)
def test_blocks_of_a_gvcf_are_absent_unless_the_reference_is_what_is_asked_for(tmp_path: Path, build: Build) -> None:
    rows: list[Row] = []
    for variant in one_at_a_place(PANEL, build):
        place = variant.places[build]
        for first, last in ((place.position - 2, place.position), (place.position + 1, place.end + 3)):
            genotypes = ["0/0:60:30", "0/0:0:30", "0/0:60:2", "./.:.:."]
            base = place.reference if first == place.position else "N"
            rows.append((place.chrom, first, base, "<NON_REF>", "PASS", f"END={last}", "GT:GQ:DP", genotypes))
    planted = tuple(one_at_a_place(PANEL, build))
    found = call(write_vcf(tmp_path / "a.vcf.gz", vcf_text(rows, ("good", "poor", "thin", "none"), build)), build, planted)
    for index, variant in enumerate(planted):
        place = variant.places[build]
        assert found.calls[index, 0] == (PRESENT if place.reference == place.allele else ABSENT), variant.label
        assert (found.calls[index, 1:] == NOT_TESTED).all(), variant.label
    assert "ABCB1" in {each.gene for each in planted if each.places[build].reference == each.places[build].allele}


def one_place(
    tmp_path: Path, rows: list[Row], samples: tuple[str, ...] = ("one",), gene: str = "SOD1", name: str = "A5V"
) -> PanelCalls:
    return call(write_vcf(tmp_path / "a.vcf", vcf_text(rows, samples)), "GRCh38", (find_variant(gene, name),))


A5V = find_variant("SOD1", "A5V").places["GRCh38"]


TWICE = "rows that contradict each other"
OTHER_BASE = "the file's reference base is another"


def plain_row(position: int, ref: str, alt: str, genotype: str, *, passed: str = "PASS", info: str = ".") -> Row:
    return ("21", position, ref, alt, passed, info, "GT", [genotype])


@pytest.mark.parametrize(
    ("rows", "expected", "reason"),
    [
        ([plain_row(A5V.position, "C", "G", "0/1")], ABSENT, ""),
        ([plain_row(A5V.position, "C", "T", "0/1", passed="LowQual")], NOT_TESTED, "filtered out"),
        ([plain_row(A5V.position, "C", "T,*", "1/2")], PRESENT, ""),
        ([plain_row(A5V.position, "C", "T,*", "0/2")], NOT_TESTED, "a symbolic or spanning allele"),
        ([plain_row(A5V.position - 9, "A", "<DEL>", "0/1", info=f"END={A5V.position + 9}")], NOT_TESTED, "a symbolic or spanning allele"),
        ([plain_row(A5V.position - 9, "A", "<DEL>", "0/0", info=f"END={A5V.position + 9}")], NOT_TESTED, "the file is silent here"),
        ([plain_row(A5V.position - 1, "GCG", "G", "0/1")], ABSENT, ""),
        ([plain_row(A5V.position - 1, "GCG", "GTTTA", "0/1")], NOT_TESTED, "another change at this place"),
        ([plain_row(A5V.position, "C", "T", "1")], PRESENT, ""),
        ([plain_row(A5V.position, "C", "T", "0/1"), plain_row(A5V.position, "C", "T", "0/0")], NOT_TESTED, TWICE),
        ([plain_row(A5V.position, "G", "T", "0/1")], NOT_TESTED, OTHER_BASE),
        ([plain_row(A5V.position, "C", "T", "0/1"), plain_row(A5V.position, "C", "G", "0/0")], PRESENT, ""),
        ([plain_row(A5V.position, "C", "T", "0/0"), plain_row(A5V.position, "CG", "TA", "0/1")], PRESENT, ""),
        ([plain_row(31668406, "C", "T", "0/1")], NOT_TESTED, "the file is silent here"),
    ],
)  # fmt: skip
def test_what_else_a_row_may_hold(tmp_path: Path, rows: list[Row], expected: int, reason: str) -> None:
    found = one_place(tmp_path, rows)
    assert (found.calls[0, 0], REASONS[found.reasons[0, 0]]) == (expected, reason)


def test_one_copy_is_hemizygous_and_half_known_has_no_zygosity(tmp_path: Path) -> None:
    rows: list[Row] = [("21", A5V.position, "C", "T", "PASS", ".", "GT", ["1", "./1", "1/1"])]
    found = one_place(tmp_path, rows, ("one", "half", "two"))
    said = [describe_zygosity(*pair) for pair in zip(found.copies[0], found.ploidy[0], strict=True)]
    assert said == ["hemizygous", "", "homozygous"]


def test_orientation_of_abcb1_and_cyp1a2(tmp_path: Path) -> None:
    """The plus-strand reference of rs1045642 is the T allele of 3435C>T; *1F of CYP1A2 is the alternate."""
    abcb1, cyp1a2 = find_variant("ABCB1", "3435C>T"), find_variant("CYP1A2", "rs762551")
    rows: list[Row] = [
        ("7", 87509329, "A", "G", "PASS", ".", "GT", ["0/0", "0/1", "1/1"]),
        ("15", 74749576, "C", "A", "PASS", ".", "GT", ["0/0", "0/1", "1/1"]),
    ]
    found = call(write_vcf(tmp_path / "a.vcf", vcf_text(rows, ("a", "b", "c"))), "GRCh38", (abcb1, cyp1a2))
    assert found.copies.tolist() == [[2, 1, 0], [0, 1, 2]]
    assert found.calls.tolist() == [[PRESENT, PRESENT, ABSENT], [ABSENT, PRESENT, PRESENT]]


def test_unverified_coordinates_are_refused_even_where_the_file_speaks(tmp_path: Path) -> None:
    p525l = find_variant("FUS", "P525L")
    place = p525l.places["GRCh38"]
    text = vcf_text([simple(place)], SAMPLES)
    found = call(write_vcf(tmp_path / "a.vcf", text), "GRCh38", (p525l,))
    assert (found.calls == NOT_TESTED).all()
    assert {REASONS[code] for code in found.reasons.ravel()} == {"its coordinates are not verified"}


def test_a_file_of_the_other_build_is_refused_by_its_reference_bases(tmp_path: Path) -> None:
    planted = one_at_a_place(PANEL, "GRCh38")
    places = [each.places["GRCh38"] for each in planted]
    rows: list[Row] = [
        (each.chrom, each.position, NEXT[each.reference[0]], "A,C,G,T", "PASS", ".", "GT", ["0/0"]) for each in places
    ]
    with pytest.raises(BuildError, match="other reference bases"):
        call(write_vcf(tmp_path / "a.vcf", vcf_text(rows, ("one",))), "GRCh38", tuple(planted))


@pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed")
@pytest.mark.parametrize("style", [style for style in STYLES if style != "gVCF"])
def test_bcftools_says_the_same(tmp_path: Path, style: str) -> None:
    """Split and atomised by bcftools norm, the rows of the planted alleles hold as many copies as are called here."""
    single = [each for each in one_at_a_place(PANEL, "GRCh38") if len(each.places["GRCh38"].reference) == 1]
    planted = [each for each in single if each.places["GRCh38"].reference != each.places["GRCh38"].allele]
    path = write_vcf(tmp_path / "a.vcf.gz", vcf_text([STYLES[style](each.places["GRCh38"]) for each in planted], SAMPLES))
    run = lambda *words: subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: E731, S603
    (tmp_path / "split.vcf").write_text(run("bcftools", "norm", "-m-", "-a", str(path)), encoding="utf-8")
    listed = run("bcftools", "query", "-f", "%CHROM %POS %REF %ALT[ %GT]\\n", str(tmp_path / "split.vcf"))
    copies: dict[tuple[str, int, str], list[list[str]]] = {}
    for line in listed.splitlines():
        chrom, position, _, alt, *genotypes = line.split()
        copies.setdefault((chrom.removeprefix("chr"), int(position), alt), []).append(genotypes)
    found = call(path, "GRCh38", tuple(planted))
    compared = 0
    for index, variant in enumerate(planted):
        place = variant.places["GRCh38"]
        for genotypes in copies.get((place.chrom, place.position, place.allele), []):
            theirs = [genotype.count("1") for genotype in genotypes[:3]]
            assert theirs == found.copies[index, :3].tolist(), (variant.label, style)
            compared += 1
    assert compared >= 60


def test_an_allele_that_the_row_does_not_name_is_an_error(tmp_path: Path) -> None:
    """With genotypes alone, which are read all at once, as with other fields."""
    for form, cell in (("GT", "0/2"), ("GT:DP", "0/2:30")):
        text = vcf_text([("21", A5V.position, "C", "T", "PASS", ".", form, [cell])], ("one",))
        with pytest.raises(TableError, match="0/2 is no genotype of this row"):
            call_panel(open_vcf(write_vcf(tmp_path / "a.vcf", text)), PANEL, "GRCh38")
