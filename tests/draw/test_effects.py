from __future__ import annotations

import math
import re

import pytest

from stallpoint.core.check import Check
from stallpoint.core.effect import Effect
from stallpoint.core.errors import StallpointError
from stallpoint.draw.effects import draw_effects
from stallpoint.draw.palette import ACCENT, PAPER
from stallpoint.draw.svg import render_svg


def effect(name, numbers=(0.2, 0.1, 0.3), unit="points per month", **more):
    return Effect(name, f"Label of {name}", *numbers, unit=unit, n=100, estimand="", method="", **more)


def test_forest_names_numbers_and_tags(assert_sound):
    effects = [effect("one", better="higher"), effect("two", (-0.05, -0.2, 0.1), better="higher")]
    svg = render_svg(draw_effects(effects, prespecified={"one": True, "two": False}), alt="Two effects.")
    assert_sound(
        svg, "Difference between arms, in points per month", "Label of one", "0.20 (0.10 to 0.30)", "pre-specified", "looked at"
    )
    assert "treatment better \u2192" in svg
    assert "estimate (95% interval)" in svg
    assert svg.index("Label of one") < svg.index("Label of two")


def test_looked_at_is_an_open_mark():
    named = draw_effects([effect("one")], prespecified={"one": True}).to_dict()
    looked = draw_effects([effect("one")], prespecified={"one": False}).to_dict()
    assert f'"fill": "{ACCENT.light}"' in str(named).replace('\\"', '"')
    assert f'"fill": "{PAPER.light}"' in str(looked).replace('\\"', '"')


def test_direction_follows_what_is_better():
    ratio = [effect("hazard", (0.8, 0.5, 1.2), unit="hazard ratio", scale="ratio", better="lower")]
    svg = render_svg(draw_effects(ratio), alt="")
    assert "\u2190 treatment better" in svg
    assert "Ratio between arms: hazard ratio" in svg


def test_modifiers_speak_of_differences_in_effect():
    svg = render_svg(draw_effects([effect("by_age", role="modifier", better="higher")]), alt="")
    assert "more benefit \u2192" in svg
    assert "treatment effect between people" in svg


def test_mixed_directions_are_not_named():
    svg = render_svg(draw_effects([effect("one", better="higher"), effect("two", better="lower")]), alt="")
    assert "better" not in svg


def test_levels_have_no_null_line():
    level = draw_effects([effect("slope", (-1.0, -1.1, -0.9), scale="level")])
    difference = draw_effects([effect("slope", (-1.0, -1.1, -0.9))])
    assert len(difference.to_dict()["layer"]) == len(level.to_dict()["layer"]) + 1


def test_failed_check_is_marked():
    svg = render_svg(draw_effects([effect("one", checks=(Check("c", "failed", "no"),))], prespecified={"one": True}), alt="")
    assert "a check failed" in svg
    assert "pre-specified" not in svg


def test_unbounded_interval_has_a_point_and_no_line(assert_sound):
    svg = render_svg(draw_effects([effect("one", (0.2, -math.inf, math.inf)), effect("two")]), alt="")
    assert_sound(svg, "Label of one")
    assert len(re.findall(r'stroke-width="2.4"', svg)) == 1


@pytest.mark.parametrize("effects", [[], [effect("a"), effect("b", unit="months")], [effect("a"), effect("b", scale="ratio")]])
def test_effects_that_share_no_axis_are_refused(effects):
    with pytest.raises(StallpointError, match="one unit"):
        draw_effects(effects)
