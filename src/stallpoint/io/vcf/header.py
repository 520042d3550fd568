"""The header of a VCF: who is in it, which contigs it knows, what it says of its reference."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stallpoint.core.errors import TableError

FIXED_COLUMNS = 9
_CONTIG = re.compile(r"##contig=<.*?\bID=([^,>]+)")
_LENGTH = re.compile(r"\blength=(\d+)")
_ABOUT_BUILD = ("##reference=", "##assembly=", "##contig=")


@dataclass(frozen=True)
class VcfHeader:
    """`contigs` maps names to lengths, None where the header says none; `about` is every line that may name the build."""

    samples: tuple[str, ...]
    contigs: dict[str, int | None]
    about: tuple[str, ...]


def read_header(lines: list[str], *, place: str) -> VcfHeader:
    """The header from its lines, `##fileformat` to `#CHROM`.

    Raises:
        TableError: not a VCF, no `#CHROM` line, no genotypes, or a sample named twice.
    """
    if not lines or not lines[0].startswith("##fileformat=VCF"):
        raise TableError("does not begin as a VCF does", where=place, do="give a VCF or BCF file")
    columns = lines[-1].rstrip("\r\n").split("\t")
    if columns[0] != "#CHROM":
        raise TableError("the header has no #CHROM line", where=place, do="the file may be cut short; make it again")
    samples = tuple(columns[FIXED_COLUMNS:])
    if not samples:
        raise TableError("holds no genotypes: there is no sample column", where=place, do="give a file with at least one sample")
    repeated = sorted({name for name in samples if samples.count(name) > 1}) if len(set(samples)) < len(samples) else []
    if repeated:
        raise TableError(
            "has more than one column for a sample", where=place, rows=repeated, do="rename them: bcftools reheader --samples"
        )
    return VcfHeader(samples, dict(_contigs(lines)), tuple(line for line in lines if line.startswith(_ABOUT_BUILD)))


def _contigs(lines: list[str]) -> list[tuple[str, int | None]]:
    found = [(match[1], _LENGTH.search(line)) for line in lines if (match := _CONTIG.match(line))]
    return [(name, int(length[1]) if length else None) for name, length in found]
