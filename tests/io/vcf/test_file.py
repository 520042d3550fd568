"""Files that are not what they should be: one clear message each."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from vcf_world import header, vcf_text, write_vcf

from stallpoint.core.errors import PathError, StallpointError, TableError
from stallpoint.io.vcf.file import BGZF_END, open_vcf, read_rows

pytest.importorskip("pysam")

ROWS = [("21", position, "C", "T", "PASS", ".", "GT", ["0/1"]) for position in range(1000, 60000, 7)]
TEXT = vcf_text(ROWS, ("one",))


def good(tmp_path: Path) -> Path:
    return write_vcf(tmp_path / "a.vcf.gz", TEXT)


def no_index(tmp_path: Path) -> Path:
    path = good(tmp_path)
    path.with_name("a.vcf.gz.tbi").unlink()
    return path


def cut_short(tmp_path: Path) -> Path:
    path = good(tmp_path)
    path.write_bytes(path.read_bytes()[: -len(BGZF_END) - 5])
    return path


def damaged(tmp_path: Path) -> Path:
    path = good(tmp_path)
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 2000] = bytes(2000)
    path.write_bytes(bytes(whole))
    return path


def cut_and_closed(tmp_path: Path) -> Path:
    """Within the first block, with the block that closes a file put behind it."""
    path = good(tmp_path)
    path.write_bytes(path.read_bytes()[:300] + BGZF_END)
    return path


def index_of_another_file(tmp_path: Path) -> Path:
    path = good(tmp_path)
    other = write_vcf(tmp_path / "b.vcf.gz", vcf_text([("1", 5, "C", "T", "PASS", ".", "GT", ["0/1"])], ("one",)))
    path.with_name("a.vcf.gz.tbi").write_bytes(other.with_name("b.vcf.gz.tbi").read_bytes())
    return path


def by_gzip(tmp_path: Path) -> Path:
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    return path


def plain(text: str) -> Callable[[Path], Path]:
    def write(tmp_path: Path) -> Path:
        (tmp_path / "a.vcf").write_text(text, encoding="utf-8")
        return tmp_path / "a.vcf"

    return write


FAULTS: dict[str, tuple[Callable[[Path], Path], type[StallpointError], str]] = {
    "missing file": (lambda tmp_path: tmp_path / "nothing.vcf", PathError, "cannot be read"),
    "no index": (no_index, PathError, "no index"),
    "truncated": (cut_short, TableError, "cut short"),
    "damaged in the middle": (damaged, TableError, "cannot be unpacked|cut short|cannot be used"),
    "cut and closed": (cut_and_closed, TableError, "cannot be unpacked"),
    "index of another file": (index_of_another_file, TableError, "it knows no contig chr21, on which the first row lies"),
    "rows of another naming": (
        plain(f"{header(('one',))}21\t5\t.\tC\tT\t.\t.\t.\tGT\t0/1\n"),
        TableError,
        "names contigs in two ways",
    ),
    "gzip": (by_gzip, TableError, "compressed by gzip"),
    "not a VCF": (plain("patient,time\n"), TableError, "does not begin as a VCF"),
    "no #CHROM": (plain("##fileformat=VCFv4.2\n##x=1\n"), TableError, "no #CHROM"),
    "no samples": (plain("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"), TableError, "no genotypes"),
    "duplicate samples": (plain(header(("one", "two", "one"))), TableError, "more than one column for a sample"),
    "row cut short": (plain(f"{header(('one',))}chr21\t5\t.\tC\n"), TableError, "cut short"),
    "position no number": (plain(f"{header(('one',))}chr21\tx\t.\tC\tT\t.\t.\t.\tGT\t0/1\n"), TableError, "no position"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_one_message(tmp_path: Path, fault: str) -> None:
    make, kind, says = FAULTS[fault]
    with pytest.raises(kind, match=says) as caught:
        list(read_rows(open_vcf(make(tmp_path)), [("chr21", 1, 50_000_000)]))
    assert caught.value.do


def test_rows_by_region_are_those_of_the_plain_file(tmp_path: Path) -> None:
    regions = [("chr21", 1000, 1020), ("chr21", 30_000, 30_050), ("chr20", 1, 99), ("nowhere", 1, 9)]
    kinds = [write_vcf(tmp_path / f"a{ending}", TEXT) for ending in (".vcf.gz", ".bcf", ".vcf")]
    found = [sorted((number, row.position) for number, row in read_rows(open_vcf(path), regions)) for path in kinds]
    assert found[0] == found[1] == found[2]
    assert [number for number, _ in found[0]].count(0) == 3
