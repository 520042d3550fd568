"""The time axis."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

STEPS = (1, 3, 6, 12, 24, 60, 120)
MOST_TICKS = 9


def month_ticks(horizon_months: float) -> list[float]:
    """Months to mark from 0 to the horizon, in steps that people count in, at most nine of them.

    A horizon beyond the longest step's reach keeps the longest step.
    """
    step = next((step for step in STEPS if horizon_months / step <= MOST_TICKS - 1), STEPS[-1])
    return [float(month) for month in range(0, int(horizon_months + 1e-9) + 1, step)]


def month_axis(field: str, *, domain: tuple[float, float], ticks: Sequence[float]) -> alt.X:
    """The x encoding of months since time zero."""
    axis = alt.Axis(values=list(ticks), title="months since time zero", grid=False, format="~f")
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=list(domain), nice=False), axis=axis)
