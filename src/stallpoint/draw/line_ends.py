"""Names and last values where lines end, in place of a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from stallpoint.draw.dress import arm_colour, inline
from stallpoint.draw.labels import LINE_HEIGHT, first_line_offset, measure_label, spread_labels, wrap_label

MARGIN = 8


@dataclass(frozen=True)
class LineEnd:
    """Where an arm's line ends, in data units, and what is written there."""

    arm: str
    position: float
    text: str


def line_end_room(ends: Sequence[LineEnd]) -> float:
    """Pixels to leave free to the right of the plot."""
    return MARGIN + max((measure_label(wrap_label(end.text)) for end in ends), default=0.0)


def draw_line_ends(
    ends: Sequence[LineEnd], *, arms: Sequence[str], width: float, gap: float, span: tuple[float, float]
) -> alt.Chart:
    """The labels, right of a plot `width` pixels wide; `gap` is one line of text and `span` the axis, both in data units."""
    lines = [wrap_label(end.text) for end in ends]
    tallest = max((len(label) for label in lines), default=1)
    spread = spread_labels([end.position for end in ends], gap=gap * tallest, low=span[0], high=span[1])
    rows = [
        {"arm": end.arm, "position": position + first_line_offset(label) / LINE_HEIGHT * gap, "text": label}
        for end, position, label in zip(ends, spread, lines, strict=True)
    ]
    marks = alt.Chart(inline(rows)).mark_text(fontWeight=600, lineHeight=LINE_HEIGHT)
    drawn: alt.Chart = marks.encode(x=alt.value(width + MARGIN), y="position:Q", text="text:N", color=arm_colour(arms))
    return drawn
