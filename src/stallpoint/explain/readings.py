"""What a study's own tables say of each link, person by person."""

from __future__ import annotations

import polars as pl

from stallpoint.core.cohort import Trial
from stallpoint.core.plan import Plan
from stallpoint.knowledge.chain import load_chain_assumptions
from stallpoint.response.baseline_nfl import BASELINE_WINDOW_MONTHS
from stallpoint.response.follow_up import FollowUp

MOST_POINTS = 48.0


def read_people(trial: Trial, followed: FollowUp, plan: Plan) -> pl.DataFrame:
    """One row per person followed: patient, treated, taken, level, csf_ratio, function_left, carrier; null where not known.

    taken: dose times time of what was planned until the end of follow-up, 0 to 1 (treated people). level: geometric mean of plasma levels.
    csf_ratio: level in CSF over that in plasma. function_left: ALSFRS-R at time zero over 48. carrier: of the target gene, null where not
    tested.
    """
    people = followed.people.select("patient", "treated", "time_months")
    parts = [_taken(trial, people), *(_levels(trial, plan, matrix) for matrix in ("plasma", "csf")), _left(followed)]
    for part in (*parts, _carriers(trial, plan)):
        people = people.join(part, on="patient", how="left", maintain_order="left")
    on_drug = pl.col("treated") == 1
    return people.with_columns(
        pl.when(on_drug).then("taken").alias("taken"),
        pl.when(on_drug).then(pl.col("plasma")).alias("level"),
        pl.when(on_drug).then(pl.col("csf") / pl.col("plasma")).alias("csf_ratio"),
    ).drop("plasma", "csf", "time_months")


def _taken(trial: Trial, people: pl.DataFrame) -> pl.DataFrame:
    """A row of doses without a stop lasts until the next row of that person, or to the end of follow-up."""
    doses = trial.cohort.doses
    given = doses.filter(pl.col("treatment") == trial.treatment)
    if given.is_empty():
        return pl.DataFrame(schema={"patient": pl.String, "taken": pl.Float64})
    planned = given.filter(pl.col("dose_mg") > 0)["dose_mg"].mode().max()
    stop = pl.col("stop_months") if "stop_months" in doses.columns else pl.lit(None, dtype=pl.Float64)
    following = pl.col("time_months").shift(-1).over("patient")
    spans = (
        given.sort("patient", "time_months")
        .with_columns(pl.min_horizontal(stop, following).alias("until"))
        .join(people.select("patient", pl.col("time_months").alias("end")), on="patient")
        .with_columns((pl.min_horizontal("until", "end") - pl.col("time_months")).clip(lower_bound=0).alias("months"))
    )
    dose = (pl.col("dose_mg") / planned).clip(upper_bound=1)
    share = (dose * pl.col("months")).sum() / pl.col("end").first()
    return spans.group_by("patient").agg(share.clip(0, 1).alias("taken"))


def _levels(trial: Trial, plan: Plan, matrix: str) -> pl.DataFrame:
    """Patient and the geometric mean, under the name of the matrix. Levels below the limit count as a share of it."""
    rows = trial.cohort.concentrations.filter(
        (pl.col("matrix").str.to_lowercase() == matrix) & (pl.col("analyte") == trial.treatment)
    )
    if rows.is_empty():
        return pl.DataFrame(schema={"patient": pl.String, matrix: pl.Float64})
    unit = plan.level_unit or rows["unit"].mode().max()
    below = pl.col("below_limit").fill_null(value=False) if "below_limit" in rows.columns else pl.lit(False)
    value = pl.when(below).then(pl.col("value") * load_chain_assumptions()["below_limit_share"]).otherwise(pl.col("value"))
    return (
        rows.filter(pl.col("unit") == unit)
        .with_columns(value.alias("value"))
        .filter(pl.col("value") > 0)
        .group_by("patient")
        .agg(pl.col("value").log().mean().exp().alias(matrix))
    )


def _left(followed: FollowUp) -> pl.DataFrame:
    first = followed.visits.filter(pl.col("time_months") <= BASELINE_WINDOW_MONTHS).sort("time_months")
    return first.group_by("patient").agg((pl.col("alsfrs_r").first() / MOST_POINTS).alias("function_left"))


def _carriers(trial: Trial, plan: Plan) -> pl.DataFrame:
    """Present in any variant of the gene is a carrier; absent in all that were tested is none; else not known."""
    calls = trial.cohort.variants.filter(pl.col("gene").str.to_lowercase() == plan.target_gene.lower())
    present = (pl.col("call") == "present").any()
    absent = (pl.col("call") == "absent").all()
    return calls.group_by("patient").agg(pl.when(present).then(True).when(absent).then(False).alias("carrier"))
