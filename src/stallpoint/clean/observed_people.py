"""Rules for records of care and registries: whom they speak of, and what stood at time zero."""

from __future__ import annotations

import polars as pl

from stallpoint.clean.rule import Rule
from stallpoint.core.draft import ROW, Tables

NEAR_MONTHS = 1.0
"""A measurement counts as one at time zero if it was made no more than this from it: visits are planned by weeks. A choice."""

_LAST = ("end",)
"""Events whose last record counts; of the others the first does."""


def drop_without_als(tables: Tables) -> Tables:
    """People of whom the source says something else than ALS."""
    return _without_people(tables, pl.col("_als").fill_null(value=True))


def drop_never_assessed(tables: Tables) -> Tables:
    """People without an ALSFRS-R assessment, so without a time zero."""
    return _without_people(tables, pl.col("_assessed"))


def fill_from_time_zero(tables: Tables) -> Tables:
    """Vital capacity and weight at time zero, from the visit nearest to it."""
    patients = tables["patients"]
    for column in ("fvc_percent", "weight_kg"):
        if "visits" in tables and column in tables["visits"].columns:
            patients = _fill(patients, _nearest(tables["visits"], column), column)
    return {"patients": patients}


def keep_one_event_of_a_kind(tables: Tables) -> Tables:
    """The first record of what happens once, and the last of the end of observation."""
    if "events" not in tables:
        return {}
    events = tables["events"]
    last = pl.col("event").is_in(_LAST)
    order = pl.when(last).then(-pl.col("time_months")).otherwise(pl.col("time_months"))
    # Rows without a time are left to the rule that drops them; they must not push out a known one.
    best = order.rank("ordinal").over("patient", "event") == 1
    return {"events": events.filter(best | pl.col("time_months").is_null())}


def believe_untested(tables: Tables) -> Tables:
    """A result that the source itself marks as not tested is not tested."""
    if "variants" not in tables or "_said_untested" not in tables["variants"].columns:
        return {}
    call = pl.when("_said_untested").then(pl.lit("not tested")).otherwise(pl.col("call"))
    return {"variants": tables["variants"].with_columns(call=call)}


def drop_uncalled(tables: Tables) -> Tables:
    """Gene results without a call."""
    return {"variants": tables["variants"].filter(pl.col("call").is_not_null())} if "variants" in tables else {}


def settle_calls(tables: Tables) -> Tables:
    """One row for each person, gene and variant: agreeing calls once, contradicting ones not at all."""
    if "variants" not in tables:
        return {}
    known = tables["variants"]
    tested = known.filter(pl.col("call") != "not tested")
    calls = tested.group_by("patient", "gene", "variant").agg(_calls=pl.col("call").n_unique())
    counted = known.join(calls, on=["patient", "gene", "variant"], how="left", maintain_order="left")
    kept = counted.filter(pl.col("_calls").is_null() | ((pl.col("_calls") == 1) & (pl.col("call") != "not tested")))
    return {"variants": kept.drop("_calls").unique(["patient", "gene", "variant"], keep="first", maintain_order=True)}


WITHOUT_ALS = Rule("people_without_als", "the source says of this person something else than ALS", drop_without_als)
NEVER_ASSESSED = Rule("people_never_assessed", "no ALSFRS-R assessment with a date, so no time zero", drop_never_assessed)
AT_TIME_ZERO = Rule("values_at_time_zero", "measured within a month of time zero, the nearest counts", fill_from_time_zero)
ONE_EVENT = Rule(
    "one_event_of_a_kind",
    "it is recorded more than once: the first record counts, for the end of observation the last",
    keep_one_event_of_a_kind,
)
UNTESTED = Rule("results_said_untested", "the source says beside the result that the gene was not tested", believe_untested)
UNCALLED = Rule("results_without_call", "neither present nor absent nor not tested; it says nothing", drop_uncalled)
ONE_CALL = Rule(
    "one_call_of_a_variant", "it repeats another result, or contradicts it and nothing tells which is right", settle_calls
)


def _without_people(tables: Tables, kept: pl.Expr) -> Tables:
    patients = tables["patients"]
    out = patients.filter(~kept).select("patient").unique()
    return {name: frame.join(out, on="patient", how="anti", maintain_order="left") for name, frame in tables.items()}


def _nearest(visits: pl.DataFrame, column: str) -> pl.DataFrame:
    """For each person the value nearest to time zero; of two as near, the later, then the greater."""
    near = visits.filter(pl.col(column).is_not_null(), pl.col("time_months").abs() <= NEAR_MONTHS)
    ordered = near.sort(pl.col("time_months").abs(), "time_months", column, ROW, descending=[False, True, True, False])
    return ordered.unique("patient", keep="first", maintain_order=True).select("patient", pl.col(column).alias("_found"))


def _fill(patients: pl.DataFrame, found: pl.DataFrame, column: str) -> pl.DataFrame:
    joined = patients.join(found, on="patient", how="left", maintain_order="left")
    known = [pl.col(column)] if column in patients.columns else []
    return joined.with_columns(pl.coalesce(*known, "_found").alias(column)).drop("_found")
