"""Charts of virtual trials, and of with against without."""

import polars as pl

from stallpoint.draw.drivers import draw_drivers
from stallpoint.draw.identified import draw_identified
from stallpoint.draw.svg import render_svg
from stallpoint.draw.virtual_trials import _bins, draw_counterfactual, draw_trial_results

TRIALS = pl.DataFrame(
    {
        "slope_difference": [-0.4, -0.1, 0.0, 0.05, 0.1, 0.5],
        "benefit_found": [False, False, False, False, False, True],
        "harm_found": [True, False, False, False, False, False],
    }
)


def test_bars_stack_to_all_trials_and_wear_their_verdict():
    rows = _bins(TRIALS)
    assert abs(sum(row["top"] - row["bottom"] for row in rows) - 1) < 1e-12
    assert {row["verdict"] for row in rows} == {"finds a benefit", "finds nothing", "finds harm"}


def test_results_that_rest_on_assumption_wear_its_colour_and_others_do_not():
    assumed, other = (render_svg(draw_trial_results(TRIALS, assumed=each), alt="Results") for each in (True, False))
    assert "driven by assumption" in assumed
    assert "driven by assumption" not in other
    assert assumed.count("var(--warn)") > other.count("var(--warn)")
    assert "NaN" not in assumed


def test_with_against_without_has_its_band_unit_and_colour():
    course = pl.DataFrame(
        {"time_months": [0.0, 6.0, 12.0], "low": [0.0, -0.1, 0.0], "middle": [0.0, 0.4, 1.0], "high": [0.0, 1.0, 2.0]}
    )
    assumed, other = (
        render_svg(draw_counterfactual(course, title="ALSFRS-R", unit="points gained", null=0.0, assumed=each), alt="Course")
        for each in (True, False)
    )
    assert "points gained" in assumed
    assert "driven by assumption" in assumed
    assert "var(--warn)" not in other
    assert "var(--accent)" not in assumed


def test_drivers_are_told_by_class_and_what_is_assumed_is_an_outline():
    drivers = pl.DataFrame(
        {
            "output": ["slope", "slope"],
            "group": ["assumed", "dose"],
            "knowledge": ["", "measured in humans"],
            "total": [0.9, 0.1],
            "total_error": [0.05, 0.02],
        }
    )
    svg = render_svg(draw_drivers(drivers), alt="Drivers")
    assert "slope: assumed" in svg
    assert 'fill-opacity="0"' in svg
    assert "var(--warn)" in svg


def test_what_data_do_not_tell_is_an_outline_over_its_whole_range():
    table = pl.DataFrame(
        {
            "parameter": ["told", "half told", "not told"],
            "least": [0.0, 0.0, 1.0],
            "most": [2.0, 1.0, 3.0],
            "low": [0.5, None, None],
            "high": [1.0, 0.4, None],
            "flat": [False, False, True],
        }
    )
    svg = render_svg(draw_identified(table, title="Told"), alt="Told")
    assert svg.count('stroke="var(--warn)"') == 1
    assert svg.count('stroke="var(--accent)"') == 2
    assert all(name in svg for name in table["parameter"])
