from __future__ import annotations

import polars as pl
import pytest

from stallpoint.draw.flow import draw_flow, find_outcomes
from stallpoint.draw.svg import render_svg


@pytest.mark.parametrize("arms", [1, 2, 4])
def test_a_box_per_arm_and_step(frames, assert_sound, arms):
    svg = render_svg(draw_flow(frames["flow"](arms)), alt="People.")
    assert_sound(svg, "Who entered and what became of them", "randomised", "withdrew")
    assert svg.count(">103<") == svg.count(">70<") == svg.count(">68%<") == arms


def test_outcomes_are_found_by_arithmetic(frames):
    assert find_outcomes(frames["flow"](2)) == 2


def test_steps_that_do_not_add_up_are_no_outcomes(frames):
    short = frames["flow"](2).with_columns(
        n=pl.when(pl.col("step") == "died", pl.col("arm") == "placebo").then(19).otherwise("n")
    )
    assert find_outcomes(short) is None
    assert ">19<" in render_svg(draw_flow(short), alt="")


def test_an_empty_arm_divides_by_nothing(frames, assert_sound):
    assert_sound(render_svg(draw_flow(frames["flow"](1).with_columns(n=pl.lit(0))), alt=""), ">0%<")
