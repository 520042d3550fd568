"""A file of combinations to checked matrices, one per pair or triple and sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.dose_matrix import RESPONSE_KINDS, DoseMatrix, ResponseKind
from stallpoint.core.errors import PathError, TableError
from stallpoint.core.nearest import ask_nearest
from stallpoint.io.delimited_file import read_delimited
from stallpoint.io.dose_matrix.columns import Scale
from stallpoint.io.dose_matrix.long import read_long
from stallpoint.io.dose_matrix.normalise import PERCENT, check_sign, find_scale, left_over_untreated, refuse_mixed_scale
from stallpoint.io.dose_matrix.plate import is_plate, read_plates
from stallpoint.io.dose_matrix.wells import RawWells, check_wells
from stallpoint.io.study_folder import require_path

Array = npt.NDArray[np.float64]

NEGATIVE, POSITIVE = ("negative", "neg", "dmso", "vehicle", "untreated"), ("positive", "pos", "kill", "dead", "blank")


def read_dose_matrices(path: Path, *, response: str | None = None) -> tuple[DoseMatrix, ...]:
    """All combinations of a file.

    Args:
        path: a long table (CSV or other separators), or plate layouts.
        response: viability or inhibition, where the file does not say; it must not contradict the file.

    Raises:
        PathError: no such file.
        TableError: what cannot be read or cannot be, named with its lines.
    """
    if require_path(path).is_dir():
        raise PathError("a folder is no file of wells", where=str(path), do="name one CSV file")
    where = path.name
    wells = check_wells(_read_wells(path, where), where=where)
    kind = _decide_kind(wells, response, where)
    frame, notes = _scaled(wells, kind, where)
    groups = frame.group_by(*_key(wells.drugs), maintain_order=True)
    found = tuple(_build(group, wells, kind, notes, where) for _, group in groups)
    if not found:
        raise TableError("no well has a response", where=where, do="export the file again")
    return found


def _read_wells(path: Path, where: str) -> RawWells:
    start = path.read_bytes()[:400]
    if is_plate(start.decode("utf-8", errors="replace")):
        return read_plates(path.read_text(encoding="utf-8-sig", errors="replace"), where=where)
    read = read_delimited(path)
    return read_long(read.frame, where=where)


def _decide_kind(wells: RawWells, response: str | None, where: str) -> ResponseKind:
    if response is not None and response not in RESPONSE_KINDS:
        raise TableError(f"a response cannot be {response}", where=where, do=ask_nearest(response, RESPONSE_KINDS))
    said = next((kind for kind in RESPONSE_KINDS if kind == response), None)
    if wells.kind is None and said is None:
        do = "say which with --response viability or --response inhibition, or name the column so"
        raise TableError("the file does not say whether a response is viability or inhibition", where=where, do=do)
    if wells.kind is not None and said is not None and wells.kind != said:
        what = f"the file says {wells.kind}, the command {said}"
        raise TableError(what, where=where, do="leave one of them out; signs are never guessed")
    return wells.kind or said or "viability"


def _key(drugs: int) -> list[str]:
    return ["pair", "sample", *(f"drug_{drug}" for drug in range(1, drugs + 1))]


def _doses(drugs: int) -> list[str]:
    return [f"dose_{drug}" for drug in range(1, drugs + 1)]


def _untreated(drugs: int) -> pl.Expr:
    return pl.all_horizontal(pl.col(name) == 0 for name in _doses(drugs)) & (pl.col("control") == "")


def _scaled(wells: RawWells, kind: ResponseKind, where: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Responses as fractions, and what was decided on the way."""
    frame, notes = wells.frame, wells.notes
    control = pl.col("control").str.to_lowercase().str.strip_chars()
    if wells.raw:
        return _from_signal(frame.with_columns(control=control), wells.drugs, where), (
            *notes,
            "signals were set against their controls",
        )
    marked = control.is_in([*NEGATIVE, "", "sample", "none"])
    frame = frame.filter(marked).with_columns(control=pl.lit(""))
    zero = frame.filter(_untreated(wells.drugs))["value"].to_numpy()
    if not len(zero):
        raise TableError("no untreated well: no row has all doses 0", where=where, do="add the wells without any drug")
    scale: Scale = wells.scale or find_scale(frame["value"].to_numpy(), zero, kind, where=where)
    if scale == "percent":
        refuse_mixed_scale(frame, _doses(wells.drugs), kind, where=where)
        frame = frame.with_columns(value=pl.col("value") / PERCENT)
    told = "as the file says" if wells.scale else "by the untreated wells and the largest value"
    return frame, (*notes, f"responses are {kind} in {'percent' if scale == 'percent' else 'fractions'} ({told})")


