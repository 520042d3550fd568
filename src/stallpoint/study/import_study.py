"""What researchers hold on their disks to a checked study folder, with a record of every change."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from stallpoint.clean.rule import CONFLICTING, UNREADABLE, Cleaned, Rule, apply_rules
from stallpoint.core.check import Check
from stallpoint.core.draft import Draft, working_columns
from stallpoint.core.errors import OutputError
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.core.tables import TABLES
from stallpoint.io.source_files import open_source
from stallpoint.study.analysis_files import render_parquet
from stallpoint.study.check_study import check_study
from stallpoint.study.import_formats import Format, find_format
from stallpoint.study.import_record import AUDIT_FILE, MAPPING_FILE, RECORD_FILE
from stallpoint.study.json_text import render_json
from stallpoint.study.output_folder import write_whole
from stallpoint.study.study_file import STUDY_FILE, StudyFile, read_study_file
from stallpoint.study.toml_text import list_of, quoted

SCHEMA = "stallpoint.import/1"


@dataclass(frozen=True)
class Imported:
    """Where the study is, the rows of its tables, what each rule did, and what must be known of the source."""

    study: Path
    rows: dict[str, int]
    beside: tuple[str, ...]
    rules: dict[str, int]
    notices: tuple[str, ...]
    not_randomised: str
    checks: tuple[Check, ...]


def import_study(format_name: str, source: Path, out: Path, *, mapping: Path | None = None) -> Imported:
    """Read a source, clean it by rules, and write it as a study.

    Args:
        format_name: one of `import_formats.FORMATS`.
        source: a folder, a zip archive or a file; it is only read.
        out: the study's folder: new, empty, or of an earlier import of the same format, whose study.toml is kept and whose
            `[cleaning] off` names rules to leave out.
        mapping: what the columns of a spreadsheet mean, for the format `table`.

    Raises:
        StallpointError: whatever is wrong with source, mapping or target; then nothing is written.
    """
    chosen = find_format(format_name, mapping=mapping)
    before = _earlier(out, chosen)
    off = before.cleaning.off if before else ()
    with open_source(source) as files:
        draft = chosen.read(files, mapping)
        hashes = files.hashes()
    cleaned = apply_rules(draft, chosen.rules(), off=off)
    text = before.text if before else render_study_file(out.resolve().name, chosen.name, draft)
    content = _render(chosen, source, draft, cleaned, off, hashes)
    described = {MAPPING_FILE: mapping.read_bytes()} if mapping else {}
    checks = _write(out, {STUDY_FILE: text.encode(), **content, **described})
    return Imported(
        out,
        {name: frame.height for name, frame in _study_tables(cleaned).items()},
        tuple(draft.beside),
        cleaned.counts,
        draft.notices,
        draft.not_randomised,
        checks,
    )


def render_study_file(name: str, format_name: str, draft: Draft) -> str:
    """The study file of an import; what the source says of itself goes with it."""
    lines = ["[study]", f"name = {quoted(name)}"]
    lines += [f"not_randomised = {quoted(draft.not_randomised)}"] if draft.not_randomised else []
    lines += [f"notices = {list_of(draft.notices)}"] if draft.notices else []
    lines += ["", "[import]", f"format = {quoted(format_name)}", ""]
    lines += ["[cleaning]                   # the rules and what they did: import/record.json", "off = []", ""]
    return "\n".join(lines)


def _earlier(out: Path, chosen: Format) -> StudyFile | None:
    """The study file of an earlier import; None where the folder is new."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    study = read_study_file(out) if (out / STUDY_FILE).is_file() else None
    if study is None or study.imported is None:
        raise OutputError(
            "holds something that no import wrote; nothing was overwritten", where=str(out), do="give a new folder with --out"
        )
    if study.imported.format != chosen.name:
        raise OutputError(
            f"holds an import of {study.imported.format}, not of {chosen.name}", where=str(out), do="give a new folder with --out"
        )
    return study


def _study_tables(cleaned: Cleaned) -> Mapping[str, pl.DataFrame]:
    return {
        name: cleaned.tables[name].drop(working_columns(cleaned.tables[name]))
        for name in TABLES
        if name in cleaned.tables and cleaned.tables[name].height
    }


def _render(
    chosen: Format, source: Path, draft: Draft, cleaned: Cleaned, off: tuple[str, ...], hashes: Mapping[str, str]
) -> dict[str, bytes]:
    tables = {f"data/{name}.parquet": render_parquet(_in_order(name, frame)) for name, frame in _study_tables(cleaned).items()}
    beside = {f"beside/{name}.parquet": render_parquet(frame) for name, frame in draft.beside.items()}
    record = _describe(chosen, source, draft, cleaned, off, hashes)
    return {**tables, **beside, AUDIT_FILE: render_parquet(cleaned.audit), RECORD_FILE: render_json(record)}


def _in_order(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows and columns in an order that does not hang on the order of the source."""
    declared = [column for column in TABLES[name].dtypes if column in frame.columns]
    others = sorted(column for column in frame.columns if column not in declared)
    return frame.select(*declared, *others).sort(*declared, *others, nulls_last=True)


def _describe(
    chosen: Format, source: Path, draft: Draft, cleaned: Cleaned, off: tuple[str, ...], hashes: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "stallpoint": version("stallpoint"),
        "format": chosen.name,
        "source": source.name,
        "files": dict(hashes),
        "days_per_month": DAYS_PER_MONTH,
        "notes": draft.notes,
        "rules": [_describe_rule(rule, cleaned, off) for rule in chosen.rules()],
        "lost": {UNREADABLE: draft.unreadable.height, CONFLICTING: draft.conflicting.height},
    }


def _describe_rule(rule: Rule, cleaned: Cleaned, off: tuple[str, ...]) -> dict[str, Any]:
    return {"name": rule.name, "why": rule.why, "off": rule.name in off, "changes": cleaned.counts.get(rule.name, 0)}


def _write(out: Path, content: Mapping[str, bytes]) -> tuple[Check, ...]:
    """Write beside the place, check it as a study, and move it in; whatever fails leaves the place as it was."""
    partial = out.absolute().with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for file, data in content.items():
            write_whole(partial / file, data)
        checks = check_study(partial).checks
        _move_in(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return checks


def _move_in(partial: Path, out: Path) -> None:
    replaced = out.absolute().with_name(f".{out.name}.before")
    shutil.rmtree(replaced, ignore_errors=True)
    try:
        if out.exists():
            out.rename(replaced)
        partial.rename(out)
    except OSError as fault:
        if replaced.exists() and not out.exists():
            replaced.rename(out)
        raise OutputError(f"cannot be written: {fault.strerror}", where=str(out), do="look at space and permissions") from fault
    shutil.rmtree(replaced, ignore_errors=True)
