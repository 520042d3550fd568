"""The datasets of a CDISC package by name, every cell as text, columns in capitals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.io.named_tables import find_named, require_named, say_unused
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.source_table import read_source_table
from stallpoint.io.transcribe import clean_identifier
from stallpoint.io.xport_file import read_xport

ENDINGS = (".xpt", ".xport", ".csv", ".tsv", ".txt", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Package:
    """Datasets by lower-case name; each has `patient`, the subject's unique identifier."""

    place: str
    datasets: dict[str, pl.DataFrame]
    notes: tuple[str, ...]


def read_package(files: SourceFiles, names: Sequence[str]) -> Package:
    """The named datasets that are there; the first is needed.

    Raises:
        TableError: the needed one is missing or empty, a file cannot be read, or does not say of whom it speaks.
    """
    paths = find_named(files, names, endings=ENDINGS)
    require_named(paths, names[0], files, spell=str.upper)
    datasets, notes = {}, list(say_unused(files, paths.values()))
    for name, path in paths.items():
        if path.suffix.lower() in (".xpt", ".xport"):
            frame = read_xport(path)
        else:
            read = read_source_table(path)
            frame, notes = read.frame, [*notes, *read.notes]
        capitals = frame.rename(str.upper)
        if "USUBJID" not in capitals.columns:
            raise TableError("no column USUBJID", where=path.name, do="give the dataset as CDISC defines it")
        datasets[name] = capitals.with_columns(patient=clean_identifier("USUBJID"))
    if datasets[names[0]].is_empty():
        raise TableError("0 rows: nobody is in it", where=paths[names[0]].name, do="export it again")
    return Package(files.place, datasets, tuple(notes))


def first_of(frame: pl.DataFrame, *names: str) -> pl.Expr:
    """The first of these columns that says something in a row; null where none does or none is there."""
    there = [pl.col(name) for name in names if name in frame.columns]
    return pl.coalesce(there) if there else pl.lit(None, dtype=pl.String)
