"""Dates as sources write them. Only what can be read in one way is read: 03/04/2019 is not."""

from __future__ import annotations

import polars as pl

FIRST_YEAR = 1901
"""Earlier dates stand for an unknown one: 1900-01-01 and 0001-01-01 are common fillers."""

_SAS_EPOCH = pl.lit("1960-01-01").str.to_date()


def as_date(text: pl.Expr) -> pl.Expr:
    """A date from 2019-03-04 (a time may follow), 20190304 or 04MAR2019; null for anything else and for fillers."""
    clean = text.str.strip_chars()
    iso = clean.str.extract(r"^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$").str.to_date("%Y-%m-%d", strict=False)
    plain = clean.str.extract(r"^(\d{8})(?:\.0)?$").str.to_date("%Y%m%d", strict=False)
    named = clean.str.replace_all("[- ]", "").str.extract(r"^(\d{1,2}[A-Za-z]{3}\d{4})(?::.*)?$")
    named = named.str.to_titlecase().str.zfill(9).str.to_date("%d%b%Y", strict=False)
    found = pl.coalesce(iso, plain, named)
    return pl.when(found.dt.year() >= FIRST_YEAR).then(found)


def as_sas_date(text: pl.Expr) -> pl.Expr:
    """As `as_date`, and five digits as days since 1 January 1960, which SAS counts."""
    days = text.str.strip_chars().str.extract(r"^(\d{5})(?:\.0)?$").cast(pl.Int64)
    return pl.coalesce(as_date(text), (_SAS_EPOCH + pl.duration(days=days)).cast(pl.Date))


def as_instant(text: pl.Expr) -> pl.Expr:
    """A point in time from 2019-03-04T10:30 or 2019-03-04T10:30:15; null where the hour or minute is not given."""
    clean = text.str.strip_chars().str.replace(" ", "T", literal=True).str.extract(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)")
    with_seconds = pl.when(clean.str.len_chars() == 16).then(clean + ":00").otherwise(clean)
    return with_seconds.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False)


def days_between(start: pl.Expr, stop: pl.Expr) -> pl.Expr:
    """Whole days from one date to another, as a float."""
    return (stop - start).dt.total_days().cast(pl.Float64)
