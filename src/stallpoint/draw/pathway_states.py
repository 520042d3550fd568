"""Activity of pathways in one sample beside where 95% of controls lie."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from stallpoint.core.numbers import format_number
from stallpoint.draw.canvas import down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, LINE, SMALL_SIZE, SOFT, WARN

LABEL_WIDTH = 250
NUMBERS_WIDTH = 290
PLOT_WIDTH = FULL_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH
ROW_HEIGHT = 38
BAND = 16
_DOTS = {
    "higher": ("triangle-up", WARN.light, WARN.light),
    "lower": ("triangle-down", WARN.light, WARN.light),
    "not altered": ("circle", ACCENT.light, ACCENT.light),
    "cannot tell": ("circle", "transparent", SOFT.light),
}


def draw_pathway_states(states: pl.DataFrame) -> alt.LayerChart:
    """A row a pathway: the band holds 95% of controls, the mark is the sample.

    `states` has columns label, activity (a t value), low, high (null where controls are too few) and answer. A triangle up is higher
    and one down lower, a filled circle not altered, an open one cannot be told. A pathway without activity has a label and its answer only.
    """
    rows = [
        {**row, "row": (k + 0.5) * ROW_HEIGHT, "numbers": _numbers(row)} for k, row in enumerate(states.iter_rows(named=True))
    ]
    height = ROW_HEIGHT * max(len(rows), 1)
    y, table = down("row", height=height), alt.Chart(inline(rows))
    scored = [row for row in rows if row["activity"] is not None]
    banded = [row for row in scored if row["low"] is not None]
    ends = [each for row in scored for each in (row["activity"], row["low"], row["high"]) if each is not None]
    room = 0.06 * ((max(ends) - min(ends)) or 1.0) if ends else 1.0
    scale = alt.Scale(domain=[min(ends) - room, max(ends) + room] if ends else [-1, 1], nice=False)
    axis = alt.Axis(title="activity, t (genes of the pathway against all others of the sample)", grid=True)
    layers = [
        table.mark_text().encode(x=alt.value(-LABEL_WIDTH), y=y, text="label:N"),
        table.mark_text(align="right", fontSize=SMALL_SIZE).encode(
            x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=y, text="numbers:N"
        ),
    ]
    if banded:
        band = alt.Chart(inline(banded)).mark_bar(size=BAND, color=LINE.light, stroke=SOFT.light, strokeWidth=0.6)
        layers.append(band.encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q", y=y))
    for answer, (shape, fill, stroke) in _DOTS.items():
        found = [row for row in scored if row["answer"] == answer]
        if found:
            dot = alt.Chart(inline(found)).mark_point(shape=shape, size=130, fill=fill, stroke=stroke, strokeWidth=2.2, opacity=1)
            layers.append(dot.encode(x=alt.X("activity:Q", scale=scale, axis=axis), y=y))
    subtitle = "Band: 95% of controls. Triangle: higher or lower. Filled circle: not altered. Open circle: cannot tell"
    return dress(layers, width=PLOT_WIDTH, height=height, title="Pathways against controls", subtitle=subtitle)


def _numbers(row: dict[str, Any]) -> str:
    if row["activity"] is None:
        return f"{row['answer']}"
    value = format_number(row["activity"], 2)
    if row["low"] is None:
        return f"{row['answer']}: {value}"
    return f"{row['answer']}: {value} ({format_number(row['low'], 2)} to {format_number(row['high'], 2)})"
