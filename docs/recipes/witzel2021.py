"""The files of Witzel et al. (2021) as a study folder for stallpoint.

    python witzel2021.py witzel2021_patients.csv witzel2021_timepoints.csv FOLDER

The accompanying page, witzel2021.md, says what is done to the rows and why.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

STUDY = """\
[study]
name = "Witzel 2021"
description = "Three German cohorts of untreated or placebo-treated people with ALS; doi 10.1186/s40035-021-00257-y"
"""


def main(patients_file: str, timepoints_file: str, folder: str) -> None:
    """Write FOLDER/study.toml and FOLDER/data/*.csv, and say what was left out."""
    people = pl.read_csv(patients_file, null_values="NA")
    scores = pl.read_csv(timepoints_file, null_values="NA")
    seen = since_first_visit(scores)
    visits = one_score_a_visit(seen)
    print(f"second-rater scores left out because a first rater scored the same visit: {seen.height - visits.height}")
    starts = seen.group_by("patient").agg(pl.col("onset_months").first(), last_months=pl.col("time_months").max())
    known = people.join(starts, on="patient", how="inner", maintain_order="left")
    tables = {
        "patients": patients_table(known),
        "visits": visits_table(visits),
        "events": events_table(known),
        "markers": markers_table(known, seen),
    }
    write_study(Path(folder), tables)


def since_first_visit(scores: pl.DataFrame) -> pl.DataFrame:
    """`time` counts from symptom onset: its first value is `onset_months`, the rest is `time_months`."""
    first = pl.col("time").min().over("patient")
    return scores.with_columns(onset_months=first, time_months=(pl.col("time") - first).round(4))


def one_score_a_visit(seen: pl.DataFrame) -> pl.DataFrame:
    """The first rater's score where two raters scored one visit; the second rater's where nobody else did."""
    return seen.sort("rater", maintain_order=True).unique(["patient", "time"], keep="first", maintain_order=True)


def patients_table(known: pl.DataFrame) -> pl.DataFrame:
    """One row a person; `cohort` rides along as a covariate."""
    return known.select(
        "patient",
        "cohort",
        age_years="age",
        sex="gender",
        onset_site=pl.col("onset").replace({"spinal": "limb"}),
        onset_months="onset_months",
        bmi="BMI_baseline",
    )


def visits_table(visits: pl.DataFrame) -> pl.DataFrame:
    """ALSFRS-R totals, with who rated them."""
    return visits.select("patient", "time_months", "rater", alsfrs_r="ALSFRSR").sort("patient", "time_months")


def events_table(known: pl.DataFrame) -> pl.DataFrame:
    """Death in the month that was recorded; else the end of follow-up, never before the last visit."""
    survived = pl.col("months_survived") - pl.col("onset_months")
    followed = pl.max_horizontal(survived, "last_months")
    died = pl.col("deceased") == 1
    return known.select(
        "patient",
        time_months=pl.when(died).then(survived).otherwise(followed).round(4),
        event=pl.when(died).then(pl.lit("death")).otherwise(pl.lit("end")),
    )


def markers_table(known: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """NfL at its visits, and the baseline value at time zero where the first visit has none."""
    measured = seen.drop_nulls("nfl").select("patient", "time_months", value="nfl").unique(maintain_order=True)
    at_start = measured.filter(pl.col("time_months") == 0)
    baseline = known.join(at_start, on="patient", how="anti", maintain_order="left").select(
        "patient", time_months=pl.lit(0.0), value="NfL_baseline"
    )
    values = pl.concat([measured, baseline], how="vertical_relaxed").drop_nulls("value").sort("patient", "time_months")
    return values.select("patient", "time_months", marker=pl.lit("NfL"), value="value", unit=pl.lit("pg/mL"))


def write_study(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    """The study file and one CSV a table."""
    (folder / "data").mkdir(parents=True)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    for name, table in tables.items():
        table.write_csv(folder / "data" / f"{name}.csv")
        print(f"{name}: {table.height} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
