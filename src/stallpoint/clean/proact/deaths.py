"""Rules for deaths and the end of follow-up."""

from __future__ import annotations

import polars as pl

from stallpoint.core.draft import ROW, Tables

_ASSESSMENTS = ("visits", "markers")


def drop_contradicting_deaths(tables: Tables) -> Tables:
    """Two different days of death of one person: neither can be relied on."""
    events = tables["events"]
    days = pl.col("time_months").drop_nulls().n_unique().over("patient")
    return {"events": events.filter((pl.col("event") != "death") | (days <= 1))}


def drop_undated_beside_dated(tables: Tables) -> Tables:
    """A death without a day, of a person of whom another row gives the day."""
    events = tables["events"]
    dated = pl.col("time_months").is_not_null().any().over("patient")
    return {"events": events.filter(pl.col("time_months").is_not_null() | ~dated)}


def drop_deaths_before_last_visit(tables: Tables) -> Tables:
    """Somebody who was assessed afterwards had not died: the death is left out and the person flagged."""
    last = (
        pl.concat([tables[name].select("patient", "time_months") for name in _ASSESSMENTS])
        .group_by("patient")
        .agg(pl.col("time_months").max())
    )
    joined = tables["events"].join(last.rename({"time_months": "_last"}), on="patient", how="left", maintain_order="left")
    early = ((pl.col("event") == "death") & (pl.col("time_months") < pl.col("_last"))).fill_null(value=False)
    flagged = joined.filter(early).select("patient", _flagged=pl.lit(value=True)).unique()
    people = tables["patients"].join(flagged, on="patient", how="left", maintain_order="left")
    return {
        "events": joined.filter(~early).drop("_last"),
        "patients": people.with_columns(death_date_conflict="_flagged").drop("_flagged"),
    }


def end_at_last_contact(tables: Tables) -> Tables:
    """People of whom no death is known were followed to the last day that any table gives for them."""
    events, people = tables["events"], tables["patients"]
    dead = events.filter(pl.col("event") == "death").select("patient")
    followed = people.filter(pl.col("_last_contact_months") >= 0).join(dead, on="patient", how="anti")
    ends = followed.select(
        -pl.col(ROW),
        "patient",
        time_months="_last_contact_months",
        event=pl.lit("end"),
    )
    return {"events": pl.concat([events, ends])}
