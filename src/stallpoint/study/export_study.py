"""A study to files for other software, and a plain account of what they cannot hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from stallpoint.core.coerce import coerce_table
from stallpoint.core.errors import OutputError, StudyFileError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.tables import TABLES
from stallpoint.io.export.csv import render_csv
from stallpoint.io.study_folder import read_tables
from stallpoint.study.analysis_files import render_parquet
from stallpoint.study.check_study import check_study
from stallpoint.study.import_record import AUDIT_FILE, MAPPING_FILE, RECORD_FILE
from stallpoint.study.output_folder import write_whole
from stallpoint.study.study_file import STUDY_FILE, StudyFile

Frames = Mapping[str, pl.DataFrame]
Content = dict[str, bytes]


@dataclass(frozen=True)
class Exported:
    """Where the files are, their names, and what they do not hold."""

    folder: Path
    files: tuple[str, ...]
    not_held: tuple[str, ...]


def export_study(path: Path, to: str, out: Path) -> Exported:
    """Write a study in another format.

    Args:
        path: the study's folder or its study.toml.
        to: one of `FORMATS`.
        out: a new or empty folder.

    Raises:
        StallpointError: a study with faults, an unknown format, or a folder that is not empty; then nothing is written.
    """
    if to not in FORMATS:
        raise StudyFileError(f"{to} is not a format that can be written", where="--to", do=ask_nearest(to, FORMATS))
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise OutputError("is not an empty folder; nothing was overwritten", where=str(out), do="give a new folder with --out")
    study = check_study(path).study
    content, not_held = FORMATS[to](study, read_typed_tables(study))
    content |= _render_audit(study)
    _write(out, content)
    return Exported(out, tuple(content), tuple(not_held))


def read_typed_tables(study: StudyFile) -> dict[str, pl.DataFrame]:
    """The study's tables as they stand on disk, in their declared types; what a run would leave out is still there."""
    raw = read_tables(study.tables)
    return {name: coerce_table(TABLES[name], frame, place=study.tables[name].name) for name, frame in raw.items() if frame.height}


def _to_parquet(study: StudyFile, frames: Frames) -> tuple[Content, list[str]]:
    tables = {f"data/{name}.parquet": render_parquet(frame) for name, frame in frames.items()}
    return {STUDY_FILE: _study_text(study), **tables, **_record(study)}, []


def _to_csv(study: StudyFile, frames: Frames) -> tuple[Content, list[str]]:
    content: Content = {STUDY_FILE: _study_text(study)}
    not_held = []
    for name, frame in frames.items():
        content[f"data/{name}.csv"], guarded = render_csv(frame)
        if guarded:
            not_held.append(f"{name}: {guarded:,} cells that a spreadsheet would run as formulas begin with an apostrophe")
    return content | _record(study), not_held


def _to_adam(study: StudyFile, frames: Frames) -> tuple[Content, list[str]]:
    from stallpoint.io.export.adam import render_adam

    tables, not_held = render_adam(_marked_name(study), frames)
    rendered = {name: render_csv(frame) for name, frame in tables.items()}
    guarded = sum(count for _, count in rendered.values())
    said = [f"{guarded:,} cells that a spreadsheet would run as formulas begin with an apostrophe"] if guarded else []
    return {f"{name}.csv": data for name, (data, _) in rendered.items()}, [*not_held, *said]


def _to_xpt(study: StudyFile, frames: Frames) -> tuple[Content, list[str]]:
    from stallpoint.io.export.xpt import render_xpt

    rendered = {name: render_xpt(name, frame, label=_marked_name(study)) for name, frame in frames.items()}
    not_held = [loss for _, losses in rendered.values() for loss in losses]
    return {f"{name}.xpt": data for name, (data, _) in rendered.items()}, not_held


def _to_phenopackets(study: StudyFile, frames: Frames) -> tuple[Content, list[str]]:
    from stallpoint.io.phenopackets.write import render_phenopackets
    from stallpoint.knowledge.phenopacket_terms import load_phenopacket_terms

    created = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return render_phenopackets(_marked_name(study), frames, load_phenopacket_terms(), created)


FORMATS: dict[str, Callable[[StudyFile, Frames], tuple[Content, list[str]]]] = {
    "parquet": _to_parquet,
    "csv": _to_csv,
    "adam": _to_adam,
    "xpt": _to_xpt,
    "phenopackets": _to_phenopackets,
}


def _marked_name(study: StudyFile) -> str:
    """The study's name for files that go without its study.toml: simulated people must not be taken for real ones."""
    return f"simulated: {study.name}" if study.study.simulated else study.name


def _study_text(study: StudyFile) -> bytes:
    """The study file without [data]: the tables lie where a study has them by default."""
    kept, in_data = [], False
    for line in study.text.splitlines():
        in_data = line.strip().startswith("[data]") if line.strip().startswith("[") else in_data
        if not in_data:
            kept.append(line)
    return ("\n".join(kept) + "\n").encode()


def _record(study: StudyFile) -> Content:
    files = (path for path in (RECORD_FILE, MAPPING_FILE) if (study.path.parent / path).is_file())
    return {path: (study.path.parent / path).read_bytes() for path in files}


def _render_audit(study: StudyFile) -> Content:
    """What the import changed, as a table to look at; in a folder of its own, beside the data."""
    audit = study.path.parent / AUDIT_FILE
    if not audit.is_file():
        return {}
    frame = pl.read_parquet(audit)
    return {"import/audit.parquet": audit.read_bytes(), "import/audit.csv": render_csv(frame)[0]}


def _write(out: Path, content: Content) -> None:
    """All files or none."""
    partial = out.absolute().with_name(f".{out.absolute().name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for name, data in content.items():
            write_whole(partial / name, data)
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault.strerror}", where=str(out), do="look at space and permissions") from fault
    finally:
        shutil.rmtree(partial, ignore_errors=True)
