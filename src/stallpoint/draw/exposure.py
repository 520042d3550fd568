"""Where exposure is lost on the way to the target, its course in time, and what the verdict hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from stallpoint.draw.canvas import down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.labels import LINE_HEIGHT, first_line_offset, wrap_label
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, HALF_WIDTH, SMALL_SIZE, SOFT, WARN

ROW_HEIGHT = 42
BAR_HEIGHT = 20
LABEL_WIDTH = 300
LABEL_CHARACTERS = 44
NUMBERS_WIDTH = 210
PLOT_WIDTH = FULL_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH
COURSE_HEIGHT = 230
SMALLEST_SHARE = 1e-4
HEADER_AT = -14

FILLS = {"measured here": 1.0, "human": 1.0, "animal": 0.45, "in vitro": 0.45, "assumed": 0.0}
"""How full a bar is drawn by the class of evidence: full for people, half for animals and dishes, an outline for what is assumed."""


def draw_losses(steps: pl.DataFrame) -> alt.LayerChart:
    """What share each step passes on (bar, with its 95% range as a line), on a logarithmic axis from 0.01% to 100%.

    `steps` has columns label, low, middle, high (shares) and evidence. A filled bar rests on people, a pale one on animals or dishes, an
    outline on assumption.
    """
    rows, height = _rows(steps)
    floor = max(SMALLEST_SHARE, min(0.01, *(row["low"] / 2 for row in rows)))
    for row in rows:
        row |= {name: max(row[name], floor) for name in ("low", "middle", "high")} | {"floor": floor}
    scale = alt.Scale(type="log", domain=[floor, 1], nice=False)
    x = alt.X(
        "middle:Q",
        scale=scale,
        axis=alt.Axis(title="share passed on", format="~%", values=[1, 0.3, 0.1, 0.03, 0.01, 0.001, 0.0001]),
    )
    y, table = down("row", height=height), alt.Chart(inline(rows))
    layers = [
        table.mark_bar(size=BAR_HEIGHT, color=ACCENT.light, stroke=ACCENT.light).encode(
            x=x, x2="floor:Q", y=y, fillOpacity=alt.FillOpacity("fill:Q", scale=None)
        ),
        table.mark_rule(strokeWidth=2.2, color=WARN.light).encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y),
        *_texts(rows, height),
    ]
    subtitle = "Full bars rest on people, pale ones on animals or dishes, outlines on assumption. Lines: 95% of draws"
    return dress(layers, width=PLOT_WIDTH, height=height, title="Where it is lost on the way", subtitle=subtitle)


def draw_course(course: pl.DataFrame, *, drug: str, unit: str) -> alt.LayerChart:
    """Concentration over time: the middle person (line) and 95% of people (band).

    `course` has columns time_h, low, middle, high in `unit`.
    """
    days = course["time_h"].max()
    in_days = isinstance(days, float) and days > 200
    rows = course.with_columns(time=pl.col("time_h") / 24 if in_days else pl.col("time_h"))
    x = alt.X("time:Q", axis=alt.Axis(title="days" if in_days else "hours", grid=False))

    def value(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title=unit))

    table = alt.Chart(inline(rows))
    layers = [
        table.mark_area(opacity=0.22, color=ACCENT.light).encode(x=x, y=value("low"), y2="high:Q"),
        table.mark_line(strokeWidth=2.2, color=ACCENT.light).encode(x=x, y=value("middle")),
    ]
    subtitle = "Line: a typical person. Band: 95% of people of this kind"
    return dress(layers, width=HALF_WIDTH, height=COURSE_HEIGHT, title=f"{drug} in plasma", subtitle=subtitle)


def draw_swings(swings: pl.DataFrame, *, threshold: float, result: str) -> alt.LayerChart:
    """How far the result moves when one input goes through its 95% range (bar), and the threshold of the verdict (dashes).

    `swings` has columns label, at_low, at_high and total, the share of the variance that the input makes with others.
    """
    rows, height = _rows(swings.select("label", low="at_low", high="at_high", middle="total"))
    y, table = down("row", height=height), alt.Chart(inline(rows))
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("low:Q", scale=scale, axis=alt.Axis(title=result, format=".0%"))
    marks = [{"at": threshold, "top": 0, "bottom": height}]
    layers = [
        table.mark_bar(size=BAR_HEIGHT, color=ACCENT.light, opacity=0.55).encode(x=x, x2="high:Q", y=y),
        table.mark_tick(thickness=3, size=BAR_HEIGHT, color=ACCENT.light).encode(x=x, y=y),
        alt.Chart(inline(marks))
        .mark_rule(strokeDash=[4, 4], color=WARN.light)
        .encode(x=alt.X("at:Q", scale=scale), y=down("top", height=height), y2="bottom:Q"),
        *_texts(rows, height, said="variance"),
    ]
    subtitle = (
        "Bars: one input from the low end of its range (mark) to the high end, others at the middle. Dashes: the verdict's line"
    )
    return dress(layers, width=PLOT_WIDTH, height=height, title="What the verdict hangs on", subtitle=subtitle)


def _rows(table: pl.DataFrame) -> tuple[list[dict[str, Any]], float]:
    rows = []
    for index, row in enumerate(table.iter_rows(named=True)):
        middle = (index + 0.5) * ROW_HEIGHT
        lines = wrap_label(row["label"], characters=LABEL_CHARACTERS)
        rows.append(
            {
                **row,
                "row": middle,
                "lines": lines,
                "first": middle - first_line_offset(lines),
                "fill": FILLS.get(row.get("evidence", ""), 1.0),
            }
        )
    return rows, ROW_HEIGHT * max(len(rows), 1)


def _texts(rows: Sequence[dict[str, Any]], height: float, *, said: str = "interval") -> list[alt.Chart]:
    """Labels to the left, numbers to the right, and what the numbers are above them."""
    table = alt.Chart(inline([{**row, "numbers": _numbers(row, said)} for row in rows]))
    header = "share (95% of draws)" if said == "interval" else "low to high end; share of variance"
    return [
        table.mark_text(lineHeight=LINE_HEIGHT).encode(x=alt.value(-LABEL_WIDTH), y=down("first", height=height), text="lines:N"),
        table.mark_text(align="right").encode(
            x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=down("row", height=height), text="numbers:N"
        ),
        alt.Chart(inline([{"at": HEADER_AT, "text": header}]))
        .mark_text(align="right", fontSize=SMALL_SIZE, color=SOFT.light)
        .encode(x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=down("at", height=height), text="text:N"),
    ]


def _numbers(row: dict[str, Any], said: str) -> str:
    if said == "interval":
        return f"{say_share(row['middle'])} ({say_share(row['low'])} to {say_share(row['high'])})"
    return f"{say_share(row['low'])} to {say_share(row['high'])}; {max(row['middle'], 0):.0%}"


def say_share(share: float) -> str:
    """A share as a percentage with the digits it deserves."""
    percent = 100 * share
    return f"{percent:.0f}%" if percent >= 9.5 else f"{percent:.1f}%" if percent >= 0.95 else f"{percent:.2g}%"
