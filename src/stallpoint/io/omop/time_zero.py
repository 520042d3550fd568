"""Time zero where nobody was randomised: a person's first ALSFRS-R assessment."""

from __future__ import annotations

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.core.tables import ITEMS
from stallpoint.io.transcribe import as_number

NOTICE = (
    "Time zero is each person's first ALSFRS-R assessment on record, not the start of a treatment; people entered the record at "
    "different stages of their disease, and only those who lived long enough to be assessed are in it."
)
NOT_RANDOMISED = "an observational record in the OMOP common data model: nobody was allocated to a treatment by chance"

_ASSESSED = (*ITEMS, "alsfrs_r")


def find_time_zero(facts: pl.DataFrame, place: str) -> pl.DataFrame:
    """The columns `patient` and `zero`, a date, for everybody who was assessed at a known date.

    Raises:
        TableError: nobody was, as far as the terms tell.
    """
    scored = facts.filter(pl.col("column").is_in(_ASSESSED), pl.col("table") == "visits", as_number(_value()).is_not_null())
    zero = scored.drop_nulls("date").group_by("patient").agg(zero=pl.col("date").min()).sort("patient")
    if zero.is_empty():
        raise TableError(
            f"no ALSFRS-R assessment with a value and a readable date ({scored.height:,} with a value)",
            where=place,
            rows=[f"{origin}: {n:,} rows" for origin, n in facts.group_by("origin").len().sort("origin").iter_rows()],
            do="if the scores go by other concepts or names, say which with --mapping FILE; dates must be as 2019-03-04",
        )
    return zero


def _value() -> pl.Expr:
    return pl.coalesce("number", "words")
