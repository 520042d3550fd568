"""Scores of a model to probabilities that come true as often as they say: a logistic curve through the scores of compounds held out.

Source: Platt (1999), Probabilistic outputs for support vector machines; here on the logit of a mean over trees.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

Array = npt.NDArray[np.float64]

NEAREST_TO_CERTAIN = 0.005
"""A mean over trees that is nearer to 0 or 1 is taken as this far from it."""


def fit_calibration(score: Array, label: npt.NDArray[np.int64]) -> Array:
    """Intercept and slope (2,) of the logistic regression of labels (n,) on the logit of scores (n,).

    As Platt does, a label counts as a little less than certain, so that the curve stays finite where the classes do not overlap.
    """
    design = np.column_stack([np.ones(len(score)), _logit(score)])
    ones = int(label.sum())
    target = np.where(label == 1, (ones + 1) / (ones + 2), 1 / (len(label) - ones + 2))

    def loss(line: Array) -> tuple[float, Array]:
        leaning = design @ line
        value = np.mean(np.logaddexp(0, leaning) - target * leaning)
        return float(value), design.T @ (expit(leaning) - target) / len(target)

    return np.asarray(minimize(loss, np.array([0.0, 1.0]), jac=True, options={"gtol": 1e-8}).x)


def calibrate(score: Array, line: Array) -> Array:
    """Probabilities (n,) for scores (n,)."""
    return np.asarray(expit(line[0] + line[1] * _logit(score)))


def _logit(score: Array) -> Array:
    kept = np.clip(score, NEAREST_TO_CERTAIN, 1 - NEAREST_TO_CERTAIN)
    return np.log(kept / (1 - kept))
