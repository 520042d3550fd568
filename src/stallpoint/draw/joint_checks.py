"""How a joint model fits: residuals against fitted values, and the data beside data drawn from the fit."""

from __future__ import annotations

import altair as alt
import numpy as np
import polars as pl

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, HALF_WIDTH, SOFT, WARN

HEIGHT = 220
MOST_POINTS = 1500
BINS = 12
TWO_SIDED = 1.96


def draw_residuals(residuals: pl.DataFrame, *, measure: str) -> alt.LayerChart:
    """Standardised residuals (points) against fitted values, their mean in twelfths of the rows (line), and the lines of 95%.

    `residuals` has columns fitted, in the measure's unit, and residual. Above 1,500 rows every k-th is drawn, and the chart says so; the
    means are of all. No identifier enters the chart.
    """
    rows = residuals.select("fitted", "residual").sort("fitted", "residual")
    every = -(-rows.height // MOST_POINTS)
    part = np.arange(rows.height) * min(BINS, rows.height) // max(rows.height, 1)
    means = rows.with_columns(part=pl.Series(part)).group_by("part", maintain_order=True).mean()
    limits = [{"at": -TWO_SIDED}, {"at": 0.0}, {"at": TWO_SIDED}]
    shown = f" (one point in {every} of {rows.height:,} is drawn)" if every > 1 else ""
    x = alt.X("fitted:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=f"fitted {measure}{shown}", grid=False))
    y = alt.Y("residual:Q", axis=alt.Axis(title="residual, standard deviations", grid=False))
    layers = [
        alt.Chart(inline(rows.gather_every(every))).mark_circle(size=14, opacity=0.35, color=SOFT.light).encode(x=x, y=y),
        alt.Chart(inline(limits)).mark_rule(strokeDash=[4, 4], color=SOFT.light).encode(y="at:Q"),
        alt.Chart(inline(means)).mark_line(strokeWidth=2.4, color=WARN.light).encode(x=x, y=y),
    ]
    subtitle = "Line: their mean, which should stay near 0. 95% of points belong between the dashes"
    return dress(layers, width=HALF_WIDTH, height=HEIGHT, title=f"What the model leaves of {measure}", subtitle=subtitle)


def draw_replicates(beside: pl.DataFrame, *, what: str, time_unit: str = "months", share: bool = False) -> alt.LayerChart:
    """The data (points on a line) over the range of 95% of data sets drawn from the fit (band) and their middle (dashes).

    `beside` has columns time, observed, low, middle, high, as `replicate_fit` gives; `share` shows values from 0 to 1 as percentages.
    """
    rows = beside.with_columns(pl.col("observed", "low", "middle", "high").fill_nan(None)).drop_nulls()
    x = alt.X("time:Q", axis=alt.Axis(title=time_unit, grid=False))
    scale = alt.Scale(domain=[0, 1]) if share else alt.Scale(zero=False)
    axis = alt.Axis(format=".0%", title=None) if share else alt.Axis(title=None)

    def value(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=axis)

    drawn = alt.Chart(inline(rows))
    layers = [
        drawn.mark_area(opacity=0.22, color=ACCENT.light).encode(x=x, y=value("low"), y2="high:Q"),
        drawn.mark_line(strokeDash=[5, 4], strokeWidth=1.6, color=ACCENT.light).encode(x=x, y=value("middle")),
        drawn.mark_line(strokeWidth=2.2, color=WARN.light, point=alt.OverlayMarkDef(color=WARN.light, size=30)).encode(
            x=x, y=value("observed")
        ),
    ]
    subtitle = "Line with points: the data. Band: 95% of data sets drawn from the fitted model, their middle dashed"
    return dress(layers, width=HALF_WIDTH, height=HEIGHT, title=f"{what}: data and model", subtitle=subtitle)
