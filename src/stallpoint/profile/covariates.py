"""Covariates of a whole cohort from its variants and markers, for the analysis of response: one row a patient, missing is null.

A variant that was not tested, a call without assay and a marker that could not be converted give null, never false or zero.
"""

from __future__ import annotations

import re

import polars as pl

from stallpoint.knowledge.markers import load_marker_names, load_marker_standards
from stallpoint.knowledge.variants import load_variants, names_of
from stallpoint.profile.from_tables import is_usable
from stallpoint.profile.markers.read import read_marker


def covariate_table(patients: pl.DataFrame, variants: pl.DataFrame, markers: pl.DataFrame) -> pl.DataFrame:
    """One row a patient: `SOD1_A5V` true, false or null; `UNC13A_rs12608932_copies` 0, 1, 2 or null; `nfl_serum` of the first sampling.

    Where a variant was tested more than once and the answers differ, the covariate is null. A value below its limit is null in the
    marker's column and true in `..._below_limit`.

    Args:
        patients: with `patient`.
        variants: study table; it may be empty.
        markers: study table; it may be empty.
    """
    table = patients.select("patient")
    for part in (_variants(variants), _markers(markers)):
        if part is not None:
            table = table.join(part, on="patient", how="left", maintain_order="left")
    return table


def _variants(variants: pl.DataFrame) -> pl.DataFrame | None:
    if variants.is_empty():
        return None
    present = {(each.gene, name): each.name for each in load_variants() for name in names_of(each)}
    held = _with_columns(variants, ("zygosity", "assay"))
    pairs = held.select("gene", "variant").unique().rows()
    names = pl.DataFrame(
        [(gene, said, f"{gene}_{_plain(present.get((gene, said), said))}") for gene, said in pairs],
        schema={"gene": pl.String, "variant": pl.String, "name": pl.String},
        orient="row",
    )
    copies = {"heterozygous": 1, "homozygous": 2, "hemizygous": 1}
    assays = {assay: is_usable(assay) for assay in held["assay"].unique().to_list()}
    told = (
        held.join(names, on=["gene", "variant"], how="left", maintain_order="left")
        .with_columns(usable=pl.col("assay").replace_strict(assays, return_dtype=pl.Boolean, default=False))
        .filter(pl.col("usable") & (pl.col("call") != "not tested"))
    )
    told = told.with_columns(
        is_present=pl.col("call") == "present",
        copies=pl.when(pl.col("call") == "absent")
        .then(0)
        .otherwise(pl.col("zygosity").replace_strict(copies, default=None, return_dtype=pl.Int64)),
    )
    agreed = told.group_by("patient", "name").agg(
        pl.when(pl.col("is_present").n_unique() == 1).then(pl.col("is_present").first()).alias("is_present"),
        pl.when(pl.col("copies").n_unique() == 1).then(pl.col("copies").first()).alias("copies"),
    )
    if agreed.is_empty():
        return None
    wide = agreed.pivot(on="name", index="patient", values=["is_present", "copies"])
    renamed = {
        column: column.removeprefix("is_present_")
        if column.startswith("is_present_")
        else f"{column.removeprefix('copies_')}_copies"
        for column in wide.columns
        if column != "patient"
    }
    wide = wide.rename(renamed)
    return wide.select("patient", *sorted(renamed.values()))


def _markers(markers: pl.DataFrame) -> pl.DataFrame | None:
    if markers.is_empty():
        return None
    held = _with_columns(markers, ("matrix", "below_limit"))
    kinds = held.select("marker", "unit", "matrix").unique().rows()
    factors = pl.DataFrame(
        [(*kind, *_factor(*kind)) for kind in kinds],
        schema={"marker": pl.String, "unit": pl.String, "matrix": pl.String, "kind": pl.String, "factor": pl.Float64},
        orient="row",
    )
    keyed = held.join(factors, on=["marker", "unit", "matrix"], how="left", nulls_equal=True, maintain_order="left").drop_nulls(
        "factor"
    )
    if keyed.is_empty():
        return None
    limits = {
        _key(each.marker, each.matrix): (each.plausible_low, each.plausible_high) for each in load_marker_standards().values()
    }
    below = (pl.col("below_limit") == "true").fill_null(value=False)
    first = (
        keyed.with_columns(below=below, converted=pl.col("value") * pl.col("factor"))
        .with_columns(
            low=pl.col("kind").replace_strict({key: pair[0] for key, pair in limits.items()}, return_dtype=pl.Float64),
            high=pl.col("kind").replace_strict({key: pair[1] for key, pair in limits.items()}, return_dtype=pl.Float64),
        )
        .filter(pl.col("below") | pl.col("converted").is_between(pl.col("low"), pl.col("high")))
        .sort("time_months", maintain_order=True)
        .group_by("patient", "kind", maintain_order=True)
        .first()
        .with_columns(converted=pl.when(~pl.col("below")).then(pl.col("converted")))
    )
    columns = first["kind"].unique().sort().to_list()
    parts = [
        first.filter(kind=kind).select("patient", pl.col("converted").alias(kind), pl.col("below").alias(f"{kind}_below_limit"))
        for kind in columns
    ]
    wide = parts[0]
    for part in parts[1:]:
        wide = wide.join(part, on="patient", how="full", coalesce=True)
    return wide


def _factor(marker: str, unit: str, matrix: str | None) -> tuple[str, float | None]:
    """The column of a marker, and what to multiply its values by; None where it cannot be used. 1 stands for any value."""
    reading = read_marker(marker, 1.0, unit, matrix=matrix or "")
    name = load_marker_names().get(marker.strip().lower(), marker)
    return _key(name, reading.matrix), reading.value


def _key(marker: str, matrix: str) -> str:
    return f"{_plain(marker)}_{_plain(matrix)}".lower()


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


def _with_columns(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    added = frame.with_columns(pl.lit(None).alias(name) for name in names if name not in frame.columns)
    return added.with_columns(pl.col(name).cast(pl.String) for name in names)