def _from_signal(frame: pl.DataFrame, drugs: int, where: str) -> pl.DataFrame:
    """Signals over those of each plate's controls: 1 as the untreated wells, 0 as the positive control or no signal at all."""
    parts = []
    for (plate,), part in frame.group_by("plate", maintain_order=True):
        negative = part.filter(pl.col("control").is_in(NEGATIVE) | _untreated(drugs))["value"]
        positive = part.filter(pl.col("control").is_in(POSITIVE))["value"]
        top = _mean(negative)
        floor = _mean(positive) if positive.len() else 0.0
        if top is None or floor is None or not top > floor:
            what = f"plate {plate or '(unnamed)'}: untreated wells do not lie above the positive control"
            raise TableError(what, where=where, do="mark controls in a column control: negative, positive")
        wells = part.filter(pl.col("control").is_in(["", "sample", "none", *NEGATIVE]))
        wells = _share_controls(wells, drugs)
        parts.append(wells.with_columns(value=(pl.col("value") - floor) / (top - floor), control=pl.lit("")))
    return pl.concat(parts)


def _share_controls(wells: pl.DataFrame, drugs: int) -> pl.DataFrame:
    """Untreated wells without drug names belong to every combination of their plate, with doses of 0."""
    unnamed = pl.any_horizontal(pl.col(f"drug_{drug}") == "" for drug in range(1, drugs + 1))
    named, shared = wells.filter(~unnamed), wells.filter(unnamed)
    if not shared.height:
        return wells
    units = [f"unit_{drug}" for drug in range(1, drugs + 1)]
    key = [*_key(drugs), *units]
    copies = shared.drop(key).join(named.select(key).unique(maintain_order=True), how="cross")
    copies = copies.with_columns([pl.lit(0.0).alias(name) for name in _doses(drugs)])
    return pl.concat([named, copies.select(named.columns)])


def _mean(values: pl.Series) -> float | None:
    return float(values.to_numpy().mean()) if values.len() else None


def _build(group: pl.DataFrame, wells: RawWells, kind: ResponseKind, notes: tuple[str, ...], where: str) -> DoseMatrix:
    """One matrix: checked for what makes it a combination, set against the untreated wells of each plate."""
    drugs = tuple(group[f"drug_{drug}"][0] for drug in range(1, wells.drugs + 1))
    place = f"{where}, {' + '.join(drugs)}"
    doses = group.select(_doses(wells.drugs)).to_numpy()
    _require_combination(doses, drugs, place)
    parts = []
    for _, part in group.group_by("plate", maintain_order=True):
        zero = part.filter(_untreated(wells.drugs))["value"].to_numpy()
        if not len(zero):
            plate = part["plate"][0] or "(unnamed)"
            raise TableError(f"no untreated well on plate {plate}", where=place, do="add the wells without any drug")
        value = part["value"].to_numpy()
        check_sign(zero, value, kind, where=place)
        parts.append(part.with_columns(left=pl.Series(left_over_untreated(value, zero, kind))))
    table = pl.concat(parts).sort("plate", *_doses(wells.drugs), maintain_order=True)
    plates = table["plate"].n_unique()
    said = (*notes, *((f"{plates} plates, each set against its own untreated wells",) if plates > 1 else ()))
    return DoseMatrix(
        drugs=drugs,
        units=tuple(_unit(table, drug) for drug in range(1, wells.drugs + 1)),
        doses=table.select(_doses(wells.drugs)).to_numpy().astype(np.float64),
        left=table["left"].to_numpy().astype(np.float64),
        said=kind,
        sample=table["sample"][0],
        notes=said,
    )


def _unit(table: pl.DataFrame, drug: int) -> str:
    given = table.filter(pl.col(f"dose_{drug}") > 0)[f"unit_{drug}"]
    return str(given[0]) if given.len() else ""


def _require_combination(doses: Array, drugs: tuple[str, ...], place: str) -> None:
    """Wells without drug, with each drug alone, and with all of them.

    Raises:
        TableError: data of one drug, or single curves that are missing.
    """
    given = doses > 0
    absent = [name for drug, name in enumerate(drugs) if not given[:, drug].any()]
    if absent:
        what = f"{absent[0]} is 0 in every well: these are data of one drug"
        raise TableError(what, where=place, do="give a matrix of both drugs")
    if not given.all(axis=1).any():
        raise TableError("no well has all drugs", where=place, do="give the wells of the combination")
    for drug, name in enumerate(drugs):
        alone = given[:, drug] & (given.sum(axis=1) == 1)
        if not alone.any():
            what = f"no well has {name} alone: the other drug is never 0 beside it"
            raise TableError(what, where=place, do="without single curves no reference can be computed; add those wells")
