import polars as pl
import pytest

from stallpoint.draw.effect_spread import draw_effect_spread
from stallpoint.draw.svg import render_svg


def spread(*, marked: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "correlation": [-1.0, 0.0, 0.8, 1.0],
            "sd": [2.2, 1.6, 0.7, 0.2],
            "low": [2.0, 1.4, 0.5, 0.0],
            "high": [2.4, 1.8, 0.9, 0.4],
            "unlinked": [False, False, marked, False],
        }
    )


def test_the_axis_says_that_nobody_can_observe_it(assert_sound):
    svg = render_svg(draw_effect_spread(spread(marked=True)), alt="Spread.")
    assert_sound(svg, "an axis, not an estimate", "never observed", "effects unrelated to the untreated course")


def test_without_such_a_place_there_is_no_mark(assert_sound):
    svg = render_svg(draw_effect_spread(spread(marked=False)), alt="Spread.")
    assert_sound(svg, "an axis, not an estimate")
    assert "unrelated" not in svg


@pytest.mark.parametrize("marked", [True, False])
def test_the_band_fits_and_starts_at_none(marked):
    domain = draw_effect_spread(spread(marked=marked)).to_dict()["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert domain[0] == 0
    assert domain[1] > 2.4
