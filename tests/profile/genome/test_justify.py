"""Insertions and deletions in repeats: however they are written, the call is what bcftools norm makes of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.errors import TableError
from stallpoint.core.variant import Place, Variant
from stallpoint.io.reference_genome import open_reference
from stallpoint.io.vcf.file import open_vcf
from stallpoint.io.vcf.row import VcfRow
from stallpoint.profile.genome.alleles import Says, read_alleles
from stallpoint.profile.genome.call import PRESENT, call_panel
from stallpoint.profile.genome.justify import justify, require_reference

pysam = pytest.importorskip("pysam")

genomes = st.lists(st.sampled_from(["A", "C", "AC", "CA", "ACA", "G"]), min_size=8, max_size=20).map(lambda parts: "".join(parts))


def fetcher(genome: str):
    return lambda chrom, first, last: genome[first - 1 : last]


def row_of(position: int, reference: str, alternate: str) -> VcfRow:
    return VcfRow("21", position, reference, (alternate,), True, position + len(reference) - 1, ("GT",), "0/1")


def applied(genome: str, position: int, removed: str, added: str) -> str:
    return genome[: position - 1] + added + genome[position - 1 + len(removed) :]


@given(genomes, st.data())
def test_two_notations_are_one_change_exactly_when_they_make_the_same_sequence(genome: str, data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 3))
    at = data.draw(st.integers(2, len(genome) - 4))
    if data.draw(st.booleans()):
        place = Place("21", at, genome[at - 1 : at + length], genome[at - 1])
    else:
        place = Place("21", at, genome[at - 1], genome[at - 1] + data.draw(st.text("AC", min_size=length, max_size=length)))
    whole = justify(place, fetcher(genome))
    changed = applied(genome, place.position, place.reference, place.allele)
    assert applied(genome, whole.position, whole.reference, whole.allele) == changed
    other = data.draw(st.integers(1, len(genome) - length - 1))
    removed = genome[other - 1 : other + length] if len(place.reference) > 1 else genome[other - 1]
    added = (
        genome[other - 1]
        if len(place.reference) > 1
        else genome[other - 1] + data.draw(st.text("AC", min_size=length, max_size=length))
    )
    said = read_alleles(row_of(other, removed, added), whole)[1]
    assert (said == Says.IT) == (applied(genome, other, removed, added) == changed)


def test_a_substitution_is_trimmed_and_the_reference_allele_stays() -> None:
    fetch = fetcher("AACGTT")
    assert justify(Place("21", 2, "ACG", "ATG"), fetch) == Place("21", 3, "C", "T")
    assert justify(Place("21", 3, "C", "C"), fetch) == Place("21", 3, "C", "C")


def test_the_reference_base_is_checked() -> None:
    fetch = fetcher("AACGTT")
    require_reference(Place("21", 3, "C", "T"), fetch, where="small.fa")
    with pytest.raises(TableError, match=r"has A at 21:2 where C"):
        require_reference(Place("21", 2, "C", "T"), fetch, where="small.fa")


@pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed")
def test_bcftools_norm_finds_the_same_indels(tmp_path: Path) -> None:
    """Random deletions and insertions in a repetitive sequence, written at random; bcftools norm -f brings them to one notation."""
    rng = np.random.default_rng(6)
    genome = "".join(rng.choice(["A", "C", "AC", "ACC"], 400)) + "G"
    fasta = tmp_path / "small.fa"
    fasta.write_text(f">21\n{genome}\n", encoding="utf-8")
    pysam.faidx(str(fasta))
    fetch = open_reference(fasta, {"21": "21"})
    head = (
        f"##fileformat=VCFv4.2\n##contig=<ID=21,length={len(genome)}>\n"
        + '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
    )
    head += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\n"
    written, normal = [], []
    for at in range(20, 380, 12):
        length = int(rng.integers(1, 4))
        left, right = int(rng.integers(0, 4)), int(rng.integers(0, 4))
        reference = genome[at - left - 1 : at + length + right]
        alternate = genome[at - left - 1 : at] + genome[at + length : at + length + right]
        written.append(f"21\t{at - left}\t.\t{reference}\t{alternate}\t.\tPASS\t.\tGT\t0/1")
    given_file = tmp_path / "given.vcf"
    given_file.write_text(head + "\n".join(written) + "\n", encoding="utf-8")
    made = subprocess.run(  # noqa: S603
        ["bcftools", "norm", "-f", str(fasta), str(given_file)],  # noqa: S607
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for line in made.splitlines():
        if not line.startswith("#"):
            _, position, _, reference, alternate, *_ = line.split("\t")
            normal.append(Place("21", int(position), reference, alternate))
    panel = tuple(
        Variant("", f"v{index}", coordinates="verified", places={"GRCh38": justify(place, fetch)})
        for index, place in enumerate(normal)
    )
    found = call_panel(open_vcf(given_file), panel, "GRCh38")
    assert len(panel) == len(written) == 30
    assert (found.calls == PRESENT).all()
    moved = sum(str(place.position) != line.split("\t")[1] for place, line in zip(normal, written, strict=True))
    assert moved > 10
