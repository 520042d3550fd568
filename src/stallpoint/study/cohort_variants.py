"""The variants table of a study from a VCF of many people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stallpoint.core.errors import OutputError, TableError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.variant import BUILDS, Build
from stallpoint.io.export.csv import render_csv
from stallpoint.profile.genome.people import variants_table
from stallpoint.profile.genome.read import call_file
from stallpoint.study.output_folder import write_whole

ENDINGS = (".vcf", ".vcf.gz", ".vcf.bgz", ".bcf")


@dataclass(frozen=True)
class CohortVariants:
    """What was called in everybody. `calls` counts calls by answer, `reasons` those that are not tested by reason.

    `strangers` are samples that are no patient of the study, left out; `silent` its patients without a sample: nothing is said of them.
    """

    people: int
    variants: int
    build: Build
    calls: dict[str, int]
    reasons: dict[str, int]
    strangers: tuple[str, ...]
    silent: tuple[str, ...]
    path: Path | None


def is_genome(path: Path) -> bool:
    """Whether a file is named as a VCF or BCF is."""
    return path.name.lower().endswith(ENDINGS)


def call_cohort(
    vcf: Path,
    *,
    assay: str,
    study: Path | None = None,
    out: Path | None = None,
    build: str | None = None,
    reference: Path | None = None,
) -> CohortVariants:
    """Call the bundled variants in everybody of a file, and write them as `variants.csv`: into the study's data, or into `out`.

    Args:
        vcf: VCF or BCF; samples are named as the study names its patients.
        assay: how it was made; a call without one stratifies nobody.
        study: the study whose people they are; its table must not be there yet.
        out: a folder to write to instead.
        build: only where the file does not tell it.
        reference: FASTA, as for `call_file`.

    Raises:
        StallpointError: what cannot be read; no sample is a patient; or a table that is already there, which is never written over.
    """
    if not assay.strip():
        raise TableError("the assay is not stated", where=vcf.name, do='say how the file was made: --assay "whole genome, 30x"')
    if build is not None and build not in BUILDS:
        raise TableError(f"build {build!r} is not known", where=vcf.name, do=ask_nearest(build, BUILDS))
    patients, data = (None, None) if study is None else _patients(study)
    folder = out or data
    place = None if folder is None else folder / "variants.csv"
    if place is not None:
        _require_room(place, study if out is None else None)
    panel = call_file(vcf, build=build, reference=reference)
    sampled = set(panel.samples)
    known = sampled if patients is None else set(patients)
    strangers = tuple(name for name in panel.samples if name not in known)
    if len(strangers) == len(panel.samples):
        shown = [f"a sample: {panel.samples[0]}", f"a patient: {(patients or ('none',))[0]}"]
        do = "name samples as patients: bcftools reheader --samples"
        raise TableError("none of its samples is a patient of the study", where=vcf.name, rows=shown, do=do)
    table = variants_table(panel, assay=assay).filter(~pl.col("patient").is_in(strangers))
    if place is not None:
        write_whole(place, render_csv(table)[0])
    return CohortVariants(
        len(panel.samples) - len(strangers),
        len(panel.variants),
        panel.build,
        dict(Counter(table["call"].to_list())),
        dict(Counter(table.filter(call="not tested")["reason"].to_list()).most_common()),
        strangers,
        tuple(name for name in patients or () if name not in sampled),
        place,
    )


def _patients(study: Path) -> tuple[tuple[str, ...], Path]:
    """Who is in the study, and the folder of its tables."""
    from stallpoint.study.cohort_of_study import read_cohort  # here, since a VCF alone needs no study and its libraries
    from stallpoint.study.study_file import read_study_file

    file = read_study_file(study)
    return tuple(read_cohort(file).patients["patient"].to_list()), file.tables["patients"].parent


def _require_room(place: Path, study: Path | None) -> None:
    taken = place if place.exists() else None
    if study is not None:
        from stallpoint.study.study_file import read_study_file

        taken = taken or read_study_file(study).tables.get("variants")
    if taken is not None:
        do = "nothing is written over: write elsewhere with --out and join the two"
        raise OutputError("is already there", where=str(taken), do=do)
