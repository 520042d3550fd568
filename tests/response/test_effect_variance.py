import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.errors import StallpointError
from stallpoint.response.effect_variance import correlation_without_link, effect_spread, spread_without_link


def known(sd_treated, sd_control, **more):
    return effect_spread(sd_treated, sd_control, log_error_treated=0.0, log_error_control=0.0, **more)


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(-1, 1))
def test_it_is_the_standard_deviation_of_a_difference(a, b, r):
    found = known(a, b, correlations=(r,)).row(0, named=True)
    direction = np.array([a, -b])
    variance = direction @ np.array([[1, r], [r, 1]]) @ direction
    assert found["sd"] ** 2 == pytest.approx(variance, abs=1e-9)
    assert found["low"] == pytest.approx(found["sd"], abs=1e-7)
    assert found["high"] == pytest.approx(found["sd"], abs=1e-7)


def test_the_ends_of_the_axis_are_difference_and_sum():
    found = known(1.4, 1.0)
    assert found.filter(pl.col("correlation") == 1)["sd"].item() == pytest.approx(0.4)
    assert found.filter(pl.col("correlation") == -1)["sd"].item() == pytest.approx(2.4)
    assert found["sd"].is_sorted(descending=True)


def test_effects_without_a_link_to_the_untreated_course_add_their_variance():
    r = correlation_without_link(1.25, 1.0)
    assert known(1.25, 1.0, correlations=(r,))["sd"].item() == pytest.approx(np.sqrt(1.25**2 - 1))
    assert correlation_without_link(0.9, 1.0) is None


def test_without_a_link_the_interval_reaches_none_where_the_arms_may_vary_alike():
    """The place on the axis is itself estimated: 400 pairs of arms, of which the treated truly vary more by 0.6 or not at all."""
    sd, low, high = spread_without_link(1.25, 1.0, log_error_treated=0.0, log_error_control=0.0)
    assert (sd, low, high) == pytest.approx((np.sqrt(1.25**2 - 1),) * 3)
    assert spread_without_link(0.9, 1.0, log_error_treated=0.1, log_error_control=0.1)[:2] == (0.0, 0.0)
    rng = np.random.default_rng(2)
    error = 1 / np.sqrt(2 * 99)
    for truth in (0.0, 0.6):
        held = 0
        for _ in range(400):
            one = rng.normal(scale=np.sqrt(1 + truth**2), size=100).std(ddof=1)
            other = rng.normal(size=100).std(ddof=1)
            _, low, high = spread_without_link(one, other, log_error_treated=error, log_error_control=error)
            held += low <= truth <= high
        assert held / 400 >= 0.928


@given(st.floats(0.2, 3), st.floats(0.2, 3), st.floats(0.01, 0.4), st.floats(0.01, 0.4))
def test_the_interval_is_the_range_over_the_rectangle(a, b, first, second):
    found = effect_spread(a, b, log_error_treated=first, log_error_control=second, correlations=(-0.5, 0.3, 1.0))
    grid = np.linspace(-1, 1, 61) * 2.2364774
    x, y = np.meshgrid(a * np.exp(first * grid), b * np.exp(second * grid))
    for row in found.iter_rows(named=True):
        spread = np.sqrt(np.maximum(x**2 + y**2 - 2 * row["correlation"] * x * y, 0))
        assert row["low"] <= spread.min() + 1e-6
        assert row["low"] == pytest.approx(spread.min(), abs=0.05 * (a + b))
        assert row["high"] == pytest.approx(spread.max(), rel=1e-4)


def test_intervals_hold_at_every_correlation_at_once():
    """400 pairs of arms that vary alike: at least 95% less two Monte Carlo errors (1.1%)."""
    rng = np.random.default_rng(1)
    truth = known(1.0, 1.0)["sd"]
    held = 0
    for _ in range(400):
        one, other = rng.normal(size=(2, 100)).std(axis=1, ddof=1)
        error = 1 / np.sqrt(2 * 99)
        found = effect_spread(one, other, log_error_treated=error, log_error_control=error)
        held += bool(((found["low"] <= truth + 1e-9) & (truth <= found["high"] + 1e-9)).all())
    assert held / 400 >= 0.928


def test_what_is_no_spread_is_refused():
    with pytest.raises(StallpointError, match="above 0"):
        known(0.0, 1.0)
    with pytest.raises(StallpointError, match="from -1 to 1"):
        known(1.0, 1.0, correlations=(1.2,))
