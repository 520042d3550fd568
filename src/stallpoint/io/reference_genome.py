"""A reference genome on disk: FASTA with its index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from stallpoint.core.errors import PathError, TableError
from stallpoint.io.vcf.extra import require_pysam


def open_reference(path: Path, names: Mapping[str, str]) -> Callable[[str, int, int], str]:
    """A function that reads bases: chromosome, first and last position counted from 1; empty beyond the end.

    Args:
        path: FASTA with its index (.fai) beside it.
        names: chromosome to the contig's name in the VCF; the FASTA may name it with or without chr.

    Raises:
        PathError: no such file, or no index.
        TableError: not a FASTA.
        StallpointError: pysam is not installed.
    """
    require_pysam()
    import pysam

    if not path.exists():
        raise PathError("does not exist", where=str(path), do="give the FASTA of the reference genome")
    if not path.with_name(path.name + ".fai").exists():
        raise PathError("has no index beside it", where=str(path), do=f"make one: samtools faidx {path.name}")
    try:
        fasta = pysam.FastaFile(str(path))
    except (OSError, ValueError) as fault:
        raise TableError(f"cannot be read: {fault}", where=path.name, do="give a FASTA file") from fault
    held = set(fasta.references)

    def fetch(chrom: str, first: int, last: int) -> str:
        name = next((each for each in (names.get(chrom, chrom), chrom, f"chr{chrom}") if each in held), None)
        if name is None:
            raise TableError(f"has no chromosome {chrom}", where=path.name, do="give the whole reference genome")
        return str(fasta.fetch(name, max(0, first - 1), last))

    return fetch
