"""Small VCF files as different callers write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from stallpoint.core.variant import Build
from stallpoint.knowledge.variants import load_chromosomes

Row = tuple[str, int, str, str, str, str, str, Sequence[str]]
"""Chromosome, position, REF, ALT, FILTER, INFO, FORMAT, samples."""


def header(samples: Sequence[str], build: Build | None = "GRCh38", *, prefix: str = "chr") -> str:
    lines = ["##fileformat=VCFv4.2", '##FILTER=<ID=PASS,Description="ok">', '##FILTER=<ID=LowQual,Description="low">']
    lines += ['##INFO=<ID=END,Number=1,Type=Integer,Description="end">']
    lines += [
        f'##FORMAT=<ID={key},Number={number},Type={kind},Description="{key}">'
        for key, number, kind in (
            ("GT", "1", "String"),
            ("GQ", "1", "Integer"),
            ("DP", "1", "Integer"),
            ("FT", "1", "String"),
            ("REPCN", "1", "String"),
            ("REPCI", "1", "String"),
        )
    ]
    lines += [
        f"##contig=<ID={prefix}{name}{f',length={chromosome.lengths[build]}' if build else ''}>"
        for name, chromosome in load_chromosomes().items()
    ]
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples]))
    return "\n".join(lines) + "\n"


def vcf_text(rows: Iterable[Row], samples: Sequence[str], build: Build | None = "GRCh38", *, prefix: str = "chr") -> str:
    order = list(load_chromosomes())
    ordered = sorted(rows, key=lambda row: (order.index(row[0]), row[1]))
    lines = [
        "\t".join([f"{prefix}{chrom}", str(position), ".", ref, alt, ".", passed, info, form, *cells])
        for chrom, position, ref, alt, passed, info, form, cells in ordered
    ]
    return header(samples, build, prefix=prefix) + "".join(f"{line}\n" for line in lines)


def write_vcf(path: Path, text: str) -> Path:
    """Plain where the name ends in .vcf; else bgzipped (.vcf.gz) or BCF (.bcf), with an index."""
    import pysam
    import pysam.bcftools

    plain = path.with_name(path.name.split(".")[0] + ".vcf")
    plain.write_text(text, encoding="utf-8")
    if path.suffix == ".gz":
        pysam.tabix_compress(str(plain), str(path), force=True)
        pysam.tabix_index(str(path), preset="vcf", force=True)
    elif path.suffix == ".bcf":
        with pysam.VariantFile(str(plain)) as given, pysam.VariantFile(str(path), "wb", header=given.header) as made:
            for record in given:
                made.write(record)
        pysam.bcftools.index("--force", str(path))
    return path
