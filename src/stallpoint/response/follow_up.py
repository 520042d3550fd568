"""The rows an estimand speaks of: who was followed how long, what ended it, and which visits count."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort, Trial
from stallpoint.core.estimand import Estimand
from stallpoint.core.wording import counted

VISIT_WINDOW_MONTHS = 0.5
"""A visit up to this long after the horizon counts as the visit at the horizon."""

SHORTEST_FOLLOW_UP_MONTHS = 0.01
"""People seen at time zero only were followed for a few hours; a hazard needs follow-up above 0."""

DEFAULT_SURVIVAL_EVENTS = ("death", "tracheostomy")

EVERYONE = "everyone"


@dataclass(frozen=True)
class FollowUp:
    """visits: patient, time_months, alsfrs_r within the horizon. people: the patients table with `arm`, `time_months`, `died`,
    `leaves` (what ended follow-up: died, withdrew, or followed) and `last_visit_months` (null for people never seen).
    """

    visits: pl.DataFrame
    people: pl.DataFrame
    checks: tuple[Check, ...]


def follow_trial(trial: Trial) -> FollowUp:
    """Follow-up under a trial's estimand; `treated` is 1 in the treated arm."""
    followed = follow_cohort(trial.cohort, trial.estimand)
    treated = (pl.col("arm") == trial.treatment).cast(pl.Float64).alias("treated")
    people = followed.people.with_columns(treated)
    return FollowUp(followed.visits.join(people.select("patient", "treated"), on="patient"), people, followed.checks)


def follow_cohort(cohort: Cohort, estimand: Estimand | None) -> FollowUp:
    """Follow-up until the first survival event, the last sign of life, the horizon, or, where the estimand says so, the last dose."""
    scored = cohort.visits.filter(pl.col("alsfrs_r").is_not_null()).select("patient", "time_months", "alsfrs_r")
    limits = _limits(cohort, estimand)
    visits = (
        scored.join(limits, on="patient", how="left")
        .filter(pl.col("time_months") <= pl.col("limit").fill_null(float("inf")) + VISIT_WINDOW_MONTHS)
        .drop("limit")
        .sort("patient", "time_months")
    )
    people = _people(cohort, limits, estimand.survival_events if estimand else DEFAULT_SURVIVAL_EVENTS)
    return FollowUp(visits, people, (_check_later_visits(scored.height - visits.height), *_check_short(people)))


def _limits(cohort: Cohort, estimand: Estimand | None) -> pl.DataFrame:
    """patient, limit: where each person's follow-up ends by design; null where it does not."""
    horizon = estimand.horizon_months if estimand else None
    limits = cohort.patients.select("patient", pl.lit(horizon, dtype=pl.Float64).alias("limit"))
    if estimand is None or estimand.stopping == "treatment policy" or "stop_months" not in cohort.doses.columns:
        return limits
    stops = cohort.doses.group_by("patient").agg(pl.col("stop_months").max().alias("stop"))
    return limits.join(stops, on="patient", how="left").select("patient", pl.min_horizontal("limit", "stop").alias("limit"))


def _people(cohort: Cohort, limits: pl.DataFrame, survival_events: tuple[str, ...]) -> pl.DataFrame:
    event = cohort.events.group_by("patient").agg(
        pl.col("time_months").filter(pl.col("event").is_in(survival_events)).min().alias("death"),
        pl.col("time_months").filter(pl.col("event") == "withdrawal").min().alias("withdrawal"),
        pl.col("time_months").filter(pl.col("event").is_in(["withdrawal", "end"])).max().alias("left"),
    )
    seen = cohort.visits.group_by("patient").agg(pl.col("time_months").max().alias("last_visit_months"))
    joined = (
        cohort.patients.join(event, on="patient", how="left", maintain_order="left")
        .join(seen, on="patient", how="left", maintain_order="left")
        .join(limits, on="patient", how="left", maintain_order="left")
    )
    # A withdrawal ends what is known only where nothing is known later, so the latest sign of life counts.
    end = pl.coalesce("death", pl.max_horizontal("left", "last_visit_months", pl.lit(0.0)))
    died = pl.col("death").is_not_null() & (pl.col("death") <= pl.col("limit").fill_null(float("inf")))
    withdrew = pl.col("withdrawal").is_not_null() & (pl.col("withdrawal") < pl.col("limit").fill_null(float("inf")))
    followed = joined.with_columns(
        pl.max_horizontal(pl.min_horizontal(end, "limit"), pl.lit(SHORTEST_FOLLOW_UP_MONTHS)).alias("time_months"),
        died.cast(pl.Float64).alias("died"),
        pl.when(died).then(pl.lit("died")).when(withdrew).then(pl.lit("withdrew")).otherwise(pl.lit("followed")).alias("leaves"),
    ).drop("death", "withdrawal", "left", "limit")
    return followed if "arm" in followed.columns else followed.with_columns(pl.lit(EVERYONE).alias("arm"))


def _check_later_visits(left_out: int) -> Check:
    text = f"{counted(left_out, 'visit')} after the end of the estimand's follow-up, left out."
    return Check("visits within follow-up", "passed", text, left_out)


def _check_short(people: pl.DataFrame) -> tuple[Check, ...]:
    short = people.filter(pl.col("time_months") <= SHORTEST_FOLLOW_UP_MONTHS).height
    text = f"{counted(short, 'person')} not followed beyond time zero."
    return (Check("followed at all", "warning" if short else "passed", text, short),)
