"""Deaths to events."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import number_rows
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.transcribe import YES, as_number, clean_identifier


def transcribe_deaths(raw: pl.DataFrame) -> pl.DataFrame:
    """One event for each row that says of a person that he or she died, dated where the row gives a day."""
    died = raw.filter(pl.col("subjectdied").str.strip_chars().str.to_lowercase().is_in(YES))
    return number_rows(
        died.select(
            clean_identifier("subject").alias("patient"),
            time_months=as_number(pl.col("deathdays")) / DAYS_PER_MONTH,
            event=pl.lit("death"),
        )
    )
