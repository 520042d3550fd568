from __future__ import annotations

import json

import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.draw.svg import render_svg
from stallpoint.draw.trajectories import LINES_SHOWN, draw_trajectories


@pytest.mark.parametrize("arms", [1, 2, 4])
def test_lines_bands_and_labels(frames, assert_sound, arms):
    chart = draw_trajectories(frames["observed"](arms), frames["fitted"](arms))
    svg = render_svg(chart, alt="Function falls.")
    assert_sound(svg, "Function over time", "ALSFRS-R, points of 48", "months since time zero", "Function falls.")
    assert f"{'everyone' if arms == 1 else 'active'} 30.6" in svg
    assert svg.count('stroke-width="0.8"') == 3 * arms
    assert svg.count('stroke-width="2.6"') == arms


def test_second_arm_is_dashed(frames):
    svg = render_svg(draw_trajectories(frames["observed"](2), frames["fitted"](2)), alt="")
    assert 'stroke-dasharray="6,4"' in svg


def test_no_identifier_enters_the_chart(frames):
    chart = draw_trajectories(frames["observed"](2), frames["fitted"](2))
    assert "SECRET" not in json.dumps(chart.to_dict())
    assert "SECRET" not in render_svg(chart, alt="")


def test_many_people_are_thinned_and_it_is_said(frames):
    svg = render_svg(draw_trajectories(frames["observed"](1, people=450), frames["fitted"](1)), alt="")
    assert "1 person in 3" in svg
    assert svg.count('stroke-width="0.8"') == 150 <= LINES_SHOWN


def test_five_arms_are_refused(frames):
    five = frames["fitted"](4).vstack(frames["fitted"](1))
    with pytest.raises(StallpointError):
        draw_trajectories(frames["observed"](4), five)
