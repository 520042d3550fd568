"""What only bounds are known of: a bar from the least to the most, a thin line to the ends of the interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from stallpoint.core.numbers import count_decimals, format_number
from stallpoint.draw.canvas import down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, SOFT, WARN

LABEL_WIDTH = 150
NUMBERS_WIDTH = 150
ROW_HEIGHT = 38
EDGE = 0.05
_CALLED = {"benefit": ("Fare better treated", ACCENT.light), "harm": ("Fare worse treated", WARN.light)}
_ASSUMED_WIDTH = 300
_ASSUMED = {"none": ("Whatever treatment does to survival", ACCENT.light)}


def draw_bounds(bounds: pl.DataFrame) -> alt.LayerChart:
    """Bars over shares of people, in %.

    Args:
        bounds: share (`benefit` or `harm`), least, most, low, high; shares from 0 to 1.
    """
    rows = [
        {
            "label": _CALLED[row["share"]][0],
            "colour": _CALLED[row["share"]][1],
            "numbers": f"{row['least']:.0%} to {row['most']:.0%}",
            **{end: 100 * row[end] for end in ("least", "most", "low", "high")},
        }
        for row in bounds.iter_rows(named=True)
    ]
    axis = alt.Axis(title="% of people", values=[0, 25, 50, 75, 100])
    title = "What the share of people can be: bounds, not estimates"
    return _draw_bars(rows, (0.0, 100.0), axis, label_width=LABEL_WIDTH, title=title)


def draw_survivor_bounds(bounds: pl.DataFrame) -> alt.LayerChart:
    """Bars over an effect in points of ALSFRS-R, a line at no effect.

    Args:
        bounds: assumption (on deaths), least, most, low, high.
    """
    rows = []
    for row in bounds.iter_rows(named=True):
        decimals = max(1, count_decimals(row["low"], row["high"]))
        label, colour = _ASSUMED.get(row["assumption"], (f"If {row['assumption']}", SOFT.light))
        numbers = " to ".join(format_number(row[end], decimals) for end in ("least", "most"))
        rows.append(
            {"label": label, "colour": colour, "numbers": numbers, **{end: row[end] for end in ("least", "most", "low", "high")}}
        )
    ends = [0.0, *(row[end] for row in rows for end in ("low", "high"))]
    room = EDGE * (max(ends) - min(ends))
    axis = alt.Axis(title="points of ALSFRS-R; treatment better to the right", tickCount=7)
    title = "The effect in those who would live under either arm: bounds, not estimates"
    domain = (min(ends) - room, max(ends) + room)
    return _draw_bars(rows, domain, axis, label_width=_ASSUMED_WIDTH, title=title, null=0.0)


def _draw_bars(
    rows: Sequence[dict[str, Any]],
    domain: tuple[float, float],
    axis: alt.Axis,
    *,
    label_width: int,
    title: str,
    null: float | None = None,
) -> alt.LayerChart:
    """Rows of label, colour, numbers, least, most, low, high from top to bottom; `null` is where a line stands."""
    width, height = FULL_WIDTH - label_width - NUMBERS_WIDTH, float(ROW_HEIGHT * len(rows))
    chart = alt.Chart(inline([{"middle": ROW_HEIGHT * (index + 0.5), **row} for index, row in enumerate(rows)]))
    y = down("middle", height=height)
    colour = alt.Color("colour:N", scale=None)

    def x(end: str) -> alt.X:
        return alt.X(f"{end}:Q", scale=alt.Scale(domain=list(domain), nice=False), axis=axis)

    lines = alt.Chart(inline([{"null": null, "top": 0.0, "bottom": height}])).mark_rule(color=SOFT.light)
    layers = [
        *([lines.encode(x=x("null"), y=down("top", height=height), y2="bottom:Q")] if null is not None else []),
        chart.mark_rule(strokeWidth=1.6).encode(x=x("low"), x2="high:Q", y=y, color=colour),
        chart.mark_rule(strokeWidth=11, opacity=0.85).encode(x=x("least"), x2="most:Q", y=y, color=colour),
        chart.mark_text().encode(x=alt.value(-label_width), y=y, text="label:N"),
        chart.mark_text(align="right").encode(x=alt.value(width + NUMBERS_WIDTH), y=y, text="numbers:N"),
        alt.Chart(inline([{"middle": -14.0, "text": "least to most"}]))
        .mark_text(align="right", color=SOFT.light)
        .encode(x=alt.value(width + NUMBERS_WIDTH), y=y, text="text:N"),
    ]
    return dress(layers, width=width, height=height, title=title)
