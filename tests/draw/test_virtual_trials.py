"""Charts of virtual trials, and of with against without."""

import polars as pl

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


def test_results_say_that_they_are_assumed():
    drawn = render_svg(draw_trial_results(TRIALS), alt="Results")
    assert "Driven by assumption" in drawn
    assert "NaN" not in drawn


def test_with_against_without_has_its_band_and_unit():
    course = pl.DataFrame(
        {"time_months": [0.0, 6.0, 12.0], "low": [0.0, -0.1, 0.0], "middle": [0.0, 0.4, 1.0], "high": [0.0, 1.0, 2.0]}
    )
    svg = render_svg(draw_counterfactual(course, title="ALSFRS-R", unit="points gained", null=0.0), alt="Course")
    assert "points gained" in svg
    assert "assumed" in svg
