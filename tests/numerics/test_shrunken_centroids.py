from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestCentroid

from stallpoint.numerics.principal_spread import distance_in_spread, fit_principal_spread
from stallpoint.numerics.shrunken_centroids import (
    class_probabilities,
    class_residuals,
    class_scores,
    find_temperature,
    fit_shrunken_centroids,
)


def test_the_centroids_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1, 2], [20, 12, 9])
    values = rng.normal(size=(41, 30)) + np.outer(labels, rng.normal(size=30))
    theirs = NearestCentroid(shrink_threshold=0.8).fit(values, labels).centroids_
    fit = fit_shrunken_centroids(values, labels, 3, shrinkage=0.8)
    assert np.abs(fit.mean + fit.offsets * fit.scale - theirs).max() < 1e-10


def test_scores_are_differences_of_squared_distances() -> None:
    rng = np.random.default_rng(2)
    labels = np.arange(30) % 3
    values = rng.normal(size=(30, 8)) + labels[:, None]
    fit = fit_shrunken_centroids(values, labels, 3, shrinkage=0.5)
    squared = (class_residuals(fit, values) ** 2).sum(axis=2).T
    whole = (((values - fit.mean) / fit.scale) ** 2).sum(axis=1)
    assert np.abs(class_scores(fit, values) - (whole[:, None] - squared) / 2).max() < 1e-10


def test_all_is_shrunk_to_one_mean_and_the_shares_remain() -> None:
    rng = np.random.default_rng(3)
    labels = np.arange(30) % 3
    fit = fit_shrunken_centroids(rng.normal(size=(30, 8)), labels, 3, shrinkage=50)
    shares = np.array([0.5, 0.3, 0.2])
    probabilities = class_probabilities(class_scores(fit, rng.normal(size=(4, 8))), shares, 1.0)
    assert np.abs(probabilities - shares).max() < 1e-12


def test_the_temperature_undoes_overconfidence() -> None:
    """Labels drawn from the softmax of scores; scores seven times as large need a temperature of 7, within the error of 4,000 draws."""
    rng = np.random.default_rng(4)
    shares = np.full(3, 1 / 3)
    scores = rng.normal(0, 1.5, (4000, 3))
    true = class_probabilities(scores, shares, 1.0)
    labels = (true.cumsum(axis=1) < rng.random(4000)[:, None]).sum(axis=1)
    temperature, _ = find_temperature(7 * scores, labels, shares)
    assert temperature == pytest.approx(7, rel=0.1)


def test_a_point_that_breaks_how_variables_go_together_is_far() -> None:
    rng = np.random.default_rng(5)
    cloud = rng.normal(size=(400, 2)) @ rng.normal(size=(2, 20)) * 3 + rng.normal(size=(400, 20))
    spread = fit_principal_spread(cloud, components=2)
    inside, broken = cloud[:50], rng.permuted(cloud[:50], axis=1)
    assert np.mean(distance_in_spread(spread, inside)) == pytest.approx(1, abs=0.05)
    assert np.median(distance_in_spread(spread, broken)) > 2
