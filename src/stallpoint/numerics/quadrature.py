"""Nodes and weights: Gauss-Hermite and cubature for normal expectations, Gauss-Legendre and product integration for hazards.

A likelihood asks for the same rule at every evaluation, so each is computed once and kept, read-only.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LARGEST_GRID_DIMENSION = 3
"""Beyond this a tensor grid gives way to a cubature rule."""


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
def normal_rule(dimension: int, nodes: int) -> tuple[Array, Array]:
    """Points (K, dimension) and signed weights (K,) for the expectation of a function of a standard normal vector.

    Up to three dimensions the tensor grid of `nodes` points each; beyond, the rule of degree 5 with 2 d^2 + 1 points, exact for
    polynomials up to that degree. Some of its weights are negative for d > 4.

    Source: Lu & Darmofal (2004), doi:10.1137/S1064827503426863, equation of the degree 5 rule.
    """
    if dimension <= LARGEST_GRID_DIMENSION:
        points, log_weights = gauss_hermite_grid(nodes, dimension)
        return points, _read_only(np.exp(log_weights))
    return _degree_five(dimension)


@cache
def check_rule(dimension: int, nodes: int) -> tuple[Array, Array]:
    """A rule to hold against `normal_rule`: twice the nodes, or where that is a cubature rule, the same turned at random.

    A turned rule integrates the same polynomials exactly and errs differently in all else.
    """
    if dimension <= LARGEST_GRID_DIMENSION:
        return normal_rule(dimension, 2 * nodes)
    points, weights = _degree_five(dimension)
    turn = np.linalg.qr(np.random.default_rng(dimension).standard_normal((dimension, dimension)))[0]
    return _read_only(points @ turn), weights


@cache
def _degree_five(d: int) -> tuple[Array, Array]:
    axes = np.sqrt(d + 2) * np.eye(d)
    pairs = [
        np.sqrt((d + 2) / 2) * (first * np.eye(d)[i] + second * np.eye(d)[j])
        for i in range(d)
        for j in range(i)
        for first in (1, -1)
        for second in (1, -1)
    ]
    points = np.concatenate([np.zeros((1, d)), axes, -axes, np.array(pairs)])
    weights = np.concatenate([[2 / (d + 2)], np.full(2 * d, (4 - d) / (2 * (d + 2) ** 2)), np.full(len(pairs), 1 / (d + 2) ** 2)])
    return _read_only(points), _read_only(weights)


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
        factor, factor_slope = (shape - n) / (shape + n), 2 * n / (shape + n) / (shape + n)
        moments[n] = moments[n - 1] * factor
        slopes[n] = slopes[n - 1] * factor + moments[n - 1] * factor_slope
    return moments, slopes


def _read_only(array: Array) -> Array:
    array.setflags(write=False)
    return array
