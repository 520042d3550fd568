import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.numerics.conformal import find_class_p_values, find_interval


def test_with_one_model_it_is_the_split_conformal_interval():
    misses = np.arange(1.0, 20.0)
    assert find_interval(np.full(19, 5.0), misses, level=0.9) == (5 - 18, 5 + 18)


def test_too_few_units_for_the_level_give_no_interval():
    assert find_interval(np.zeros(8), np.ones(8), level=0.9) == (-np.inf, np.inf)


def test_coverage_of_a_line_fitted_to_heavy_tailed_data():
    """400 data sets of 60 and a new unit each; Monte Carlo error 0.015, so 0.9 is met within four of them."""
    rng = np.random.default_rng(1)
    hits = [cover_once(rng) for _ in range(400)]
    assert 0.84 < np.mean(hits) < 0.97


def cover_once(rng):
    x, fold = rng.normal(size=61), np.arange(60) % 5
    y = 2 * x + rng.standard_t(3, size=61)
    slope = np.array([np.polyfit(x[:60][fold != k], y[:60][fold != k], 1) for k in range(5)])[fold]
    misses = np.abs(y[:60] - slope[:, 0] * x[:60] - slope[:, 1])
    low, high = find_interval(slope[:, 0] * x[60] + slope[:, 1], misses, level=0.9)
    return low <= y[60] <= high


def test_class_p_values_are_uniform_or_larger_in_each_class():
    """Scores of two classes that overlap: the true class is excluded at 10% in no more than about 10%, in each class."""
    rng = np.random.default_rng(2)
    old_class = rng.integers(0, 2, 300)
    old = rng.normal(old_class * 1.0, 1)
    for own in (0, 1):
        drawn = [find_class_p_values(np.full(300, rng.normal(own, 1)), old, old_class)[own] for _ in range(500)]
        assert np.mean(np.array(drawn) <= 0.1) == pytest.approx(0.1, abs=0.06)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=12, max_size=40), st.floats(-5, 5), st.sampled_from([0.5, 0.8, 0.9]))
def test_intervals_move_with_the_prediction_and_grow_with_the_level(misses, shift, level):
    sizes = np.array(misses)
    low, high = find_interval(np.zeros(len(sizes)), sizes, level=level)
    moved = find_interval(np.full(len(sizes), shift), sizes, level=level)
    assert moved == pytest.approx((low + shift, high + shift))
    wider = find_interval(np.zeros(len(sizes)), sizes, level=0.92)
    assert wider[0] <= low <= high <= wider[1]
