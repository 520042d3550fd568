"""The chain as a river: its width is the share of the effect that is left, its texture the class of evidence, its pale border the interval.

Textures are lines and dots, so that classes are told apart in grey: full where measured here, slanted lines for people elsewhere, level
lines for animals and dishes, dots on paper where it is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.draw.canvas import across, down
from stallpoint.draw.dress import dress, inline
from stallpoint.draw.labels import LINE_HEIGHT
from stallpoint.draw.palette import ACCENT, FOURTH, FULL_WIDTH, LINE, PAPER, SMALL_SIZE, SOFT, THIRD, WARN, Colour

Array = npt.NDArray[np.float64]

SIDE = 58
RIVER_HEIGHT = 150
ABOVE = 34
BELOW = 76
HEIGHT = ABOVE + RIVER_HEIGHT + BELOW
STEPS = 24
"""Points along one link."""

ASKS = {
    "taken": "dose kept up",
    "absorbed": "enough in plasma",
    "delivered": "reaches the cord",
    "engaged": "target is hit",
    "relevant": "target drives disease",
    "timely": "neurons are left",
    "visible": "trial could see it",
}
"""Each link in three or four words."""

SAYS = {
    "measured here": "measured here",
    "human": "people elsewhere",
    "animal": "animals",
    "in vitro": "dish",
    "assumed": "assumed",
}
FILLS: dict[str, Colour] = {
    "measured here": ACCENT, "human": THIRD, "animal": FOURTH, "in vitro": FOURTH, "assumed": SOFT,
}  # fmt: skip
SPACING = {"human": 8.0, "animal": 7.0, "in vitro": 12.0, "assumed": 8.0}


def draw_river(links: pl.DataFrame, *, named: str | None, possible: Sequence[str] = ()) -> alt.LayerChart:
    """The river of one subject.

    `links` has seven rows in the order of the chain with columns subject, link, low, middle, high (share that passes), arrives_low,
    arrives, arrives_high (share that is left), evidence, bottleneck_probability. `named` is the link it stalls at; None where none is
    named: then the links that remain possible are marked with their probability.
    """
    rows = links.to_dicts()
    banks = {name: _course([1.0, *(row[name] for row in rows)]) for name in ("arrives_low", "arrives", "arrives_high")}
    x = np.linspace(SIDE, FULL_WIDTH - SIDE, banks["arrives"].size)
    subject = rows[0]["subject"]
    title = f"From what the treatment could do to what is seen, in {subject}"
    subtitle = (
        "Width: share of the potential effect that is left after each link. Pale border: 95% interval. Texture: class of evidence"
    )
    layers = [
        _draw_band(x, banks["arrives_high"], opacity=0.16),
        *(layer for at, row in enumerate(rows) for layer in _draw_link(x, banks["arrives"], at, row["evidence"])),
        _draw_low(x, banks["arrives_low"]),
        *_draw_ticks(),
        *_draw_names(rows, named),
        *_draw_marks(rows, named, possible),
        *_draw_ends(rows),
    ]
    return dress(layers, width=FULL_WIDTH, height=HEIGHT, title=title, subtitle=subtitle)


def describe_river(links: pl.DataFrame, *, stall: str) -> str:
    """The river in words, for those who cannot see it."""
    passes = "; ".join(f"{row['link']} {row['middle']:.0%} ({row['evidence']})" for row in links.iter_rows(named=True))
    return f"Share that passes each link in {links['subject'][0]}: {passes}. {stall}"


def _course(shares: Sequence[float]) -> Array:
    """Width along the chain, falling smoothly within each link; as a smooth step has no slope at its ends, links meet without a corner."""
    along = np.linspace(0, 1, STEPS, endpoint=False)
    step = along * along * (3 - 2 * along)
    parts = [before + (after - before) * step for before, after in pairwise(shares)]
    return np.append(np.concatenate(parts), shares[-1])


def _middle() -> float:
    return ABOVE + RIVER_HEIGHT / 2


def _banks(x: Array, width: Array) -> list[dict[str, float]]:
    half = width * RIVER_HEIGHT / 2
    return [
        {"x": float(at), "top": float(_middle() - reach), "bottom": float(_middle() + reach)}
        for at, reach in zip(x, half, strict=True)
    ]


def _draw_band(x: Array, width: Array, *, opacity: float) -> alt.Chart:
    drawn = alt.Chart(inline(_banks(x, width))).mark_area(opacity=opacity, color=ACCENT.light)
    band: alt.Chart = drawn.encode(x=_x("x"), y=_y("top"), y2="bottom:Q")
    return band


def _draw_low(x: Array, width: Array) -> alt.Chart:
    """The low end of the interval, as a thin line on either side within the river."""
    half = width * RIVER_HEIGHT / 2
    lines = [
        {"x": float(at), "y": float(_middle() + side * reach), "side": side}
        for side in (-1, 1)
        for at, reach in zip(x, half, strict=True)
    ]
    drawn = alt.Chart(inline(lines)).mark_line(strokeWidth=1, strokeDash=[1, 3], color=PAPER.light)
    low: alt.Chart = drawn.encode(x=_x("x"), y=_y("y"), detail="side:N")
    return low


def _draw_link(x: Array, width: Array, at: int, evidence: str) -> list[alt.Chart]:
    part = slice(at * STEPS, (at + 1) * STEPS + 1)
    colour = FILLS[evidence]
    opacity = 0.28 if evidence == "assumed" else 1.0
    area = alt.Chart(inline(_banks(x[part], width[part]))).mark_area(color=colour.light, opacity=opacity)
    body = area.encode(x=_x("x"), y=_y("top"), y2="bottom:Q")
    return [body, *_draw_texture(x[part], width[part], evidence)]


def _draw_texture(x: Array, width: Array, evidence: str) -> list[alt.Chart]:
    half = width * RIVER_HEIGHT / 2
    if evidence == "measured here":
        return []
    if evidence == "assumed":
        dots = _dots(x, half, SPACING[evidence])
        drawn = alt.Chart(inline(dots)).mark_circle(size=5, color=SOFT.light, opacity=1.0)
        return [drawn.encode(x=_x("x"), y=_y("y"))] if dots else []
    lines = _slanted(x, half, SPACING[evidence]) if evidence == "human" else _level(x, half, SPACING[evidence])
    drawn = alt.Chart(inline(lines)).mark_rule(strokeWidth=1.4, color=PAPER.light)
    return [drawn.encode(x=_x("x"), y=_y("y"), x2="x2:Q", y2="y2:Q")] if lines else []


def _dots(x: Array, half: Array, spacing: float) -> list[dict[str, float]]:
    dots = []
    for column, at in enumerate(np.arange(np.ceil(x[0] / spacing) * spacing + spacing / 4, x[-1] - 1, spacing)):
        reach = float(np.interp(at, x, half)) - 1.5
        offset = spacing / 2 if column % 2 else 0.0
        rows = np.arange(offset - spacing * 20, spacing * 20, spacing)
        dots += [{"x": float(at), "y": float(_middle() + row)} for row in rows if abs(row) < reach]
    return dots


def _level(x: Array, half: Array, spacing: float) -> list[dict[str, float]]:
    """Level lines as far as the river is wide enough for them."""
    lines = []
    for row in np.arange(-spacing * 20, spacing * 20, spacing):
        inside = np.flatnonzero(half > abs(row))
        if inside.size > 1:
            y = float(_middle() + row)
            lines.append({"x": float(x[inside[0]]), "x2": float(x[inside[-1]]), "y": y, "y2": y})
    return lines


def _slanted(x: Array, half: Array, spacing: float) -> list[dict[str, float]]:
    """Lines at 45 degrees, cut at the banks."""
    lines = []
    fine = np.linspace(x[0], x[-1], 200)
    reach = np.interp(fine, x, half)
    for start in np.arange(x[0] - RIVER_HEIGHT, x[-1] + RIVER_HEIGHT, spacing):
        row = fine - start - RIVER_HEIGHT / 2
        inside = np.flatnonzero(np.abs(row) < reach)
        if inside.size > 1:
            first, last = inside[0], inside[-1]
            lines.append(
                {
                    "x": float(fine[first]),
                    "x2": float(fine[last]),
                    "y": float(_middle() + row[first]),
                    "y2": float(_middle() + row[last]),
                }
            )
    return lines


def _edges() -> Array:
    return np.linspace(SIDE, FULL_WIDTH - SIDE, len(ASKS) + 1)


def _centres() -> Array:
    edges = _edges()
    return (edges[1:] + edges[:-1]) / 2


def _draw_ticks() -> list[alt.Chart]:
    ticks = [{"x": float(at), "top": ABOVE - 4, "bottom": ABOVE + RIVER_HEIGHT + 4} for at in _edges()]
    rules = alt.Chart(inline(ticks)).mark_rule(color=LINE.light, strokeWidth=1)
    return [rules.encode(x=_x("x"), y=_y("top"), y2="bottom:Q")]


def _draw_names(rows: Sequence[dict[str, Any]], named: str | None) -> list[alt.Chart]:
    first = ABOVE + RIVER_HEIGHT + 18
    texts = []
    for at, row in zip(_centres(), rows, strict=True):
        stalls = row["link"] == named
        share = f"{row['middle']:.0%} ({row['low']:.0%} to {row['high']:.0%})"
        for line, (text, kind) in enumerate(
            (
                (row["link"], "stall" if stalls else "name"),
                (ASKS[row["link"]], "small"),
                (share, "number"),
                (SAYS[row["evidence"]], "small"),
            )
        ):
            texts.append({"x": float(at), "y": first + LINE_HEIGHT * line, "text": text, "kind": kind})
    styles: dict[str, dict[str, Any]] = {
        "name": {"fontWeight": 600, "fontSize": 14},
        "stall": {"fontWeight": 600, "fontSize": 14, "color": WARN.light},
        "small": {"fontSize": SMALL_SIZE, "color": SOFT.light},
        "number": {},
    }
    return [
        _text([each for each in texts if each["kind"] == kind], align="center", **style)
        for kind, style in styles.items()
        if any(each["kind"] == kind for each in texts)
    ]


def _draw_marks(rows: Sequence[dict[str, Any]], named: str | None, possible: Sequence[str]) -> list[alt.Chart]:
    """A filled triangle where a link is named; open ones with their probabilities where several remain possible."""
    marked = [named] if named is not None else list(possible)
    points = [
        {
            "x": float(at),
            "y": ABOVE - 10,
            "label": ABOVE - 24,
            "text": f"{'stalls here' if named else 'possible'}, {row['bottleneck_probability']:.2f}",
        }
        for at, row in zip(_centres(), rows, strict=True)
        if row["link"] in marked
    ]
    if not points:
        return []
    colour = WARN if named is not None else SOFT
    triangle = alt.Chart(inline(points)).mark_point(
        shape="triangle-down", size=70, filled=named is not None, color=colour.light, opacity=1.0
    )
    label = alt.Chart(inline(points)).mark_text(align="center", fontSize=SMALL_SIZE, fontWeight=600, color=colour.light)
    return [triangle.encode(x=_x("x"), y=_y("y")), label.encode(x=_x("x"), y=_y("label"), text="text:N")]


def _draw_ends(rows: Sequence[dict[str, Any]]) -> list[alt.Chart]:
    last = rows[-1]
    left = [{"x": SIDE - 8, "y": _middle() + dy, "text": text} for dy, text in ((-8, "could"), (8, "do"))]
    shares = (f"{last['arrives']:.0%}", f"{last['arrives_low']:.0%} to {last['arrives_high']:.0%}", "is left")
    right = [
        {"x": FULL_WIDTH - SIDE + 7, "y": _middle() + dy, "text": text} for dy, text in zip((-16, 0, 16), shares, strict=True)
    ]
    return [
        _text(left, align="right", fontSize=SMALL_SIZE, color=SOFT.light),
        _text(right[:1], align="left", fontWeight=600),
        _text(right[1:], align="left", fontSize=10.5, color=SOFT.light),
    ]


def _text(rows: Sequence[dict[str, Any]], **style: Any) -> alt.Chart:
    text: alt.Chart = alt.Chart(inline(rows)).mark_text(**style).encode(x=_x("x"), y=_y("y"), text="text:N")
    return text


def _x(field: str) -> alt.X:
    return across(field, width=FULL_WIDTH)


def _y(field: str) -> alt.Y:
    return down(field, height=HEIGHT)
