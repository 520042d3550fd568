"""Findings of SDTM (QS, VS, RE, LB) and ADaM (ADQS and its like): scores, vital capacity, weight, markers."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.core.tables import ITEMS
from stallpoint.io.below_limit import limit_in_text, says_below
from stallpoint.io.cdisc.datasets import first_of
from stallpoint.io.cdisc.study_time import TimeZero, place_in_time
from stallpoint.io.dated import transcribe_dated
from stallpoint.io.spread_visits import spread_visits
from stallpoint.io.terms import Term, match_terms, of_domain
from stallpoint.io.transcribe import Taken, Transcribed
from stallpoint.io.unit_factors import in_wanted_units

BASELINE = "_baseline"
DERIVED = "_derived"
"""Working columns: the source flags something of that day as baseline; how the value was derived or imputed, null where it was seen."""


def sdtm_findings(dataset: pl.DataFrame, name: str, terms: Sequence[Term], time_zero: TimeZero) -> pl.DataFrame:
    """Rows of a findings domain with what each means, in time. The standardised result goes before the original one."""
    two = name.upper()
    done = first_of(dataset, f"{two}STAT").str.to_uppercase() != "NOT DONE"
    standard = first_of(dataset, f"{two}STRESN", f"{two}STRESC")
    rows = dataset.select(
        "patient",
        dataset=pl.lit(two),
        code=first_of(dataset, f"{two}TESTCD"),
        test=first_of(dataset, f"{two}TEST", f"{two}TESTCD"),
        category=first_of(dataset, f"{two}CAT"),
        said=pl.when(done.fill_null(value=True)).then(pl.coalesce(standard, first_of(dataset, f"{two}ORRES"))),
        given=pl.when(standard.is_not_null())
        .then(first_of(dataset, f"{two}STRESU"))
        .otherwise(first_of(dataset, f"{two}ORRESU")),
        matrix=first_of(dataset, f"{two}SPEC"),
        date=first_of(dataset, f"{two}DTC"),
        day=first_of(dataset, f"{two}DY"),
        flag=first_of(dataset, f"{two}LOBXFL", f"{two}BLFL"),
        **{DERIVED: pl.when(first_of(dataset, f"{two}DRVFL") == "Y").then(first_of(dataset, f"{two}EVAL", f"{two}DRVFL"))},
    )
    return _with_meaning(rows, terms, time_zero)


def adam_findings(dataset: pl.DataFrame, name: str, terms: Sequence[Term], time_zero: TimeZero) -> pl.DataFrame:
    """Rows of an ADaM dataset by parameter with what each means, in time."""
    rows = dataset.select(
        "patient",
        dataset=pl.lit(name.upper()),
        code=first_of(dataset, "PARAMCD"),
        test=first_of(dataset, "PARAM", "PARAMCD"),
        category=first_of(dataset, "PARCAT1"),
        said=first_of(dataset, "AVAL", "AVALC"),
        given=first_of(dataset, "AVALU"),
        matrix=pl.lit(None, dtype=pl.String),
        date=first_of(dataset, "ADT", "ADTM"),
        day=first_of(dataset, "ADY"),
        flag=first_of(dataset, "ABLFL"),
        **{DERIVED: first_of(dataset, "DTYPE")},
    )
    return _with_meaning(rows, terms, time_zero)


def require_scores(findings: Sequence[pl.DataFrame], place: str) -> pl.DataFrame:
    """All findings as one table, among them scores of the ALSFRS-R.

    Raises:
        TableError: no row means an item or a total.
    """
    scored = [part.filter(pl.col("table") == "visits", pl.col("column").is_in((*ITEMS, "alsfrs_r"))).height for part in findings]
    if not any(scored):
        raise TableError(
            "no ALSFRS-R score is found by the words of its items",
            where=place,
            rows=[f"{part['dataset'][0]}: {part.height:,} rows" for part in findings if part.height],
            do="give the dataset of scores (QS or ADQS); if they go by other words, say which with --mapping FILE",
        )
    return pl.concat(findings)


def take_visits(findings: pl.DataFrame) -> Transcribed:
    """Visits from everything that means a column of visits; derived values stand in rows of their own."""
    found = findings.filter(pl.col("table") == "visits")
    flagged = (pl.col("flag").str.to_uppercase() == "Y").any().over("patient", "when").fill_null(value=False)
    valued = in_wanted_units(found.with_columns(flagged.alias(BASELINE)), value="said", given="given", wanted="unit")
    return spread_visits(valued, working=(BASELINE, DERIVED))


def take_markers(findings: pl.DataFrame) -> Transcribed:
    """Every laboratory result as a marker, by the term's name or else the test's; `<5` lies below that limit."""
    found = findings.filter((pl.col("table") == "markers") | ((pl.col("dataset") == "LB") & pl.col("table").is_null()))
    below = pl.when(says_below(pl.col("said"))).then(pl.lit("yes")).otherwise(pl.lit("no"))
    raw = found.with_columns(
        marker=pl.coalesce("value", "test"), text=pl.coalesce(limit_in_text(pl.col("said")), "said"), below=below
    )
    taken = [
        Taken("marker", "marker"),
        Taken("value", "text", "number"),
        Taken("unit", "given"),
        Taken("matrix", "matrix"),
        Taken("below_limit", "below", "yes or no"),
    ]
    return transcribe_dated(raw.sort("patient", "when", "marker", "text", "given", nulls_last=True), "markers", taken)


def _with_meaning(rows: pl.DataFrame, terms: Sequence[Term], time_zero: TimeZero) -> pl.DataFrame:
    named = rows.with_columns(text=pl.concat_str("category", "test", separator=" | ", ignore_nulls=True))
    meant = match_terms(named, of_domain(terms, "finding"), codes=("code",), texts=("text",))
    return place_in_time(meant, time_zero, date="date", day="day")
