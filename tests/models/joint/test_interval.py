"""Rows known as intervals, against the normal distribution itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from stallpoint.models.joint.interval import interval_terms, threshold_scores, thresholds_of
from stallpoint.numerics.delta import jacobian

number = st.floats(-30, 30)


def terms_at(mean, lower, upper, sigma):
    """The terms of a single row at a single mean, as numbers."""
    found = interval_terms(np.array([[mean]]), np.array([lower]), np.array([upper]), np.array([sigma]))
    return type(found)(*(part.item() for part in found))


@settings(deadline=None)
@given(number, number, st.floats(0.1, 10), st.floats(0.2, 5))
def test_probability_and_slopes(mean, lower, width, sigma):
    upper = lower + width
    terms = terms_at(mean, lower, upper, sigma)
    a, b = (lower - mean) / sigma, (upper - mean) / sigma
    direct = norm.cdf(b) - norm.cdf(a) if a < 0 else norm.sf(a) - norm.sf(b)
    if direct > 1e-200:
        assert terms.log_value == pytest.approx(np.log(direct), rel=1e-6, abs=1e-9)

    def value(x):
        return np.array([terms_at(x[0], x[1], x[2], np.exp(x[3])).log_value])

    numeric = jacobian(value, np.array([mean, lower, upper, np.log(sigma)]))[0]
    scale = 1 + np.abs(numeric)
    found = np.array([terms.by_mean, terms.by_lower, terms.by_upper, terms.by_log_sigma])
    assert np.abs((found - numeric) / scale).max() < 1e-3
    assert terms.by_mean_twice <= 1e-12


def test_an_open_end_says_nothing_of_that_side():
    terms = terms_at(2.0, -np.inf, 1.0, 2.0)
    assert terms.log_value == pytest.approx(norm.logcdf(-0.5))
    assert terms.by_lower == 0
    nothing = terms_at(2.0, -np.inf, np.inf, 2.0)
    assert (nothing.log_value, nothing.by_mean, nothing.by_log_sigma) == (pytest.approx(0.0), 0.0, 0.0)


def test_far_tails_keep_their_digits():
    terms = terms_at(0.0, 40.0, np.inf, 1.0)
    assert terms.log_value == pytest.approx(norm.logsf(40.0), rel=1e-10)


@settings(deadline=None)
@given(number, number, st.floats(0.2, 5), st.booleans())
def test_one_end_is_the_limit_of_two(mean, end, sigma, is_floor):
    far = 1e6
    one = terms_at(mean, -np.inf, end, sigma) if is_floor else terms_at(mean, end, np.inf, sigma)
    two = terms_at(mean, -far, end, sigma) if is_floor else terms_at(mean, end, far, sigma)
    assert one.log_value == pytest.approx(two.log_value, rel=1e-9, abs=1e-12)
    assert tuple(one) == pytest.approx(tuple(two), rel=1e-5, abs=1e-9)


def test_rows_of_both_kinds_stand_side_by_side():
    mean, sigma = np.array([[0.0, 1.0]] * 3), np.ones(3)
    lower, upper = np.array([-np.inf, -1.0, 0.5]), np.array([0.5, 1.0, np.inf])
    together = interval_terms(mean, lower, upper, sigma)
    for row in range(3):
        alone = interval_terms(mean[[row]], lower[[row]], upper[[row]], sigma[[row]])
        for whole, part in zip(together, alone, strict=True):
            np.testing.assert_array_equal(whole[[row]], part)


def test_thresholds_increase_and_their_scores_follow_the_chain_rule():
    parameters = np.array([-1.0, 0.3, -2.0])
    assert (np.diff(thresholds_of(parameters)) > 0).all()
    by_threshold = np.array([[0.5, -1.0, 2.0]])
    assert threshold_scores(parameters, by_threshold)[0] == pytest.approx(by_threshold[0] @ jacobian(thresholds_of, parameters))
