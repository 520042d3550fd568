"""Nodes and weights: Gauss-Hermite for normal expectations, Gauss-Legendre and product integration for hazards.

A likelihood asks for the same rule at every evaluation, so each is computed once and kept, read-only.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@cache
def gauss_hermite_grid(nodes: int, dimension: int) -> tuple[Array, Array]:
    """Tensor grid for the expectation of a function of a standard normal vector.

    Returns:
        Points of shape (nodes**dimension, dimension) and log-weights of shape (nodes**dimension,); the weights sum to 1.

    Source: Golub & Welsch (1969), doi:10.1090/S0025-5718-69-99647-1.
    """
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    log_weights = np.log(weights) - 0.5 * np.log(2 * np.pi)
    grid = np.stack(np.meshgrid(*[points] * dimension, indexing="ij"), axis=-1).reshape(-1, dimension)
    log_grid = np.stack(np.meshgrid(*[log_weights] * dimension, indexing="ij"), axis=-1).reshape(-1, dimension)
    return _read_only(grid), _read_only(log_grid.sum(axis=1))


@cache
def gauss_legendre_unit(nodes: int) -> tuple[Array, Array]:
    """Points and weights, shape (nodes,), for an integral from 0 to 1."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    return _read_only(0.5 * (points + 1)), _read_only(0.5 * weights)


@cache
def power_weight_matrix(nodes: int) -> Array:
    """Product integration against the Weibull weight: integral of k u^(k-1) f(u) over 0..1, for any shape k > 0.

    A Weibull hazard with shape k is singular or flat at 0, which spoils ordinary rules. Here f alone is interpolated, by Legendre
    polynomials through the Gauss-Legendre points, and the weight is integrated exactly: the shifted Legendre polynomial of degree n
    has the moment prod_{i=1..n} (k - i) / (k + i). The points do not move with k, so a design evaluated at them is reusable.

    Returns:
        Matrix C of shape (nodes, nodes); the weights for shape k are C @ moments(k), with moments from `power_moments`.
    """
    points, weights = gauss_legendre_unit(nodes)
    legendre = np.polynomial.legendre.legvander(2 * points - 1, nodes - 1)
    return _read_only(weights[:, None] * legendre * (2 * np.arange(nodes) + 1))


def power_moments(shape: float, nodes: int) -> tuple[Array, Array]:
    """Moments of the shifted Legendre polynomials of degree 0 to nodes-1 under the density shape * u^(shape-1), and d/dshape of each.

    They follow from M_n = M_(n-1) (k - n) / (k + n), which has no singularity at whole k.
    """
    moments, slopes = np.ones(nodes), np.zeros(nodes)
    for n in range(1, nodes):
        factor, factor_slope = (shape - n) / (shape + n), 2 * n / (shape + n) ** 2
        moments[n] = moments[n - 1] * factor
        slopes[n] = slopes[n - 1] * factor + moments[n - 1] * factor_slope
    return moments, slopes


def _read_only(array: Array) -> Array:
    array.setflags(write=False)
    return array
