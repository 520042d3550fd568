"""The build is told from the file, or asked for; a contradiction is never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from vcf_world import header, vcf_text, write_vcf

from stallpoint.core.errors import TableError
from stallpoint.core.variant import BUILDS, Build
from stallpoint.io.vcf.file import open_vcf
from stallpoint.knowledge.variants import load_chromosomes
from stallpoint.profile.genome.build import BuildError, contig_names, detect_build


def opened(tmp_path: Path, text: str):
    return open_vcf(write_vcf(tmp_path / "a.vcf", text))


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("prefix", ["", "chr"])
def test_lengths_of_contigs_tell_the_build(tmp_path: Path, build: Build, prefix: str) -> None:
    file = opened(tmp_path, header(("one",), build, prefix=prefix))
    assert detect_build(file) == detect_build(file, build) == build
    assert contig_names(file)["21"] == f"{prefix}21"


@pytest.mark.parametrize(
    ("line", "build"), [("##reference=hg19.fa", "GRCh37"), ("##reference=file:///x/GRCh38_full.fa", "GRCh38")]
)
def test_the_name_of_the_reference_tells_it_too(tmp_path: Path, line: str, build: Build) -> None:
    text = header(("one",), None).replace("##contig", f"{line}\n##contig", 1)
    assert detect_build(opened(tmp_path, text)) == build


def test_accessions_are_chromosomes_too(tmp_path: Path) -> None:
    text = header(("one",), "GRCh38")
    for name, chromosome in load_chromosomes().items():
        text = text.replace(f"ID=chr{name},", f"ID={chromosome.accessions['GRCh38']},")
    file = opened(tmp_path, text)
    assert contig_names(file)["21"] == "NC_000021.9"
    assert detect_build(file) == "GRCh38"


def test_a_file_without_a_human_chromosome_is_refused(tmp_path: Path) -> None:
    text = "##fileformat=VCFv4.2\n##contig=<ID=scaffold_1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\n"
    with pytest.raises(TableError, match="no contig that is a human chromosome"):
        contig_names(opened(tmp_path, text))


def test_a_build_of_neither_kind_is_refused_whatever_is_said(tmp_path: Path) -> None:
    file = opened(tmp_path, header(("one",), "GRCh38").replace("length=", "length=1"))
    with pytest.raises(BuildError, match="neither GRCh37 nor GRCh38"):
        detect_build(file, "GRCh38")


def test_what_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    file = opened(tmp_path, header(("one",), None))
    with pytest.raises(BuildError, match="does not tell its build"):
        detect_build(file)
    assert detect_build(file, "GRCh37") == "GRCh37"


def test_the_wrong_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="is in GRCh38, not in GRCh37"):
        detect_build(opened(tmp_path, header(("one",), "GRCh38")), "GRCh37")


def test_signs_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    text = header(("one",), "GRCh38").replace("##contig", "##reference=hg19.fa\n##contig", 1)
    with pytest.raises(BuildError, match="names GRCh37"):
        detect_build(opened(tmp_path, text))


def test_contigs_named_in_two_ways_are_refused(tmp_path: Path) -> None:
    text = header(("one",), "GRCh38").replace("ID=chr21,", "ID=21,")
    with pytest.raises(TableError, match="with and without chr"):
        contig_names(opened(tmp_path, text))
    both = vcf_text([], ("one",)).replace("##contig=<ID=chr1,", "##contig=<ID=1,length=5>\n##contig=<ID=chr1,", 1)
    with pytest.raises(TableError, match="1 and chr1"):
        contig_names(opened(tmp_path, both))
