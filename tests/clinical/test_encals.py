import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.clinical.encals import (
    C9ORF72_COEFFICIENT,
    LEAST_SLOPE,
    encals_conditional_survival,
    encals_linear_predictor,
    encals_median_months,
    encals_quantile_months,
    encals_survival,
    encals_survival_c9orf72_unknown,
    linear_predictor_of_median,
    transform_predictors,
)
from stallpoint.core.errors import StallpointError

NAMES = (
    "age_at_onset_years",
    "rate",
    "diagnosis_months",
    "fvc_percent",
    "bulbar_onset",
    "definite_el_escorial",
    "ftd",
    "c9orf72",
)
PEOPLE = dict(
    zip(
        NAMES,
        zip(
            (60, 0.6, 12, 90, 0, 0, 0, 0),
            (70, 1.5, 6, 60, 1, 1, 0, 0),
            (45, 0.2, 24, 105, 0, 0, 0, 0),
            (55, 1.0, 9, 80, 1, 0, 1, 1),
            (65, 0.0, 10, 100, 0, 0, 0, 0),
            strict=True,
        ),
        strict=True,
    )
)
TRANSFORMED = [
    [1.19522861, 1.09519249, 2.77777778, 2.16520366],
    [0.79056942, 0.78016882, 2.04081633, 2.95766112],
    [1.82574186, 1.52096596, 4.9382716, 1.92828103],
    [0.95346259, 0.94873204, 3.30578512, 2.36803399],
    [3.16227766, 1.0, 2.36686391, 2.0],
]
LINEAR_PREDICTORS = [-4.50339124, -1.93571024, -7.36186849, -2.84294432, -7.86005672]
MEDIANS = [36.242, 17.7087, 90.365, 22.9093, 108.4627]
FIRST_QUARTERS = [26.7424, 12.7655, 61.9596, 16.748, 73.2104]
LAST_QUARTERS = [50.1796, 24.1551, 136.4104, 30.9861, 166.177]
TIMES = [12, 24, 36, 60]
SURVIVAL = [
    [0.97951829, 0.81643999, 0.50592013, 0.15956682],
    [0.78580937, 0.25440231, 0.07283065, 0.01435588],
    [0.99880212, 0.98726883, 0.94695741, 0.76799469],
    [0.90088367, 0.45808978, 0.16290569, 0.03482743],
    [0.99927179, 0.99222531, 0.96708466, 0.8449082],
]

linear_predictors = st.floats(-12, 3)
months = st.floats(0.1, 600)


def test_transforms_of_the_reference_people():
    measured = {name: PEOPLE[name] for name in NAMES[:4]}
    assert np.transpose(transform_predictors(**measured)) == pytest.approx(np.array(TRANSFORMED), abs=1e-8)


def test_linear_predictors_of_the_reference_people():
    assert encals_linear_predictor(**PEOPLE) == pytest.approx(LINEAR_PREDICTORS, abs=1e-8)


def test_survival_of_the_reference_people():
    exact = encals_linear_predictor(**PEOPLE)
    assert encals_survival(exact[:, None], TIMES) == pytest.approx(np.array(SURVIVAL), abs=1e-8)


def test_quantiles_of_the_reference_people():
    exact = encals_linear_predictor(**PEOPLE)
    assert encals_median_months(exact) == pytest.approx(MEDIANS, abs=1e-4)
    assert encals_quantile_months(exact, reached_by=0.25) == pytest.approx(FIRST_QUARTERS, abs=1e-4)
    assert encals_quantile_months(exact, reached_by=0.75) == pytest.approx(LAST_QUARTERS, abs=1e-4)


def test_spline_of_the_reference():
    log_odds = -linear_predictor_of_median([1, 12, 24, 36, 60])
    assert log_odds == pytest.approx([-6.409, 0.63586244, 3.01097948, 4.47970961, 6.16484596], abs=1e-8)


def test_published_group_medians_come_back():
    assert encals_median_months([-1.934, -3.203, -4.081, -5.147, -7.381]) == pytest.approx(
        [17.7, 25.3, 32.2, 43.7, 91.0], abs=0.05
    )


def test_tricals_window_in_months():
    assert encals_median_months([-6, -2]) == pytest.approx([56.9, 18.0], abs=0.05)


