import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.clinical.d50 import UNVERIFIED, D50Curve, d50_from_one_visit, d50_state, fit_d50, predict_d50_alsfrs_r
from stallpoint.core.errors import StallpointError

CURVE = D50Curve(30, 9)


def test_curve_of_the_reference():
    expected = [46.3466, 44.8815, 42.2783, 31.7163, 24.0, 7.6257]
    assert predict_d50_alsfrs_r(CURVE, [0, 6, 12, 24, 30, 45]) == pytest.approx(expected, abs=5e-5)


def test_state_of_the_reference():
    state = d50_state(CURVE, [24.0])
    assert state.loss_points_per_month == pytest.approx([1.195506], abs=5e-7)
    assert state.relative_d50 == pytest.approx([0.4])
    assert state.phase.tolist() == ["II"]


def test_loss_is_the_slope_of_the_curve():
    step = 1e-5
    slope = (predict_d50_alsfrs_r(CURVE, 20 + step) - predict_d50_alsfrs_r(CURVE, 20 - step)) / (2 * step)
    assert d50_state(CURVE, 20.0).loss_points_per_month == pytest.approx(-slope, rel=1e-6)


def test_phases_change_at_a_quarter_and_a_half():
    assert d50_state(CURVE, [14.9, 15.0, 29.9, 30.0, np.nan]).phase.tolist() == ["I", "II", "II", "III/IV", "unknown"]


def test_every_result_says_that_the_model_is_recalled():
    results = (CURVE, d50_state(CURVE, 10), d50_from_one_visit(10, 40, steepness=4), fit_d50([3, 9], [44, 38]))
    assert {result.unverified for result in results} == {UNVERIFIED}
    assert "recalled" in UNVERIFIED


@settings(deadline=None)
@given(st.floats(5, 100), st.floats(1, 8), st.floats(0.05, 1.9))
def test_one_visit_gives_back_the_curve_it_lies_on(d50_months, steepness, relative):
    curve = D50Curve(d50_months, d50_months / steepness)
    visit = relative * d50_months
    found = d50_from_one_visit(visit, predict_d50_alsfrs_r(curve, visit), steepness=steepness)
    assert found.d50_months == pytest.approx(d50_months, rel=1e-6)
    assert found.dx_months == pytest.approx(d50_months / steepness, rel=1e-6)


def test_one_visit_off_every_curve_is_unknown():
    assert np.isnan(d50_from_one_visit(12, [0, 48, 47.9], steepness=3).d50_months).all()


@pytest.mark.parametrize(("d50_months", "dx_months"), [(30, 9), (12, 2), (90, 25)])
def test_fit_finds_the_curve_behind_exact_visits(d50_months, dx_months):
    months = np.linspace(0.3, 1.2, 5) * d50_months
    fit = fit_d50(months, predict_d50_alsfrs_r(D50Curve(d50_months, dx_months), months))
    assert fit.converged
    assert fit.reason == ""
    assert fit.n_visits == 5
    assert fit.curve.d50_months == pytest.approx(d50_months, rel=1e-4)
    assert fit.curve.dx_months == pytest.approx(dx_months, rel=1e-4)
    assert fit.residual_points < 1e-3


def test_fit_leaves_unknown_totals_out():
    assert fit_d50([6, 12, 18, 24], [45, np.nan, 38, 32]).n_visits == 3


@pytest.mark.parametrize(
    ("months", "total", "reason"),
    [
        ([6], [40], "two visits"),
        ([6, 6], [40, 39], "two visits"),
        ([6, 12, 18], [48, 48, 48], "no points are lost"),
        ([6, 12, 18], [30, 34, 36], "no points are lost"),
    ],
)
def test_visits_without_a_curve_are_reported(months, total, reason):
    fit = fit_d50(months, total)
    assert not fit.converged
    assert fit.curve is None
    assert reason in fit.reason


def test_a_fit_that_ends_on_a_bound_has_not_converged():
    fit = fit_d50([6, 12, 18, 24], [40.02, 40.01, 40, 39.99])
    assert not fit.converged
    assert "bound" in fit.reason


@pytest.mark.parametrize(("months", "total"), [([6, -1], [40, 39]), ([6, 12], [40, 60]), ([6, 12], [40])])
def test_impossible_visits_are_refused(months, total):
    with pytest.raises(StallpointError):
        fit_d50(months, total)


def test_parameters_must_be_above_zero():
    with pytest.raises(StallpointError, match="dx_months"):
        D50Curve(30, 0)
