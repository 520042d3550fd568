"""Who was seen, who missed, who left and who died, visit by visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from stallpoint.draw.canvas import down
from stallpoint.draw.dress import arms_in, dress, inline
from stallpoint.draw.labels import CHARACTER_WIDTH, LINE_HEIGHT, spread_labels
from stallpoint.draw.months import month_axis, month_ticks
from stallpoint.draw.palette import ACCENT, FOURTH, HALF_WIDTH, INK, LINE, SMALL_SIZE, SOFT, THIRD, WARN, arm_styles

STATE_FILLS = {"assessed": (ACCENT, 0.6), "missed": (LINE, 1.0), "withdrew": (SOFT, 0.6), "died": (INK, 0.85)}
OTHER_FILLS = ((THIRD, 0.6), (FOURTH, 0.6), (WARN, 0.6))
"""Neighbours in the stack differ in lightness on light paper, on dark, and in grey."""

AXIS_ROOM = 34
PANELS_HEIGHT = 248
NAME_HEIGHT = 22
PANEL_GAP = 14
BAR_SHARE = 0.86
KEY_SIZE = 9


def draw_visits(pattern: pl.DataFrame) -> alt.LayerChart:
    """Shares of each arm that were assessed, missed, withdrew or died, stacked at each visit; one panel per arm.

    `pattern` has columns arm, time_months, state, n. States beyond the four known ones are stacked above them.

    Raises:
        StallpointError: for more than four arms.
    """
    arms = arms_in(pattern)
    panels = _place_panels(arms)
    height = max(bottom for _, bottom in panels.values())
    states = _order_states(pattern)
    shares = _stack(pattern, states)
    labels = [label for arm in arms for label in _label_states(shares.filter(pl.col("arm") == arm), panels[arm], list(states))]
    room = 26 + CHARACTER_WIDTH * max(len(label["text"]) for label in labels)
    width = HALF_WIDTH - AXIS_ROOM - room
    layers = [
        _draw_bars(shares, panels, states, height),
        *_draw_key(labels, width, states, height),
        *_draw_names(panels, height),
    ]
    subtitle = "Share of people at each planned visit; labels give the last one"
    chart = dress(layers, width=width, height=height, title="Who was seen, and when", subtitle=subtitle)
    apart: alt.LayerChart = chart.resolve_scale(color="independent")
    return apart


def _place_panels(arms: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Top and bottom of each arm's bars, in pixels."""
    each = (PANELS_HEIGHT - PANEL_GAP * (len(arms) - 1)) / len(arms) - NAME_HEIGHT
    each = max(each, LINE_HEIGHT * len(STATE_FILLS))
    tops = [index * (each + NAME_HEIGHT + PANEL_GAP) + NAME_HEIGHT for index in range(len(arms))]
    return {arm: (top, top + each) for arm, top in zip(arms, tops, strict=True)}


def _order_states(pattern: pl.DataFrame) -> dict[str, tuple[str, float]]:
    """Colour and opacity of each state that occurs, bottom to top."""
    seen = pattern["state"].unique(maintain_order=True).to_list()
    others = [state for state in seen if state not in STATE_FILLS]
    fills = {**STATE_FILLS, **dict(zip(others, OTHER_FILLS * len(others), strict=False))}
    return {state: (colour.light, opacity) for state, (colour, opacity) in fills.items() if state in seen}


def _stack(pattern: pl.DataFrame, states: dict[str, tuple[str, float]]) -> pl.DataFrame:
    """Rows with `from_share` and `to_share`, stacked in the order of `states` within arm and visit."""
    rank = {state: index for index, state in enumerate(states)}
    ordered = pattern.with_columns(pl.col("state").replace_strict(rank, return_dtype=pl.Int64).alias("rank"))
    group = ["arm", "time_months"]
    stacked = ordered.sort("time_months", "rank", maintain_order=True).with_columns(
        (pl.col("n").cum_sum().over(group) / pl.col("n").sum().over(group)).alias("to_share"),
        (pl.col("n") / pl.col("n").sum().over(group)).alias("share"),
    )
    return stacked.with_columns((pl.col("to_share") - pl.col("share")).alias("from_share"))