def test_the_last_cube_makes_the_spline_straight_beyond_371_months():
    """Public code leaves the cube of the last term out, which bends survival beyond the last knot."""
    log_odds = -linear_predictor_of_median(np.exp([5.917, 6.5, 7.0, 7.5]))
    slopes = np.diff(log_odds) / np.diff([5.917, 6.5, 7.0, 7.5])
    assert slopes == pytest.approx([slopes[0]] * 3, rel=1e-9)
    assert encals_median_months(-10.89) > 371


def test_the_least_slope_bounds_the_spline():
    log_months = np.linspace(-5, 9, 20001)
    slopes = np.diff(-linear_predictor_of_median(np.exp(log_months))) / np.diff(log_months)
    assert LEAST_SLOPE <= slopes.min() < LEAST_SLOPE + 0.01


@pytest.mark.parametrize("linear_predictor", [-60.0, -15.0, 40.0])
def test_very_low_and_high_linear_predictors_end(linear_predictor):
    """Public code walks month by month and never returns for very low linear predictors."""
    median = encals_median_months(linear_predictor)
    assert np.isfinite(median)
    assert encals_survival(linear_predictor, median) == pytest.approx(0.5, abs=1e-9)


def test_a_negative_slope_is_refused():
    """TRICALS code stores the slope with its sign and ENCALS code the rate; one public script feeds both the same column."""
    slopes = [-rate for rate in PEOPLE["rate"]]
    with pytest.raises(StallpointError, match="not the negative slope"):
        encals_linear_predictor(**PEOPLE | {"rate": slopes})


@pytest.mark.parametrize("name", ["age_at_onset_years", "diagnosis_months", "fvc_percent"])
def test_measures_of_zero_are_refused(name):
    with pytest.raises(StallpointError, match=f"{name} must be above 0"):
        encals_linear_predictor(**PEOPLE | {name: 0.0})


def test_a_prevalence_is_not_a_carrier_status():
    with pytest.raises(StallpointError, match="neither 1 nor 0"):
        encals_linear_predictor(**PEOPLE | {"c9orf72": 0.08})


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_predictor_leaves_the_linear_predictor_unknown(name):
    assert np.isnan(encals_linear_predictor(**PEOPLE | {name: np.nan})).all()


def test_unknown_c9orf72_averages_survival_not_the_linear_predictor():
    averaged = encals_survival_c9orf72_unknown(-3.0, 24, prevalence=0.4)
    expected = 0.4 * encals_survival(-3.0 + C9ORF72_COEFFICIENT, 24) + 0.6 * encals_survival(-3.0, 24)
    assert averaged == pytest.approx(expected, abs=1e-15)
    assert abs(averaged - encals_survival(-3.0 + 0.4 * C9ORF72_COEFFICIENT, 24)) > 1e-6


def test_conditional_survival_starts_at_one_where_the_person_is_known_alive():
    assert encals_conditional_survival(-4.0, 30, alive_at_months=30) == pytest.approx(1.0)
    assert encals_conditional_survival(LINEAR_PREDICTORS[0], 36, alive_at_months=12) == pytest.approx(
        0.50592013 / 0.97951829, abs=1e-8
    )
    with pytest.raises(StallpointError, match="before alive_at_months"):
        encals_conditional_survival(-4.0, 20, alive_at_months=30)


def test_everybody_is_alive_at_onset():
    assert encals_survival(-4.0, 0) == 1.0


@settings(deadline=None)
@given(linear_predictors, months, st.floats(1.01, 3))
def test_survival_falls_with_time(linear_predictor, start, factor):
    early, late = encals_survival(linear_predictor, [start, start * factor])
    assert late <= early
    assert encals_conditional_survival(linear_predictor, start * factor, alive_at_months=start) <= 1


@settings(deadline=None)
@given(linear_predictors, st.floats(0.01, 3), months)
def test_survival_falls_with_the_linear_predictor(linear_predictor, worse, time):
    better_off, worse_off = encals_survival([linear_predictor, linear_predictor + worse], time)
    assert worse_off <= better_off


@settings(deadline=None)
@given(linear_predictors, st.floats(0.01, 0.99))
def test_a_quantile_is_where_survival_reaches_it(linear_predictor, share):
    assert encals_survival(linear_predictor, encals_quantile_months(linear_predictor, reached_by=share)) == pytest.approx(
        1 - share, abs=1e-9
    )
