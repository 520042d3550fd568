"""A forest: effects on one scale, each with its interval, its numbers, and whether it was asked for in advance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Literal

import altair as alt

from stallpoint.core.check import worst_status
from stallpoint.core.effect import Effect
from stallpoint.core.errors import StallpointError
from stallpoint.draw.canvas import down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.labels import LINE_HEIGHT, first_line_offset, wrap_label
from stallpoint.draw.numbers import format_estimate
from stallpoint.draw.palette import ACCENT, FULL_WIDTH, PAPER, SMALL_SIZE, SOFT, WARN

LABEL_WIDTH = 300
NUMBERS_WIDTH = 190
TAG_WIDTH = 90
PLOT_WIDTH = FULL_WIDTH - LABEL_WIDTH - NUMBERS_WIDTH - TAG_WIDTH
LABEL_CHARACTERS = 46
HEADER_AT = -14
ROW_PADDING = 11
EDGE = 0.06
RATIO_TICKS = (1, 0.5, 2, 0.1, 10, 0.25, 4, 0.8, 1.25, 0.67, 1.5, 0.05, 20, 0.01, 100, 0.02, 50)
"""Those that matter most first; a tick that would stand too near an earlier one is left out."""

TICK_ROOM = 30


@dataclass(frozen=True)
class _Row:
    effect: Effect
    lines: list[str]
    middle: float
    colour: str
    fill: str
    tag: str


def draw_effects(effects: Sequence[Effect], *, prespecified: Mapping[str, bool] | None = None, title: str = "") -> alt.LayerChart:
    """Estimates with intervals on the unit they share, the value of no effect as a line, the numbers beside.

    `prespecified` maps the name of an effect to whether it was named in advance (a filled mark) or looked at
    afterwards (an open one); what it does not name has no tag. Ratios are drawn on a logarithmic axis. `title` stands in for the one
    that follows from the effects.

    Raises:
        StallpointError: when there is no effect, or when effects differ in unit or scale.
    """
    _require_one_axis(effects)
    rows, height = _lay_out(effects, prespecified or {})
    layers = [
        *_draw_null(effects[0], height),
        *_draw_intervals(rows, _value_axis(effects), height),
        *_draw_texts(rows, height),
        *_draw_headers(effects, height),
    ]
    return dress(layers, width=PLOT_WIDTH, height=height, title=title or _title(effects))


def _require_one_axis(effects: Sequence[Effect]) -> None:
    if len({(effect.unit, effect.scale) for effect in effects}) != 1:
        raise StallpointError("effects of one unit and one scale can share an axis, these cannot", do="draw one forest per unit")


def _title(effects: Sequence[Effect]) -> str:
    effect = effects[0]
    if effect.scale == "level":
        return f"Level, in {effect.unit}" if effect.unit else "Level"
    what = (
        "of the treatment effect between people"
        if all(each.role in ("modifier", "announced", "shrunken") for each in effects)
        else "between arms"
    )
    if all(each.role == "variation" for each in effects):
        return "Ratio of variation between arms"
    if effect.scale == "ratio":
        return f"Ratio {what}: {effect.unit}" if effect.unit else f"Ratio {what}"
    return f"Difference {what}, in {effect.unit}" if effect.unit else f"Difference {what}"


def _lay_out(effects: Sequence[Effect], prespecified: Mapping[str, bool]) -> tuple[list[_Row], float]:
    """Rows from top to bottom, each as high as its label, and the height of them all."""
    labels = [wrap_label(effect.label, characters=LABEL_CHARACTERS) for effect in effects]
    bottoms = list(accumulate((LINE_HEIGHT * len(lines) + ROW_PADDING for lines in labels), initial=0.0))
    middles = [(top + bottom) / 2 for top, bottom in pairwise(bottoms)]
    rows = [
        _style(effect, lines, middle, prespecified.get(effect.name))
        for effect, lines, middle in zip(effects, labels, middles, strict=True)
    ]
    return rows, bottoms[-1]


def _style(effect: Effect, lines: list[str], middle: float, named: bool | None) -> _Row:
    if worst_status(effect.checks) == "failed":
        return _Row(effect, lines, middle, WARN.light, PAPER.light, "a check failed")
    if named is False:
        return _Row(effect, lines, middle, SOFT.light, PAPER.light, "looked at")
    return _Row(effect, lines, middle, ACCENT.light, ACCENT.light, "pre-specified" if named else "")


def _value_axis(effects: Sequence[Effect]) -> alt.X:
    """The shared axis: wide enough for every finite interval, with the value of no effect well inside."""
    effect = effects[0]
    ends = [end for each in effects for end in (each.low, each.estimate, each.high) if math.isfinite(end)]
    if effect.scale == "ratio":
        low, high = _pad([math.log(end) for end in [*ends, 1.0] if end > 0])
        domain = [math.exp(low), math.exp(high)]
        axis = alt.Axis(values=_ratio_ticks(low, high), title=effect.unit or "ratio", format="~g")
        return alt.X("value:Q", scale=alt.Scale(type="log", domain=domain, nice=False), axis=axis)
    domain = list(_pad(ends if effect.null is None else [*ends, effect.null]))
    return alt.X("value:Q", scale=alt.Scale(domain=domain, nice=False), axis=alt.Axis(title=effect.unit, tickCount=5))


def _ratio_ticks(low: float, high: float) -> list[float]:
    """Ticks within the logarithms of both ends, with room for their numbers."""
    pixels = PLOT_WIDTH / (high - low)
    kept: list[float] = []
    for tick in RATIO_TICKS:
        apart = all(abs(math.log(tick / other)) * pixels >= TICK_ROOM for other in kept)
        if low <= math.log(tick) <= high and apart:
            kept.append(tick)
    return sorted(kept)


def _pad(ends: Sequence[float]) -> tuple[float, float]:
    low, high = min(ends, default=-1.0), max(ends, default=1.0)
    room = EDGE * ((high - low) or 1.0)
    return low - room, high + room


def _draw_null(effect: Effect, height: float) -> list[alt.Chart]:
    if effect.null is None:
        return []
    rule = alt.Chart(inline([{"value": effect.null, "top": 0, "bottom": height}])).mark_rule(color=SOFT.light)
    return [rule.encode(x="value:Q", y=down("top", height=height), y2="bottom:Q")]


def _draw_intervals(rows: Sequence[_Row], x: alt.X, height: float) -> list[alt.Chart]:
    y = down("middle", height=height)
    intervals = alt.Chart(inline([_place(row, "low", "high") for row in rows if _has_interval(row.effect)]))
    points = alt.Chart(inline([_place(row, "estimate") for row in rows if math.isfinite(row.effect.estimate)]))
    colour = alt.Color("colour:N", scale=None)
    return [
        intervals.mark_rule(strokeWidth=2.4).encode(x=x, x2="high:Q", y=y, color=colour),
        points.mark_point(size=58, strokeWidth=1.8, opacity=1).encode(
            x=x, y=y, stroke=alt.Stroke("colour:N", scale=None), fill=alt.Fill("fill:N", scale=None)
        ),
    ]


def _place(row: _Row, value: str, other: str = "") -> dict[str, Any]:
    second = {other: getattr(row.effect, other)} if other else {}
    return {"value": getattr(row.effect, value), "middle": row.middle, "colour": row.colour, "fill": row.fill, **second}


def _has_interval(effect: Effect) -> bool:
    return math.isfinite(effect.low) and math.isfinite(effect.high)


def _draw_texts(rows: Sequence[_Row], height: float) -> list[alt.Chart]:
    """Label to the left; numbers and tag to the right, each in its own column."""
    said = [
        {
            "middle": row.middle,
            "first": row.middle - first_line_offset(row.lines),
            "label": row.lines,
            "numbers": format_estimate(row.effect),
            "tag": row.tag,
            "colour": row.colour,
        }
        for row in rows
    ]
    text = alt.Chart(inline(said))
    y = down("middle", height=height)
    return [
        text.mark_text(lineHeight=LINE_HEIGHT).encode(x=alt.value(-LABEL_WIDTH), y=down("first", height=height), text="label:N"),
        text.mark_text(align="right").encode(x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH), y=y, text="numbers:N"),
        text.mark_text(align="right", fontSize=SMALL_SIZE).encode(
            x=alt.value(PLOT_WIDTH + NUMBERS_WIDTH + TAG_WIDTH), y=y, text="tag:N", color=alt.Color("colour:N", scale=None)
        ),
    ]


def _draw_headers(effects: Sequence[Effect], height: float) -> list[alt.Chart]:
    """What the columns hold, and which side is the good one where all effects agree on it."""
    levels = {effect.level for effect in effects}
    interval = f"{levels.pop():.0%} interval" if len(levels) == 1 else "interval"
    left, right = _sides(effects)
    headers: list[tuple[float, Literal["left", "right"], str]] = [
        (0, "left", left),
        (PLOT_WIDTH, "right", right),
        (PLOT_WIDTH + NUMBERS_WIDTH, "right", f"estimate ({interval})"),
    ]
    return [
        alt.Chart(inline([{"middle": HEADER_AT, "text": text}]))
        .mark_text(align=align, fontSize=SMALL_SIZE, color=SOFT.light)
        .encode(x=alt.value(position), y=down("middle", height=height), text="text:N")
        for position, align, text in headers
        if text
    ]


def _sides(effects: Sequence[Effect]) -> tuple[str, str]:
    directions = {effect.better for effect in effects}
    if directions not in ({"higher"}, {"lower"}) or effects[0].null is None:
        return "", ""
    modifiers = all(effect.role == "modifier" for effect in effects)
    worse, better = ("less benefit", "more benefit") if modifiers else ("control better", "treatment better")
    left, right = (worse, better) if directions == {"higher"} else (better, worse)
    return f"← {left}", f"{right} →"
