"""Who entered, who was seen, who missed, who left, who died."""

from __future__ import annotations

import numpy as np
import polars as pl

from stallpoint.response.follow_up import FollowUp

SHORTEST_STEP_MONTHS = 0.5
MOST_VISITS_SHOWN = 24


def participant_flow(followed: FollowUp, *, randomised: bool) -> pl.DataFrame:
    """arm, step, n: entered, with any score, and what ended follow-up. The last three steps add up to those with a score."""
    entered = "randomised" if randomised else "enrolled"
    steps = {
        entered: pl.len(),
        "with any ALSFRS-R": _scored(followed).sum(),
        "followed to the end": (_scored(followed) & (pl.col("leaves") == "followed")).sum(),
        "withdrew": (_scored(followed) & (pl.col("leaves") == "withdrew")).sum(),
        "died": (_scored(followed) & (pl.col("leaves") == "died")).sum(),
    }
    counts = followed.people.group_by("arm", maintain_order=True).agg(
        expression.alias(step) for step, expression in steps.items()
    )
    long = counts.unpivot(index="arm", variable_name="step", value_name="n")
    return long.with_columns(pl.col("n").cast(pl.Int64)).sort("arm", maintain_order=True)


def visit_pattern(followed: FollowUp) -> pl.DataFrame:
    """arm, time_months, state, n: at each planned visit, how many were assessed, missed it, had withdrawn, or had died.

    The plan is read off the data: the visit times at which most people were seen.
    """
    plan = _plan(followed.visits["time_months"].to_numpy())
    people = followed.people.select("patient", "arm", "time_months", "died", "leaves")
    nearest = np.abs(followed.visits["time_months"].to_numpy()[:, None] - plan).argmin(axis=1)
    seen = followed.visits.select("patient", pl.Series("visit", nearest)).unique()
    grid = people.join(pl.DataFrame({"visit": np.arange(len(plan)), "plan": plan}), how="cross")
    states = grid.join(seen.with_columns(seen=pl.lit(True)), on=["patient", "visit"], how="left").with_columns(
        pl.when(pl.col("seen"))
        .then(pl.lit("assessed"))
        .when((pl.col("leaves") == "died") & (pl.col("time_months") <= pl.col("plan")))
        .then(pl.lit("died"))
        .when((pl.col("leaves") == "withdrew") & (pl.col("time_months") <= pl.col("plan")))
        .then(pl.lit("withdrew"))
        .when(pl.col("time_months") < pl.col("plan") - SHORTEST_STEP_MONTHS)
        .then(pl.lit("follow-up ended"))
        .otherwise(pl.lit("missed"))
        .alias("state")
    )
    counted = states.group_by("arm", "plan", "state").len("n").sort("arm", "plan", "state")
    return counted.select("arm", pl.col("plan").alias("time_months"), "state", pl.col("n").cast(pl.Int64))


def _scored(followed: FollowUp) -> pl.Expr:
    return pl.col("patient").is_in(followed.visits["patient"].unique().implode())


def _plan(times: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Planned months: whole months that gather at least half as many visits as the median such month, at most 24 of them."""
    months, counts = np.unique(np.round(times), return_counts=True)
    plan = months[counts >= 0.5 * np.median(counts)]
    step = int(np.ceil(len(plan) / MOST_VISITS_SHOWN))
    return np.asarray(plan[::step] if len(plan) else np.zeros(1), dtype=np.float64)
