from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.core.variant import RepeatReading
from stallpoint.io.expansion_hunter import read_expansion_hunter
from stallpoint.io.repeat_table import read_repeat_table
from stallpoint.profile.repeats import RepeatError, call_repeat, call_repeats

PCR = "repeat-primed PCR"


def reading(locus: str, *alleles: float, **said: object) -> RepeatReading:
    return RepeatReading(locus, alleles, **{"assay": PCR, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("locus", "alleles", "call", "meaning"),
    [
        ("C9orf72", (2, 8), "absent", "normal"),
        ("C9orf72", (2, 27), "absent", "intermediate"),
        ("C9orf72", (8, 45), "not tested", "expanded or uncertain"),
        ("C9orf72", (8, 700), "present", "expanded"),
        ("c9ORF72", (8,), "absent", "normal"),
        ("FTDALS1_C9orf72", (8, 8), "absent", "normal"),
        ("ATXN2", (22, 22), "absent", "normal"),
        ("ATXN2", (22, 29), "absent", "intermediate or normal"),
        ("ATXN2", (22, 32), "not tested", "intermediate or expanded"),
        ("ATXN2", (22, 40), "present", "expanded"),
        ("AR", (45,), "present", "expanded"),
        ("AR", (35,), "not tested", "uncertain"),
    ],
)
def test_ranges_of_all_sources_must_agree(locus: str, alleles: tuple[float, ...], call: str, meaning: str) -> None:
    found = call_repeat(reading(locus, *alleles))
    assert (found.call, found.meaning) == (call, meaning)
    assert found.usable


def test_both_meanings_of_an_intermediate_atxn2_repeat_are_told() -> None:
    meanings = call_repeat(reading("ATXN2", 22, 32)).meanings
    assert "SCA2 (strchive): intermediate" in meanings
    assert "risk and course of ALS (chio_atxn2): expanded" in meanings


def test_an_interval_over_several_ranges_settles_nothing() -> None:
    found = call_repeat(reading("C9orf72", 8, 22, intervals=((8, 8), (20, 90))))
    assert (found.call, found.reason) == ("not tested", "tested, but the interval reaches over several ranges")
    assert call_repeat(reading("C9orf72", 8, 145, intervals=((8, 8), (145, inf)))).call == "present"


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"assay": ""}, "no assay"), ({"self_reported": True}, "stratifies nobody"), ({"passed": False}, "filtered")],
)
def test_what_cannot_be_used_is_recorded_and_says_why(said: dict[str, object], reason: str) -> None:
    found = call_repeat(reading("C9orf72", 8, 700, **said))
    assert (found.call, found.usable, found.alleles) == ("not tested", False, (8, 700))
    assert reason in found.reason


def test_an_allele_longer_than_a_read_is_an_estimate() -> None:
    assert "estimate" in call_repeat(reading("C9orf72", 8, 70, read_length=150.0)).reason
    assert not call_repeat(reading("C9orf72", 8, 9, read_length=150.0)).reason


def test_unknown_loci_and_impossible_counts() -> None:
    with pytest.raises(RepeatError, match="C9orf72"):
        call_repeat(reading("C9orf27", 8))
    with pytest.raises(RepeatError, match="does not hold its count"):
        call_repeat(reading("C9orf72", 8, intervals=((9, 12),)))
    with pytest.raises(RepeatError, match="no repeat count"):
        call_repeat(reading("C9orf72"))
    calls, others = call_repeats([reading("HTT", 17), reading("AR", 20)])
    assert ([each.gene for each in calls], others) == (["AR"], ("HTT",))


JSON = """{"LocusResults": {"C9ORF72": {"ReadLength": 150, "Variants": {"C9ORF72": {"Genotype": "2/38", "VariantType": "Repeat",
"GenotypeConfidenceInterval": "2-2/30-61"}}}, "AR": {"ReadLength": 150, "Variants": {"AR": {"VariantType": "Repeat"}}}}}"""
VCF = """##fileformat=VCFv4.1
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\ttwo
chr9\t27573483\t.\tC\t<STR2>,<STR38>\t.\tPASS\tEND=27573544;REPID=C9ORF72;RU=GGCCCC\tGT:REPCN:REPCI\t1/2:2/38:2-2/30-61\t./.:./.:.
chr12\t111598949\t.\tG\t<STR31>\t.\tLowDepth\tEND=111599018;REPID=ATXN2\tGT:REPCN:REPCI\t0/1:22/31:22-22/31-31\t0/0:22/22:.
"""


def test_json_and_vcf_of_expansion_hunter_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(JSON, encoding="utf-8")
    (tmp_path / "a.vcf").write_text(VCF, encoding="utf-8")
    (from_json,) = read_expansion_hunter(tmp_path / "a.json")
    from_vcf, filtered = read_expansion_hunter(tmp_path / "a.vcf", sample="one")
    assert from_json.alleles == from_vcf.alleles == (2, 38)
    assert from_json.intervals == from_vcf.intervals == ((2, 2), (30, 61))
    assert call_repeat(from_json).call == "not tested"
    assert not filtered.passed
    with pytest.raises(StallpointError, match="several samples"):
        read_expansion_hunter(tmp_path / "a.vcf")
    with pytest.raises(StallpointError, match="no sample three"):
        read_expansion_hunter(tmp_path / "a.vcf", sample="three")


@pytest.mark.parametrize("text", ["[]", "{}", "no json", '{"LocusResults": {"AR": {"Variants": {"AR": {"Genotype": "x/y"}}}}}'])
def test_files_that_are_none_of_expansion_hunter(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(StallpointError, match=r"ExpansionHunter|no repeat counts"):
        read_expansion_hunter(tmp_path / "a.json")


def test_a_table_of_a_laboratory(tmp_path: Path) -> None:
    path = tmp_path / "repeats.csv"
    rows = "C9orf72,8,>145,,Southern blot,\nATXN2,22,27,26-28,,\n"
    path.write_text(f"gene,allele_1,allele_2,interval_2,assay,self_reported\n{rows}", encoding="utf-8")
    blot, without = read_repeat_table(path)
    assert (blot.alleles, blot.intervals) == ((8, 145), ((8, 8), (145, inf)))
    assert call_repeat(blot).call == "present"
    assert call_repeat(without).reason == "no assay was stated"
    for text, says in (("gene,allele_1\nAR,many\n", "no repeat count"), ("gene,count\nAR,4\n", "no column allele_1")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StallpointError, match=says):
            read_repeat_table(path)
    path.write_text("gene,allele_1,interval_1\nAR,4,9-3\n", encoding="utf-8")
    with pytest.raises(StallpointError, match="no interval"):
        read_repeat_table(path)
