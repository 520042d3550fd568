"""Rules for people: age, onset, diagnosis, riluzole."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from stallpoint.core.draft import Tables
from stallpoint.core.months import DAYS_PER_MONTH

DAYS_PER_YEAR = 365.25


def age_from_birth(tables: Tables) -> Tables:
    """Age at time zero from the day of birth, which is counted from there."""
    return _fill(tables, "age_years", "_birth_days", lambda birth: birth.abs() / DAYS_PER_YEAR)


def earliest_onset(tables: Tables) -> Tables:
    """Of several recorded onsets the earliest, and the time to diagnosis from there."""
    people = tables["patients"]
    if "_onsets" not in people.columns:
        return {}
    several = pl.col("_onsets") > 1
    onset = -pl.col("_onset_delta") / DAYS_PER_MONTH
    diagnosis = (pl.col("_diagnosis_delta") - pl.col("_onset_delta")) / DAYS_PER_MONTH
    return {
        "patients": people.with_columns(
            onset_months=pl.when(several).then(onset).otherwise("onset_months"),
            diagnosis_months=pl.when(several).then(diagnosis).otherwise("diagnosis_months"),
        )
    }


def empty_diagnosis_before_onset(tables: Tables) -> Tables:
    """One of the two dates is wrong and nothing tells which: the time between them is not known."""
    people = tables["patients"]
    if "diagnosis_months" not in people.columns:
        return {}
    known = pl.when((pl.col("diagnosis_months") < 0).not_().fill_null(value=False)).then("diagnosis_months")
    return {"patients": people.with_columns(diagnosis_months=known)}


def combine_onset_sites(tables: Tables) -> Tables:
    """Limb and bulbar at once, in whichever way it is recorded, is the site `other`; so is any other pair of sites."""
    people = tables["patients"]
    if "_sites" not in people.columns:
        return {}
    several = (pl.col("_site_count") > 1) | (pl.col("_sites") == "limb and bulbar")
    site = pl.when(several.fill_null(value=False)).then(pl.lit("other")).otherwise("onset_site")
    return {"patients": people.with_columns(onset_site=site, onset_sites=pl.when(several).then("_sites"))}


def riluzole_from_medication(tables: Tables) -> Tables:
    """Where the table of riluzole says nothing, medication that was going on at time zero says that it was taken."""
    people = tables["patients"]
    if "_listed" not in people.columns:
        return {}
    known = _with(people, "riluzole", pl.Boolean)
    known = _with(known, "riluzole_start_months", pl.Float64)
    fills = pl.col("riluzole").is_null() & _taken_at_zero()
    start = pl.when(pl.col("riluzole_start_months").is_null()).then("_listed_start_months").otherwise("riluzole_start_months")
    return {
        "patients": known.with_columns(
            riluzole=pl.when(fills).then(statement=True).otherwise("riluzole"), riluzole_start_months=start
        )
    }


def empty_contradicted_riluzole(tables: Tables) -> Tables:
    """Recorded as not taken, and listed as medication at time zero: not known."""
    people = tables["patients"]
    if "_listed" not in people.columns or "riluzole" not in people.columns:
        return {}
    contradicted = (pl.col("riluzole").not_() & _taken_at_zero()).fill_null(value=False)
    return {"patients": people.with_columns(riluzole=pl.when(~contradicted).then("riluzole"))}


def _taken_at_zero() -> pl.Expr:
    started = (pl.col("_listed_start_months") <= 0).fill_null(value=False)
    going_on = (pl.col("_listed_stop_months") > 0) | pl.col("_listed_stop_months").is_null()
    return pl.col("_listed").fill_null(value=False) & started & going_on


def _with(frame: pl.DataFrame, column: str, dtype: type[pl.DataType]) -> pl.DataFrame:
    return frame if column in frame.columns else frame.with_columns(pl.lit(None, dtype=dtype).alias(column))


def _fill(tables: Tables, column: str, source: str, value: Callable[[pl.Expr], pl.Expr]) -> Tables:
    people = tables["patients"]
    if source not in people.columns:
        return {}
    known = _with(people, column, pl.Float64)
    return {"patients": known.with_columns(pl.coalesce(pl.col(column), value(pl.col(source))).alias(column))}
