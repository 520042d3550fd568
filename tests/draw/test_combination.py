"""Charts of combinations: valid, and with the numbers that a reader needs in grey print."""

from __future__ import annotations

import json

import polars as pl
import pytest

from stallpoint.draw.combination import FEW_WELLS, draw_excess, draw_reach
from stallpoint.draw.svg import render_svg


def wells(side: int) -> pl.DataFrame:
    rows = [
        {"dose_1": 2.0**first, "dose_2": 3.0**second, "excess": 0.3 if first > second else -0.05, "error": 0.05}
        for first in range(side)
        for second in range(side)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize("side", [3, FEW_WELLS + 1])
def test_every_cell_has_its_sign_and_a_faint_colour_where_the_band_holds_none(side):
    chart = draw_excess(wells(side), drugs=("A", "B"), units=("uM", ""), reference="Bliss")
    said = json.dumps(chart.to_dict())
    assert "A, uM" in said
    drawn = render_svg(chart, alt="excess")
    if side <= FEW_WELLS:
        assert "+30 ±10" in drawn
        assert "−5 ±10" in drawn
    cells = [row for data in chart.to_dict()["datasets"].values() for row in json.loads(data)]
    strong, weak = (next(cell for cell in cells if cell["sign"] == sign) for sign in ("+", ""))
    assert strong["opacity"] > 5 * weak["opacity"]


def test_people_stand_on_the_plate():
    levels = pl.DataFrame([{"low_1": 0.1, "middle_1": 1.0, "high_1": 3.0, "low_2": 0.2, "middle_2": 1.0, "high_2": 5.0}])
    chart = draw_reach(wells(3), levels, drugs=("A", "B"), units=("uM", "uM"), least=0.05)
    marks = [row for data in chart.to_dict()["datasets"].values() for row in json.loads(data) if "filled" in row]
    assert sum(mark["filled"] for mark in marks) == 3
    assert "people" in render_svg(chart, alt="people's levels")
