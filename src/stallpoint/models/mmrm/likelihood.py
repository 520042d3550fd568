"""The restricted likelihood of repeated measures with a free covariance matrix over visits, and what its curvature is made of.

y_i = X_i beta + e_i, e_i ~ N(0, V_i), V_i = the rows and columns of Sigma for the visits that person i attended. Sigma has blocks where
it differs between groups of people.

Source: Kenward & Roger (1997), doi:10.2307/2533558, whose names P and Q are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.models.mmrm.patterns import Pattern

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RestrictedLikelihood:
    """Value at a covariance matrix, with beta (p,), its covariance (p, p), and the gradient by the elements of Sigma (T, T), symmetric:
    the change of the value for a small symmetric change dSigma is the sum of gradient * dSigma.
    """

    value: float
    beta: Array
    covariance: Array
    gradient: Array


def restricted_likelihood(sigma: Array, patterns: list[Pattern]) -> RestrictedLikelihood:
    """REML log-likelihood, beta at its best.

    Raises:
        LinAlgError: sigma is not positive definite.
    """
    inverses = [np.linalg.inv(sigma[np.ix_(p.visits, p.visits)]) for p in patterns]
    weighted = [inverse @ p.x for inverse, p in zip(inverses, patterns, strict=True)]
    information = sum((np.einsum("nkp,nkq->pq", p.x, w) for p, w in zip(patterns, weighted, strict=True)), np.zeros(()))
    score = sum((np.einsum("nk,nkp->p", p.y, w) for p, w in zip(patterns, weighted, strict=True)), np.zeros(()))
    covariance = np.linalg.inv(information)
    beta = covariance @ score
    value, rows = -0.5 * np.linalg.slogdet(information)[1], 0
    gradient = np.zeros_like(sigma)
    for p, inverse, w in zip(patterns, inverses, weighted, strict=True):
        residual = p.y - p.x @ beta
        pulled = residual @ inverse
        log_root = np.log(np.diag(np.linalg.cholesky(sigma[np.ix_(p.visits, p.visits)]))).sum()
        value -= len(p.y) * log_root + 0.5 * (residual * pulled).sum()
        rows += p.y.size
        spread = np.einsum("njp,pq,nkq->jk", w, covariance, w)
        gradient[np.ix_(p.visits, p.visits)] += 0.5 * (pulled.T @ pulled + spread - len(p.y) * inverse)
    value -= 0.5 * (rows - len(beta)) * np.log(2 * np.pi)
    return RestrictedLikelihood(float(value), np.asarray(beta, dtype=np.float64), covariance, gradient)


def free_elements(size: int, blocks: int) -> tuple[Integers, Integers]:
    """Rows and columns of the free elements of Sigma: the lower triangle of each of its equal blocks, row by row."""
    rows, columns = np.tril_indices(size)
    inside = rows // (size // blocks) == columns // (size // blocks)
    return rows[inside], columns[inside]


def element_matrices(size: int, blocks: int) -> Array:
    """The derivative of Sigma by each of its free elements, shape (r, T, T)."""
    rows, columns = free_elements(size, blocks)
    matrices = np.zeros((len(rows), size, size))
    matrices[np.arange(len(rows)), rows, columns] = 1
    matrices[np.arange(len(rows)), columns, rows] = 1
    return matrices


def first_and_second(sigma: Array, patterns: list[Pattern], blocks: int) -> tuple[Array, Array]:
    """P (r, p, p) and Q (r, r, p, p) of Kenward and Roger: P_r = -sum X'WG_rWX and Q_rs = sum X'WG_rWG_sWX, W the inverse of V."""
    elements = element_matrices(len(sigma), blocks)
    p_size = patterns[0].x.shape[2]
    first = np.zeros((len(elements), p_size, p_size))
    second = np.zeros((len(elements), len(elements), p_size, p_size))
    for p in patterns:
        inverse = np.linalg.inv(sigma[np.ix_(p.visits, p.visits)])
        weighted = inverse @ p.x
        crossed = np.einsum("njp,nkq->jkpq", weighted, weighted)
        own = elements[:, p.visits[:, None], p.visits[None, :]]
        first -= np.tensordot(own, crossed, axes=2)
        through = np.einsum("rab,bc,scd->rsad", own, inverse, own, optimize=True)
        second += np.tensordot(through, crossed, axes=2)
    return first, second