def _draw_bars(
    shares: pl.DataFrame, panels: dict[str, tuple[float, float]], states: dict[str, tuple[str, float]], height: float
) -> alt.Chart:
    half = _bar_width(shares["time_months"]) / 2
    rows = [_bar(row, panels[row["arm"]], half) for row in shares.iter_rows(named=True)]
    last = float(shares["time_months"].max())  # type: ignore[arg-type]
    bars: alt.Chart = (
        alt.Chart(inline(rows))
        .mark_rect()
        .encode(
            x=month_axis("left", domain=(-half, last + half), ticks=month_ticks(last)),
            x2="right:Q",
            y=down("top", height=height),
            y2="bottom:Q",
            **_fill(states),
        )
    )
    return bars


def _bar_width(times: pl.Series) -> float:
    """A little less than the shortest time between visits, months."""
    gaps = times.unique().sort().diff().drop_nulls()
    return BAR_SHARE * (float(gaps.min()) if len(gaps) else 1.0)  # type: ignore[arg-type]


def _bar(row: dict[str, Any], panel: tuple[float, float], half: float) -> dict[str, Any]:
    top, bottom = panel
    return {
        "state": row["state"],
        "left": row["time_months"] - half,
        "right": row["time_months"] + half,
        "top": bottom - row["to_share"] * (bottom - top),
        "bottom": bottom - row["from_share"] * (bottom - top),
    }


def _fill(states: dict[str, tuple[str, float]]) -> dict[str, Any]:
    colours, opacities = [fill[0] for fill in states.values()], [fill[1] for fill in states.values()]
    return {
        "color": alt.Color("state:N", scale=alt.Scale(domain=list(states), range=colours), legend=None),
        "opacity": alt.Opacity("state:N", scale=alt.Scale(domain=list(states), range=opacities), legend=None),
    }


def _label_states(shares: pl.DataFrame, panel: tuple[float, float], states: list[str]) -> list[dict[str, Any]]:
    """One label per state at the arm's last visit, beside its part of the bar; without a share for states seen only earlier."""
    top, bottom = panel
    last = shares.filter(pl.col("time_months") == pl.col("time_months").max())
    ends = {row["state"]: row for row in last.iter_rows(named=True)}
    occurring = [state for state in states if state in shares["state"]]
    texts, wanted, reached = [], [], 0.0
    for state in occurring:
        middle = reached
        if state in ends:
            middle, reached = (ends[state]["from_share"] + ends[state]["to_share"]) / 2, ends[state]["to_share"]
        texts.append(f"{state} {ends[state]['share']:.0%}" if state in ends else state)
        wanted.append(bottom - middle * (bottom - top))
    placed = spread_labels(wanted, gap=LINE_HEIGHT, low=top + LINE_HEIGHT / 2, high=bottom - LINE_HEIGHT / 2)
    return [
        {"state": state, "text": text, "middle": position} for state, text, position in zip(occurring, texts, placed, strict=True)
    ]


def _draw_key(
    labels: Sequence[dict[str, Any]], width: float, states: dict[str, tuple[str, float]], height: float
) -> list[alt.Chart]:
    """A swatch and a name per state, right of the bars."""
    drawn = alt.Chart(inline(labels))
    y = down("middle", height=height)
    swatch = drawn.mark_square(size=KEY_SIZE**2, strokeWidth=0)
    return [
        swatch.encode(x=alt.value(width + 10), y=y, **_fill(states)),
        drawn.mark_text().encode(x=alt.value(width + 20), y=y, text="text:N"),
    ]


def _draw_names(panels: dict[str, tuple[float, float]], height: float) -> list[alt.Chart]:
    """The arm above its panel, and the ends of its share axis before it."""
    styles = arm_styles(list(panels))
    names = [{"middle": top - 12, "arm": arm, "colour": styles[arm].colour.light} for arm, (top, _) in panels.items()]
    ends = [
        {"middle": at, "text": text} for top, bottom in panels.values() for at, text in ((top + 5, "100%"), (bottom - 5, "0%"))
    ]
    y = down("middle", height=height)
    return [
        alt.Chart(inline(names))
        .mark_text(fontWeight=600)
        .encode(x=alt.value(0), y=y, text="arm:N", color=alt.Color("colour:N", scale=None)),
        alt.Chart(inline(ends))
        .mark_text(align="right", fontSize=SMALL_SIZE, color=SOFT.light)
        .encode(x=alt.value(-4), y=y, text="text:N"),
    ]
