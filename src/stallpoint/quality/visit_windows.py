"""When people were seen, beside when they were to be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.wording import counted
from stallpoint.knowledge.quality_limits import load_quality_limits
from stallpoint.quality.topic import Topic
from stallpoint.quality.visit_plan import METHOD, VisitPlan, estimate_visit_plan

GAP_PLANNED_VISITS = 3
"""Steps of the plan that a long gap spans: two planned visits were missed in a row, and it is longer than twice the interval."""


@dataclass(frozen=True)
class VisitWindows(Topic):
    """Visits beside their plan.

    visits: patient, time_months, planned_months, off_months (later is positive), window_months, outside.
    gaps: patient, from_months, to_months, missed (planned visits between them), the longest first.
    Both are empty where no schedule can be seen; then `plan` has no months.
    """

    plan: VisitPlan
    visits: pl.DataFrame
    gaps: pl.DataFrame


def measure_visit_windows(cohort: Cohort) -> VisitWindows:
    """Which visits fall outside the window of their planned month, and who was not seen for long."""
    limits = load_quality_limits()
    plan = estimate_visit_plan(cohort.visits)
    beside = _beside_plan(cohort.visits, plan)
    outside = float(beside["outside"].mean() or 0.0)  # type: ignore[arg-type]
    if not plan.months or outside > limits["no_schedule_share"]:
        note = "No common schedule of visits can be seen, so windows and gaps are not judged."
        return VisitWindows((), (note,), VisitPlan(()), beside.clear(), _long_gaps(beside.clear()))
    gaps = _long_gaps(beside)
    steps = beside.height - beside["patient"].n_unique()
    months = ", ".join(f"{month:g}" for month in plan.months)
    notes = (
        f"Planned months, as estimated: {months}. {METHOD.format(share=limits['planned_share'])}",
        f"A window reaches {limits['window_share']:g} of the interval to the nearest other planned visit, on either side.",
    )
    return VisitWindows((_check_windows(beside), _check_gaps(gaps, steps)), notes, plan, beside, gaps)


def _beside_plan(visits: pl.DataFrame, plan: VisitPlan) -> pl.DataFrame:
    seen = visits.select("patient", "time_months").sort("patient", "time_months")
    seen = seen if plan.months else seen.clear()
    times = seen["time_months"].to_numpy()
    nearest = plan.nearest(times) if plan.months else np.zeros(0, dtype=np.int64)
    return seen.with_columns(
        visit=pl.Series(nearest, dtype=pl.Int64),
        planned_months=pl.Series(np.asarray(plan.months)[nearest], dtype=pl.Float64),
        window_months=pl.Series(plan.windows_months[nearest] if plan.months else [], dtype=pl.Float64),
    ).with_columns(
        off_months=pl.col("time_months") - pl.col("planned_months"),
        outside=(pl.col("time_months") - pl.col("planned_months")).abs() > pl.col("window_months"),
    )


def _long_gaps(beside: pl.DataFrame) -> pl.DataFrame:
    """Steps from one visit to the next over two planned visits or more."""
    return (
        beside.with_columns(
            from_months=pl.col("time_months").shift(1).over("patient"),
            spanned=pl.col("visit").diff().over("patient"),
        )
        .filter(pl.col("spanned") >= GAP_PLANNED_VISITS)
        .select("patient", "from_months", to_months="time_months", missed=pl.col("spanned") - 1)
        .sort(pl.col("to_months") - pl.col("from_months"), "patient", "from_months", descending=[True, False, False])
    )


def _check_windows(beside: pl.DataFrame) -> Check:
    n = int(beside["outside"].sum())
    share = n / beside.height
    text = f"{n:,} of {counted(beside.height, 'visit')} ({share:.1%}) lie outside the window of their planned month."
    return Check("visits_outside_windows", "warning" if share > load_quality_limits()["outside_share"] else "passed", text, n)


def _check_gaps(gaps: pl.DataFrame, steps: int) -> Check:
    n = gaps.height
    people = counted(gaps["patient"].n_unique(), "person")
    said = f"{counted(n, 'gap')} in {people}" if n else "No gap"
    text = f"{said} longer than twice the planned interval: two planned visits or more missed in a row."
    return Check("long_gaps", "warning" if n > load_quality_limits()["long_gap_share"] * steps else "passed", text, n)
