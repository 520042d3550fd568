from __future__ import annotations

import json

import polars as pl
import pytest

from stallpoint.draw.svg import render_svg
from stallpoint.draw.visits import draw_visits


@pytest.mark.parametrize("arms", [1, 2, 4])
def test_a_panel_per_arm_and_a_label_per_state(frames, assert_sound, arms):
    svg = render_svg(draw_visits(frames["pattern"](arms)), alt="Visits.")
    assert_sound(svg, "Who was seen, and when", "months since time zero")
    for label in ("assessed 64%", "missed 8%", "withdrew 12%", "died 16%"):
        assert svg.count(f">{label}<") == arms


def test_bars_stack_to_the_whole_with_assessed_below(frames):
    bars = pl.DataFrame(json.loads(draw_visits(frames["pattern"](1)).layer[0].data.values))
    heights = bars.group_by("left").agg(pl.col("bottom").max() - pl.col("top").min())["bottom"].to_list()
    assert heights == pytest.approx([heights[0]] * len(heights))
    lowest = bars.sort("bottom", descending=True).group_by("left", maintain_order=True).first()
    assert set(lowest["state"]) == {"assessed"}


def test_other_states_are_drawn_too(frames, assert_sound):
    renamed = frames["pattern"](1).with_columns(pl.col("state").replace("missed", "seen by telephone"))
    assert_sound(render_svg(draw_visits(renamed), alt=""), "seen by telephone 8%")


def test_a_state_that_only_occurs_earlier_is_named_without_a_share(frames, assert_sound):
    pattern = frames["pattern"](1)
    last = pattern["time_months"].max()
    early = pattern.filter((pl.col("time_months") < last) | (pl.col("state") != "missed"))
    assert_sound(render_svg(draw_visits(early), alt=""), ">missed<")
