"""Scores, vital capacity, weight and markers from OMOP's measurements and observations."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stallpoint.io.below_limit import limit_in_text, says_below
from stallpoint.io.dated import transcribe_dated
from stallpoint.io.spread_visits import spread_visits
from stallpoint.io.terms import Term, clean_code, words_of
from stallpoint.io.transcribe import Taken, Transcribed
from stallpoint.io.unit_factors import in_wanted_units


def take_visits(facts: pl.DataFrame, terms: Sequence[Term]) -> Transcribed:
    """Visits from everything that means a column of visits."""
    found = facts.filter(pl.col("table") == "visits").with_columns(_unit(terms), _said=pl.coalesce("number", "words"))
    return spread_visits(in_wanted_units(found, value="_said", given="_unit", wanted="unit"))


def take_markers(facts: pl.DataFrame, terms: Sequence[Term]) -> Transcribed:
    """Markers in the source's own units; values with the operator < or written as <5 lie below that limit."""
    found = facts.filter(pl.col("table") == "markers").with_columns(_unit(terms))
    text = pl.coalesce("number", "words", "value_text")
    operator = clean_code("operator").replace_strict(words_of(terms, "operator"), default="", return_dtype=pl.String)
    below = says_below(text) | operator.str.starts_with("<").fill_null(value=False)
    raw = found.with_columns(
        marker="value",
        text=pl.coalesce(limit_in_text(text), text),
        below=pl.when(below).then(pl.lit("yes")).otherwise(pl.lit("no")),
    )
    taken = [
        Taken("marker", "marker"),
        Taken("value", "text", "number"),
        Taken("unit", "_unit"),
        Taken("below_limit", "below", "yes or no"),
    ]
    ordered = raw.sort("patient", "when", "marker", "text", "_unit", nulls_last=True)
    return transcribe_dated(ordered, "markers", taken)


def _unit(terms: Sequence[Term]) -> pl.Expr:
    """The unit by its concept, else as it is written; `lb -> kg` tells of a conversion that was made."""
    by_code = clean_code("unit_code").replace_strict(words_of(terms, "unit"), default=None, return_dtype=pl.String)
    return pl.coalesce(by_code, pl.col("unit_text").str.split(" -> ").list.last()).alias("_unit")
