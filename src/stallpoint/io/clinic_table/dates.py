"""Cells to days: written dates, dates as a spreadsheet stores them, and its bare day numbers."""

from __future__ import annotations

import polars as pl

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100

_ISO = r"^(\d{4}-\d{2}-\d{2})(?:[T ][\d:.]+)?$"
_FALSE_LEAP_DAY = 60
"""The 1900 system counts 29 February 1900, which never was: numbers above are one day ahead."""


def as_days(text: pl.Expr, *, pattern: str, serials: int | None) -> pl.Expr:
    """Days since 1970-01-01, null where a cell is no date in `pattern`, in ISO form or, where `serials` says so, a day number.

    Args:
        text: cells without blanks at their ends.
        pattern: as of strftime; empty for ISO dates alone.
        serials: 1900 or 1904, the system of bare day numbers; None where they are not to be read.
    """
    iso = text.str.extract(_ISO).str.to_date("%Y-%m-%d", strict=False)
    written = text.str.to_date(pattern, strict=False, exact=True) if pattern else pl.lit(None, dtype=pl.Date)
    dates = pl.coalesce(written, iso)
    plausible = dates.dt.year().is_between(EARLIEST_YEAR, LATEST_YEAR)
    days = pl.when(plausible).then(dates).cast(pl.Int32).cast(pl.Float64)
    return pl.coalesce(days, _of_serial(text, serials)) if serials else days


def _of_serial(text: pl.Expr, system: int) -> pl.Expr:
    number = text.str.extract(r"^(\d{1,5}(?:\.\d+)?)$").cast(pl.Float64, strict=False).floor()
    if system == 1904:
        return number + pl.lit("1904-01-01").str.to_date().cast(pl.Int32)
    start = pl.lit("1899-12-31").str.to_date().cast(pl.Int32)
    return (
        pl.when((number > 0) & (number < _FALSE_LEAP_DAY))
        .then(number + start)
        .when(number > _FALSE_LEAP_DAY)
        .then(number + start - 1)
    )
