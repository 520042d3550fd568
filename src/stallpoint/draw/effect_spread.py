"""How far effects may differ between people, along a correlation that nobody can observe."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, INK, WARN

HEIGHT = 190
AXIS_ROOM = 50
SIDE = 200
"""Room to the right for what stands beside the curve's end."""


def draw_effect_spread(spread: pl.DataFrame) -> alt.LayerChart:
    """The standard deviation of effects with its band, and a mark where effects have nothing to do with the untreated course.

    Args:
        spread: correlation (-1 to 1), sd, low, high (points per month), unlinked (whether the mark stands there).
    """
    width = FULL_WIDTH - AXIS_ROOM - SIDE
    x = alt.X(
        "correlation:Q",
        scale=alt.Scale(domain=[-1, 1], nice=False),
        axis=alt.Axis(
            values=[-1, -0.5, 0, 0.5, 1], title="correlation of a person's slopes under both treatments, never observed"
        ),
    )
    top = float(spread["high"].max())  # type: ignore[arg-type]

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, 1.05 * top], nice=False), axis=alt.Axis(title=None, tickCount=5))

    chart = alt.Chart(inline(spread))
    unlinked = alt.Chart(
        inline(spread.filter("unlinked").with_columns(pl.lit("effects unrelated to the untreated course").alias("text")))
    )
    layers = [
        chart.mark_area(color=ACCENT.light, opacity=0.2).encode(x=x, y=y("low"), y2="high:Q"),
        chart.mark_line(color=ACCENT.light, strokeWidth=2.4).encode(x=x, y=y("sd")),
        unlinked.mark_point(color=WARN.light, filled=True, size=70, opacity=1).encode(x=x, y=y("sd")),
        unlinked.mark_text(color=INK.light, dx=10, dy=-12).encode(x=x, y=y("sd"), text="text:N"),
    ]
    return dress(
        layers,
        width=width,
        height=HEIGHT,
        title="How far effects on the slope may differ between people: an axis, not an estimate",
        subtitle="Standard deviation of effects, points per month; 95% band at all correlations at once",
    )
