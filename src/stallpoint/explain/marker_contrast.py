"""How much more a marker changed on treatment than on control: a contrast of randomised arms."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import polars as pl

from stallpoint.core.cohort import Trial
from stallpoint.response.baseline_nfl import BASELINE_WINDOW_MONTHS

FEWEST_PEOPLE = 5
"""Below this many people in an arm no standard error is worth its name."""


@dataclass(frozen=True)
class MarkerContrast:
    """Difference of the mean log change from baseline to the last sample, treated minus control, with its standard error and people."""

    marker: str
    difference: float
    std_error: float
    n_treated: int
    n_control: int


def contrast_marker(trial: Trial, marker: str) -> MarkerContrast | None:
    """The contrast of one marker; None where too few people have samples before and on treatment.

    Of people who stopped treatment only samples before that count: what is asked is what the drug does while it is taken. Values below
    the limit are not known and are left out. Only the most used matrix and unit count.
    """
    rows = trial.cohort.markers.filter((pl.col("marker").str.to_lowercase() == marker.lower()) & (pl.col("value") > 0))
    if "below_limit" in rows.columns:
        rows = rows.filter(~pl.col("below_limit").fill_null(value=False))
    if rows.is_empty():
        return None
    matrix = pl.col("matrix").fill_null("") if "matrix" in rows.columns else pl.lit("")
    rows = rows.with_columns(pl.concat_str([matrix, pl.col("unit")], separator=", ").alias("assay"))
    rows = rows.filter(pl.col("assay") == rows["assay"].mode().max()).sort("time_months")
    rows = _while_taken(rows, trial)
    early = pl.col("time_months") <= BASELINE_WINDOW_MONTHS
    change = pl.col("value").filter(~early).last().log() - pl.col("value").filter(early).first().log()
    changes = rows.group_by("patient").agg(change.alias("change")).drop_nulls()
    by_arm = changes.join(trial.cohort.patients.select("patient", "arm"), on="patient")
    treated, control = (by_arm.filter(pl.col("arm") == arm)["change"].to_numpy() for arm in (trial.treatment, trial.control))
    if min(len(treated), len(control)) < FEWEST_PEOPLE:
        return None
    error = sqrt(treated.var(ddof=1) / len(treated) + control.var(ddof=1) / len(control))
    return MarkerContrast(marker, float(treated.mean() - control.mean()), error, len(treated), len(control))


def _while_taken(rows: pl.DataFrame, trial: Trial) -> pl.DataFrame:
    """A row of doses ends at its stop or at the next row of that person; a row of dose 0 is no treatment."""
    doses = trial.cohort.doses
    stop = pl.col("stop_months") if "stop_months" in doses.columns else pl.lit(None, dtype=pl.Float64)
    given = doses.filter(pl.col("treatment") == trial.treatment).sort("patient", "time_months")
    following = pl.col("time_months").shift(-1).over("patient")
    spans = given.with_columns(pl.min_horizontal(stop, following).alias("until")).filter(pl.col("dose_mg").fill_null(1.0) > 0)
    ongoing = pl.col("until").is_null().any()
    stops = spans.group_by("patient").agg(pl.when(~ongoing).then(pl.col("until").max()).alias("stop"))
    joined = rows.join(stops, on="patient", how="left", maintain_order="left")
    return joined.filter(pl.col("stop").is_null() | (pl.col("time_months") <= pl.col("stop")))
