"""Changes from one visit to the next, and those that nobody's course explains."""

from __future__ import annotations

import altair as alt
import polars as pl

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, HALF_WIDTH, SOFT, WARN

HEIGHT = 240
AXIS_ROOM = 60
COLUMNS = 24
ROWS = 40
MOST_LIMITS = 120


def draw_jumps(steps: pl.DataFrame, *, measure: str, unit: str) -> alt.LayerChart:
    """Change against the months between two visits: circles by number of steps, limits as dashed lines, what lies outside as crosses.

    `steps` has months, change, low, high and impossible, all of one measure. No identifier enters the chart.
    """
    x = alt.X("months:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title="months between two visits", grid=False))
    y = alt.Y("change:Q", axis=alt.Axis(title=f"change, {unit}", grid=False))
    usual, limits = _bin(steps.filter(~pl.col("impossible"))), _limits(steps)
    odd = steps.filter(pl.col("impossible")).select("months", "change").sort("months", "change")
    layers = [
        alt.Chart(inline(usual))
        .mark_circle(color=ACCENT.light, opacity=0.55)
        .encode(x=x, y=y, size=alt.Size("n:Q", scale=alt.Scale(type="sqrt", range=[4, 240]), legend=None)),
        *(
            alt.Chart(inline(limits))
            .mark_line(strokeDash=[5, 4], strokeWidth=1.4, color=SOFT.light)
            .encode(x=x, y=alt.Y(f"{end}:Q"))
            for end in ("low", "high")
        ),
        alt.Chart(inline(odd)).mark_point(shape="cross", size=60, filled=True, color=WARN.light).encode(x=x, y=y),
    ]
    subtitle = "Circles: steps, by their number. Dashes: limits. Crosses: impossible"
    return dress(layers, width=HALF_WIDTH - AXIS_ROOM, height=HEIGHT, title=f"{measure} from visit to visit", subtitle=subtitle)


def _bin(steps: pl.DataFrame) -> pl.DataFrame:
    """months, change, n: steps gathered in cells, each at its mean."""
    if steps.is_empty():
        return pl.DataFrame(schema={"months": pl.Float64, "change": pl.Float64, "n": pl.Int64})
    wide = max(float(steps["months"].max()) / COLUMNS, 1e-9)  # type: ignore[arg-type]
    tall = max(float(steps["change"].max() - steps["change"].min()) / ROWS, 1.0)  # type: ignore[operator, arg-type]
    cells = steps.group_by((pl.col("months") / wide).floor().alias("column"), (pl.col("change") / tall).round().alias("row"))
    means = cells.agg(pl.col("months").mean(), pl.col("change").mean(), pl.len().alias("n")).sort("column", "row")
    return means.drop("column", "row").with_columns(pl.col("months", "change").round(3))


def _limits(steps: pl.DataFrame) -> pl.DataFrame:
    """months, low, high: the limits over the lengths that occur."""
    ordered = steps.select("months", "low", "high").sort("months")
    return pl.concat([ordered.gather_every(max(1, -(-ordered.height // MOST_LIMITS))), ordered.tail(1)])
