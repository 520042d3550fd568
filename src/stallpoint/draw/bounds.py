"""Shares of which only bounds are known: a bar from the least to the most, a thin line to the ends of the interval."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.draw.canvas import down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, SOFT, WARN

LABEL_WIDTH = 150
NUMBERS_WIDTH = 150
PLOT_WIDTH = FULL_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH
ROW_HEIGHT = 38
_CALLED = {"benefit": ("Fare better treated", ACCENT.light), "harm": ("Fare worse treated", WARN.light)}


def draw_bounds(bounds: pl.DataFrame) -> alt.LayerChart:
    """Bars over shares of people, in %.

    Args:
        bounds: share (`benefit` or `harm`), least, most, low, high; shares from 0 to 1.
    """
    height = float(ROW_HEIGHT * bounds.height)
    rows = [
        {
            "middle": ROW_HEIGHT * (index + 0.5),
            "label": _CALLED[row["share"]][0],
            "colour": _CALLED[row["share"]][1],
            "numbers": f"{row['least']:.0%} to {row['most']:.0%}",
            **{end: 100 * row[end] for end in ("least", "most", "low", "high")},
        }
        for index, row in enumerate(bounds.iter_rows(named=True))
    ]
    chart = alt.Chart(inline(rows))
    y = down("middle", height=height)
    colour = alt.Color("colour:N", scale=None)
    axis = alt.Axis(title="% of people", values=[0, 25, 50, 75, 100])

    def x(end: str) -> alt.X:
        return alt.X(f"{end}:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=axis)

    layers = [
        chart.mark_rule(strokeWidth=1.6).encode(x=x("low"), x2="high:Q", y=y, color=colour),
        chart.mark_rule(strokeWidth=11, opacity=0.85).encode(x=x("least"), x2="most:Q", y=y, color=colour),
        chart.mark_text().encode(x=alt.value(-LABEL_WIDTH), y=y, text="label:N"),
        chart.mark_text(align="right").encode(x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=y, text="numbers:N"),
        alt.Chart(inline([{"middle": -14.0, "text": "least to most"}]))
        .mark_text(align="right", color=SOFT.light)
        .encode(x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=y, text="text:N"),
    ]
    return dress(layers, width=PLOT_WIDTH, height=height, title="What the share of people can be: bounds, not estimates")
