import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.response.exploration.sample import Sample, folds, halves


@given(st.integers(8, 60), st.integers(0, 500), st.integers(2, 7))
def test_halves_part_the_people_and_each_arm(n, seed, splits):
    rng = np.random.default_rng(seed)
    treated = (rng.permutation(n) % 2).astype(float)
    pairs = list(halves(treated, splits, rng))
    assert splits <= len(pairs) <= splits + 1
    for learn, judge in pairs:
        assert sorted([*learn, *judge]) == list(range(n))
        assert abs(treated[learn].sum() - treated[judge].sum()) <= 1
    assert set(pairs[0][0]) == set(pairs[1][1])


@given(st.integers(10, 60), st.integers(0, 500))
def test_folds_hold_everyone_once(n, seed):
    rng = np.random.default_rng(seed)
    treated = (rng.permutation(n) % 2).astype(float)
    pairs = list(folds(treated, 5, rng))
    assert sorted(person for _, mine in pairs for person in mine) == list(range(n))
    assert all(not set(others) & set(mine) and len(others) + len(mine) == n for others, mine in pairs)


def test_people_are_taken_with_all_that_is_known_of_them():
    sample = Sample(np.arange(6.0).reshape(3, 2), np.array([1.0, 2, 3]), np.array([1.0, 0, 1]), 0.5)
    part = sample.take(np.array([2, 0]))
    assert part.covariates.tolist() == [[4, 5], [0, 1]]
    assert (part.outcome.tolist(), part.treated.tolist(), part.allocation) == ([3, 1], [1, 1], 0.5)
