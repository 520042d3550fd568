"""What data tell of each parameter: the interval of its profile within what was held possible; what they do not tell is an outline."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, WARN

ROW_HEIGHT = 26
LABEL_ROOM = 300


def draw_identified(table: pl.DataFrame, *, title: str) -> alt.LayerChart:
    """One bar a parameter, over its range from the least to the most that was held possible.

    `table` has columns parameter, least, most, low, high (empty where the interval is open) and flat. A full bar is told at both ends,
    a pale one at one, an outline in the colour of a warning at neither: such a parameter is driven by assumption.
    """
    width = pl.col("most") - pl.col("least")
    ends = pl.col("low").is_not_null().cast(pl.Int32) + pl.col("high").is_not_null().cast(pl.Int32)
    rows = table.select(
        "parameter",
        left=((pl.col("low") - pl.col("least")) / width).fill_null(0.0),
        right=((pl.col("high") - pl.col("least")) / width).fill_null(1.0),
        fill=ends.replace_strict({0: 0.0, 1: 0.45, 2: 1.0}, return_dtype=pl.Float64),
        colour=pl.when(ends == 0).then(pl.lit(WARN.light)).otherwise(pl.lit(ACCENT.light)),
    )
    y = alt.Y("parameter:N", sort=None, axis=alt.Axis(title=None, labelLimit=LABEL_ROOM, ticks=False, domain=False))
    x = alt.X(
        "left:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(title="place in what was held possible, from the least to the most", format=".0%", tickCount=5),
    )
    bars = (
        alt.Chart(inline(rows))
        .mark_bar(strokeWidth=1.4, height=ROW_HEIGHT * 0.55)
        .encode(
            x=x,
            x2="right:Q",
            y=y,
            fill=alt.Fill("colour:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
            fillOpacity=alt.FillOpacity("fill:Q", scale=None),
        )
    )
    subtitle = "95% by profile likelihood. Full: told at both ends. Pale: at one end. Red outline: not told, driven by assumption"
    return dress([bars], width=FULL_WIDTH - LABEL_ROOM, height=ROW_HEIGHT * rows.height, title=title, subtitle=subtitle)
