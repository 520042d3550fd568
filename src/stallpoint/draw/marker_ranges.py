"""Markers on the ranges that published references give them, each on a lane of its own; a marker without one has no lane."""

from __future__ import annotations

from math import log
from typing import Any

import altair as alt
import polars as pl

from stallpoint.draw.canvas import across, down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, LINE, SMALL_SIZE, SOFT, WARN

LABEL_WIDTH = 250
NUMBERS_WIDTH = 330
PLOT_WIDTH = FULL_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH
ROW_HEIGHT = 40
LANE = 16
MOST_FOLD = 16.0
MOST_Z = 5.0
Z_95 = 1.96


def draw_marker_ranges(markers: pl.DataFrame) -> alt.LayerChart:
    """A lane a marker: the band holds 95% of healthy people of that age, the dot is the reading.

    `markers` has columns label, value (how it is written), z, reading and upper_95. Where there is a standard score the lane runs from
    -5 to 5 of it; where there is an upper limit only, from a sixteenth of the limit to sixteen times, on a log scale, and the band is open
    to the left. Beyond an end the dot stands at the end as an arrow. Where there is neither, no range is drawn and the row says so.
    """
    rows = [_row(index, row) for index, row in enumerate(markers.iter_rows(named=True))]
    height = ROW_HEIGHT * max(len(rows), 1)
    placed = [row for row in rows if row["at"] is not None]
    y, table = down("row", height=height), alt.Chart(inline(rows))
    layers = [
        table.mark_text().encode(x=alt.value(-LABEL_WIDTH), y=y, text="label:N"),
        table.mark_text(align="right").encode(x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=y, text="numbers:N"),
        *(_lanes(placed, height) if placed else []),
        *_without([row for row in rows if row["at"] is None], height),
    ]
    subtitle = (
        "Band: 95% of healthy people of this age. Dot: the reading (open and orange outside of the band). No lane: no reference"
    )
    return dress(layers, width=PLOT_WIDTH, height=height, title="Markers on their reference ranges", subtitle=subtitle)


def _row(index: int, row: dict[str, Any]) -> dict[str, Any]:
    low, high, at = _span(row)
    outside = at is not None and not low <= at <= high
    shown = None if at is None else min(max(at, 0.0), PLOT_WIDTH)
    is_off = at is not None and shown != at
    return {
        "row": (index + 0.5) * ROW_HEIGHT,
        "label": row["label"],
        "numbers": _numbers(row),
        "low": low,
        "high": high,
        "at": shown,
        "end": PLOT_WIDTH,
        "start": 0,
        "outside": outside,
        "arrow": ("triangle-right" if (at or 0) > PLOT_WIDTH else "triangle-left") if is_off else "circle",
    }


def _span(row: dict[str, Any]) -> tuple[float, float, float | None]:
    """Ends of the band and place of the reading, in pixels; the place is None without a reference."""
    if row["z"] is not None:
        low, high, at = ((each + MOST_Z) / (2 * MOST_Z) * PLOT_WIDTH for each in (-Z_95, Z_95, row["z"]))
        return low, high, at
    if row["upper_95"] is None or row["reading"] is None:
        return 0.0, 0.0, None
    fold = log(max(row["reading"], 1e-12) / row["upper_95"]) / log(MOST_FOLD)
    return 0.0, PLOT_WIDTH / 2, (1 + fold) / 2 * PLOT_WIDTH


def _numbers(row: dict[str, Any]) -> str:
    if row["z"] is not None:
        return f"{row['value']}, z {row['z']:.1f}"
    return f"{row['value']}, limit {row['upper_95']:g}" if row["upper_95"] is not None else row["value"]


def _lanes(rows: list[dict[str, Any]], height: float) -> list[alt.Chart]:
    y, table = down("row", height=height), alt.Chart(inline(rows))
    layers = [
        table.mark_rule(strokeWidth=1, color=SOFT.light).encode(x=across("start", width=PLOT_WIDTH), x2="end:Q", y=y),
        table.mark_bar(size=LANE, color=LINE.light).encode(x=across("low", width=PLOT_WIDTH), x2="high:Q", y=y),
        table.mark_tick(thickness=2, size=LANE, color=SOFT.light).encode(x=across("high", width=PLOT_WIDTH), y=y),
    ]
    for outside, colour in ((False, ACCENT), (True, WARN)):
        for arrow in ("circle", "triangle-right", "triangle-left"):
            found = [row for row in rows if row["outside"] == outside and row["arrow"] == arrow]
            if found:
                dot = alt.Chart(inline(found)).mark_point(
                    shape=arrow,
                    size=130,
                    stroke=colour.light,
                    strokeWidth=2.2,
                    fill="transparent" if outside else colour.light,
                    opacity=1,
                )
                layers.append(dot.encode(x=across("at", width=PLOT_WIDTH), y=y))
    return layers


def _without(rows: list[dict[str, Any]], height: float) -> list[alt.Chart]:
    if not rows:
        return []
    said = [{"row": row["row"], "text": "no reference"} for row in rows]
    chart = alt.Chart(inline(said)).mark_text(fontSize=SMALL_SIZE, color=SOFT.light, fontStyle="italic")
    return [chart.encode(x=alt.value(4), y=down("row", height=height), text="text:N")]
