"""Charts of a joint model's fit."""

import numpy as np
import polars as pl

from stallpoint.draw.joint_checks import draw_replicates, draw_residuals
from stallpoint.draw.svg import render_svg


def test_residuals_show_every_row_of_a_small_fit_and_no_identifier():
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({"patient": ["P1"] * 40, "fitted": rng.normal(30, 5, 40), "residual": rng.normal(size=40)})
    chart = draw_residuals(frame, measure="ALSFRS-R, points")
    svg = render_svg(chart, alt="Residuals")
    assert "P1" not in svg
    assert "fitted ALSFRS-R, points" in svg


def test_many_residuals_are_thinned_and_the_chart_says_so():
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({"fitted": rng.normal(30, 5, 4000), "residual": rng.normal(size=4000)})
    assert "one point in 3 of 4,000" in render_svg(draw_residuals(frame, measure="score"), alt="Residuals")


def test_replicates_with_times_without_data_are_drawn():
    frame = pl.DataFrame(
        {"time": [1.0, 2.0, 3.0], "observed": [0.9, np.nan, 0.5], "low": [0.8] * 3, "middle": [0.85] * 3, "high": [0.9] * 3}
    )
    svg = render_svg(draw_replicates(frame, what="Survival", share=True), alt="Survival of data and model")
    assert "Survival: data and model" in svg
    assert "NaN" not in svg
