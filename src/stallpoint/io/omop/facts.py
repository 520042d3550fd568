"""Everything recorded of people in OMOP's clinical tables as one long table, each row with what its concept means to a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from stallpoint.io.calendar_dates import as_date
from stallpoint.io.omop.tables import CLINICAL
from stallpoint.io.terms import MEANING, Term, clean_code, match_terms, of_domain
from stallpoint.io.transcribe import clean_identifier

DOMAINS = {
    "observation": "finding",
    "measurement": "finding",
    "condition_occurrence": "condition",
    "procedure_occurrence": "procedure",
    "drug_exposure": "drug",
}
"""The domain of terms that each table is looked up in. Measurements and observations share one: both are used for scores."""

_VALUES = {
    "number": ("value_as_number",),
    "words": ("value_as_string",),
    "value_code": ("value_as_concept_id",),
    "value_text": ("value_source_value",),
    "unit_code": ("unit_concept_id",),
    "unit_text": ("unit_source_value",),
    "operator": ("operator_concept_id",),
}
_FIELDS: dict[str, Mapping[str, tuple[str, ...]]] = {
    name: {
        "code": (f"{short}_concept_id",),
        "source_code": (f"{short}_source_concept_id",),
        "text": (f"{short}_source_value",),
        "type_code": (f"{short}_type_concept_id",),
        **more,
    }
    for name, short, more in (
        ("observation", "observation", {"start": ("observation_date", "observation_datetime"), **_VALUES}),
        ("measurement", "measurement", {"start": ("measurement_date", "measurement_datetime"), **_VALUES}),
        ("condition_occurrence", "condition", {"start": ("condition_start_date", "condition_start_datetime")}),
        ("procedure_occurrence", "procedure", {"start": ("procedure_date", "procedure_datetime")}),
        (
            "drug_exposure",
            "drug",
            {
                "start": ("drug_exposure_start_date", "drug_exposure_start_datetime"),
                "stop": ("drug_exposure_end_date", "drug_exposure_end_datetime"),
                "said_stop": ("verbatim_end_date",),
                "quantity": ("quantity",),
                "days_supply": ("days_supply",),
                "dose_unit": ("dose_unit_source_value",),
                "route": ("route_source_value",),
            },
        ),
    )
}
"""Column of the facts to the columns of OMOP 5.4 that may hold it, the first that says something counts."""

COLUMNS = tuple(dict.fromkeys(column for fields in _FIELDS.values() for column in fields))


def collect_facts(tables: Mapping[str, pl.DataFrame], terms: Sequence[Term]) -> pl.DataFrame:
    """The long table: `patient`, `origin` (its table), `COLUMNS`, `date`, and what each row means (`io.terms.MEANING`).

    `name` is the concept's name where the release has a table of concepts.
    """
    names = _concept_names(tables.get("concept"))
    parts = [_facts_of(name, tables[name], names, terms) for name in CLINICAL if name in tables]
    empty = pl.DataFrame(schema=dict.fromkeys(("patient", "origin", *COLUMNS, "name", *MEANING), pl.String))
    return pl.concat([empty, *parts], how="diagonal").with_columns(date=as_date(pl.col("start")))


def place_in_time(facts: pl.DataFrame, zero: pl.DataFrame) -> pl.DataFrame:
    """Facts with the columns `when`, `days` and `readable` of `io.dated`, and `zero`, the person's date of time zero."""
    known = facts.join(zero, on="patient", how="left", maintain_order="left")
    return known.with_columns(
        when=pl.coalesce(pl.col("date").cast(pl.String), "start"),
        days=(pl.col("date") - pl.col("zero")).dt.total_days().cast(pl.Float64),
        readable=pl.col("date").is_not_null(),
    )


def _facts_of(name: str, table: pl.DataFrame, names: pl.DataFrame, terms: Sequence[Term]) -> pl.DataFrame:
    fields = {column: _first_said(table, sources) for column, sources in _FIELDS[name].items()}
    facts = table.select(clean_identifier("person_id").alias("patient"), pl.lit(name).alias("origin"), **fields)
    facts = facts.with_columns(clean_code("code"), clean_code("source_code"))
    named = facts.join(names, on="code", how="left", maintain_order="left")
    mine = of_domain(terms, DOMAINS[name])
    return match_terms(named, mine, codes=("code", "source_code"), texts=("text", "name"))


def _first_said(table: pl.DataFrame, sources: Sequence[str]) -> pl.Expr:
    there = [pl.col(source) for source in sources if source in table.columns]
    return pl.coalesce(there) if there else pl.lit(None, dtype=pl.String)


def _concept_names(concepts: pl.DataFrame | None) -> pl.DataFrame:
    if concepts is None or not {"concept_id", "concept_name"} <= set(concepts.columns):
        return pl.DataFrame(schema={"code": pl.String, "name": pl.String})
    named = concepts.select(code=clean_code("concept_id"), name="concept_name").drop_nulls()
    return named.unique("code", keep="first", maintain_order=True)
