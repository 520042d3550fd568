"""When visits took place, beside the windows in which they were planned."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import polars as pl

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.months import month_axis, month_ticks
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, LINE, SOFT, WARN

HEIGHT = 190
BINS = 200
AXIS_ROOM = 60


def draw_visit_windows(visits: pl.DataFrame, *, months: Sequence[float], windows_months: Sequence[float]) -> alt.LayerChart:
    """Number of visits over time, those outside the windows in the colour of warning, over the windows (shaded).

    `visits` has time_months and outside; `months` are planned, each with half the width of its window. Visits at time zero are left
    out of the bars, as everybody has one and they would dwarf the rest. No identifier enters the chart.
    """
    later = visits.filter(pl.col("time_months") > 0)
    last = max([*months, *later["time_months"]])
    step = last / BINS
    cell = (pl.col("time_months") / step).floor().clip(upper_bound=BINS - 1)
    bars = later.group_by("outside", left=cell * step).agg(pl.len().alias("n")).sort("left", "outside")
    stacked = bars.with_columns(right=pl.col("left") + step, top=pl.col("n").cum_sum().over("left"))
    stacked = stacked.with_columns(bottom=pl.col("top") - pl.col("n"))
    most = int(stacked["top"].max() or 1)  # type: ignore[arg-type]
    reach = np.asarray(windows_months, dtype=np.float64)
    spans = [
        {"left": max(month - half, 0.0), "right": min(month + half, last), "bottom": 0, "top": most, "month": month}
        for month, half in zip(months, reach, strict=True)
    ]
    x = month_axis("left", domain=(0.0, last), ticks=month_ticks(last))
    y = alt.Y("bottom:Q", scale=alt.Scale(domain=[0, most]), axis=alt.Axis(title="visits", grid=False, tickCount=4))
    layers = [
        alt.Chart(inline(spans)).mark_rect(color=LINE.light, opacity=0.7).encode(x=x, x2="right:Q", y=y, y2="top:Q"),
        alt.Chart(inline(spans)).mark_rule(color=SOFT.light, strokeDash=[3, 3]).encode(x="month:Q"),
        *(
            alt.Chart(inline(stacked.filter(pl.col("outside") == outside)))
            .mark_rect(color=colour.light)
            .encode(x=x, x2="right:Q", y=y, y2="top:Q")
            for outside, colour in ((False, ACCENT), (True, WARN))
        ),
    ]
    subtitle = (
        "Bars: visits after time zero, those outside their window in the other colour. Shaded: windows. Dashes: planned months"
    )
    return dress(layers, width=FULL_WIDTH - AXIS_ROOM, height=HEIGHT, title="Visits over time", subtitle=subtitle)
