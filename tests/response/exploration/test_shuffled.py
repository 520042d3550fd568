import numpy as np
import pytest

from stallpoint.response.exploration.learners import LEARNERS
from stallpoint.response.exploration.sample import Sample
from stallpoint.response.exploration.shuffled import FalseCalls, count_false_calls, is_called

LINEAR = {"dr learner": LEARNERS["dr learner"]}


def test_the_smallest_p_value_is_corrected_for_all():
    assert is_called([0.04])
    assert not is_called([0.04, 0.9])
    assert is_called([0.024, 0.9])


def test_a_real_difference_is_taken_out_before_anything_is_counted():
    """Treatment helps by the covariate, strongly; in shuffled trials it does not, and few are called (error 3.4%)."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(200, 3))
    cells = rng.integers(0, 2, 200)
    treated = (rng.permutation(200) % 2).astype(float)
    sample = Sample(X, X[:, 1] + 2 * X[:, 0] * treated + rng.normal(size=200), treated, 0.5)
    found = count_false_calls([sample, sample], LINEAR, cells=cells, splits=4, trials=40, rng=rng)
    assert found.trials == 40
    assert found.share <= 0.15


def test_treatment_is_shuffled_within_cells_and_the_average_effect_kept():
    seen = []

    def watching(sample, rng):
        seen.append(sample)
        return lambda X: X[:, 0]

    rng = np.random.default_rng(1)
    cells = np.repeat([0, 1], 20)
    treated = np.concatenate([np.repeat([1.0, 0.0], [15, 5]), np.repeat([1.0, 0.0], [5, 15])])
    sample = Sample(np.column_stack([rng.normal(size=40), cells]), 3 * treated + rng.normal(size=40), treated, 0.5)
    average = sample.outcome[treated == 1].mean() - sample.outcome[treated == 0].mean()
    count_false_calls([sample], {"watching": watching}, cells=cells, splits=2, trials=3, rng=rng)
    assert len(seen) == 6
    for one, other in zip(seen[::2], seen[1::2], strict=True):
        arms = np.concatenate([one.treated, other.treated])
        cell = np.concatenate([one.covariates[:, 1], other.covariates[:, 1]])
        assert [arms[cell == number].sum() for number in (0, 1)] == [15, 5]
        left = np.concatenate([one.outcome, other.outcome]) - average * arms
        assert sorted(left) == pytest.approx(sorted(sample.outcome - average * treated))


def test_the_error_of_a_share_is_never_nothing():
    assert FalseCalls(0, 100).share == 0
    assert FalseCalls(0, 100).error == pytest.approx(np.sqrt((1 / 102) * (101 / 102) / 100))
    assert FalseCalls(6, 100).share == 0.06
