"""CAFS against the twelve-person vector computed with public R code, and against the common-time rule."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.errors import FitError
from stallpoint.response.cafs import common_time_change, compare_arms, score_pairs

TREATED = [(0, 12, -3), (0, 12, -5), (0, 12, -5), (0, 12, -9), (1, 8.5, -20), (0, 12, -1)]
CONTROL = [(0, 12, -6), (1, 10.2, -18), (0, 12, -5), (1, 5.1, -25), (0, 12, -12), (0, 12, -8)]
DIED, END, CHANGE = np.array(TREATED + CONTROL, dtype=float).T
ARM = np.repeat([1.0, 0.0], 6)
EVERYWHERE = np.repeat(CHANGE[:, None], 12, axis=1)


def test_scores_ranks_and_test_of_the_reference():
    pairs = score_pairs(END, DIED, EVERYWHERE)
    assert pairs.sum(axis=1).tolist() == [9, 5, 5, -3, -9, 11, 1, -7, 5, -11, -5, -1]
    won = compare_arms(pairs, ARM)
    assert (won.mean_rank_treated, won.mean_rank_control) == (8, 5)
    assert won.u == 27
    assert won.theta == pytest.approx(0.75)
    assert won.odds == pytest.approx(3)
    assert won.u_sd == pytest.approx(6.20117291, abs=1e-8)
    assert won.z == pytest.approx(1.370708433, abs=1e-9)
    assert won.p_value == pytest.approx(0.170465865, abs=1e-9)


def test_the_interval_stays_a_ratio_where_the_naive_one_passes_certainty():
    won = compare_arms(score_pairs(END, DIED, EVERYWHERE), ARM)
    naive_upper = won.theta + 1.96 * won.u_sd / 36
    assert naive_upper == pytest.approx(1.0876, abs=1e-4)
    assert 0 < won.low < won.odds < won.high < np.inf


def test_a_death_after_the_other_was_lost_is_decided_by_function():
    end, died = np.array([6.0, 9.0]), np.array([0.0, 1.0])
    lost_declined_more = np.array([[-8.0, -8.0], [-2.0, -2.0]])
    pairs = score_pairs(end, died, lost_declined_more)
    assert pairs[0, 1] == -1
    assert score_pairs(np.array([9.5, 9.0]), died, lost_declined_more)[0, 1] == 1


def test_function_is_compared_at_the_last_common_time():
    visits = pl.DataFrame(
        {
            "patient": ["A", "A", "A", "B", "B"],
            "time_months": [0.0, 6.0, 12.0, 0.0, 6.0],
            "alsfrs_r": [40.0, 38.0, 20.0, 40.0, 37.0],
        }
    )
    change = common_time_change(visits, ["A", "B"])
    assert change[0, 1] == -2
    assert change[1, 0] == -3
    assert score_pairs(np.array([12.0, 6.0]), np.zeros(2), change)[0, 1] == 1


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_scores_are_antisymmetric_and_arms_swap_the_odds(seed):
    rng = np.random.default_rng(seed)
    end, died = rng.uniform(1, 12, 20), rng.integers(0, 2, 20).astype(float)
    pairs = score_pairs(end, died, rng.normal(size=(20, 20)))
    assert (pairs == -pairs.T).all()
    arm = np.arange(20) % 2
    one, other = compare_arms(pairs, arm), compare_arms(pairs, 1 - arm)
    assert one.odds * other.odds == pytest.approx(1)
    assert one.p_value == pytest.approx(other.p_value)


def test_too_few_people_are_refused():
    with pytest.raises(FitError, match="cannot be compared"):
        compare_arms(np.zeros((3, 3)), np.array([1.0, 0.0, 0.0]))
