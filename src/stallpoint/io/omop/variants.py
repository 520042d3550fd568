"""Gene results from OMOP: present, absent or not tested, as the source says; what it does not say is not absent."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stallpoint.core.draft import CELLS, ROW, number_rows
from stallpoint.io.terms import Term, clean_code, match_terms, of_domain
from stallpoint.io.transcribe import Transcribed, said

UNTESTED = "_said_untested"
"""Working column: the source says in the same breath that the gene was not tested."""

_TOLD = ("words", "value_text", "number")


def take_variants(facts: pl.DataFrame, terms: Sequence[Term]) -> Transcribed:
    """One row for each gene result; `gene` is the term's column, `variant` its value.

    `assay` is self-reported where the source says so. A result that is no word of the list is unreadable, and its call empty.
    """
    found = facts.filter(pl.col("table") == "variants").sort("patient", "column", "when", "value_code", *_TOLD, nulls_last=True)
    called = _look_up(number_rows(found), terms, "value", ("value_code",), _TOLD, "call")
    called = _look_up(called, terms, "assay", ("type_code",), ("value_text", "text"), "assay")
    told = pl.coalesce(*_TOLD, "value_code")
    frame = called.select(
        ROW,
        "patient",
        "call",
        "assay",
        gene="column",
        variant="value",
        **{UNTESTED: pl.col("value_text").str.to_lowercase().str.contains("not tested", literal=True).fill_null(value=False)},
    )
    lost = called.filter(pl.col("call").is_null(), said(told))
    unreadable = lost.select(table=pl.lit("variants"), row=ROW, patient="patient", column=pl.lit("call"), text=told)
    return Transcribed(frame, unreadable.cast(CELLS))  # type: ignore[arg-type]


def _look_up(
    frame: pl.DataFrame, terms: Sequence[Term], domain: str, codes: Sequence[str], texts: Sequence[str], column: str
) -> pl.DataFrame:
    keys = frame.select(
        *(clean_code(code).alias(f"_{code}") for code in codes), *(pl.col(text).alias(f"_{text}") for text in texts)
    )
    found = match_terms(
        keys, of_domain(terms, domain), codes=[f"_{code}" for code in codes], texts=[f"_{text}" for text in texts]
    )
    return frame.with_columns(found["value"].alias(column))
