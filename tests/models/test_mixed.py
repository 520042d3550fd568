"""The mixed model against R's nlme, on the Witzel cohorts."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import FitError
from stallpoint.models.longitudinal import code_longitudinal, sum_moments
from stallpoint.models.mixed import _profile, fit_mixed
from stallpoint.numerics.delta import jacobian

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "als"
needs_data = pytest.mark.skipif(
    not (SHARED / "witzel2021_timepoints.csv").exists(), reason="the cohorts are not beside the repository"
)


def witzel():
    """All 666 rows, second rater included; time from each person's first visit."""
    points = pl.read_csv(SHARED / "witzel2021_timepoints.csv", null_values="NA")
    people = pl.read_csv(SHARED / "witzel2021_patients.csv", null_values="NA")
    first = pl.col("time").min().over("patient")
    return (
        points.with_columns(months=pl.col("time") - first)
        .join(people.select("patient", "NfL_baseline"), on="patient")
        .select("patient", "months", pl.col("ALSFRSR").alias("score"), pl.col("NfL_baseline").log().alias("log_nfl"))
    )


@needs_data
def test_progression_agrees_with_nlme():
    fit = fit_mixed(witzel(), "score ~ months", "~ months | patient")
    assert fit.rows == 666
    intercept, slope = fit.coefficients.iter_rows(named=True)
    assert intercept["estimate"] == pytest.approx(38.156, abs=0.002)
    assert intercept["std_error"] == pytest.approx(0.612, abs=0.001)
    assert slope["estimate"] == pytest.approx(-0.8314, abs=2e-4)
    assert slope["std_error"] == pytest.approx(0.0543, abs=1e-4)
    assert fit.random_sd == pytest.approx([6.641, 0.5406], abs=1e-3)
    correlation = fit.random_covariance[0, 1] / fit.random_sd.prod()
    assert correlation == pytest.approx(0.463, abs=1e-3)
    assert fit.sigma == pytest.approx(2.790, abs=1e-3)


@needs_data
def test_nfl_explains_half_of_the_variance_of_slopes():
    rows = witzel().drop_nulls()
    without, with_nfl = (fit_mixed(rows, f"score ~ {terms}", "~ months | patient") for terms in ("months", "months * log_nfl"))
    assert with_nfl.log_likelihood == pytest.approx(-1924.428, abs=0.01)
    row = with_nfl.coefficients.filter(pl.col("term") == "months:log_nfl").row(0, named=True)
    assert row["estimate"] == pytest.approx(-0.4987, abs=5e-4)
    assert row["std_error"] == pytest.approx(0.0543, abs=2e-4)
    assert without.random_covariance[1, 1] == pytest.approx(0.2923, abs=5e-4)
    assert with_nfl.random_covariance[1, 1] == pytest.approx(0.1443, abs=5e-4)


def test_balanced_data_give_the_mean_of_the_people():
    """With the same times for everyone, the fixed effects are the means of each person's own least squares."""
    rng = np.random.default_rng(6)
    times = np.arange(5.0)
    scores = 30 + rng.normal(0, 3, (40, 1)) + (-1 + rng.normal(0, 0.5, (40, 1))) * times + rng.normal(0, 1, (40, 5))
    frame = pl.DataFrame({"id": np.repeat(np.arange(40), 5), "t": np.tile(times, 40), "y": scores.ravel()})
    own = np.polyfit(times, scores.T, 1)
    fit = fit_mixed(frame, "y ~ t", "~ t | id")
    assert fit.coefficients["estimate"].to_numpy() == pytest.approx(own.mean(axis=1)[::-1], abs=1e-6)
    assert fit.coefficients["std_error"][1] == pytest.approx(own[0].std(ddof=1) / np.sqrt(40), rel=1e-3)


def test_one_visit_each_cannot_carry_a_slope():
    frame = pl.DataFrame({"id": ["a", "b", "c"], "t": [0.0, 1.0, 2.0], "y": [1.0, 2.0, 3.5]})
    with pytest.raises(FitError, match="cannot carry"):
        fit_mixed(frame, "y ~ t", "~ t | id")


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_gradient_of_the_profiled_likelihood_agrees_with_central_differences(method):
    rng = np.random.default_rng(8)
    rows = 160
    frame = pl.DataFrame({"id": rng.integers(0, 40, rows), "t": rng.uniform(0, 9, rows), "x": rng.normal(size=rows)})
    frame = frame.with_columns(y=30 - pl.col("t") * pl.col("x") + pl.Series(rng.normal(0, 2, rows)))
    moments = sum_moments(code_longitudinal(frame, "y ~ t * x", "~ t | id"), frame)
    point = np.array([0.8, -0.3, 0.4])
    differences = jacobian(lambda x: np.array([_profile(x, moments, method).log_likelihood]), point)[0]
    assert _profile(point, moments, method).gradient == pytest.approx(differences, rel=1e-6)
