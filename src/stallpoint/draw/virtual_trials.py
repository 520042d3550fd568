"""What virtual trials of a drug would see: their results as outlines, since they rest on assumption; and with against without treatment."""

from __future__ import annotations

import altair as alt
import numpy as np
import polars as pl

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.months import month_axis, month_ticks
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, HALF_WIDTH, INK, SOFT, WARN

HEIGHT = 230
AXIS_ROOM = 46
BINS = 30
VERDICTS = ("finds a benefit", "finds nothing", "finds harm")
COLOURS = (ACCENT.light, SOFT.light, WARN.light)
FILL = (0.55, 0.12, 0.35)
"""How full a bar is by verdict, so that they can be told apart in grey; none is full, for none rests on measurement alone."""


def draw_trial_results(trials: pl.DataFrame, *, assumed: bool) -> alt.LayerChart:
    """Histogram of the slope difference that each virtual trial finds, by its verdict.

    `assumed` says that assumptions drive it: bars are outlined in the colour of a warning. `trials` has columns slope_difference (points
    per month, positive favours treatment), benefit_found and harm_found.
    """
    rows = _bins(trials)
    x = alt.X(
        "left:Q",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(title="difference of slopes that the trial finds, points per month", grid=False),
    )
    colours = alt.Scale(domain=list(VERDICTS), range=list(COLOURS))
    fill = alt.Fill("verdict:N", scale=colours, legend=alt.Legend(title=None, orient="top"))
    opacity = alt.FillOpacity("verdict:N", scale=alt.Scale(domain=list(VERDICTS), range=list(FILL)), legend=None)
    y = alt.Y("bottom:Q", axis=alt.Axis(title="share of virtual trials", format=".0%"))
    table = alt.Chart(inline(rows))
    layers = [
        table.mark_rect(strokeWidth=1.2).encode(
            x=x,
            x2="right:Q",
            y=y,
            y2="top:Q",
            fill=fill,
            stroke=alt.value(WARN.light) if assumed else alt.Stroke("verdict:N", scale=colours, legend=None),
            fillOpacity=opacity,
        ),
        alt.Chart(inline([{"at": 0.0}])).mark_rule(strokeWidth=1.6, strokeDash=[4, 4], color=INK.light).encode(x="at:Q"),
    ]
    subtitle = "Each virtual trial has its own people and its own draw of what is not known. Dashes: no difference"
    if assumed:
        subtitle += ". Red outlines: driven by assumption"
    return dress(layers, width=FULL_WIDTH - AXIS_ROOM, height=HEIGHT, title="What virtual trials would find", subtitle=subtitle)


def draw_counterfactual(course: pl.DataFrame, *, title: str, unit: str, null: float, assumed: bool) -> alt.LayerChart:
    """With treatment against without, the same virtual people: middle of what might be true (line) and 95% of it (band).

    `assumed` says that assumptions drive it: then it wears the colour of a warning. `course` has columns time_months, low, middle, high;
    `null` is the value that means no difference.
    """
    horizon = float(course["time_months"].max())  # type: ignore[arg-type]
    x = month_axis("time_months", domain=(0, horizon), ticks=month_ticks(horizon))

    def value(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title=unit))

    table, colour = alt.Chart(inline(course)), WARN.light if assumed else ACCENT.light
    layers = [
        table.mark_area(opacity=0.14, color=colour, stroke=colour, strokeDash=[3, 3]).encode(x=x, y=value("low"), y2="high:Q"),
        table.mark_line(strokeWidth=2.2, color=colour).encode(x=x, y=value("middle")),
        alt.Chart(inline([{"null": null}])).mark_rule(strokeDash=[4, 4], color=INK.light).encode(y="null:Q"),
    ]
    subtitle = f"Line: middle of what might be true. Dashed band: 95% of it{'; driven by assumption' if assumed else ''}"
    return dress(layers, width=HALF_WIDTH - AXIS_ROOM, height=HEIGHT, title=title, subtitle=subtitle)


def _bins(trials: pl.DataFrame) -> list[dict[str, float | str]]:
    """Stacked bars: ends, bottom and top of each, by verdict."""
    values = trials["slope_difference"].to_numpy()
    verdict = np.where(trials["benefit_found"], 0, np.where(trials["harm_found"], 2, 1))
    edges = np.histogram_bin_edges(values, bins=min(BINS, max(8, len(values) // 5)))
    bottom = np.zeros(len(edges) - 1)
    rows: list[dict[str, float | str]] = []
    for index, name in enumerate(VERDICTS):
        share = np.histogram(values[verdict == index], bins=edges)[0] / len(values)
        tops = bottom + share
        rows += [
            {"left": left, "right": right, "bottom": low, "top": high, "verdict": name}
            for left, right, low, high in zip(*(each.tolist() for each in (edges[:-1], edges[1:], bottom, tops)), strict=True)
            if high > low
        ]
        bottom += share
    return rows
