"""A study's doses and concentrations, made ready for a fit: one analyte, one route, mg/L, and who was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.coerce import coerce_table
from stallpoint.core.errors import FitError, TableError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.tables import CONCENTRATIONS, DOSES
from stallpoint.core.validate import validate_table

MG_L: dict[str, float] = {
    "g/L": 1e3,
    "mg/mL": 1e3,
    "mg/L": 1.0,
    "ug/mL": 1.0,
    "mcg/mL": 1.0,
    "ug/L": 1e-3,
    "mcg/L": 1e-3,
    "ng/mL": 1e-3,
    "ng/L": 1e-6,
    "pg/mL": 1e-6,
}
"""Milligrams per litre in one of each unit; the micro sign is read as u."""

ORAL = ("oral", "po")
INTRAVENOUS = ("intravenous", "iv")


@dataclass(frozen=True)
class Levels:
    """points: patient, time_h, mg_l (value or limit), below_limit, and time_months or occasion where recorded; doses of the same people."""

    points: pl.DataFrame
    doses: pl.DataFrame
    oral: bool
    checks: tuple[Check, ...]


def read_levels(doses: Any, concentrations: Any, *, treatment: str, analyte: str, matrix: str) -> Levels:
    """Choose, convert and match the rows.

    Raises:
        TableError: tables that cannot be used, an unknown treatment or analyte, units that are not mass per volume, a level of zero that
            is not marked as below its limit, several routes or one that is not offered.
        FitError: nobody has both levels and doses above zero.
    """
    taken = _chosen(_checked(DOSES, doses, "doses"), {"treatment": treatment}, "doses")
    levels = _chosen(
        _checked(CONCENTRATIONS, concentrations, "concentrations"), {"analyte": analyte, "matrix": matrix}, "concentrations"
    )
    points = _in_mg_l(levels)
    treated = taken.filter(pl.col("dose_mg") > 0)["patient"].unique()
    sampled = points["patient"].unique()
    untreated, unsampled = set(sampled) - set(treated), set(treated) - set(sampled)
    if not len(set(sampled) & set(treated)):
        raise FitError(
            "nobody has both a level and a dose above zero", where="population exposure", do="check the names of patients"
        )
    checks = (
        _left_out("people without a dose", len(untreated), "People with levels but no dose above zero"),
        _left_out("people without levels", len(unsampled), "People with doses but no level"),
    )
    kept = points.filter(pl.col("patient").is_in(treated.implode())).sort("patient", "time_h", "mg_l")
    own = taken.filter(pl.col("patient").is_in(kept["patient"].unique().implode()))
    return Levels(kept, own, _is_oral(own), checks)


def _checked(table: Any, native: Any, place: str) -> pl.DataFrame:
    frame = coerce_table(table, native, place=place)
    validate_table(table, frame, place=place)
    return frame


def _chosen(frame: pl.DataFrame, wanted: dict[str, str], place: str) -> pl.DataFrame:
    for column, value in wanted.items():
        known = frame[column].unique().to_list()
        if value not in known:
            raise TableError(f"no {column} {value!r}", where=place, do=ask_nearest(value, known))
        frame = frame.filter(pl.col(column) == value)
    return frame


def _in_mg_l(levels: pl.DataFrame) -> pl.DataFrame:
    written = levels["unit"].str.replace_all("[µμ]", "u")
    unknown = sorted(set(written) - set(MG_L))
    if unknown:
        raise TableError(
            f"unit {unknown[0]!r} is no mass per volume that is known here",
            where="concentrations, column unit",
            do=f"convert to one of: {', '.join(MG_L)}; molar units need the molar mass",
        )
    below = pl.col("below_limit").fill_null(False) if "below_limit" in levels.columns else pl.lit(False)
    ready = levels.with_columns(mg_l=pl.col("value") * written.replace_strict(MG_L, return_dtype=pl.Float64), below_limit=below)
    zero = ready.filter(pl.col("value") <= 0)
    if zero.height:
        rows = [f"patient {row['patient']}, {row['time_h']:g} h" for row in zero.iter_rows(named=True)]
        raise TableError(
            f"{zero.height} levels are not above zero",
            where="concentrations, column value",
            rows=rows,
            do="give the limit of quantification as the value, and mark the row as below_limit",
        )
    extra = [name for name in ("time_months", "occasion") if name in ready.columns]
    return ready.select("patient", "time_h", "mg_l", "below_limit", *extra)


def _is_oral(doses: pl.DataFrame) -> bool:
    given = doses.filter(pl.col("dose_mg") > 0)
    routes = given["route"].fill_null("oral").str.to_lowercase().unique().to_list() if "route" in doses.columns else ["oral"]
    if len({route in ORAL for route in routes}) > 1:
        raise TableError(f"several routes: {', '.join(sorted(routes))}", where="doses", do="fit one route at a time")
    unknown = [route for route in routes if route not in (*ORAL, *INTRAVENOUS)]
    if unknown:
        raise TableError(
            f"route {unknown[0]!r} is not offered", where="doses", do=f"routes there are: {', '.join((*ORAL, *INTRAVENOUS))}"
        )
    return routes[0] in ORAL


def _left_out(name: str, n: int, what: str) -> Check:
    return Check(name, "warning" if n else "passed", f"{what}: {f'{n:,} left out' if n else 'none'}.", n)
