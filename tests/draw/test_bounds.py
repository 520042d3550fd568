import polars as pl

from stallpoint.draw.bounds import draw_bounds, draw_survivor_bounds
from stallpoint.draw.svg import render_svg


def test_bars_and_their_numbers(assert_sound):
    bounds = pl.DataFrame(
        {"share": ["benefit", "harm"], "least": [0.12, 0.0], "most": [0.97, 0.81], "low": [0.04, 0.0], "high": [1.0, 0.9]}
    )
    svg = render_svg(draw_bounds(bounds), alt="Shares.")
    assert_sound(
        svg, "bounds, not estimates", "Fare better treated", "12% to 97%", "Fare worse treated", "0% to 81%", "% of people"
    )


def test_survivors_have_a_line_at_no_effect_and_their_assumption(assert_sound):
    bounds = pl.DataFrame(
        {
            "assumption": ["none", "treatment never shortens a life"],
            "least": [-2.5, 2.7],
            "most": [11.6, 6.0],
            "low": [-4.8, 0.7],
            "high": [13.6, 8.0],
            "share_least": [0.57, 0.74],
            "n": [400, 400],
        }
    )
    chart = draw_survivor_bounds(bounds)
    svg = render_svg(chart, alt="Survivors.")
    assert_sound(svg, "bounds, not estimates", "Whatever treatment does to survival", "If treatment never shortens a life")
    assert_sound(svg, "\u22122.5 to 11.6", "2.7 to 6.0", "points of ALSFRS-R")
    domain = chart.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain[0] < -4.8
    assert domain[1] > 13.6


def test_bounds_far_from_none_still_show_it():
    one = pl.DataFrame({"assumption": ["none"], "least": [5.0], "most": [5.0], "low": [4.0], "high": [6.0]})
    domain = draw_survivor_bounds(one).to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain[0] < 0
