import numpy as np
import pytest

from stallpoint.response.effect_ranking import Estimate
from stallpoint.response.exploration.over_splits import everybody_over_splits, groups_over_splits, median_over_splits, split_mean

N = 400


def split_halves(values, rng, cuts):
    """Means of halves that each hold the other's people out."""
    parts = []
    for _ in range(cuts):
        order = rng.permutation(len(values))
        parts += [split_mean(values[half], half, len(values)) for half in np.array_split(order, 2)]
    return parts


@pytest.mark.parametrize("cuts", [1, 10, 60])
def test_halves_that_take_turns_are_worth_all_people(cuts):
    """The mean over complementary halves is the mean of all: its error is sd / sqrt(n), to what the cuts leave to chance."""
    ratios = []
    for seed in range(60):
        rng = np.random.default_rng([seed, cuts])
        values = rng.normal(size=N)
        exact = values.std(ddof=1) / np.sqrt(N)
        parts = split_halves(values, rng, cuts)
        fixed, found = everybody_over_splits(parts), groups_over_splits(parts)
        assert fixed.value == found.value == pytest.approx(values.mean(), abs=1e-12)
        assert fixed.std_error == pytest.approx(exact, rel=0.01)
        ratios.append(found.std_error / exact)
    # One cut says little of how halves differ; the floor, which is the answer here, keeps the error from falling short.
    assert min(ratios) > 0.99
    assert np.mean(ratios) == pytest.approx(1.0, abs={1: 0.25, 10: 0.15, 60: 0.06}[cuts])


def test_groups_drawn_by_lot_know_that_over_many_splits_they_are_everybody():
    """A random third of a random half, over and over, tends to the mean of all; one split's error is sqrt(6) times as large."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=N)
    parts = []
    for _ in range(600):
        third = rng.permutation(N)[: N // 6]
        parts.append(split_mean(values[third], third, N))
    assert groups_over_splits(parts).std_error == pytest.approx(values.std() / np.sqrt(N), rel=0.25)


def test_a_group_that_never_changes_gains_nothing_from_repeats():
    rng = np.random.default_rng(2)
    values = rng.normal(size=60)
    part = split_mean(values, np.arange(60), N)
    assert groups_over_splits([part] * 8).std_error == pytest.approx(values.std(ddof=1) / np.sqrt(60))


def test_a_difference_of_groups_adds_their_errors():
    rng = np.random.default_rng(3)
    values = rng.normal(size=N)
    one, other = np.arange(100), np.arange(100, 200)
    apart = split_mean(values[one], one, N) - split_mean(values[other], other, N)
    expected = np.hypot(*(values[each].std(ddof=1) / 10 for each in (one, other)))
    assert groups_over_splits([apart]).std_error == pytest.approx(expected)
    assert apart.value == pytest.approx(values[one].mean() - values[other].mean())


def test_a_median_over_splits_knows_that_each_held_out_half():
    middle = median_over_splits([Estimate(value, 0.2) for value in (0.1, 0.3, 0.2, 0.4)])
    assert middle.value == pytest.approx(0.25)
    assert middle.std_error == pytest.approx(0.2 * np.sqrt((1 + 2 / 4) / 2))
    assert middle.high - middle.low == pytest.approx(2 * 1.959964 * middle.std_error)
