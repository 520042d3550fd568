"""Nearest shrunken centroids (Tibshirani et al. 2002, doi:10.1073/pnas.082099299): classes by means of many variables, shrunk to one.

A variable whose class means do not stand out of its noise drops out. Variables are taken as independent, which real ones are not, so the
scores say too much: `class_probabilities` divides them by a temperature, which is found on samples that the centroids did not see.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

_LOG_TEMPERATURES = (-4.0, 15.0)


@dataclass(frozen=True)
class ShrunkenCentroids:
    """`mean` and `scale` (variables,), `offsets` (classes, variables): how far each class's mean lies off, in scales."""

    mean: np.ndarray
    scale: np.ndarray
    offsets: np.ndarray


def fit_shrunken_centroids(values: np.ndarray, labels: np.ndarray, classes: int, *, shrinkage: float) -> ShrunkenCentroids:
    """Class means shrunk towards the mean of all.

    Args:
        values: (samples, variables), finite.
        labels: (samples,), 0 to classes - 1, each class at least twice.
        classes: how many there are.
        shrinkage: in standard errors of a class mean; what lies within is set to the mean of all.
    """
    n = len(labels)
    member = np.eye(classes)[labels]
    counts = member.sum(axis=0)
    means = member.T @ values / counts[:, None]
    mean = values.mean(axis=0)
    spread = np.sqrt(((values - means[labels]) ** 2).sum(axis=0) / (n - classes))
    scale = spread + np.median(spread)
    scale[scale == 0] = 1
    error = np.sqrt(1 / counts - 1 / n)[:, None]
    standing = (means - mean) / (error * scale)
    shrunk = np.sign(standing) * np.maximum(np.abs(standing) - shrinkage, 0)
    return ShrunkenCentroids(mean, scale, error * shrunk)


def class_scores(fit: ShrunkenCentroids, values: np.ndarray) -> np.ndarray:
    """Log likelihood of each class less that of the common mean, (samples, classes), as if variables were independent."""
    z = (values - fit.mean) / fit.scale
    scores: np.ndarray = z @ fit.offsets.T - 0.5 * (fit.offsets**2).sum(axis=1)
    return scores


def class_residuals(fit: ShrunkenCentroids, values: np.ndarray) -> np.ndarray:
    """What is left of each sample once a class's centroid is taken off, in scales, (classes, samples, variables)."""
    left: np.ndarray = ((values - fit.mean) / fit.scale)[None] - fit.offsets[:, None, :]
    return left


def class_probabilities(scores: np.ndarray, shares: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities (samples, classes) that start from the shares of the classes and move as far as the temperature lets the scores."""
    logits = np.log(shares) + scores / temperature
    logits -= logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    probabilities: np.ndarray = odds / odds.sum(axis=1, keepdims=True)
    return probabilities


def find_temperature(scores: np.ndarray, labels: np.ndarray, shares: np.ndarray) -> tuple[float, float]:
    """The temperature with the least log loss on samples that were not fitted, and that loss.

    Scores that tell nothing get one so high that the shares remain.
    """

    def loss(log_temperature: float) -> float:
        return float(log_loss(class_probabilities(scores, shares, float(np.exp(log_temperature))), labels).mean())

    found = minimize_scalar(loss, bounds=_LOG_TEMPERATURES, method="bounded")
    return float(np.exp(found.x)), float(found.fun)


def log_loss(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Minus the log of the probability that was given to what is true, (samples,)."""
    loss: np.ndarray = -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12))
    return loss
