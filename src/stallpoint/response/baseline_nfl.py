"""Neurofilament light at time zero, on the log scale."""

from __future__ import annotations

import polars as pl

from stallpoint.core.cohort import Cohort

BASELINE_WINDOW_MONTHS = 0.5
"""A marker taken up to half a month after time zero counts as taken at baseline."""


def baseline_log_nfl(cohort: Cohort) -> pl.DataFrame:
    """patient, log_nfl (natural log), one row per person, null where not known.

    Only the matrix and unit most often used count; values below the limit are not known, never imputed.
    """
    markers = cohort.markers
    rows = markers.filter(
        (pl.col("marker").str.to_lowercase() == "nfl")
        & (pl.col("time_months") <= BASELINE_WINDOW_MONTHS)
        & (pl.col("value") > 0)
        & ~_column_or(markers, "below_limit", pl.lit(False))
    ).with_columns(assay=pl.concat_str([_column_or(markers, "matrix", pl.lit("")), pl.col("unit")], separator=", "))
    if not rows.height:
        return cohort.patients.select("patient", pl.lit(None, dtype=pl.Float64).alias("log_nfl"))
    usual = rows["assay"].value_counts(sort=True)["assay"][0]
    first = rows.filter(pl.col("assay") == usual).sort("time_months").unique("patient", keep="first")
    values = first.select("patient", pl.col("value").log().alias("log_nfl"))
    return cohort.patients.select("patient").join(values, on="patient", how="left", maintain_order="left")


def _column_or(frame: pl.DataFrame, name: str, otherwise: pl.Expr) -> pl.Expr:
    return pl.coalesce(pl.col(name), otherwise) if name in frame.columns else otherwise
