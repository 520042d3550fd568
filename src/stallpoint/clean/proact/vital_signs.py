"""Rules for vital signs: units, and blood pressures that changed places."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import Tables

KG_PER_POUND = 0.45359237
CM_PER_INCH = 2.54
WARMEST_CELSIUS = 45.0
"""A body temperature above this was taken in Fahrenheit."""

_POUNDS = ("pounds", "pound", "lbs", "lb")
_INCHES = ("inches", "inch", "in")
_USUAL = {
    "systolic blood pressure": "mmHg",
    "diastolic blood pressure": "mmHg",
    "pulse": "beats/min",
    "respiratory rate": "breaths/min",
}
"""Vital signs that come in one unit only."""


def convert_pounds(tables: Tables) -> Tables:
    """Pounds to kilograms."""
    return _convert(tables, "weight", _POUNDS, lambda value: value * KG_PER_POUND, "kg")


def convert_inches(tables: Tables) -> Tables:
    """Inches to centimetres."""
    return _convert(tables, "height", _INCHES, lambda value: value * CM_PER_INCH, "cm")


def convert_fahrenheit(tables: Tables) -> Tables:
    """Fahrenheit to Celsius, also where no unit is given and the value can be nothing else."""
    markers = tables["markers"]
    lower = pl.col("unit").str.to_lowercase()
    said = lower.is_in(["f", "fahrenheit", "degrees f"])
    hot = pl.col("unit").is_null() & (pl.col("value") > WARMEST_CELSIUS)
    chosen = ((pl.col("marker") == "temperature") & (said | hot)).fill_null(value=False)
    return {"markers": _replaced(markers, chosen, (pl.col("value") - 32) / 1.8, "C")}


def state_usual_units(tables: Tables) -> Tables:
    """Blood pressure, pulse and breathing are recorded in one unit only, so it can be stated; a weight without unit stays unknown."""
    markers = tables["markers"]
    usual = pl.col("marker").replace_strict(_USUAL, default=None, return_dtype=pl.String)
    return {"markers": markers.with_columns(unit=pl.coalesce(pl.col("unit"), usual))}


def swap_blood_pressures(tables: Tables) -> Tables:
    """A diastolic pressure above the systolic one of the same row: they changed places."""
    markers = tables["markers"]
    pressures = markers.filter(pl.col("marker").is_in(["systolic blood pressure", "diastolic blood pressure"]))
    key = ["patient", "time_months", "_form"]
    pairs = pressures.group_by(key).agg(
        systolic=pl.col("value").filter(pl.col("marker") == "systolic blood pressure").first(),
        diastolic=pl.col("value").filter(pl.col("marker") == "diastolic blood pressure").first(),
    )
    swapped = pairs.filter(pl.col("diastolic") > pl.col("systolic"))
    joined = markers.join(swapped, on=key, how="left", maintain_order="left", nulls_equal=True)
    value = (
        pl.when(pl.col("systolic").is_null())
        .then("value")
        .when(pl.col("marker") == "systolic blood pressure")
        .then("diastolic")
        .when(pl.col("marker") == "diastolic blood pressure")
        .then("systolic")
        .otherwise("value")
    )
    return {"markers": joined.with_columns(value=value).drop("systolic", "diastolic")}


def weight_at_time_zero(tables: Tables) -> Tables:
    """The person's weight at time zero: of the last weighing up to that day."""
    weights = tables["markers"].filter((pl.col("marker") == "weight") & (pl.col("unit") == "kg") & (pl.col("time_months") <= 0))
    last = (
        weights.filter(pl.col("value").is_not_null())
        .sort("time_months", "value")
        .group_by("patient")
        .agg(weight_kg=pl.col("value").last())
    )
    people = tables["patients"].drop("weight_kg", strict=False)
    return {"patients": people.join(last, on="patient", how="left", maintain_order="left")}


def _convert(tables: Tables, marker: str, units: tuple[str, ...], to: object, unit: str) -> Tables:
    markers = tables["markers"]
    chosen = ((pl.col("marker") == marker) & pl.col("unit").str.to_lowercase().is_in(units)).fill_null(value=False)
    return {"markers": _replaced(markers, chosen, to(pl.col("value")), unit)}  # type: ignore[operator]


def _replaced(markers: pl.DataFrame, chosen: pl.Expr, value: pl.Expr, unit: str) -> pl.DataFrame:
    return markers.with_columns(
        value=pl.when(chosen).then(value).otherwise("value"), unit=pl.when(chosen).then(pl.lit(unit)).otherwise("unit")
    )
