"""Survival curves and Cox regression against hand calculation, R, and the Witzel cohorts."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.core.errors import FitError
from stallpoint.models.survival import count_at_risk, fit_cox, fit_kaplan_meier, restricted_mean

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "als"
needs_data = pytest.mark.skipif(
    not (SHARED / "witzel2021_patients.csv").exists(), reason="the cohorts are not beside the repository"
)


def test_kaplan_meier_by_hand():
    curve = fit_kaplan_meier(np.array([1.0, 2.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 0.0, 1.0, 0.0]))
    assert curve.survival_at(0.5) == 1
    assert curve.survival_at(1) == pytest.approx(0.8)
    assert curve.survival_at(2) == pytest.approx(0.6)
    assert curve.survival_at(3.5) == pytest.approx(0.3)
    assert curve.median == 3


def test_restricted_mean_by_hand():
    """Steps 1, 0.8, 0.6, 0.3: area 1 + 0.8 + 0.6 + 0.3; variance from areas 1.7, 0.9, 0.3 after the deaths."""
    curve = fit_kaplan_meier(np.array([1.0, 2.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 0.0, 1.0, 0.0]))
    mean, std_error = restricted_mean(curve, 4.0)
    assert mean == pytest.approx(2.7)
    assert std_error == pytest.approx(np.sqrt(1.7**2 / (5 * 4) + 0.9**2 / (4 * 3) + 0.3**2 / (2 * 1)))


def test_restricted_mean_without_censoring_is_the_mean_of_truncated_times():
    time = np.random.default_rng(1).exponential(10, 500)
    mean, std_error = restricted_mean(fit_kaplan_meier(time, np.ones(500)), 8.0)
    truncated = np.minimum(time, 8.0)
    assert mean == pytest.approx(truncated.mean())
    assert std_error == pytest.approx(truncated.std() / np.sqrt(500), rel=0.01)


def test_restricted_mean_beyond_follow_up_is_refused():
    with pytest.raises(FitError, match="before the horizon"):
        restricted_mean(fit_kaplan_meier(np.array([1.0, 2.0]), np.array([1.0, 0.0])), 5.0)


def test_numbers_at_risk_count_those_followed_to_the_mark():
    assert count_at_risk(np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0, 2.5])).tolist() == [3, 2, 1]


@needs_data
def test_nfl_and_death_agree_with_r():
    people = pl.read_csv(SHARED / "witzel2021_patients.csv", null_values="NA")
    points = pl.read_csv(SHARED / "witzel2021_timepoints.csv", null_values="NA")
    first = points.group_by("patient").agg(pl.col("time").min().alias("entry"))
    rows = people.join(first, on="patient").with_columns(
        log_nfl=pl.col("NfL_baseline").log(), enrolled=pl.col("months_survived") - pl.col("entry")
    )
    rows = rows.filter(pl.col("enrolled") > 0).drop_nulls(["log_nfl", "enrolled"])
    assert (rows.height, rows["deceased"].sum()) == (127, 32)
    enrolled = fit_cox(rows, ("log_nfl",), time="enrolled", died="deceased")["estimate"][0]
    assert np.exp(enrolled) == pytest.approx(3.74, abs=0.01)
    stratified = fit_cox(rows, ("log_nfl",), time="enrolled", died="deceased", strata="cohort")["estimate"][0]
    assert np.exp(stratified) == pytest.approx(3.69, abs=0.01)
    onset = fit_cox(rows, ("log_nfl",), time="months_survived", died="deceased", entry="entry")["estimate"][0]
    assert np.exp(onset) == pytest.approx(3.81, abs=0.01)
