"""Probabilities of subtypes from a labelled reference, and how far they can be believed.

Two layers of folds over people. In the inner one shrinkage and temperature are chosen on people that the centroids did not see; in the
outer one the whole procedure, choice included, is judged on people that it did not see. What is shown of calibration is of the outer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stallpoint.core.profile import ReliabilityBin, SubtypeCalibration
from stallpoint.numerics.principal_spread import PrincipalSpread, distance_in_spread, fit_principal_spread
from stallpoint.numerics.shrunken_centroids import (
    ShrunkenCentroids,
    class_probabilities,
    class_residuals,
    class_scores,
    find_temperature,
    fit_shrunken_centroids,
    log_loss,
)
from stallpoint.profile.expression.subtype_reference import SUBTYPES, SubtypeReference

SOURCES = ("tibshirani2002", "guo2017", "tipping1999", "brown2001")
FOLDS = 5
SHRINKAGES = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0)
SAMPLES_A_COMPONENT = 10
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_Z = 1.959963984540054


@dataclass(frozen=True)
class SubtypeModel:
    """`distances` are those of the reference's own samples to centroids that did not see them, `gain` what the probabilities are better
    than the shares alone, in log loss with its standard error over people.
    """

    genes: tuple[str, ...]
    fit: ShrunkenCentroids
    spread: PrincipalSpread
    temperature: float
    shares: np.ndarray
    distances: np.ndarray
    gain: tuple[float, float]
    calibration: SubtypeCalibration

    def probabilities(self, values: np.ndarray) -> np.ndarray:
        """Probabilities of the subtypes of one sample; `values` (genes,)."""
        own: np.ndarray = class_probabilities(class_scores(self.fit, even(values[None])), self.shares, self.temperature)[0]
        return own

    def outlying_p(self, values: np.ndarray) -> float:
        """Share of the reference's samples, and the sample itself, that lie as far from every centroid as it does."""
        own = _nearest(self.fit, self.spread, even(values[None]))[0]
        return float((1 + (self.distances >= own).sum()) / (1 + len(self.distances)))


def even(values: np.ndarray) -> np.ndarray:
    """Each sample with mean 0 and standard deviation 1 over its genes, so that depth and scale of a sample do not count."""
    centred = values - values.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    scaled: np.ndarray = centred / np.where(spread > 0, spread, 1)
    return scaled


def fit_subtype_model(reference: SubtypeReference) -> SubtypeModel:
    """Centroids, temperature and calibration of a reference; every subtype in as many people as there are folds, or more."""
    values, labels, people = even(reference.values), reference.labels, reference.people
    probabilities, baseline = np.zeros((len(labels), len(SUBTYPES))), np.zeros((len(labels), len(SUBTYPES)))
    distances = np.zeros(len(labels))
    fold = spread_folds(labels, people)
    for k in range(FOLDS):
        train, test = fold != k, fold == k
        fit, temperature, shares = _choose(values[train], labels[train], people[train])
        probabilities[test] = class_probabilities(class_scores(fit, values[test]), shares, temperature)
        baseline[test] = shares
        distances[test] = _nearest(fit, _spread(fit, values[train], labels[train]), values[test])
    fit, temperature, shares = _choose(values, labels, people)
    better = log_loss(baseline, labels) - log_loss(probabilities, labels)
    calibration = _calibration(reference, probabilities, baseline)
    spread = _spread(fit, values, labels)
    return SubtypeModel(reference.genes, fit, spread, temperature, shares, distances, _over_people(better, people), calibration)


def _spread(fit: ShrunkenCentroids, values: np.ndarray, labels: np.ndarray) -> PrincipalSpread:
    """How samples scatter around the centroid of their own subtype."""
    own = class_residuals(fit, values)[labels, np.arange(len(labels))]
    return fit_principal_spread(own, components=min(len(labels) // SAMPLES_A_COMPONENT, values.shape[1] // 2))


def _nearest(fit: ShrunkenCentroids, spread: PrincipalSpread, values: np.ndarray) -> np.ndarray:
    """Distance of each sample to the subtype that it lies nearest to."""
    distances = [distance_in_spread(spread, residuals) for residuals in class_residuals(fit, values)]
    nearest: np.ndarray = np.min(distances, axis=0)
    return nearest


def _choose(values: np.ndarray, labels: np.ndarray, people: np.ndarray) -> tuple[ShrunkenCentroids, float, np.ndarray]:
    """Shrinkage and temperature with the least log loss on people that were left out, and the fit to all with them."""
    fold = spread_folds(labels, people)
    classes = len(SUBTYPES)
    shares = np.bincount(labels, minlength=classes) / len(labels)
    found = []
    for shrinkage in SHRINKAGES:
        scores = np.zeros((len(labels), classes))
        for k in range(FOLDS):
            fit = fit_shrunken_centroids(values[fold != k], labels[fold != k], classes, shrinkage=shrinkage)
            scores[fold == k] = class_scores(fit, values[fold == k])
        temperature, loss = find_temperature(scores, labels, shares)
        found.append((loss, shrinkage, temperature))
    _, shrinkage, temperature = min(found)
    return fit_shrunken_centroids(values, labels, classes, shrinkage=shrinkage), temperature, shares


def spread_folds(labels: np.ndarray, people: np.ndarray) -> np.ndarray:
    """The fold of each sample: people whole, subtypes spread evenly."""
    who, first = np.unique(people, return_index=True)
    order = np.argsort(labels[first], kind="stable")
    fold_of = dict(zip(who[order].tolist(), (np.arange(len(who)) % FOLDS).tolist(), strict=True))
    return np.array([fold_of[each] for each in people.tolist()])


def _calibration(reference: SubtypeReference, probabilities: np.ndarray, baseline: np.ndarray) -> SubtypeCalibration:
    labels, people = reference.labels, reference.people
    truth = np.eye(len(SUBTYPES))[labels]
    brier, brier_error = _over_people(((probabilities - truth) ** 2).sum(axis=1), people)
    loss, loss_error = _over_people(log_loss(probabilities, labels), people)
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = [
        _bin(low, high, top[inside], right[inside])
        for low, high in pairwise(EDGES)
        if (inside := (top >= low) & ((top < high) | (high == 1))).any()
    ]
    return SubtypeCalibration(
        reference.name,
        reference.tissue,
        reference.platform,
        len(labels),
        len(np.unique(people)),
        len(reference.genes),
        brier,
        brier_error,
        loss,
        loss_error,
        _over_people(log_loss(baseline, labels), people)[0],
        tuple(bins),
    )


def _bin(low: float, high: float, top: np.ndarray, right: np.ndarray) -> ReliabilityBin:
    least, most = wilson(int(right.sum()), len(right))
    return ReliabilityBin(low, high, len(top), float(top.mean()), float(right.mean()), least, most)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95% interval of a share (Wilson; Brown et al. 2001)."""
    share, z2 = successes / n, _Z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n**2))
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))


def _over_people(values: np.ndarray, people: np.ndarray) -> tuple[float, float]:
    """Mean over people of what their samples have on average, and its standard error."""
    means = np.bincount(people, values) / np.bincount(people)
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(len(means)))
