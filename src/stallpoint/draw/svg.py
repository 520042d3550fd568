"""A chart as inline SVG that wears the colours of the page around it."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from stallpoint.draw.palette import COLOURS

if TYPE_CHECKING:
    import altair as alt

_ROOT = re.compile(r"<svg[^>]*viewBox=\"(?P<box>[^\"]*)\"[^>]*>")
_ROLES = re.compile(r" (?:role=\"graphics-[a-z]+\"|aria-roledescription=\"[^\"]*\"|aria-hidden=\"true\"|pointer-events=\"none\")")
_PATH = re.compile(r" d=\"([^\"]*)\"")
_LONG_NUMBER = re.compile(r"(\.\d)\d+")


def render_svg(chart: alt.LayerChart, *, alt: str) -> str:
    """Inline SVG of a chart: scales to its container, follows the page's colours, refers to nothing outside itself.

    `alt` is the sentence for those who cannot see the chart. The colours of the palette become `var(--ink)`,
    `var(--accent)` and so on, which the page must define (`palette.render_css_colours`).
    """
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict(validate=False))
    return _wear_page_colours(_shorten_paths(_ROLES.sub("", _replace_root(drawn, alt))))


def _replace_root(svg: str, alt: str) -> str:
    """A root element without fixed size, with the text alternative, and with no namespace but SVG's own."""

    def root(match: re.Match[str]) -> str:
        said = escape(alt)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{said}" '
            f'viewBox="{match["box"]}" width="100%"><title>{said}</title>'
        )

    return _ROOT.sub(root, svg, count=1)


def _shorten_paths(svg: str) -> str:
    """A tenth of a pixel is enough; the rest is weight."""
    return _PATH.sub(lambda match: f' d="{_LONG_NUMBER.sub(_first_decimal, match[1])}"', svg)


def _first_decimal(match: re.Match[str]) -> str:
    return match[1]


def _wear_page_colours(svg: str) -> str:
    for colour in COLOURS:
        svg = svg.replace(colour.light, f"var(--{colour.name})")
    return svg
