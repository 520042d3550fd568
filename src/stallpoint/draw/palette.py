"""The one place for colours and type.

Charts are drawn with the light value of each colour. `render_svg` then replaces these values by CSS custom properties,
so that one picture follows light and dark pages; every light value is therefore used by one colour only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stallpoint.core.errors import StallpointError


@dataclass(frozen=True)
class Colour:
    """A role, with its value on light paper and on dark."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True)
class ArmStyle:
    """How an arm is told from the others: by colour, and in grey by dash (lengths in pixels; empty is a solid line)."""

    colour: Colour
    dash: tuple[int, ...] = ()


INK = Colour("ink", "#22201c", "#ece8df")
SOFT = Colour("soft", "#6d675c", "#a8a193")
LINE = Colour("line", "#e2ddd0", "#37342e")
PAPER = Colour("paper", "#fbfaf6", "#171614")
ACCENT = Colour("accent", "#1f6f78", "#5fb3bd")
WARN = Colour("warn", "#a3562f", "#d98a62")
THIRD = Colour("third", "#4d7c4c", "#86b985")
FOURTH = Colour("fourth", "#75679a", "#b3a6d3")
COLOURS = (INK, SOFT, LINE, PAPER, ACCENT, WARN, THIRD, FOURTH)

ARM_STYLES = (ArmStyle(ACCENT), ArmStyle(SOFT, (6, 4)), ArmStyle(THIRD, (2, 3)), ArmStyle(FOURTH, (9, 3, 2, 3)))

FONT = 'Inter, "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif'
"""All of nearly the same width, so that what was laid out for one holds for another."""

TEXT_SIZE = 12.5
SMALL_SIZE = 11.5
HALF_WIDTH = 500
FULL_WIDTH = 1010


def arm_styles(arms: Sequence[str]) -> dict[str, ArmStyle]:
    """The style of each arm, in the order given: the first wears the accent.

    Raises:
        StallpointError: for more arms than can be told apart in grey.
    """
    if len(arms) > len(ARM_STYLES):
        raise StallpointError(
            f"{len(arms)} arms cannot be told apart in one chart", do=f"draw at most {len(ARM_STYLES)} arms at a time"
        )
    return dict(zip(arms, ARM_STYLES, strict=False))


def chart_config() -> dict[str, Any]:
    """Vega-Lite configuration shared by every chart: transparent, no frame, no per-datum accessibility text."""
    return {
        "aria": False,
        "background": "transparent",
        "font": FONT,
        "padding": 0,
        "view": {"stroke": None},
        "text": {"fontSize": TEXT_SIZE, "color": INK.light, "baseline": "middle", "align": "left"},
        "axis": {
            "labelFontSize": SMALL_SIZE,
            "labelColor": SOFT.light,
            "titleFontSize": SMALL_SIZE,
            "titleFontWeight": "normal",
            "titleColor": SOFT.light,
            "gridColor": LINE.light,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
            "labelFlush": False,
            "titlePadding": 8,
        },
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 14.5,
            "fontWeight": 600,
            "color": INK.light,
            "subtitleFontSize": TEXT_SIZE,
            "subtitleColor": SOFT.light,
            "subtitlePadding": 5,
            "subtitleLineHeight": 17,
            "offset": 14,
        },
    }


def render_css_colours() -> str:
    """The custom properties that charts and page share, for light and dark; print is always light."""
    light, dark = (
        ";".join(f"--{colour.name}:{value}" for colour, value in zip(COLOURS, values, strict=True))
        for values in ([colour.light for colour in COLOURS], [colour.dark for colour in COLOURS])
    )
    return (
        f":root{{color-scheme:light dark;--font:{FONT};{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )
