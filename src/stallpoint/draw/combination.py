"""Charts of combinations: what both do beyond a reference, well by well, and where people's levels stand on the plate."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from stallpoint.core.numbers import MINUS
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, HALF_WIDTH, INK, PAPER, SMALL_SIZE, SOFT, WARN

CELL_HEIGHT = 36
LEAST_HEIGHT = 230
FULL_COLOUR = 0.4
"""An excess of this share of the untreated level has the full colour; more does not get darker."""

MOST_OPACITY = 0.6
"""Numbers stand on the colour; a cell whose band holds 0 has a third of it."""
FEW_WELLS = 8
"""With more doses than this along a side the numbers in the cells would not be legible."""

WINDOW_HEIGHT = 300


def draw_excess(wells: pl.DataFrame, *, drugs: tuple[str, str], units: tuple[str, str], reference: str) -> alt.LayerChart:
    """Excess over a reference in every pair of doses, with half the width of its 95% band; percent of the untreated level.

    `wells` has columns dose_1, dose_2, excess and error (standard error). Green-blue cells do more than the reference says, brown ones
    less; the sign stands in each cell, so that grey print is readable. A cell whose band holds 0 is faint.
    """
    rows = [_cell(row) for row in wells.iter_rows(named=True) if row["excess"] is not None]
    across, up = ([f"{dose:.4g}" for dose in sorted(wells[name].unique())] for name in ("dose_1", "dose_2"))
    height = max(LEAST_HEIGHT, CELL_HEIGHT * len(up))
    x = alt.X("across:O", sort=across, axis=alt.Axis(title=_axis(drugs[0], units[0]), labelAngle=0))
    y = alt.Y("up:O", sort=list(reversed(up)), axis=alt.Axis(title=_axis(drugs[1], units[1])))
    table = alt.Chart(inline(rows))
    layers = [
        table.mark_rect(stroke=PAPER.light, strokeWidth=2).encode(
            x=x, y=y, fill=alt.Fill("colour:N", scale=None), fillOpacity=alt.FillOpacity("opacity:Q", scale=None)
        )
    ]
    if max(len(across), len(up)) <= FEW_WELLS:
        text = table.mark_text(align="center", fontSize=SMALL_SIZE)
        layers.append(text.encode(x=x, y=y, text="numbers:N", color=alt.Color("ink:N", scale=None)))
    else:
        sign = table.mark_text(align="center", fontSize=SMALL_SIZE)
        layers.append(sign.encode(x=x, y=y, text="sign:N", color=alt.Color("ink:N", scale=None)))
    title = f"Beyond {reference}, in % of untreated"
    subtitle = "Above 0 more than the reference says. ± half the 95% band; pale cells: the band holds 0"
    return dress(layers, width=HALF_WIDTH, height=height, title=title, subtitle=subtitle)


def _cell(row: dict[str, Any]) -> dict[str, Any]:
    excess, half = row["excess"], 1.96 * row["error"]
    decided = abs(excess) > half
    sign = "+" if excess > 0 else MINUS
    return {
        "across": f"{row['dose_1']:.4g}",
        "up": f"{row['dose_2']:.4g}",
        "colour": ACCENT.light if excess > 0 else WARN.light,
        "opacity": (MOST_OPACITY if decided else MOST_OPACITY / 3) * min(abs(excess) / FULL_COLOUR, 1.0),
        "numbers": f"{sign}{abs(100 * excess):.0f} ±{100 * half:.0f}",
        "sign": sign if decided else "",
        "ink": INK.light if decided else SOFT.light,
    }


def _axis(drug: str, unit: str) -> str:
    return f"{drug}, {unit}" if unit else drug


def draw_reach(
    wells: pl.DataFrame, levels: pl.DataFrame, *, drugs: tuple[str, str], units: tuple[str, str], least: float
) -> alt.LayerChart:
    """Doses of the plate (marks, filled where both do more than either reference says by `least`) and people's levels (box, 95%).

    `wells` has columns dose_1, dose_2 and excess, the lesser of those over Bliss and Loewe; `levels` one row with low_1, middle_1,
    high_1, low_2, middle_2, high_2 in the plate's units.
    """
    rows = [{"one": w["dose_1"], "two": w["dose_2"], "filled": w["excess"] > least} for w in wells.iter_rows(named=True)]
    box = levels.row(0, named=True)
    x, y = (
        alt.X(
            "one:Q",
            scale=alt.Scale(type="log", nice=False, padding=12),
            axis=alt.Axis(title=_axis(drugs[0], units[0]), format="~g", tickCount=4),
        ),
        alt.Y(
            "two:Q",
            scale=alt.Scale(type="log", nice=False, padding=12),
            axis=alt.Axis(title=_axis(drugs[1], units[1]), format="~g", tickCount=4),
        ),
    )
    table = alt.Chart(inline([{**row, "fill": ACCENT.light if row["filled"] else PAPER.light} for row in rows]))
    person = alt.Chart(
        inline([{"one": box["low_1"], "far": box["high_1"], "two": box["low_2"], "top": box["high_2"], "said": "people, 95%"}])
    )
    middle = alt.Chart(inline([{"one": box["middle_1"], "two": box["middle_2"]}]))
    layers = [
        person.mark_rect(fill=WARN.light, fillOpacity=0.25, stroke=WARN.light, strokeWidth=1.6).encode(
            x=x, x2="far:Q", y=y, y2="top:Q"
        ),
        middle.mark_point(shape="cross", size=90, filled=True, color=WARN.light, opacity=1).encode(x=x, y=y),
        table.mark_point(size=70, stroke=ACCENT.light, strokeWidth=1.4, opacity=1).encode(
            x=x, y=y, fill=alt.Fill("fill:N", scale=None)
        ),
    ]
    subtitle = (
        f"Marks: wells, filled where both do at least {least:.0%} more than either reference. Box and cross: people's levels"
    )
    return dress(layers, width=HALF_WIDTH, height=WINDOW_HEIGHT, title="Where human doses stand on the plate", subtitle=subtitle)
