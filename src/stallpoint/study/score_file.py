"""Clinical scores for a table of visits on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stallpoint.clinical.prohibited_uses import PROHIBITED_USES
from stallpoint.clinical.score_table import score_table
from stallpoint.core.check import Check
from stallpoint.core.coerce import coerce_table
from stallpoint.core.errors import OutputError
from stallpoint.core.tables import PATIENTS, VISITS, Table
from stallpoint.core.validate import validate_table
from stallpoint.io.export.csv import render_csv
from stallpoint.io.study_folder import read_tables
from stallpoint.study.analysis_files import render_parquet
from stallpoint.study.output_folder import write_whole


@dataclass(frozen=True)
class Scored:
    """Where the scores were written, how many visits they are, what was found, and what they must not be used for."""

    path: Path
    visits: int
    checks: tuple[Check, ...]
    prohibited_uses: tuple[str, ...] = PROHIBITED_USES


def score_file(visits: Path, out: Path, *, patients: Path | None = None) -> Scored:
    """Read visits (and patients), add every score that the items allow, write CSV or Parquet by the ending of `out`.

    Raises:
        PathError, TableError: a table that cannot be read or used.
        OutputError: an ending other than .csv or .parquet, a folder in the way, or no right to write.
    """
    _require_ending(out)
    people = _read(PATIENTS, patients) if patients else None
    scored = score_table(_read(VISITS, visits), people)
    write_whole(out, render_parquet(scored.frame) if out.suffix == ".parquet" else render_csv(scored.frame)[0])
    return Scored(out, scored.frame.height, scored.checks)


def _require_ending(out: Path) -> None:
    if out.suffix not in (".csv", ".parquet") or out.is_dir():
        raise OutputError("is no place for a table", where=str(out), do="give a file that ends in .csv or .parquet")


def _read(table: Table, path: Path) -> pl.DataFrame:
    frame = coerce_table(table, read_tables({table.name: path})[table.name], place=path.name)
    return validate_table(table, frame, place=path.name)
