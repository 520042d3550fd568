from itertools import product

import numpy as np
import pytest

from stallpoint.response.exploration import policy_tree
from stallpoint.response.exploration.policy_tree import CUTS, Question, grow_tree, read_tree
from stallpoint.response.exploration.sample import Sample


def gain(paths, scores, X):
    total, seen = 0.0, np.zeros(len(X))
    for path in paths:
        mine = np.all([question.holds(X) for question in path], axis=0) if path else np.ones(len(X), dtype=bool)
        total += max(0.0, scores[mine].sum())
        seen += mine
    assert (seen == 1).all()
    return total


def brute(scores, X, depth, fewest):
    best = max(0.0, scores.sum())
    if depth == 0:
        return best
    for k, q in product(range(X.shape[1]), CUTS):
        below = X[:, k] <= np.quantile(X[:, k], q, method="inverted_cdf")
        if min(below.sum(), (~below).sum()) >= fewest:
            best = max(
                best, brute(scores[below], X[below], depth - 1, fewest) + brute(scores[~below], X[~below], depth - 1, fewest)
            )
    return best


@pytest.mark.parametrize("seed", range(5))
def test_no_tree_of_two_questions_gains_more(seed, monkeypatch):
    monkeypatch.setattr(policy_tree, "FEWEST_PEOPLE", 4)
    rng = np.random.default_rng(seed)
    X, scores = rng.normal(size=(40, 2)), rng.normal(size=40)
    paths = grow_tree(scores, X)
    assert max(map(len, paths)) <= 2
    assert gain(paths, scores, X) == pytest.approx(brute(scores, X, 2, 4))


def test_where_everybody_gains_there_is_one_leaf():
    X = np.random.default_rng(1).normal(size=(60, 3))
    assert grow_tree(np.abs(X[:, 0]) + 0.1, X) == ((),)


def test_effects_in_leaves_are_those_of_people_who_did_not_grow_the_tree():
    """Without any difference leaves look different on the half that grew them, and not on the half that reads them (30 trials)."""
    apart = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(160, 3))
        treated = (rng.permutation(160) % 2).astype(float)
        leaves = read_tree(Sample(X, rng.normal(size=160), treated, 0.5), rng)
        seen = [leaf.effect.value for leaf in leaves if leaf.effect]
        apart.append(np.mean([value for value, leaf in zip(seen, leaves, strict=False) if leaf.questions] or [0.0]))
    assert abs(np.mean(apart)) < 3 * np.std(apart) / np.sqrt(30)


def test_a_planted_group_is_singled_out():
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.integers(0, 2, 600), rng.normal(size=600)]).astype(float)
    treated = (rng.permutation(600) % 2).astype(float)
    outcome = (2 * X[:, 0] - 1) * treated + rng.normal(0, 0.5, 600)
    leaves = read_tree(Sample(X, outcome, treated, 0.5), rng)
    harmed = [leaf for leaf in leaves if Question(0, 0.0, True) in leaf.questions and leaf.effect]
    helped = [leaf for leaf in leaves if Question(0, 0.0, False) in leaf.questions and leaf.effect]
    assert harmed[0].effect.value == pytest.approx(-1, abs=0.4)
    assert helped[0].effect.value == pytest.approx(1, abs=0.4)


def test_a_leaf_that_hardly_anybody_reads_has_no_effect(monkeypatch):
    monkeypatch.setattr(policy_tree, "FEWEST_PEOPLE", 1000)
    rng = np.random.default_rng(4)
    sample = Sample(rng.normal(size=(60, 2)), rng.normal(size=60), (np.arange(60) % 2).astype(float), 0.5)
    assert all(leaf.effect is None for leaf in read_tree(sample, rng))
