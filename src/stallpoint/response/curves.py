"""The series that charts of function and survival are drawn from."""

from __future__ import annotations

import numpy as np
import polars as pl

from stallpoint.models.survival import count_at_risk, fit_kaplan_meier
from stallpoint.response.follow_up import FollowUp

MARKS = 7
"""About how many columns of numbers at risk stand under a survival curve."""


def arm_curves(followed: FollowUp, arms: tuple[str, ...], horizon_months: float) -> dict[str, pl.DataFrame]:
    """`trajectories_observed`, `survival` and `numbers_at_risk` (see `Analysis`), arms in the order given."""
    people = followed.people.filter(pl.col("arm").is_in(arms))
    observed = followed.visits.join(people.select("patient", "arm"), on="patient")
    marks = _marks(horizon_months)
    curves, at_risk = [], []
    for arm in arms:
        rows = people.filter(pl.col("arm") == arm)
        time = rows["time_months"].to_numpy()
        steps = fit_kaplan_meier(time, rows["died"].to_numpy()).steps
        curves.append(steps.select(pl.lit(arm).alias("arm"), pl.col("time").alias("time_months"), "survival", "low", "high"))
        at_risk.append(pl.DataFrame({"arm": [arm] * len(marks), "time_months": marks, "n": count_at_risk(time, marks)}))
    return {
        "trajectories_observed": observed.select("patient", "arm", "time_months", "alsfrs_r"),
        "survival": pl.concat(curves),
        "numbers_at_risk": pl.concat(at_risk),
    }


def _marks(horizon_months: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Round months from 0 to the horizon."""
    steps = np.array([1, 2, 3, 6, 12, 24, 36, 60], dtype=np.float64)
    step = steps[min(int(np.searchsorted(steps, horizon_months / MARKS)), len(steps) - 1)]
    return np.arange(0, horizon_months + 1e-9, step)
