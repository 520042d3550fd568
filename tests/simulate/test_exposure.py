import numpy as np
import polars as pl
import pytest

from stallpoint.simulate.exposure import DrugExposure, concentrations_frame, default_exposure, doses_frame, simulate_exposure

SMOKERS = pl.DataFrame({"patient": [str(k) for k in range(20_000)], "smoker": [k % 2 == 0 for k in range(20_000)]})


def test_levels_have_the_stated_median_spread_and_smoking_ratio():
    drug = default_exposure()
    levels = simulate_exposure(SMOKERS, drug, np.random.default_rng(1))
    smoking = SMOKERS["smoker"].to_numpy()
    assert np.median(levels[~smoking]) == pytest.approx(drug.trough_median_ng_ml, rel=0.02)
    assert np.median(levels[smoking]) / np.median(levels[~smoking]) == pytest.approx(drug.smoker_concentration_ratio, rel=0.03)
    assert levels[~smoking].std() / levels[~smoking].mean() == pytest.approx(drug.between_cv, rel=0.05)


def test_measured_levels_scatter_around_ones_own():
    drug = DrugExposure(100, 100, 0.3, 0.2, 1.0)
    names, own = SMOKERS["patient"], np.full(20_000, 80.0)
    measured = concentrations_frame(names, own, drug, "active", np.random.default_rng(2))["value"].to_numpy()
    assert np.median(measured) == pytest.approx(80, rel=0.01)
    assert measured.std() / measured.mean() == pytest.approx(0.2, rel=0.05)


def test_stop_is_given_only_where_it_came_before_the_end():
    doses = doses_frame(
        pl.Series(["a", "b"]),
        pl.Series(["active", "placebo"]),
        np.array([100.0, 0.0]),
        np.array([3.0, 9.0]),
        np.array([12.0, 6.0]),
    )
    assert doses["stop_months"].to_list() == [3.0, None]
