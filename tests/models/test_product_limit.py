import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.errors import FitError
from stallpoint.models.product_limit import restricted_mean_values, survival_error, survival_share
from stallpoint.models.survival import fit_kaplan_meier, restricted_mean


def draw(seed, n=60, ties=False):
    rng = np.random.default_rng(seed)
    event, lost = rng.exponential(15, n), rng.uniform(2, 30, n)
    time = np.minimum(event, lost)
    return (np.ceil(time) if ties else time), (event <= lost).astype(float)


@pytest.mark.parametrize("ties", [False, True])
def test_shares_and_means_are_those_of_lifelines(ties):
    time, died = draw(1, ties=ties)
    curve = fit_kaplan_meier(time, died)
    assert survival_share(time, died, 12.0) == pytest.approx(curve.survival_at(12.0))
    values = restricted_mean_values(time, died, 12.0)
    without = [restricted_mean(fit_kaplan_meier(np.delete(time, i), np.delete(died, i)), 12.0)[0] for i in (0, 7, 31)]
    whole = restricted_mean(curve, 12.0)[0]
    assert values[[0, 7, 31]] == pytest.approx([60 * whole - 59 * one for one in without])


@given(st.integers(0, 500))
def test_without_censoring_values_are_the_times_themselves(seed):
    time = np.random.default_rng(seed).exponential(10, 25)
    values = restricted_mean_values(time, np.ones(25), 12.0)
    assert values == pytest.approx(np.minimum(time, 12.0))


def test_their_mean_is_the_restricted_mean():
    """Up to a term of order 1/n."""
    time, died = draw(2, n=400)
    whole = restricted_mean(fit_kaplan_meier(time, died), 12.0)[0]
    assert restricted_mean_values(time, died, 12.0).mean() == pytest.approx(whole, abs=0.02)


def test_nobody_dies_or_nobody_is_followed_long_enough():
    assert survival_share(np.full(5, 20.0), np.zeros(5), 12.0) == 1
    assert restricted_mean_values(np.full(5, 20.0), np.zeros(5), 12.0) == pytest.approx(np.full(5, 12.0))
    with pytest.raises(FitError, match="before the horizon"):
        restricted_mean_values(np.array([3.0, 5.0]), np.array([1.0, 0.0]), 12.0)


def test_greenwoods_error_is_binomial_without_losses_and_a_sum_by_hand_with_them():
    time, died = np.repeat([2.0, 5.0, 20.0], [10, 10, 20]), np.repeat([1.0, 1.0, 0.0], [10, 10, 20])
    assert survival_error(time, died, 12.0) == pytest.approx(np.sqrt(0.5 * 0.5 / 40))
    lost = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 6.0, 7.0, 9.0])
    event = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    by_hand = 7 / 8 * 6 / 7 * 4 / 5 * 2 / 3
    assert survival_share(lost, event, 8.0) == pytest.approx(by_hand)
    greenwood = 1 / (8 * 7) + 1 / (7 * 6) + 1 / (5 * 4) + 1 / (3 * 2)
    assert survival_error(lost, event, 8.0) == pytest.approx(by_hand * np.sqrt(greenwood))


def test_greenwoods_error_says_nothing_where_nobody_is_left():
    assert survival_error(np.full(5, 20.0), np.zeros(5), 12.0) == 0
    assert np.isnan(survival_error(np.full(5, 6.0), np.ones(5), 12.0))
