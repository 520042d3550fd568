from __future__ import annotations

import altair as alt

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT
from stallpoint.draw.svg import render_svg


def chart(text: str = "plain") -> alt.LayerChart:
    mark = alt.Chart(inline([{"x": 1.23456, "name": text}])).mark_text(color=ACCENT.light)
    return dress([mark.encode(x="x:Q", text="name:N")], width=200, height=40, title="A title", subtitle="and what it says")


def test_svg_is_inline_described_and_coloured_by_the_page(assert_sound):
    svg = render_svg(chart(), alt="One point, at 1.2.")
    assert_sound(
        svg, "A title", "and what it says", 'role="img"', 'aria-label="One point, at 1.2."', "<title>One point, at 1.2.</title>"
    )
    assert 'width="100%"' in svg
    assert "viewBox=" in svg
    assert 'fill="var(--accent)"' in svg
    assert 'fill="var(--ink)"' in svg


def test_text_stays_text():
    svg = render_svg(chart("<script>alert(1)</script>"), alt='a "quoted" <b>')
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert 'aria-label="a &quot;quoted&quot; &lt;b&gt;"' in svg
    assert "<b>" not in svg
