"""Tables with one row for a person to patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from stallpoint.core.draft import CELLS, ROW
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.proact.said_once import list_conflicts, take_unanimous
from stallpoint.io.transcribe import Taken, as_number, clean_identifier, said, transcribe

SEX = {"male": "male", "m": "male", "female": "female", "f": "female"}

_ONCE: dict[str, tuple[Taken, ...]] = {
    "demographics": (
        Taken("age_years", "age", "number"),
        Taken("sex", "sex", "word", SEX),
        Taken("_birth_days", "dateofbirth", "number"),
        Taken("ethnicity", "ethnicity"),
    ),
    "treatment": (Taken("arm", "studyarm", "word", {"active": "active", "placebo": "placebo"}),),
    "riluzole": (
        Taken("riluzole", "subjectusedriluzole", "yes or no"),
        Taken("riluzole_start_months", "riluzoleusedelta", "days to months"),
    ),
    "el_escorial": (Taken("el_escorial", "elescorial"),),
}

SITES = {
    "siteofonsetbulbar": "bulbar",
    "siteofonsetlimb": "limb",
    "siteofonsetlimbandbulbar": "limb and bulbar",
    "siteofonsetspine": "limb",
    "siteofonsetother": "other",
}
"""Columns that mark a site; spinal onset is what others call limb onset."""

SITE_TEXTS = {
    "bulbar": "bulbar",
    "limb": "limb",
    "spine": "limb",
    "limb and bulbar": "limb and bulbar",
    "bulbar and limb": "limb and bulbar",
    "respiratory": "respiratory",
    "other": "other",
}


@dataclass(frozen=True)
class People:
    """Patients with working columns for the rules, and the cells that were lost or are contradicted."""

    frame: pl.DataFrame
    unreadable: pl.DataFrame
    conflicting: pl.DataFrame


def transcribe_people(tables: Mapping[str, pl.DataFrame]) -> People:
    """Everybody whom any table names, in the order of identifiers."""
    everyone = pl.concat([frame.select(clean_identifier("subject").alias("patient")) for frame in tables.values()])
    people = everyone.drop_nulls().unique().sort("patient").with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    unreadable, conflicting = [], []
    for name, taken in _ONCE.items():
        if name in tables:
            read = transcribe(tables[name], "patients", "subject", taken)
            rows = read.frame.drop(ROW)
            columns = [column for column in rows.columns if column != "patient"]
            unreadable.append(read.unreadable)
            conflicting.append(list_conflicts(rows, "patients", columns, key=["patient"]))
            people = people.join(take_unanimous(rows, ["patient"]), on="patient", how="left", maintain_order="left")
    if "history" in tables:
        people = people.join(read_history(tables["history"]), on="patient", how="left", maintain_order="left")
    people = people.join(last_contacts(tables), on="patient", how="left", maintain_order="left")
    return People(people, _with_rows(unreadable, people), _with_rows(conflicting, people))


def read_history(raw: pl.DataFrame) -> pl.DataFrame:
    """Onset and diagnosis of each person, from however many rows.

    `onset_site` and `onset_months` stand where all rows say the same. Working columns hold what the rows say: `_sites` (all
    sites in one text), `_site_count`, `_onset_delta` and `_diagnosis_delta` (earliest day), `_onsets` (how many different days).
    """
    person = clean_identifier("subject").alias("patient")
    days = {"onsetdelta": "_onset_delta", "diagnosisdelta": "_diagnosis_delta"}
    numbers = [_number_or_null(raw, source).alias(column) for source, column in days.items()]
    dates = (
        raw.select(person, *numbers)
        .group_by("patient")
        .agg(
            pl.col("_onset_delta").min(), pl.col("_diagnosis_delta").min(), _onsets=pl.col("_onset_delta").drop_nulls().n_unique()
        )
    )
    named = (
        _sites(raw, person)
        .unique()
        .sort("site")
        .group_by("patient")
        .agg(_sites=pl.col("site").str.join(" and "), _site_count=pl.len())
    )
    joined = dates.join(named, on="patient", how="left")
    once = pl.col("_onsets") == 1
    return joined.with_columns(
        onset_site=pl.when(pl.col("_site_count") == 1).then("_sites"),
        onset_months=pl.when(once).then(-pl.col("_onset_delta") / DAYS_PER_MONTH),
        diagnosis_months=pl.when(once).then((pl.col("_diagnosis_delta") - pl.col("_onset_delta")) / DAYS_PER_MONTH),
    )


def last_contacts(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """For each person `_last_contact_months`, the latest day that any table gives."""
    days = [
        frame.select(clean_identifier("subject").alias("patient"), as_number(pl.col(column)).alias("day"))
        for frame in tables.values()
        for column in day_columns(frame.columns)
    ]
    latest = pl.concat(days).group_by("patient").agg(pl.col("day").max())
    return latest.select("patient", _last_contact_months=pl.col("day") / DAYS_PER_MONTH)


def day_columns(columns: Sequence[str]) -> list[str]:
    """Columns that hold days since baseline on which somebody was in contact; planned ends and days of death are none."""
    return [name for name in columns if name.endswith("delta") or name == "deltadays"]


def _sites(raw: pl.DataFrame, person: pl.Expr) -> pl.DataFrame:
    """One row for each site that a row of the history names, by mark or by text."""
    marked = [
        raw.filter(pl.col(source).str.to_lowercase().is_in(["1", "1.0", "yes", "true"])).select(person, site=pl.lit(site))
        for source, site in SITES.items()
        if source in raw.columns
    ]
    written = []
    if "siteofonset" in raw.columns:
        text = pl.col("siteofonset").str.to_lowercase().str.replace(r"^onset:\s*", "").str.strip_chars()
        site = text.replace_strict(SITE_TEXTS, default="other", return_dtype=pl.String)
        written = [raw.filter(said(pl.col("siteofonset"))).select(person, site=site)]
    return pl.concat([pl.DataFrame(schema={"patient": pl.String, "site": pl.String}), *marked, *written])


def _number_or_null(raw: pl.DataFrame, column: str) -> pl.Expr:
    return as_number(pl.col(column)) if column in raw.columns else pl.lit(None, dtype=pl.Float64)


def _with_rows(parts: list[pl.DataFrame], people: pl.DataFrame) -> pl.DataFrame:
    """Cells with the row numbers that their people have in patients."""
    cells = pl.concat([pl.DataFrame(schema=CELLS), *parts]).drop(ROW)
    return cells.join(people.select("patient", ROW), on="patient", how="left").select(*CELLS).sort("column", "patient")
