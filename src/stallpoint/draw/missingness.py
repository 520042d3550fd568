"""What is missing, column by column and visit by visit."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from stallpoint.draw.canvas import down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.months import month_axis, month_ticks
from stallpoint.draw.palette import HALF_WIDTH, INK, SMALL_SIZE, SOFT, WARN

ROW_HEIGHT = 25
BAR_HEIGHT = 13
LABEL_WIDTH = 190
NUMBERS_WIDTH = 52
MOST_ROWS = 14
KEY_STEP = 190
MONTHS_HEIGHT = 220
BAR_SHARE = 0.6


def draw_missing_columns(columns: pl.DataFrame) -> alt.LayerChart:
    """Share of missing values of each column (bar) and of each arm (tick), the largest first; at most 14 columns.

    `columns` has table, column, arm (`everyone` for all rows) and share; columns without a gap are left out.
    """
    everyone = columns.filter((pl.col("arm") == "everyone") & (pl.col("share") > 0))
    shown = everyone.sort("share", "table", "column", descending=[True, False, False]).head(MOST_ROWS)
    height = ROW_HEIGHT * max(shown.height, 1)
    rows = [_row(row, index) for index, row in enumerate(shown.iter_rows(named=True))]
    middles = shown.select("table", "column", middle=(pl.int_range(pl.len()) + 0.5) * ROW_HEIGHT)
    ticks = columns.filter(pl.col("arm") != "everyone").join(middles, on=["table", "column"]).select("middle", "share")
    width = HALF_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH
    most = max(0.1, *columns["share"], 0.0)
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, most]), axis=alt.Axis(title="share missing", format=".0%", tickCount=4))
    y, table = down("middle", height=height), alt.Chart(inline(rows))
    layers = [
        table.mark_bar(size=BAR_HEIGHT, color=WARN.light, opacity=0.7).encode(x=x, x2="none:Q", y=y),
        alt.Chart(inline(ticks)).mark_tick(thickness=2, size=BAR_HEIGHT + 4, color=INK.light).encode(x=x, y=y),
        table.mark_text().encode(x=alt.value(-LABEL_WIDTH), y=y, text="label:N"),
        table.mark_text(align="right").encode(x=alt.value(width + NUMBERS_WIDTH), y=y, text="percent:N"),
    ]
    more = f"; the {MOST_ROWS} largest of {everyone.height}" if everyone.height > MOST_ROWS else ""
    subtitle = f"Share of each column{' (marks: each arm)' if ticks.height else ''}{more}"
    return dress(layers, width=width, height=height, title="Missing values", subtitle=subtitle)


def _row(row: dict[str, Any], index: int) -> dict[str, Any]:
    label = f"{row['table']}: {row['column']}"
    return {
        "label": label if len(label) <= 28 else f"{label[:27]}…",
        "share": row["share"],
        "none": 0.0,
        "percent": f"{row['share']:.1%}",
        "middle": (index + 0.5) * ROW_HEIGHT,
    }


def draw_missed_visits(by_month: pl.DataFrame) -> alt.LayerChart:
    """Of the people still followed at each planned month, the share without a visit and the share with a visit but no total.

    `by_month` has planned_months, state (no visit, visit without a total, or another) and n.
    """
    fills = {"no visit": SOFT.light, "visit without a total": WARN.light}
    shares = by_month.with_columns(share=pl.col("n") / pl.col("n").sum().over("planned_months"))
    gaps = shares.filter(pl.col("state").is_in(list(fills))).sort("planned_months", "state")
    stacked = gaps.with_columns(top=pl.col("share").cum_sum().over("planned_months"))
    months = by_month["planned_months"].unique().sort()
    half = BAR_SHARE / 2 * float(months.diff().drop_nulls().min() or 1.0)  # type: ignore[arg-type]
    bars = stacked.with_columns(
        left=pl.col("planned_months") - half, right=pl.col("planned_months") + half, bottom=pl.col("top") - pl.col("share")
    )
    last = float(months.max())  # type: ignore[arg-type]
    most = max(0.1, float(stacked["top"].max() or 0.0))  # type: ignore[arg-type]
    colour = alt.Color("state:N", scale=alt.Scale(domain=list(fills), range=list(fills.values())), legend=None)
    scale = alt.Scale(domain=[0, most])
    key: list[dict[str, Any]] = [
        {"state": state, "at": index * KEY_STEP, "text": index * KEY_STEP + 10} for index, state in enumerate(fills)
    ]
    above = alt.value(-12)
    layers = [
        alt.Chart(inline(bars))
        .mark_rect(opacity=0.8)
        .encode(
            x=month_axis("left", domain=(-half, last + half), ticks=month_ticks(last)),
            x2="right:Q",
            y=alt.Y("bottom:Q", scale=scale, axis=alt.Axis(title="share of people followed", format=".0%", tickCount=4)),
            y2="top:Q",
            color=colour,
        ),
        *(
            alt.Chart(inline([row])).mark_square(size=80, strokeWidth=0).encode(x=alt.value(row["at"] + 4), y=above, color=colour)
            for row in key
        ),
        *(
            alt.Chart(inline([row]))
            .mark_text(fontSize=SMALL_SIZE, color=INK.light)
            .encode(x=alt.value(row["text"] + 4), y=above, text="state:N")
            for row in key
        ),
    ]
    subtitle = "People whose follow-up reaches the planned month"
    return dress(
        layers, width=HALF_WIDTH - 50, height=MONTHS_HEIGHT, title="Visits that were missed or gave no total", subtitle=subtitle
    )
