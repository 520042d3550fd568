"""The measures whose values are known exactly: they leave the random effects Gaussian.

With b = L e and e standard normal, e given y has precision P = I + L'Z'WZ L and mean P^-1 L'Z'W(y - X beta), W the residual weights.
Nothing here divides by D, so a variance of 0 is a point like any other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.arrays import JointArrays
from stallpoint.models.joint.parameters import Parameters, PersonEffects

Array = npt.NDArray[np.float64]


class Posterior(NamedTuple):
    """Standardised random effects e given the exact measures: mean (n, q), a square root of the covariance (n, q, q), the covariance, and
    the log density of the measures (n,). score and precision (n, q, ...) are those of b: Z'W(y - X beta) and Z'WZ.
    """

    mean: Array
    root: Array
    covariance: Array
    log_density: Array
    score: Array
    precision: Array


def prior(effects: PersonEffects) -> Posterior:
    """The same before anything is measured."""
    n, q = effects.factor.shape[:2]
    eye = np.broadcast_to(np.eye(q), (n, q, q))
    return Posterior(np.zeros((n, q)), eye, eye, np.zeros(n), np.zeros((n, q)), np.zeros((n, q, q)))


def posterior_given_measures(parameters: Parameters, effects: PersonEffects, arrays: JointArrays) -> Posterior:
    """Condition on all exact rows."""
    n, q = effects.factor.shape[:2]
    score, precision, deviance = np.zeros((n, q)), np.zeros((n, q, q)), np.zeros(n)
    for rows in arrays.gaussian:
        m, beta = rows.moments, effects.beta[:, rows.fixed]
        log_sigma = float(rows.residual @ parameters.log_sigma[rows.log_sigma])
        weight = np.exp(-2 * log_sigma)
        precision[:, rows.random, rows.random] += weight * m.zz
        score[:, rows.random] += weight * (m.zy - (beta[:, None, :] @ m.xz)[:, 0])
        square = m.yy - 2 * (m.xy * beta).sum(axis=1) + ((m.xx @ beta[..., None])[..., 0] * beta).sum(axis=1)
        deviance += weight * square + m.rows * (np.log(2 * np.pi) + 2 * log_sigma)
    across = np.swapaxes(effects.factor, 1, 2)
    root_precision = np.linalg.cholesky(np.eye(q) + across @ precision @ effects.factor)
    root = np.swapaxes(np.linalg.inv(root_precision), 1, 2)
    half = (np.swapaxes(root, 1, 2) @ (across @ score[..., None]))[..., 0]
    mean = (root @ half[..., None])[..., 0]
    log_determinant = 2 * np.log(np.diagonal(root_precision, axis1=1, axis2=2)).sum(axis=1)
    log_density = -0.5 * (deviance + log_determinant - (half**2).sum(axis=1))
    return Posterior(mean, root, root @ np.swapaxes(root, 1, 2), log_density, score, precision)
