"""A VCF or BCF file that is known to be whole, and its rows by region: through the index, or by reading all of a plain file."""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from stallpoint.core.errors import PathError, TableError
from stallpoint.io.vcf.extra import require_pysam
from stallpoint.io.vcf.header import VcfHeader, read_header
from stallpoint.io.vcf.row import VcfRow, read_row

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that closes every whole BGZF file (SAM specification, section 4.1.2)."""

Kind = Literal["plain", "vcf", "bcf"]
Region = tuple[str, int, int]
"""Contig, first and last position, counted from 1."""


@dataclass(frozen=True)
class VcfFile:
    """A file that was looked at. `contigs` are those that hold rows where an index tells, else those of the header."""

    path: Path
    kind: Kind
    header: VcfHeader
    contigs: tuple[str, ...]


def open_vcf(path: Path) -> VcfFile:
    """Look at a file: whole, indexed where it is compressed, with a header that can be read.

    Raises:
        PathError: no such file, or no index beside it.
        TableError: not a VCF, compressed by gzip instead of bgzip, cut short, or with a sample named twice.
        StallpointError: pysam is not installed and the file is compressed.
    """
    try:
        with path.open("rb") as handle:
            start = handle.read(18)
    except OSError as fault:
        raise PathError(f"cannot be read: {fault.strerror}", where=str(path), do="check the name and the permissions") from fault
    if not start.startswith(b"\x1f\x8b"):
        header = _header_of(_text_lines(path), path)
        return VcfFile(path, "plain", header, tuple(header.contigs))
    require_pysam()
    _require_bgzf(path, start)
    _require_index(path)
    try:
        with gzip.open(path, "rb") as content:
            is_bcf = content.read(3) == b"BCF"
        return _open_bcf(path) if is_bcf else _open_bgzipped(path)
    except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as fault:
        raise TableError(f"cannot be unpacked: {fault}", where=path.name, do="the file is damaged; make it again") from fault


def read_rows(file: VcfFile, regions: Sequence[Region]) -> Iterator[tuple[int, VcfRow]]:
    """Rows that touch a region, each with the region's number; a row that touches several comes once for each.

    Raises:
        TableError: a row that is cut short, or blocks that cannot be unpacked.
    """
    reader = {"plain": _scan, "vcf": _fetch_text, "bcf": _fetch_bcf}[file.kind]
    try:
        yield from reader(file, regions)
    except (OSError, ValueError, EOFError) as fault:
        raise TableError(f"cannot be unpacked: {fault}", where=file.path.name, do="the file is damaged; make it again") from fault


def _text_lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as handle:
            yield from handle
    except UnicodeDecodeError as fault:
        raise TableError("is not text", where=path.name, do="give a VCF, bgzipped VCF or BCF file") from fault


def _header_of(lines: Iterator[str], path: Path) -> VcfHeader:
    head = []
    for line in lines:
        if not line.startswith("#"):
            break
        head.append(line)
        if line.startswith("#CHROM"):
            break
    return read_header(head, place=path.name)


def _require_bgzf(path: Path, start: bytes) -> None:
    if len(start) < 18 or start[3] != 4 or start[12:14] != b"BC":
        raise TableError(
            "is compressed by gzip, which cannot be indexed", where=path.name, do=f"gunzip it, then: bgzip {path.stem}"
        )
    with path.open("rb") as handle:
        handle.seek(max(0, path.stat().st_size - len(BGZF_END)))
        if handle.read() != BGZF_END:
            raise TableError(
                "is cut short: the block that closes a bgzipped file is missing",
                where=path.name,
                do="copy or make the file again; what is missing would read as not tested",
            )


def _require_index(path: Path) -> None:
    if not any(path.with_name(path.name + ending).exists() for ending in (".tbi", ".csi")):
        raise PathError("has no index beside it", where=str(path), do=f"make one: bcftools index {path.name}")


def _open_bgzipped(path: Path) -> VcfFile:
    import pysam

    with gzip.open(path, "rt", encoding="utf-8") as lines:
        header = _header_of(lines, path)
        first = next(lines, "").partition("\t")[0]
    try:
        with pysam.TabixFile(str(path)) as tabix:
            contigs = tuple(tabix.contigs)
    except (OSError, ValueError) as fault:
        raise _index_fault(path, fault) from fault
    if first and first not in contigs:
        raise _index_fault(path, f"it knows no contig {first}, on which the first row lies")
    return VcfFile(path, "vcf", header, contigs)


def _open_bcf(path: Path) -> VcfFile:
    import pysam

    try:
        with pysam.VariantFile(str(path)) as variants:
            header = read_header(str(variants.header).splitlines(), place=path.name)
    except (OSError, ValueError) as fault:
        raise TableError(f"cannot be read: {fault}", where=path.name, do="make the file again with bcftools") from fault
    return VcfFile(path, "bcf", header, tuple(header.contigs))


def _index_fault(path: Path, fault: Exception | str) -> TableError:
    do = f"make it again: bcftools index --force {path.name}"
    return TableError(f"has an index that cannot be used: {fault}", where=path.name, do=do)


def _fetch_text(file: VcfFile, regions: Sequence[Region]) -> Iterator[tuple[int, VcfRow]]:
    import pysam

    with pysam.TabixFile(str(file.path)) as tabix:
        for number, (contig, first, last) in enumerate(regions):
            if contig in file.contigs:
                for line in tabix.fetch(contig, first - 1, last):
                    yield number, read_row(line, place=file.path.name)


def _fetch_bcf(file: VcfFile, regions: Sequence[Region]) -> Iterator[tuple[int, VcfRow]]:
    import pysam

    with pysam.VariantFile(str(file.path)) as variants:
        known: Any = variants.header.contigs
        for number, (contig, first, last) in enumerate(regions):
            if contig in known:
                for record in variants.fetch(contig, first - 1, last):
                    yield number, read_row(str(record), place=file.path.name)


def _require_one_naming(contig: str, wanted: dict[str, list[tuple[int, int, int]]], file: VcfFile) -> None:
    """A row's contig is not one that was asked for by another name."""
    other = contig.removeprefix("chr") if contig.startswith("chr") else f"chr{contig}"
    if other in wanted:
        raise TableError(
            "names contigs in two ways, with and without chr",
            where=file.path.name,
            rows=[f"the header: {other}", f"a row: {contig}"],
            do="rename them all one way: bcftools annotate --rename-chrs",
        )


def _scan(file: VcfFile, regions: Sequence[Region]) -> Iterator[tuple[int, VcfRow]]:
    wanted: dict[str, list[tuple[int, int, int]]] = {}
    for number, (contig, first, last) in enumerate(regions):
        wanted.setdefault(contig, []).append((first, last, number))
    starts = {contig: sorted(first for first, _, _ in places) for contig, places in wanted.items()}
    for line in _text_lines(file.path):
        contig = line[: line.find("\t")]
        if line.startswith("#") or not line.strip():
            continue
        if contig not in wanted:
            _require_one_naming(contig, wanted, file)
            continue
        row = read_row(line, place=file.path.name)
        if bisect_right(starts[contig], row.end):
            yield from ((number, row) for first, last, number in wanted[contig] if first <= row.end and row.position <= last)
