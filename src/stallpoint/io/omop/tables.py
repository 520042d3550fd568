"""The tables of an OMOP release as text, with lower-case column names."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.io.named_tables import find_named, require_named, say_unused
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.source_table import read_source_table

CLINICAL = ("observation", "measurement", "condition_occurrence", "procedure_occurrence", "drug_exposure")
READ = ("person", *CLINICAL, "death", "observation_period", "concept")
"""Tables that are read. `visit_occurrence` says nothing that a study holds beyond the dates that the other tables carry."""

ENDINGS = (".csv", ".tsv", ".txt", ".parquet")


@dataclass(frozen=True)
class Release:
    """Tables by name, every cell as text, and notes of the reading."""

    place: str
    tables: dict[str, pl.DataFrame]
    notes: tuple[str, ...]


def read_release(files: SourceFiles) -> Release:
    """All tables that are there.

    Raises:
        TableError: no table of people or nobody in it, a file that cannot be read, or a table that does not say of whom it speaks.
    """
    paths = find_named(files, READ, endings=ENDINGS)
    require_named(paths, "person", files)
    tables, notes = {}, list(say_unused(files, paths.values()))
    for name, path in paths.items():
        read = read_source_table(path)
        frame = read.frame.rename(str.lower)
        if name != "concept" and "person_id" not in frame.columns:
            raise TableError("no column person_id", where=path.name, do="give the table as OMOP defines it")
        tables[name] = frame
        notes += read.notes
    if tables["person"].is_empty():
        raise TableError("0 rows: nobody is in it", where=paths["person"].name, do="export it again")
    return Release(files.place, tables, tuple(notes))
