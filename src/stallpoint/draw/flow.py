"""How many people entered each arm and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl

from stallpoint.draw.canvas import across, down
from stallpoint.draw.dress import arm_colour, arms_in, dress, inline
from stallpoint.draw.labels import CHARACTER_WIDTH, LINE_HEIGHT, first_line_offset, wrap_label
from stallpoint.draw.palette import HALF_WIDTH, SMALL_SIZE, SOFT

LABEL_WIDTH = 124
LABEL_CHARACTERS = 20
WIDEST_BOX = 260
BOX_HEIGHT = 30
GAP = 12
INDENT = 12
INSET = 7
NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class _Grid:
    """Where columns and rows begin, how wide a box is, what stands above the columns.

    `first_outcome` is the row of the first outcome, None where there are none; `height` is that of the whole, in pixels.
    """

    columns: dict[str, float]
    box_width: float
    heads: dict[str, list[str]]
    tops: dict[str, float]
    first_outcome: int | None
    height: float

    def is_outcome(self, row: int) -> bool:
        return self.first_outcome is not None and row >= self.first_outcome


def draw_flow(flow: pl.DataFrame) -> alt.LayerChart:
    """Numbers of people per arm and step, each in a box that is filled to its share of the first step.

    `flow` has columns arm, step, n (null where it is not shown), with steps in their order. Where the last steps add up, in every arm, to
    the step before them, they are drawn as its outcomes; no name of a step has a meaning to this chart.

    Raises:
        StallpointError: for more than four arms.
    """
    arms = arms_in(flow)
    grid = _lay_out(flow, arms)
    cells = [_cell(row, grid, _entered(flow, row["arm"])) for row in flow.iter_rows(named=True)]
    layers = [
        *_draw_stems(grid),
        *_draw_boxes(cells, arms, grid),
        *_draw_names(arms, grid),
    ]
    title, subtitle = "Who entered and what became of them", "People, and share of those who entered"
    return dress(layers, width=HALF_WIDTH, height=grid.height, title=title, subtitle=subtitle)


def find_outcomes(flow: pl.DataFrame) -> int | None:
    """Index of the first of the last steps that split the step before them, in every arm; None where none do."""
    steps = flow["step"].unique(maintain_order=True).to_list()
    counts = [dict(part.select("step", "n").iter_rows()) for part in flow.partition_by("arm")]
    for first in range(1, len(steps) - 1):
        if all(_adds_up([count.get(step, 0) for step in steps[first:]], count.get(steps[first - 1])) for count in counts):
            return first
    return None


def _adds_up(parts: Sequence[int | None], total: int | None) -> bool:
    """Whether parts are, or with those not shown can be, a total."""
    shown = sum(part for part in parts if part is not None)
    return total is None or (shown <= total if None in parts else shown == total)


def _entered(flow: pl.DataFrame, arm: str) -> int:
    return int(flow.filter(pl.col("arm") == arm)["n"][0] or 0)


def _lay_out(flow: pl.DataFrame, arms: Sequence[str]) -> _Grid:
    steps = flow["step"].unique(maintain_order=True).to_list()
    column = (HALF_WIDTH - LABEL_WIDTH) / len(arms)
    box_width = min(WIDEST_BOX, column - GAP)
    heads = {arm: wrap_label(arm, characters=int(box_width / CHARACTER_WIDTH)) for arm in arms}
    tops, top = {}, LINE_HEIGHT * max(map(len, heads.values())) + GAP / 2
    for step in steps:
        tops[step] = top
        top += max(BOX_HEIGHT, LINE_HEIGHT * len(wrap_label(step, characters=LABEL_CHARACTERS))) + GAP
    return _Grid(
        columns={arm: LABEL_WIDTH + column * index for index, arm in enumerate(arms)},
        box_width=box_width,
        heads=heads,
        tops=tops,
        first_outcome=find_outcomes(flow),
        height=top - GAP,
    )


def _cell(row: dict[str, Any], grid: _Grid, entered: int) -> dict[str, Any]:
    top = grid.tops[row["step"]]
    indent = INDENT if grid.is_outcome(list(grid.tops).index(row["step"])) else 0
    left = grid.columns[row["arm"]] + indent
    right = grid.columns[row["arm"]] + grid.box_width
    share = row["n"] / entered if entered and row["n"] is not None else 0.0
    return {
        "arm": row["arm"],
        "left": left,
        "right": right,
        "filled": left + (right - left) * min(1.0, share),
        "top": top,
        "bottom": top + BOX_HEIGHT,
        "middle": top + BOX_HEIGHT / 2,
        "n": NOT_SHOWN if row["n"] is None else f"{row['n']:,}",
        "share": "" if row["n"] is None else f"{share:.0%}",
    }


def _draw_boxes(cells: Sequence[dict[str, Any]], arms: Sequence[str], grid: _Grid) -> list[alt.Chart]:
    drawn = alt.Chart(inline(cells))
    x, y = across("left", width=HALF_WIDTH), down("top", height=grid.height)
    middle = down("middle", height=grid.height)
    return [
        drawn.mark_rect(opacity=0.22).encode(x=x, x2="filled:Q", y=y, y2="bottom:Q", color=arm_colour(arms)),
        drawn.mark_rect(filled=False, strokeWidth=1, stroke=SOFT.light).encode(x=x, x2="right:Q", y=y, y2="bottom:Q"),
        drawn.mark_text(fontWeight=600, dx=INSET).encode(x=x, y=middle, text="n:N"),
        drawn.mark_text(align="right", dx=-INSET, fontSize=SMALL_SIZE, color=SOFT.light).encode(
            x=across("right", width=HALF_WIDTH), y=middle, text="share:N"
        ),
    ]


def _draw_names(arms: Sequence[str], grid: _Grid) -> list[alt.Chart]:
    """Arms above their columns, steps before their rows."""
    heads = [{"arm": arm, "left": grid.columns[arm], "middle": LINE_HEIGHT / 2, "head": grid.heads[arm]} for arm in arms]
    steps = [_name_step(step, top, grid.is_outcome(row)) for row, (step, top) in enumerate(grid.tops.items())]
    x, y = across("left", width=HALF_WIDTH), down("middle", height=grid.height)
    return [
        alt.Chart(inline(heads))
        .mark_text(fontWeight=600, lineHeight=LINE_HEIGHT)
        .encode(x=x, y=y, text="head:N", color=arm_colour(arms)),
        alt.Chart(inline(steps)).mark_text(lineHeight=LINE_HEIGHT).encode(x=x, y=y, text="step:N"),
    ]


def _name_step(step: str, top: float, outcome: bool) -> dict[str, Any]:
    lines = wrap_label(step, characters=LABEL_CHARACTERS)
    return {"left": INDENT if outcome else 0, "middle": top + BOX_HEIGHT / 2 - first_line_offset(lines), "step": lines}


def _draw_stems(grid: _Grid) -> list[alt.Chart]:
    """Lines from each step to the next; outcomes branch off one trunk."""
    stems = [stem for left in grid.columns.values() for stem in _stems(left, grid)]
    rules = alt.Chart(inline(stems)).mark_rule(color=SOFT.light)
    return [rules.encode(x=across("left", width=HALF_WIDTH), x2="right:Q", y=down("top", height=grid.height), y2="bottom:Q")]


def _stems(left: float, grid: _Grid) -> list[dict[str, float]]:
    tops = list(grid.tops.values())
    if grid.first_outcome is None:
        return []
    trunk = left + INDENT / 2
    chain = [
        {"left": left + grid.box_width / 2, "right": left + grid.box_width / 2, "top": above + BOX_HEIGHT, "bottom": below}
        for above, below in pairwise(tops[: grid.first_outcome])
    ]
    middles = [top + BOX_HEIGHT / 2 for top in tops[grid.first_outcome :]]
    branches = [{"left": trunk, "right": left + INDENT, "top": middle, "bottom": middle} for middle in middles]
    start = tops[grid.first_outcome - 1] + BOX_HEIGHT
    return [*chain, {"left": trunk, "right": trunk, "top": start, "bottom": middles[-1]}, *branches]
