"""Which build of the genome a file is in, and how it names its contigs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stallpoint.core.errors import TableError
from stallpoint.core.variant import BUILDS, Build
from stallpoint.io.vcf.file import VcfFile
from stallpoint.knowledge.variants import load_chromosomes

_WORDS: dict[Build, re.Pattern[str]] = {
    "GRCh37": re.compile(r"grch37|hg19|\bb37|hs37|human_g1k_v37", re.IGNORECASE),
    "GRCh38": re.compile(r"grch38|hg38|hs38", re.IGNORECASE),
}


class BuildError(TableError):
    """A file whose build cannot be told, or is another than was said."""


def contig_names(file: VcfFile) -> dict[str, str]:
    """Chromosome without prefix to the contig's name in this file: `21`, `chr21` or the RefSeq accession.

    Raises:
        TableError: contigs named in two ways, or none that is a chromosome.
    """
    found: dict[str, str] = {}
    clash: list[str] = []
    for name in dict.fromkeys((*file.contigs, *file.header.contigs)):
        bare = _chromosome(name)
        if bare is not None:
            if bare in found:
                clash.append(f"{found[bare]} and {name}")
            found.setdefault(bare, name)
    ways = {name.removesuffix(bare) if name in (bare, f"chr{bare}") else "accession" for bare, name in found.items()}
    if clash or len(ways) > 1:
        raise TableError(
            "names contigs in two ways, with and without chr",
            where=file.path.name,
            rows=clash or sorted(found.values()),
            do="rename them all one way: bcftools annotate --rename-chrs",
        )
    if not found:
        raise TableError(
            "names no contig that is a human chromosome",
            where=file.path.name,
            rows=list(file.contigs),
            do="name contigs 1 or chr1; a header without contigs needs bcftools reheader",
        )
    return found


def detect_build(file: VcfFile, said: Build | None = None) -> Build:
    """The build from the lengths of contigs, else from what the header names, else from what was said.

    Raises:
        BuildError: nothing tells the build; the signs contradict each other; or another build was said.
    """
    by_length = _one_of({build for build in BUILDS if _lengths_agree(file, build)})
    if not by_length and _has_lengths(file):
        raise BuildError(
            "has contigs of neither GRCh37 nor GRCh38: their lengths are others",
            where=file.path.name,
            do="give a file in one of these builds; positions of another (such as T2T) are not known here",
        )
    by_words = _one_of({build for build in BUILDS if any(_WORDS[build].search(line) for line in file.header.about)})
    if by_length and by_words and by_length != by_words:
        raise BuildError(
            f"the lengths of its contigs are those of {by_length}, but it names {by_words}",
            where=file.path.name,
            do="find out which reference its reads were aligned to, and mend the header",
        )
    found = by_length or by_words
    if found and said and found != said:
        raise BuildError(
            f"is in {found}, not in {said}", where=file.path.name, do=f"write build = {found!r}, or give another file"
        )
    if found or said:
        return found or said  # type: ignore[return-value]
    raise BuildError(
        "does not tell its build: no contig lengths and no name of a reference in the header",
        where=file.path.name,
        do='say it: build = "GRCh38" or "GRCh37"',
    )


def _has_lengths(file: VcfFile) -> bool:
    return any(length is not None and _chromosome(name) is not None for name, length in file.header.contigs.items())


def _chromosome(contig: str) -> str | None:
    """The chromosome that a contig is; None for patches, decoys and the like."""
    chromosomes = load_chromosomes()
    bare = contig.removeprefix("chr")
    if bare in chromosomes:
        return bare
    return next((name for name, each in chromosomes.items() if contig in each.accessions.values()), None)


def _lengths_agree(file: VcfFile, build: Build) -> bool:
    chromosomes = load_chromosomes()
    known = [
        (length, chromosomes[bare].lengths[build])
        for name, length in file.header.contigs.items()
        if length is not None and (bare := _chromosome(name)) is not None
    ]
    return bool(known) and all(length == expected for length, expected in known)


def _one_of(builds: Iterable[Build]) -> Build | None:
    found = list(builds)
    return found[0] if len(found) == 1 else None
