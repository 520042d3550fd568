"""From a VCF on disk to the calls of one sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stallpoint.core.errors import TableError
from stallpoint.core.variant import Build, Place, Variant, VariantCall
from stallpoint.io.reference_genome import open_reference
from stallpoint.io.vcf.file import VcfFile, open_vcf
from stallpoint.knowledge.variants import load_variants
from stallpoint.profile.genome.build import contig_names, detect_build
from stallpoint.profile.genome.call import PanelCalls, call_panel
from stallpoint.profile.genome.hgvs import read_hgvs
from stallpoint.profile.genome.justify import justify, require_reference
from stallpoint.profile.genome.people import calls_of


def call_file(
    path: Path,
    *,
    build: Build | None = None,
    reference: Path | None = None,
    also: Sequence[str] = (),
) -> PanelCalls:
    """Calls of the bundled variants, and of others by HGVS name, in everybody of a file.

    Args:
        path: VCF or BCF.
        build: needed only where the file does not tell it; a contradiction is an error.
        reference: FASTA of the reference genome. With it the reference bases of all places are checked, and insertions and deletions
            are found however they are written; without it only in the notations that their place spans.
        also: HGVS names on chromosomes, such as NC_000021.9:g.31659783C>T.

    Raises:
        StallpointError: a file that cannot be used, a build that cannot be told, a name that cannot be read.
    """
    file = open_vcf(path)
    found = detect_build(file, build)
    panel = (*load_variants(), *(_of_build(name, found) for name in also))
    if reference is not None:
        panel = _justified(panel, file, found, reference)
    return call_panel(file, panel, found)


def call_sample(panel: PanelCalls, sample: str | None, *, path: Path, assay: str, date: str = "") -> tuple[VariantCall, ...]:
    """The calls of one sample; it must be named where the file holds several.

    Raises:
        TableError: no such sample, or several and none named.
    """
    if sample is None and len(panel.samples) > 1:
        shown = list(panel.samples)
        raise TableError("holds several samples", where=path.name, rows=shown, do="name one of them: sample = ...")
    name = panel.samples[0] if sample is None else sample
    if name not in panel.samples:
        raise TableError(f"holds no sample {name}", where=path.name, rows=list(panel.samples), do="write one of these names")
    return calls_of(panel, name, assay=assay, date=date, source=path.name)


def _of_build(name: str, build: Build) -> Variant:
    variant = read_hgvs(name)
    if build not in variant.places:
        raise TableError(
            f"{name} is of another build than the file ({build})", where="HGVS", do="name it on a chromosome of that build"
        )
    return variant


def _justified(panel: Sequence[Variant], file: VcfFile, build: Build, reference: Path) -> tuple[Variant, ...]:
    fetch = open_reference(reference, contig_names(file))

    def whole(place: Place) -> Place:
        require_reference(place, fetch, where=reference.name)
        return justify(place, fetch)

    return tuple(
        replace(each, places={**each.places, build: whole(each.places[build])})
        if each.coordinates == "verified" and build in each.places
        else each
        for each in panel
    )
