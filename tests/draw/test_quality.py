"""Charts of the quality of data."""

import json

import polars as pl
import pytest

from stallpoint.draw.balance import draw_balance
from stallpoint.draw.digits import draw_digits
from stallpoint.draw.jumps import draw_jumps
from stallpoint.draw.missingness import draw_missed_visits, draw_missing_columns
from stallpoint.draw.svg import render_svg
from stallpoint.draw.visit_windows import draw_visit_windows


def layer(chart, index):
    return pl.DataFrame(json.loads(chart.layer[index].data.values))


def test_missing_columns_are_named_with_their_share_and_full_ones_left_out(assert_sound):
    columns = pl.DataFrame(
        [
            ("visits", "fvc_percent", "everyone", 0.25),
            ("visits", "fvc_percent", "active", 0.2),
            ("visits", "alsfrs_r", "everyone", 0.0),
        ],
        schema=["table", "column", "arm", "share"],
        orient="row",
    )
    svg = render_svg(draw_missing_columns(columns), alt="Missing.")
    assert_sound(svg, "Missing values", "visits: fvc_percent", "25.0%", "share missing")
    assert "alsfrs_r" not in svg


def test_missed_visits_stack_within_their_month(assert_sound):
    by_month = pl.DataFrame(
        [
            (0.0, "visit with a total", 10),
            (3.0, "no visit", 2),
            (3.0, "visit without a total", 1),
            (3.0, "visit with a total", 7),
        ],
        schema=["planned_months", "state", "n"],
        orient="row",
    )
    chart = draw_missed_visits(by_month)
    assert_sound(render_svg(chart, alt="Missed."), "no visit", "visit without a total", "months since time zero")
    bars = layer(chart, 0)
    assert bars["state"].to_list() == ["no visit", "visit without a total"]
    assert bars["bottom"].to_list() == pytest.approx([0.0, 0.2])
    assert bars["top"].to_list() == pytest.approx([0.2, 0.3])


def test_visits_are_counted_in_and_outside_their_windows(assert_sound):
    visits = pl.DataFrame({"time_months": [0.0, 2.9, 3.0, 4.5, 6.0], "outside": [False, False, False, True, False]})
    chart = draw_visit_windows(visits, months=(0.0, 3.0, 6.0), windows_months=(0.75, 0.75, 0.75))
    assert_sound(render_svg(chart, alt="Windows."), "Visits over time", "visits", "months since time zero")
    assert (layer(chart, 2)["n"].sum(), layer(chart, 3)["n"].sum()) == (3, 1)
    assert layer(chart, 2)["right"].max() <= 6.0 + 1e-9


def test_jumps_mark_the_impossible_and_gather_the_others(assert_sound):
    steps = pl.DataFrame(
        {
            "patient": ["SECRET"] * 4,
            "months": [3.0, 3.0, 3.0, 3.0],
            "change": [-3.0, -3.0, -4.0, -35.0],
            "low": [-15.0] * 4,
            "high": [9.0] * 4,
            "impossible": [False, False, False, True],
        }
    )
    chart = draw_jumps(steps, measure="ALSFRS-R", unit="points")
    svg = render_svg(chart, alt="Jumps.")
    assert_sound(svg, "ALSFRS-R from visit to visit", "change, points", "months between two visits")
    assert "SECRET" not in svg
    assert sorted(layer(chart, 0)["n"]) == [1, 2]
    assert layer(chart, 3)["change"].to_list() == [-35.0]


def test_digits_stand_beside_what_is_expected(assert_sound):
    digits = pl.DataFrame({"digit": range(10), "observed": [0.55] + [0.05] * 9, "expected": [0.1] * 10})
    assert_sound(
        render_svg(draw_digits(digits, measure="Weight, kg"), alt="Digits."), "Weight, kg", "last digit", "share of values"
    )


def test_balance_shows_the_band_of_chance_only_where_there_was_chance(assert_sound):
    differences = pl.DataFrame(
        {
            "column": ["age_years", "onset_site"],
            "level": ["", "bulbar"],
            "arm": ["active"] * 2,
            "against": ["placebo"] * 2,
            "difference": [0.3, -0.1],
            "chance": [0.2, 0.2],
        }
    )
    chart = draw_balance(differences)
    svg = render_svg(chart, alt="Balance.")
    assert_sound(svg, "age years", "onset site bulbar", "active minus placebo", "−0.10 (±0.20)", "95 of 100 randomisations")
    described = draw_balance(differences, randomised=False)
    assert len(described.layer) == len(chart.layer) - 1
    assert "randomisations" not in render_svg(described, alt="Balance.")
