"""Derivatives of a caller's curve by the logarithms of its parameters, up to the third, from complex arguments.

For a function g of a real t, with zeta = exp(i pi/4) and a small r,

    g(+-r zeta) = g +- r zeta g' + i r^2 g''/2 +- i r^3 zeta g'''/6 - ...

so that the imaginary part of the sum of both holds g'' without subtracting two large numbers, and their difference holds g' in its real
and g''' in its imaginary part. Directions e_i, e_i +- e_j and e_i + e_j + e_k then determine every mixed derivative.

Source: Lai & Crassidis (2008), doi:10.1016/j.cam.2007.07.026 (steps along exp(i pi/4)).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations, combinations_with_replacement
from math import factorial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Curve = Callable[[Any], Any]
"""From parameters (P, ..., people, points or 1), real or complex, to values (..., people, points)."""

RADIUS = {2: 1e-3, 3: 4e-3}
"""Step by the highest order asked for: the third derivative loses r^-3 of its digits to rounding."""

COMPLEX_STEP = 1e-20


class Derivatives(NamedTuple):
    """Values (n, J); derivatives by A parameters: first (n, J, A), second (n, J, A, A), third (n, J, A, A, A) where asked for."""

    value: Array
    first: Array
    second: Array
    third: Array | None


def derivatives(curve: Curve, log_parameters: Array, active: tuple[int, ...], *, order: int) -> Derivatives:
    """All derivatives up to `order` (2 or 3) by the logarithms of the `active` parameters.

    Args:
        curve: the function.
        log_parameters: shape (P, n, J), or (P, n, 1) where parameters are the same at all points of a person.
        active: the A parameters to move.
        order: 2 or 3.
    """
    size, radius = len(active), RADIUS[order]
    directions, *solvers = _directions(size, order)
    turn = radius * np.exp(0.25j * np.pi)
    moves = np.zeros((len(log_parameters), len(directions), 1, 1))
    moves[list(active)] = directions.T[:, :, None, None]
    shifts = np.concatenate([0 * turn * moves[:, :1], turn * moves, -turn * moves], axis=1)
    here, *moved = np.asarray(curve(np.exp(log_parameters[:, None] + shifts)))
    ahead, behind = np.split(np.stack(moved), 2)
    odd = (ahead - behind) / (2 * turn)
    second = (ahead + behind).imag / radius**2
    third = 6 * odd.imag / radius**2
    return Derivatives(
        here.real,
        np.moveaxis(odd.real[:size], 0, -1),
        _solved(solvers[0], second, (size,) * 2),
        _solved(solvers[1], third, (size,) * 3) if order == 3 else None,
    )


def first_derivatives(curve: Curve, log_parameters: Array, active: tuple[int, ...]) -> tuple[Array, Array]:
    """Values (n, J) and first derivatives (n, J, A) alone, by the plain complex step.

    Source: Squire & Trapp (1998), doi:10.1137/S003614459631241X.
    """
    moves = np.zeros((len(log_parameters), len(active), 1, 1))
    moves[list(active)] = np.eye(len(active))[:, :, None, None]
    moved = np.asarray(curve(np.exp(log_parameters[:, None] + 1j * COMPLEX_STEP * moves)))
    return moved[0].real, np.moveaxis(moved.imag / COMPLEX_STEP, 0, -1)


def _solved(solver: Array, along: Array, shape: tuple[int, ...]) -> Array:
    """From derivatives along the directions (D, n, J) to the tensor (n, J, *shape)."""
    return np.tensordot(along, solver, axes=(0, 1)).reshape(*along.shape[1:], *shape)


@cache
def _directions(size: int, order: int) -> tuple[Array, ...]:
    """Directions (D, A), unit vectors first, and for each order from 2 the matrix (A**order, D) that turns derivatives into a tensor."""
    units = list(np.eye(size))
    pairs = [units[i] + sign * units[j] for i, j in combinations(range(size), 2) for sign in ((1, -1) if order == 3 else (1,))]
    triples = [units[i] + units[j] + units[k] for i, j, k in combinations(range(size), 3)] if order == 3 else []
    directions = np.array([*units, *pairs, *triples])
    return directions, *(_tensor_solver(directions, degree) for degree in range(2, order + 1))


def _tensor_solver(directions: Array, degree: int) -> Array:
    """The derivative of a degree along d is the sum over index sets of (how often each occurs) * d_i d_j .. * the tensor's entry."""
    size = directions.shape[1]
    sets = list(combinations_with_replacement(range(size), degree))
    often = [factorial(degree) / np.prod([factorial(one.count(i)) for i in set(one)]) for one in sets]
    monomials = np.stack([count * directions[:, list(one)].prod(axis=1) for count, one in zip(often, sets, strict=True)], axis=1)
    place = {one: row for row, one in enumerate(sets)}
    every = [tuple(sorted(index)) for index in np.ndindex(*(size,) * degree)]
    return np.asarray(np.linalg.pinv(monomials)[[place[one] for one in every]], dtype=np.float64)
