"""Wells as a file gives them, one row each, and what is wrong with them before any number is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from stallpoint.core.dose_matrix import ResponseKind
from stallpoint.core.errors import TableError
from stallpoint.io.dose_matrix.columns import Scale

MISSING = ("", "na", "nan", "n/a", "null", ".")


@dataclass(frozen=True)
class RawWells:
    """One row per well.

    Attributes:
        frame: line, pair, sample, plate, well, replicate, control (text, empty where the file does not say), drug_1.., unit_1.., (text),
            dose_1.., value (numbers).
        drugs: how many drugs the file has columns for.
        kind, scale: what the file says of its responses; None where it does not.
        raw: whether values are signals that need controls.
        notes: what was done on the way.
    """

    frame: pl.DataFrame
    drugs: int
    kind: ResponseKind | None
    scale: Scale | None
    raw: bool
    notes: tuple[str, ...] = ()


def to_numbers(texts: Sequence[str | None], lines: Sequence[int], *, column: str, where: str, empty: bool) -> list[float | None]:
    """Numbers; what is missing is None where it may be.

    Raises:
        TableError: text that is no number, a number that is not finite, or an empty cell where none may be.
    """
    numbers: list[float | None] = []
    wrong: list[str] = []
    for text, line in zip(texts, lines, strict=True):
        said = (text or "").strip()
        if said.lower() in MISSING and empty:
            numbers.append(None)
            continue
        try:
            number = float(said)
        except ValueError:
            number = float("nan")
        numbers.append(number)
        if not abs(number) < float("inf"):
            wrong.append(f"line {line}: {said!r}")
    if wrong:
        do = "write plain numbers with a decimal point; leave a missing response empty"
        raise TableError(f"{column} holds what is no number", where=where, rows=wrong, do=do)
    return numbers


def check_wells(wells: RawWells, *, where: str) -> RawWells:
    """The wells with a response, checked for doses that cannot be, wells given twice, and units that change within a drug.

    Raises:
        TableError: the first of these.
    """
    frame = wells.frame
    _refuse_negative_doses(wells, where)
    _refuse_mixed_units(wells, where)
    _refuse_duplicates(frame, where)
    kept = frame.filter(pl.col("value").is_not_null())
    missing = frame.height - kept.height
    notes = (*wells.notes, *((f"{missing} wells without a response are left out",) if missing else ()))
    return RawWells(kept, wells.drugs, wells.kind, wells.scale, wells.raw, notes)


def _refuse_negative_doses(wells: RawWells, where: str) -> None:
    for drug in range(1, wells.drugs + 1):
        below = wells.frame.filter(pl.col(f"dose_{drug}") < 0)
        if below.height:
            rows = [f"line {line}: {dose:g}" for line, dose in below.select("line", f"dose_{drug}").iter_rows()]
            do = "give concentrations, not their logarithms, and 0 where the drug is absent"
            raise TableError(f"dose_{drug} is below 0", where=where, rows=rows, do=do)


def _refuse_mixed_units(wells: RawWells, where: str) -> None:
    for drug in range(1, wells.drugs + 1):
        units = wells.frame.filter(pl.col(f"dose_{drug}") > 0).group_by(f"drug_{drug}", maintain_order=True)
        for (name,), part in units:
            said = part[f"unit_{drug}"].unique(maintain_order=True).to_list()
            if len(said) > 1:
                listed = ", ".join(unit or "(none)" for unit in said)
                raise TableError(
                    f"doses of {name} are in {listed}: units are mixed in one column",
                    where=where,
                    do="write them all in one unit",
                )


def _refuse_duplicates(frame: pl.DataFrame, where: str) -> None:
    """The same well twice: the same well id on a plate, or whole rows that are alike."""
    named = frame.filter(pl.col("well") != "")
    if named.height:
        same = ["pair", "sample", "plate", "well", "replicate"]
        twice = named.filter(pl.struct(same).is_duplicated())
        what = "a well is given twice"
    else:
        same = [name for name in frame.columns if name != "line"]
        twice = frame.filter(pl.col("value").is_not_null() & pl.struct(same).is_duplicated() & (pl.col("control") == ""))
        what = "wells are duplicated: all their columns are alike"
    if twice.height:
        rows = [f"line {line}: {value:g}" for line, value in twice.select("line", "value").iter_rows()]
        do = "remove the copies; if they are replicates, number them in a column replicate"
        raise TableError(what, where=where, rows=rows, do=do)
