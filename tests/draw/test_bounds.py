import polars as pl

from stallpoint.draw.bounds import draw_bounds
from stallpoint.draw.svg import render_svg


def test_bars_and_their_numbers(assert_sound):
    bounds = pl.DataFrame(
        {"share": ["benefit", "harm"], "least": [0.12, 0.0], "most": [0.97, 0.81], "low": [0.04, 0.0], "high": [1.0, 0.9]}
    )
    svg = render_svg(draw_bounds(bounds), alt="Shares.")
    assert_sound(
        svg, "bounds, not estimates", "Fare better treated", "12% to 97%", "Fare worse treated", "0% to 81%", "% of people"
    )
