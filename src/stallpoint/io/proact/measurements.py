"""Vital signs, laboratory, neurofilament and strength tables to markers, one row for each measurement."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.transcribe import as_number, clean_identifier, said

VITAL_SIGNS = {
    "bloodpressuresystolic": "systolic blood pressure",
    "bloodpressurediastolic": "diastolic blood pressure",
    "pulse": "pulse",
    "respiratoryrate": "respiratory rate",
    "temperature": "temperature",
    "weight": "weight",
    "height": "height",
}

COLUMNS = {
    "patient": pl.String,
    "time_months": pl.Float64,
    "marker": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "matrix": pl.String,
    "_text": pl.String,
    "_form": pl.Int64,
}
"""Columns of a draft of markers. `_text` is the result where it is no plain number, `_form` the row of the source."""


def read_vital_signs(raw: pl.DataFrame, *, units: Mapping[str, str]) -> pl.DataFrame:
    """Each vital sign with the unit that its own column gives; `units` maps spellings of a unit, in lower case, to one."""
    parts = [
        _measurements(
            raw, result=source, delta="vitalsignsdelta", marker=pl.lit(marker), unit=_unit(raw, f"{source}units", units)
        )
        for source, marker in VITAL_SIGNS.items()
        if source in raw.columns
    ]
    return _together(parts)


def read_labs(raw: pl.DataFrame, *, units: Mapping[str, str]) -> pl.DataFrame:
    """Laboratory results under the test's name in lower case, with units spelled as in `units`."""
    name = pl.col("testname").str.to_lowercase().str.replace_all(r"\s+", " ")
    unit = _unit(raw, "testunit", units).fill_null("not stated")
    return _together([_measurements(raw, result="testresult", delta="laboratorydelta", marker=name, unit=unit)])


def read_neurofilament(raw: pl.DataFrame) -> pl.DataFrame:
    """NfL, in pg/mL where no unit is given, in serum or CSF."""
    matrix = (
        _text_or_null(raw, "matrix")
        .str.to_lowercase()
        .replace_strict(
            {"csf": "CSF", "cerebrospinal fluid": "CSF", "serum": "serum", "plasma": "plasma"},
            default=None,
            return_dtype=pl.String,
        )
    )
    unit = next((pl.col(name) for name in ("unit", "units", "resultunit", "testunit") if name in raw.columns), pl.lit("pg/mL"))
    return _together(
        [_measurements(raw, result="result", delta="collectiondelta", marker=pl.lit("NfL"), unit=unit, matrix=matrix)]
    )


def read_strength(raw: pl.DataFrame, *, what: str) -> pl.DataFrame:
    """Strength by test, place and side: `grip strength, left` or `isometric muscle strength, elbow flexion, wrist joint, right`."""
    columns = [name for name in ("testname", "testlocation", "testlaterality") if name in raw.columns]
    parts = [pl.col(name).str.to_lowercase().str.replace_all(r"\s+", " ") for name in columns]
    marker = pl.concat_str([pl.lit(what), *parts], separator=", ", ignore_nulls=True)
    return _together(
        [_measurements(raw, result="testresult", delta="msdelta", marker=marker, unit=_text_or_null(raw, "testunit"))]
    )


def join_measurements(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """All markers, in an order that does not hang on the order of files."""
    return _together(parts)


def _measurements(
    raw: pl.DataFrame, *, result: str, delta: str, marker: pl.Expr, unit: pl.Expr, matrix: pl.Expr | None = None
) -> pl.DataFrame:
    text = pl.col(result).str.strip_chars()
    number = as_number(text)
    days = as_number(pl.col(delta)) if delta in raw.columns else pl.lit(None, dtype=pl.Float64)
    return (
        raw.with_row_index("_form", offset=1)
        .filter(said(pl.col(result)) | text.is_in(["-"]))
        .select(
            clean_identifier("subject").alias("patient"),
            time_months=days / DAYS_PER_MONTH,
            marker=marker,
            value=number,
            unit=unit,
            matrix=pl.lit(None, dtype=pl.String) if matrix is None else matrix,
            _text=pl.when(number.is_null()).then(text),
            _form=pl.col("_form").cast(pl.Int64),
        )
    )


def _unit(raw: pl.DataFrame, column: str, spellings: Mapping[str, str]) -> pl.Expr:
    """The unit in its one spelling, as it stands where it is not known, null where none is given."""
    unit = _text_or_null(raw, column)
    return pl.coalesce(unit.str.to_lowercase().replace_strict(dict(spellings), default=None, return_dtype=pl.String), unit)


def _text_or_null(raw: pl.DataFrame, column: str) -> pl.Expr:
    return pl.when(said(pl.col(column))).then(pl.col(column)) if column in raw.columns else pl.lit(None, dtype=pl.String)


def _together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=COLUMNS), *parts])
