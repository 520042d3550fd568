"""Rules for CDISC packages: who was randomised, what was seen rather than derived, and the baseline."""

from __future__ import annotations

import polars as pl

from stallpoint.clean.common import AFTER, BEFORE, CONFLICTING_VISITS
from stallpoint.clean.observed_people import AT_TIME_ZERO, ONE_EVENT
from stallpoint.clean.rule import Rule
from stallpoint.core.draft import Tables

NO_ARMS = ("screen failure", "not assigned", "not randomized", "not randomised", "scrnfail", "notassgn")
"""Words that CDISC's controlled terminology puts in place of an arm. Not treated is no such word: who was randomised stays."""


def drop_not_randomised(tables: Tables) -> Tables:
    """People who were never allocated to an arm."""
    patients = tables["patients"]
    arm = (
        pl.col("arm").str.to_lowercase().is_in(NO_ARMS).fill_null(value=False)
        if "arm" in patients.columns
        else pl.lit(value=False)
    )
    out = patients.filter(arm | pl.col("_not_randomised").is_not_null()).select("patient").unique()
    return {name: frame.join(out, on="patient", how="anti", maintain_order="left") for name, frame in tables.items()}


def drop_derived(tables: Tables) -> Tables:
    """Values that were imputed or derived rather than seen."""
    if "visits" not in tables:
        return {}
    return {"visits": tables["visits"].filter(pl.col("_derived").is_null())}


def bring_baseline_to_zero(tables: Tables) -> Tables:
    """The visit flagged as baseline, where it lies before time zero and nothing was assessed at time zero."""
    if "visits" not in tables:
        return {}
    visits = tables["visits"]
    empty_zero = ~(pl.col("time_months") == 0).any().over("patient")
    moved = pl.col("_baseline") & (pl.col("time_months") < 0) & empty_zero.fill_null(value=True)
    return {"visits": visits.with_columns(time_months=pl.when(moved).then(0.0).otherwise("time_months"))}


def drop_samples_without_time(tables: Tables) -> Tables:
    """Concentrations of which the time since the last dose is not known."""
    if "concentrations" not in tables:
        return {}
    needed = pl.all_horizontal(pl.col(name).is_not_null() for name in ("time_h", "analyte", "matrix"))
    return {"concentrations": tables["concentrations"].filter(needed)}


CDISC_RULES = (
    *BEFORE,
    Rule("people_not_randomised", "never allocated to an arm: a failed screening, or not assigned", drop_not_randomised),
    Rule("derived_values", "imputed or derived by the source, not seen", drop_derived),
    Rule(
        "baseline_before_time_zero",
        "flagged as baseline, it stands for time zero",
        bring_baseline_to_zero,
    ),
    CONFLICTING_VISITS,
    AT_TIME_ZERO,
    ONE_EVENT,
    Rule(
        "samples_without_time", "the time since the last dose, the analyte or the matrix is not known", drop_samples_without_time
    ),
    *AFTER,
)
"""In their order."""
