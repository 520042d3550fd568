"""What outputs hang on: shares of their variance by class of evidence or by input; what is assumed wears the colour of a warning."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, SOFT, WARN

ROW_HEIGHT = 24
LABEL_ROOM = 330
CLASSES = ("measured in humans", "derived", "animal", "assumed")
COLOURS = (ACCENT.light, ACCENT.light, SOFT.light, WARN.light)
FILL = {"measured in humans": 1.0, "derived": 0.45, "animal": 0.45, "assumed": 0.0}
"""Full for what was measured in people, pale for what was derived or seen in animals, an outline for what is assumed."""


def draw_drivers(drivers: pl.DataFrame) -> alt.LayerChart:
    """Total Sobol indices as bars with two standard errors.

    `drivers` has columns output, group, knowledge (one of `CLASSES`; empty where the group is a class itself), total and total_error.
    """
    said = drivers.with_columns(
        knowledge=pl.when(pl.col("knowledge") == "").then(pl.col("group")).otherwise(pl.col("knowledge")),
        label=pl.col("output") + ": " + pl.col("group"),
        low=(pl.col("total") - 2 * pl.col("total_error")).clip(0, 1),
        high=(pl.col("total") + 2 * pl.col("total_error")).clip(0, 1),
        shown=pl.col("total").clip(0, 1),
    ).select("label", "knowledge", "low", "shown", "high")
    said = said.with_columns(fill=pl.col("knowledge").replace_strict(FILL))
    y = alt.Y("label:N", sort=None, axis=alt.Axis(title=None, labelLimit=LABEL_ROOM, ticks=False, domain=False))
    x = alt.X(
        "shown:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(title="share of the variance, with all interactions", format=".0%", tickCount=5),
    )
    colours = alt.Scale(domain=list(CLASSES), range=list(COLOURS))
    table = alt.Chart(inline(said))
    layers = [
        table.mark_bar(strokeWidth=1.4).encode(
            x=x,
            y=y,
            fill=alt.Fill("knowledge:N", scale=colours, legend=None),
            stroke=alt.Stroke("knowledge:N", scale=colours, legend=None),
            fillOpacity=alt.FillOpacity("fill:Q", scale=None),
        ),
        table.mark_rule(strokeWidth=2.0, color=SOFT.light).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
    ]
    subtitle = "Full: measured in people. Pale: derived, or from animals. Red outline: assumed. Lines: two standard errors"
    return dress(
        layers,
        width=FULL_WIDTH - LABEL_ROOM,
        height=ROW_HEIGHT * said.height,
        title="What the answers hang on",
        subtitle=subtitle,
    )
