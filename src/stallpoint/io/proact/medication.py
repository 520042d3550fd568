"""Concomitant medication: what it says of riluzole."""

from __future__ import annotations

import polars as pl

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.transcribe import as_number, clean_identifier

RILUZOLE = r"(?i)\b(riluzole?|rilutek|tiglutik|teglutik|exservan)\b"


def read_riluzole(raw: pl.DataFrame) -> pl.DataFrame:
    """People whose medication names riluzole, alone or among others in one cell, with working columns.

    `_listed_start_months` is the earliest start, `_listed_stop_months` the latest stop (null where a course has no stop).
    """
    listed = raw.filter(pl.col("medicationcoded").str.contains(RILUZOLE).fill_null(value=False))
    start, stop = (_days(raw, name) for name in ("startdelta", "stopdelta"))
    courses = listed.select(clean_identifier("subject").alias("patient"), start=start, stop=stop)
    going_on = pl.col("stop").is_null().any()
    return courses.group_by("patient").agg(
        _listed_start_months=pl.col("start").min() / DAYS_PER_MONTH,
        _listed_stop_months=pl.when(~going_on).then(pl.col("stop").max() / DAYS_PER_MONTH),
        _listed=pl.lit(value=True),
    )


def _days(raw: pl.DataFrame, column: str) -> pl.Expr:
    return as_number(pl.col(column)) if column in raw.columns else pl.lit(None, dtype=pl.Float64)
