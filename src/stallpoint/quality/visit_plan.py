"""The months at which visits were planned, read off the visits themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.knowledge.quality_limits import load_quality_limits

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

BANDWIDTH = 0.15
"""Standard deviation of the kernel, in units of a short step from visit to visit."""

CELLS_PER_BANDWIDTH = 3
DEEP_VALLEY = 0.5
"""Two peaks are apart where the density between them falls to this share of the lower one."""

NEAR_WHOLE = 0.05
"""A planned month this near to a whole one, as a share of the shortest interval, is taken for it."""

METHOD = (
    "The planned months are those at which visits gather: peaks of their density, moved to the median of the visits nearest to each, "
    "kept where at least {share:.0%} of the people still followed then were seen."
)


@dataclass(frozen=True)
class VisitPlan:
    """Planned months, rising; empty where no schedule can be seen."""

    months: tuple[float, ...]

    @property
    def windows_months(self) -> Floats:
        """Half the width of each month's window: a stated share of the interval to the nearest other planned month."""
        steps = np.diff(self.months)
        shortest = np.minimum(np.append(steps, np.inf), np.insert(steps, 0, np.inf))
        return np.asarray(load_quality_limits()["window_share"] * shortest, dtype=np.float64)

    def nearest(self, time_months: Floats) -> Indices:
        """Index of the planned month nearest to each time."""
        months = np.asarray(self.months)
        return np.searchsorted((months[1:] + months[:-1]) / 2, time_months).astype(np.int64)


def estimate_visit_plan(visits: pl.DataFrame) -> VisitPlan:
    """The plan behind visits (columns patient, time_months); without months where too few or none gather.

    The density's bandwidth follows the lower quartile of people's own steps from visit to visit, so that weekly and
    quarterly schedules are read alike.
    """
    seen = visits.select("patient", "time_months").drop_nulls().unique().sort("time_months", "patient")
    steps = seen.sort("patient", "time_months").select(pl.col("time_months").diff().over("patient")).to_series().drop_nulls()
    if seen.height < load_quality_limits()["fewest_visits"] or steps.is_empty():
        return VisitPlan(())
    peaks = _peaks(seen["time_months"].to_numpy(), BANDWIDTH * float(np.quantile(steps.to_numpy(), 0.25)))
    plan = _without_rare(VisitPlan(tuple(peaks)), seen)
    return plan if len(plan.months) > 1 else VisitPlan(())


def _peaks(times: Floats, bandwidth: float) -> list[float]:
    """Months at which the density of visits has peaks that stand apart."""
    cell = bandwidth / CELLS_PER_BANDWIDTH
    reach = 4 * CELLS_PER_BANDWIDTH
    counts = np.bincount(np.rint(times / cell).astype(np.int64) + reach)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / CELLS_PER_BANDWIDTH) ** 2)
    density = np.convolve(np.append(counts, np.zeros(reach)), kernel, mode="same")
    return [(index - reach) * cell for index in _apart(density)]


def _apart(density: Floats) -> list[int]:
    """Local maxima with a deep valley between any two neighbours."""
    inner = density[1:-1]
    tops = np.flatnonzero((inner > density[:-2]) & (inner >= density[2:])) + 1
    kept: list[int] = []
    for top in tops:
        while kept and density[kept[-1] : top].min() > DEEP_VALLEY * min(density[kept[-1]], density[top]):
            if density[kept[-1]] >= density[top]:
                break
            kept.pop()
        else:
            kept.append(int(top))
    return kept


def _without_rare(plan: VisitPlan, seen: pl.DataFrame) -> VisitPlan:
    """Only months at which enough of the people still followed were seen, each at the median of its visits."""
    last = np.sort(seen.group_by("patient").agg(pl.col("time_months").max())["time_months"].to_numpy())
    gathered = (
        seen.with_columns(month=pl.Series(plan.nearest(seen["time_months"].to_numpy())))
        .group_by("month")
        .agg(pl.col("patient").n_unique().alias("people"), pl.col("time_months").median())
        .sort("month")
    )
    middle = gathered["time_months"].to_numpy()
    followed = last.size - np.searchsorted(last, np.asarray(plan.months)[gathered["month"].to_numpy()] - _slack(plan))
    enough = gathered["people"].to_numpy() >= load_quality_limits()["planned_share"] * np.maximum(followed, 1)
    return VisitPlan(tuple(_to_whole_months(middle[enough])))


def _to_whole_months(months: Floats) -> list[float]:
    """Protocols count in months: a whole month that is near stands for what was estimated."""
    near = np.abs(months - np.rint(months)) <= NEAR_WHOLE * np.min(np.diff(months), initial=np.inf)
    return [float(month) for month in np.round(np.where(near, np.rint(months), months), 2)]


def _slack(plan: VisitPlan) -> float:
    """How far before a planned month a person's last visit may lie and still be the visit planned then, months."""
    steps = np.diff(plan.months)
    return 0.25 * float(steps.min()) if steps.size else 0.0
