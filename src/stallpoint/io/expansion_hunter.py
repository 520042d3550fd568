"""Repeat counts of ExpansionHunter, from its JSON or its VCF."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stallpoint.core.errors import PathError, TableError
from stallpoint.core.variant import RepeatReading

ASSAY = "ExpansionHunter, short reads"
_ID = re.compile(r"(?:^|;)REPID=([^;]+)")


def read_expansion_hunter(path: Path, *, sample: str | None = None) -> tuple[RepeatReading, ...]:
    """One reading a locus; loci without a genotype are left out, and so read as not tested.

    Args:
        path: the JSON file, or a VCF that is not compressed.
        sample: which sample of a VCF; needed where it holds several.

    Raises:
        PathError: no such file.
        TableError: not such a file, or a sample that is not in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PathError(
            "cannot be read as text", where=str(path), do="give ExpansionHunter's JSON or uncompressed VCF"
        ) from fault
    reader = _from_vcf(text.splitlines(), path, sample) if text.startswith("##fileformat=VCF") else _from_json(text, path)
    return tuple(reader)


def _from_json(text: str, path: Path) -> Iterator[RepeatReading]:
    try:
        loci = json.loads(text)["LocusResults"]
        for locus, result in loci.items():
            for variant in result["Variants"].values():
                if "Genotype" in variant and variant.get("VariantType", "Repeat") == "Repeat":
                    yield _reading(
                        locus, variant["Genotype"], variant.get("GenotypeConfidenceInterval", ""), path, result.get("ReadLength")
                    )
    except (ValueError, KeyError, AttributeError, TypeError) as fault:
        raise TableError(
            f"is not a result of ExpansionHunter: {fault}", where=path.name, do="give its JSON (LocusResults) or its VCF"
        ) from fault


def _from_vcf(lines: list[str], path: Path, sample: str | None) -> Iterator[RepeatReading]:
    samples: list[str] = []
    for line in lines:
        fields = line.split("\t")
        if line.startswith("#CHROM"):
            samples = fields[9:]
            column = _column_of(samples, sample, path)
        elif not line.startswith("#") and (repeat := _ID.search(fields[7] if len(fields) > 9 else "")):
            if not samples:
                raise TableError("has rows before its #CHROM line", where=path.name, do="make the file again")
            cell = dict(zip(fields[8].split(":"), fields[9 + column].split(":"), strict=False))
            counts = cell.get("REPCN", ".")
            if counts not in (".", "./."):
                yield _reading(repeat[1], counts, cell.get("REPCI", ""), path, None, passed=fields[6] in ("PASS", "."))


def _column_of(samples: list[str], sample: str | None, path: Path) -> int:
    if sample in samples:
        return samples.index(str(sample))
    if sample is None and len(samples) == 1:
        return 0
    raise TableError(
        "holds several samples" if sample is None else f"holds no sample {sample}",
        where=path.name,
        rows=samples,
        do="name one of them as sample",
    )


def _reading(locus: str, counts: str, intervals: str, path: Path, length: Any, *, passed: bool = True) -> RepeatReading:
    try:
        alleles = tuple(float(count) for count in counts.split("/"))
        pairs = [part.split("-") for part in intervals.split("/") if part]
        bounds = tuple((float(low), float(high)) for low, high in pairs)
    except ValueError as fault:
        raise TableError(
            f"{counts!r} with {intervals!r} are no repeat counts", where=f"{path.name}, {locus}", do="make the file again"
        ) from fault
    return RepeatReading(
        locus, alleles, bounds, ASSAY, source=path.name, read_length=float(length) if length else None, passed=passed
    )
