from __future__ import annotations

import re

import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.draw.palette import ACCENT, ARM_STYLES, COLOURS, INK, PAPER, SOFT, WARN, arm_styles, render_css_colours


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_no_light_value_serves_two_colours():
    assert len({colour.light for colour in COLOURS}) == len(COLOURS) == len({colour.name for colour in COLOURS})


@pytest.mark.parametrize("colour", [INK, SOFT, ACCENT, WARN, *(style.colour for style in ARM_STYLES)])
def test_text_can_be_read_in_both_modes(colour):
    assert contrast(colour.light, PAPER.light) >= 4.5
    assert contrast(colour.dark, PAPER.dark) >= 4.5


def test_arms_differ_in_dash():
    assert len({style.dash for style in ARM_STYLES}) == len(ARM_STYLES)


def test_more_arms_than_can_be_told_apart():
    with pytest.raises(StallpointError, match="5 arms"):
        arm_styles(["a", "b", "c", "d", "e"])


def test_css_defines_every_colour_twice():
    css = render_css_colours()
    for colour in COLOURS:
        assert re.findall(rf"--{colour.name}:(#\w+)", css) == [colour.light, colour.dark]
