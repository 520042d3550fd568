"""A table as it comes to the types that were declared for it, where nothing is lost by it.

Anything narwhals understands is accepted. Text that cannot be the declared type is an error that shows the rows.
Rows are counted as data rows: the first row below the header is data row 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.core.nearest import nearest_name
from stallpoint.core.tables import Table

MISSING = ("", "na", "n/a", "nan", "null", ".")
"""Text that means no value, in upper or lower case."""

TRUE = ("true", "yes", "1")
FALSE = ("false", "no", "0")

_NEAR_MISS = 0.85
_DESCRIBED_TYPES = {pl.Float64: "a number", pl.Boolean: "true or false", pl.String: "text"}


def coerce_table(table: Table, native: Any, *, place: str) -> pl.DataFrame:
    """The table as a polars frame in its declared types; undeclared columns become numbers, true/false or text.

    Raises:
        TableError: not a table, no rows, a needed column missing, a name that nearly matches a declared one,
            or a value that is not of the column's type.
    """
    frame = _to_polars(native, place)
    _require_column_names(table, frame, place)
    return frame.with_columns(
        _cast(table, frame, name, place) if name in table.dtypes else _inferred(frame[name]) for name in frame.columns
    )


def _to_polars(native: Any, place: str) -> pl.DataFrame:
    try:
        if isinstance(native, Mapping):
            return pl.DataFrame(dict(native), strict=False)
        frame: pl.DataFrame = nw.from_native(native).lazy().collect(backend="polars").to_native()
    except (TypeError, pl.exceptions.ShapeError) as fault:
        raise TableError(f"not a table but {type(native).__name__}", where=place, do="give a data frame") from fault
    return frame


def _require_column_names(table: Table, frame: pl.DataFrame, place: str) -> None:
    absent = [name for name in table.dtypes if name not in frame.columns]
    for name in frame.columns:
        meant = nearest_name(name, absent, alike=_NEAR_MISS) if name not in table.dtypes else None
        if meant:
            raise TableError(
                f"column {name} is not known: did you mean {meant}?",
                where=place,
                do=f"rename it to {meant}; if it is something else, give it a name that is less alike",
            )
    missing = [name for name in table.needed if name not in frame.columns]
    if missing:
        raise TableError(
            f"no column {' or '.join(missing)}",
            where=place,
            rows=[f"columns found: {', '.join(frame.columns) or 'none'}"],
            do=f"add {', '.join(missing)}; the columns of {table.name} are listed in docs/study_format.md",
        )


def _cast(table: Table, frame: pl.DataFrame, name: str, place: str) -> pl.Series:
    dtype = table.dtypes[name]
    given = _without_missing(frame[name], dtype)
    if vocabulary(table, name):
        given = given.str.to_lowercase()
    cast = _parsed(given, dtype)
    lost = (given.is_not_null() & cast.is_null()).arg_true().to_list()
    if lost:
        raise TableError(
            f"{len(lost)} value{'s' if len(lost) > 1 else ''} cannot be read as {_DESCRIBED_TYPES[dtype]}",
            where=f"{place}, column {name}",
            rows=[describe_row(frame, row, str(frame[name][row])) for row in lost],
            do=_remedy(given, dtype),
        )
    return cast.alias(name)


def vocabulary(table: Table, name: str) -> tuple[str, ...]:
    """The words a declared column may hold, in lower case; empty where it may hold any."""
    checks = table.schema.columns[name].checks
    return tuple(word for check in checks for word in (check.statistics or {}).get("allowed_values", ()))


def _without_missing(series: pl.Series, dtype: Any) -> pl.Series:
    """Every way of writing a missing value as null. Numbers stay numbers where numbers are wanted; the rest becomes text."""
    if series.dtype.is_numeric() and dtype == pl.Float64:
        return series.cast(pl.Float64).fill_nan(None)
    text = _without_needless_decimals(series).cast(pl.String).str.strip_chars()
    return text.set(text.str.to_lowercase().is_in(MISSING), None)


def _without_needless_decimals(series: pl.Series) -> pl.Series:
    """Whole numbers as integers, so that the patient 1.0 of a table with gaps is the patient 1 of the others."""
    if not series.dtype.is_float():
        return series
    known = series.fill_nan(None)
    return known.cast(pl.Int64) if (known == known.round()).all() and known.is_finite().all() else known


def _parsed(given: pl.Series, dtype: Any) -> pl.Series:
    if dtype == pl.Float64:
        numbers = given.cast(pl.Float64, strict=False)
        return numbers.set(~numbers.is_finite(), None)
    return _parsed_boolean(given) if dtype == pl.Boolean else given


def _parsed_boolean(text: pl.Series) -> pl.Series:
    low = text.str.to_lowercase()
    known = low.is_in(TRUE + FALSE)
    return low.is_in(TRUE).set(~known.fill_null(False), None)


def _inferred(series: pl.Series) -> pl.Series:
    """An undeclared column: numbers or true/false where every value is, else text. `007` is text: it would lose its zeros."""
    if series.dtype == pl.Boolean:
        return series
    if series.dtype.is_numeric():
        return _parsed(series, pl.Float64)
    text = _without_missing(series, pl.String)
    dtypes = () if text.str.contains(r"^0\d").any() else (pl.Float64, pl.Boolean)
    for dtype in dtypes:
        parsed = _parsed(text, dtype)
        if parsed.null_count() == text.null_count() < len(text):
            return parsed
    return text


def _remedy(given: pl.Series, dtype: Any) -> str:
    if dtype == pl.Boolean:
        return "write true or false, and leave unknown values empty"
    if given.dtype == pl.String and given.str.contains(r"^-?\d+,\d+$").any():
        return "write decimals with a point, as in 3.5"
    return "write plain numbers without units or signs such as <; leave missing values empty"


def describe_row(frame: pl.DataFrame, row: int, value: str = "") -> str:
    """A data row as a reader finds it again: `data row 3, patient P002: 49`."""
    patient = frame["patient"][row] if "patient" in frame.columns else None
    who = f", patient {patient}" if patient is not None else ""
    return f"data row {row + 1}{who}{f': {value}' if value else ''}"
