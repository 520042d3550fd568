from __future__ import annotations

import re

import polars as pl
import pytest

from stallpoint.draw.survival import draw_survival
from stallpoint.draw.svg import render_svg


@pytest.mark.parametrize("arms", [1, 2, 4])
def test_steps_bands_and_numbers_at_risk(frames, assert_sound, arms):
    svg = render_svg(draw_survival(frames["curves"](arms), frames["at_risk"](arms)), alt="Survival falls.")
    assert_sound(svg, "Survival", "people still at risk", "months since time zero", "100%", "88%")
    assert len(re.findall(r">(150|135|120|105|90)<", svg)) == 5 * arms


def test_numbers_stand_under_their_ticks(frames):
    svg = render_svg(draw_survival(frames["curves"](1), frames["at_risk"](1)), alt="")
    at = {
        text: float(x)
        for x, text in re.findall(r'<text text-anchor="middle" transform="translate\(([\d.]+),[^>]*>([\d,]+)</text>', svg)
    }
    assert at["135"] == pytest.approx(at["3"], abs=0.6)
    assert at["90"] == pytest.approx(at["12"], abs=0.6)


def test_counts_at_many_months_are_shown_at_marked_ones(frames):
    many = pl.DataFrame(
        {"arm": ["everyone"] * 25, "time_months": [month / 2 for month in range(25)], "n": list(range(1000, 1025))}
    )
    svg = render_svg(draw_survival(frames["curves"](1), many), alt="")
    assert re.findall(r">(10[0-2]\d)<", svg) == ["1000", "1006", "1012", "1018", "1024"]
