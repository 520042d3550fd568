"""Charts of losses, course and swings."""

import polars as pl

from stallpoint.draw.exposure import draw_course, draw_losses, draw_swings, say_share
from stallpoint.draw.svg import render_svg


def test_losses_name_every_step_and_its_share():
    steps = pl.DataFrame(
        {
            "label": ["unbound in plasma", "through the barrier (Kp,uu)"],
            "low": [0.03, 1e-6],
            "middle": [0.035, 0.1],
            "high": [0.04, 1.0],
            "evidence": ["human", "assumed"],
        }
    )
    svg = render_svg(draw_losses(steps), alt="Losses")
    assert "unbound in plasma" in svg
    assert "3.5% (3.0% to 4.0%)" in svg
    assert "NaN" not in svg


def test_a_course_of_weeks_is_in_days():
    course = pl.DataFrame({"time_h": [0.0, 300.0], "low": [0.0, 0.1], "middle": [0.0, 0.2], "high": [0.0, 0.3]})
    assert "days" in render_svg(draw_course(course, drug="Riluzole", unit="mg/L"), alt="Course")
    assert "hours" in render_svg(draw_course(course.head(1), drug="Riluzole", unit="mg/L"), alt="Course")


def test_swings_show_both_ends_and_the_share_of_variance():
    swings = pl.DataFrame({"label": ["clearance"], "at_low": [0.7], "at_high": [0.4], "total": [0.25]})
    svg = render_svg(draw_swings(swings, threshold=0.5, result="share of the largest effect"), alt="Swings")
    assert "70% to 40%; 25%" in svg


def test_shares_have_the_digits_they_deserve():
    assert [say_share(share) for share in (0.62, 0.034, 0.0042, 0.00012)] == ["62%", "3.4%", "0.42%", "0.012%"]
