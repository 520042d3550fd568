"""Simulated people beside published margins: each range drawn to the same width, and where the simulated value falls."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.draw.canvas import down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, SOFT, WARN

LABEL_WIDTH = 250
NUMBERS_WIDTH = 190
PLOT_WIDTH = FULL_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH
ROW_HEIGHT = 26

FARTHEST = 1.0
"""Widths of a range beyond its ends; a value farther out is drawn there."""


def draw_margins(margins: pl.DataFrame, *, title: str) -> alt.LayerChart:
    """A row for each margin: a bar for the published range, a dot for the simulated value, filled where it lies within.

    Args:
        margins: quantity, simulated, low, high, within; as `mechanism.published.compare_with_published` gives them.
        title: of the chart.
    """
    height = float(ROW_HEIGHT * margins.height)
    rows = [_row(index, row) for index, row in enumerate(margins.iter_rows(named=True))]
    chart = alt.Chart(inline(rows))
    y = down("middle", height=height)
    scale = alt.Scale(domain=[-FARTHEST, 1 + FARTHEST], nice=False)
    x = alt.X("at:Q", scale=scale, axis=None)
    colour = alt.Color("colour:N", scale=None)
    layers = [
        chart.mark_rule(strokeWidth=11, opacity=0.3, color=SOFT.light).encode(
            x=alt.X("zero:Q", scale=scale, axis=None), x2="one:Q", y=y
        ),
        chart.mark_point(filled=False, size=70, strokeWidth=2).encode(
            x=x, y=y, color=colour, shape=alt.Shape("shape:N", scale=None)
        ),
        chart.mark_text().encode(x=alt.value(-LABEL_WIDTH), y=y, text="label:N"),
        chart.mark_text(align="right").encode(x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=y, text="numbers:N", color=colour),
    ]
    said = "Bar: the published range; circle: within it; cross: outside. Right: simulated value (published range)"
    return dress(layers, width=PLOT_WIDTH, height=height, title=title, subtitle=said)


def _row(index: int, row: dict[str, float | str | bool]) -> dict[str, object]:
    low, high, value = (float(row[name]) for name in ("low", "high", "simulated"))
    place = (value - low) / (high - low) if high > low else 0.5
    return {
        "middle": ROW_HEIGHT * (index + 0.5),
        "label": row["quantity"],
        "at": min(max(place, -FARTHEST), 1 + FARTHEST),
        "zero": 0.0,
        "one": 1.0,
        "shape": "circle" if row["within"] else "cross",
        "colour": (ACCENT if row["within"] else WARN).light,
        "numbers": f"{value:.3g} ({low:g} to {high:g})",
    }
