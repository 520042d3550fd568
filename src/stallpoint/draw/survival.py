"""Kaplan-Meier curves with bands, and under them how many people still stand behind each."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.draw.dress import arm_colour, arm_dash, arms_in, dress, inline
from stallpoint.draw.labels import LINE_HEIGHT
from stallpoint.draw.line_ends import LineEnd, draw_line_ends, line_end_room
from stallpoint.draw.months import MOST_TICKS, month_axis, month_ticks
from stallpoint.draw.palette import HALF_WIDTH, SMALL_SIZE, SOFT

HEIGHT = 200
AXIS_ROOM = 40
HEADER_AT = 62
ROW_HEIGHT = 17


def draw_survival(curves: pl.DataFrame, at_risk: pl.DataFrame) -> alt.LayerChart:
    """Steps of survival with 95% bands; numbers at risk stand under the months they belong to.

    `curves` has columns arm, time_months, survival, low, high (shares from 0 to 1); `at_risk` has arm, time_months, n.
    Arms wear their colours in the order of `curves`. Numbers are shown at the
    months that `at_risk` has; where these are many, at those that the axis marks.

    Raises:
        StallpointError: for more than four arms.
    """
    arms = arms_in(curves)
    ends = _find_ends(curves)
    horizon = float(curves["time_months"].max())  # type: ignore[arg-type]
    width = HALF_WIDTH - AXIS_ROOM - line_end_room(ends)
    ticks = _choose_ticks(at_risk["time_months"], horizon)
    x = month_axis("time_months", domain=(0, horizon), ticks=ticks)
    colour = arm_colour(arms)
    drawn = alt.Chart(inline(curves))
    bands = drawn.mark_area(opacity=0.18, interpolate="step-after")
    steps = drawn.mark_line(strokeWidth=2.2, interpolate="step-after")
    layers = [
        bands.encode(x=x, y=_share("low"), y2="high:Q", color=colour),
        steps.encode(x=x, y=_share("survival"), color=colour, strokeDash=arm_dash(arms)),
        draw_line_ends(ends, arms=arms, width=width, gap=LINE_HEIGHT / HEIGHT, span=(0.0, 1.0)),
        *_draw_at_risk(at_risk, arms=arms, x=x, width=width, ticks=ticks),
    ]
    subtitle = "Share alive, free of events that count as death; 95% band"
    return dress(layers, width=width, height=HEIGHT, title="Survival", subtitle=subtitle)


def _share(field: str) -> alt.Y:
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".0%", title=None)
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)


def _find_ends(curves: pl.DataFrame) -> list[LineEnd]:
    last = curves.sort("time_months", maintain_order=True).group_by("arm", maintain_order=True).last()
    return [LineEnd(row["arm"], row["survival"], f"{row['arm']} {row['survival']:.0%}") for row in last.iter_rows(named=True)]


def _choose_ticks(counted: pl.Series, horizon: float) -> list[float]:
    """The months at which people were counted, so that numbers stand under ticks; where these are many, our own."""
    months = counted.filter(counted <= horizon).unique().sort().to_list()
    return months if 1 < len(months) <= MOST_TICKS else month_ticks(horizon)


def _draw_at_risk(at_risk: pl.DataFrame, *, arms: list[str], x: alt.X, width: float, ticks: list[float]) -> list[alt.Chart]:
    """A header and one row of numbers per arm. Rows lie below 0 on the survival axis, so that both share one scale."""
    depth = {arm: -(HEADER_AT + ROW_HEIGHT * (row + 1)) / HEIGHT for row, arm in enumerate(arms)}
    marked = at_risk.filter(pl.col("time_months").is_in(ticks), pl.col("arm").is_in(arms))
    if marked.is_empty():
        return []
    rows = marked.with_columns(pl.col("arm").replace_strict(depth, return_dtype=pl.Float64).alias("row"))
    numbers = alt.Chart(inline(rows)).mark_text(align="center", fontSize=SMALL_SIZE)
    header = alt.Chart(inline([{"row": -HEADER_AT / HEIGHT, "text": "people still at risk"}]))
    names = alt.Chart(inline([{"arm": arm, "row": row} for arm, row in depth.items()])).mark_text(
        fontSize=SMALL_SIZE, limit=HALF_WIDTH - AXIS_ROOM - width - 14
    )
    return [
        header.mark_text(fontSize=SMALL_SIZE, color=SOFT.light).encode(x=alt.value(-AXIS_ROOM + 4), y="row:Q", text="text:N"),
        numbers.encode(x=x, y="row:Q", text="n:Q", color=arm_colour(arms)),
        names.encode(x=alt.value(width + 20), y="row:Q", text="arm:N", color=arm_colour(arms)),
    ]
