from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.exposure.structure.split import find_scaffold, split_at_random, split_by_scaffold


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("abcdefghij"), min_size=20, max_size=80), st.integers(0, 99))
def test_a_scaffold_is_never_on_both_sides_and_folds_are_even(scaffolds, seed):
    fold = split_by_scaffold(scaffolds, 4, rng=np.random.default_rng(seed))
    homes = {}
    for scaffold, k in zip(scaffolds, fold, strict=True):
        assert homes.setdefault(scaffold, k) == k
    largest = max(Counter(scaffolds).values())
    sizes = np.bincount(fold, minlength=4)
    assert sizes.max() - sizes.min() <= largest


def test_the_same_seed_splits_alike():
    scaffolds = list("aabbcdefgh")
    one, again = (split_by_scaffold(scaffolds, 3, rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one, again)


def test_random_folds_are_even():
    assert set(np.bincount(split_at_random(22, 5, rng=np.random.default_rng(1)))) == {4, 5}


def test_scaffolds_are_rings_and_links_without_stereo():
    Chem = pytest.importorskip("rdkit.Chem")
    assert find_scaffold(Chem.MolFromSmiles("CC(C)c1ccc(Cc2ccccc2)cc1")) == "c1ccc(Cc2ccccc2)cc1"
    assert find_scaffold(Chem.MolFromSmiles("CCCC(=O)O")) == ""
    right, left = (find_scaffold(Chem.MolFromSmiles(f"C1CC[{turn}H](CC1)[{turn}H]1CCCO1")) for turn in ("C@", "C@@"))
    assert right == left


def test_folds_of_the_model_hold_scaffolds_together(parts):
    compounds, _, scaffolds = parts
    assert len({(scaffold, k) for scaffold, k in zip(scaffolds, compounds.fold, strict=True)}) == len(set(scaffolds))
    assert len(set(compounds.skeleton)) == len(compounds.skeleton)
