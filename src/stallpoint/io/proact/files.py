"""Which file of an export holds which table, whatever the release calls it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.source_table import ENDINGS, read_source_table

_CALLED = {
    "alsfrs": "alsfrs",
    "alshistory": "history",
    "subjectalshistory": "history",
    "deathdata": "death",
    "death": "death",
    "deathreport": "death",
    "treatment": "treatment",
    "treatmentgroup": "treatment",
    "riluzole": "riluzole",
    "riluzoleuse": "riluzole",
    "demographics": "demographics",
    "fvc": "fvc",
    "forcedvitalcapacity": "fvc",
    "svc": "svc",
    "slowvitalcapacity": "svc",
    "vitalsigns": "vital_signs",
    "labs": "labs",
    "laboratory": "labs",
    "conmeds": "medication",
    "concomitantmedication": "medication",
    "adverseevents": "adverse_events",
    "familyhistory": "family_history",
    "elescorial": "el_escorial",
    "handgripstrength": "grip",
    "musclestrength": "strength",
    "neurofilament": "neurofilament",
}

_AROUND = re.compile(r"^(f_)?(pro_?act_)?(\d{4}_\d{2}_\d{2}_)?(pro_?act_)?|(_data)?$")


@dataclass(frozen=True)
class Export:
    """The tables of an export by our names for them, headers in lower case without signs; and what was found on the way."""

    tables: dict[str, pl.DataFrame]
    notes: tuple[str, ...]


def read_export(source: SourceFiles) -> Export:
    """Every table of the source that PRO-ACT is known to have.

    Raises:
        TableError: no ALSFRS table, a table in two files, or a file that cannot be read.
    """
    found: dict[str, str] = {}
    others = []
    for name in source.files:
        table = table_of_file(name)
        if table is None:
            others.append(name)
        elif table in found:
            raise TableError(
                f"{table} is there twice: {found[table]} and {name}", where=source.place, do="give one release at a time"
            )
        else:
            found[table] = name
    if "alsfrs" not in found:
        raise TableError(
            "no ALSFRS table",
            where=source.place,
            rows=[f"file found: {name}" for name in source.files],
            do="give the folder of a PRO-ACT release, in which a file is called ALSFRS.csv, PROACT_ALSFRS.csv or the like",
        )
    read = {table: read_source_table(source.files[name]) for table, name in found.items()}
    notes = [note for each in read.values() for note in each.notes]
    notes += [f"not read, since it is not a known table: {name}" for name in others if not _is_dictionary(name)]
    return Export({table: _plain_headers(each.frame, found[table]) for table, each in read.items()}, tuple(notes))


def table_of_file(name: str) -> str | None:
    """Our name for the table that a file holds; None for a dictionary or anything else."""
    stem, _, ending = name.rsplit("/", 1)[-1].rpartition(".")
    if f".{ending.lower()}" not in ENDINGS or _is_dictionary(name):
        return None
    return _CALLED.get(plain_name(_AROUND.sub("", re.sub(r"[\s\-]+", "_", stem.lower()))))


def plain_name(name: str) -> str:
    """Lower case, letters and digits only: SubjectID and subject_id are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _is_dictionary(name: str) -> bool:
    return "dictionary" in name.lower() or "readme" in name.lower()


def _plain_headers(frame: pl.DataFrame, place: str) -> pl.DataFrame:
    plain = [plain_name(name) for name in frame.columns]
    if "subjectid" not in plain:
        raise TableError(
            "no column subject_id",
            where=place,
            rows=[f"columns found: {', '.join(frame.columns[:8])}"],
            do="give the table as exported",
        )
    return frame.rename(dict(zip(frame.columns, plain, strict=True))).rename({"subjectid": "subject"})
