"""MuSyC for three drugs: eight states on the corners of a cube, solved at steady state, with exact derivatives by the adjoint.

The rates are those of two drugs (`musyc.py`): into a state (alpha d/C)^h, back 1. An alpha stands on each edge that adds a drug where
others are already: nine of them. Source: Wooten et al. (2021) Nat Commun 12:4607, doi:10.1038/s41467-021-24789-z; recalled.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.combine.hill import (
    LARGEST_EXPONENT,
    SLOPE_BOUNDS,
    dose_bounds,
    fit_hill,
    keep_best,
    level_bounds,
    linear_levels,
    log_dose,
)
from stallpoint.combine.musyc import SHIFT_BOUND
from stallpoint.numerics.least_squares import LeastSquares, Rows, fit_least_squares

Array = npt.NDArray[np.float64]

STATES = range(8)
"""Bit i of a state says that drug i is there."""

EDGES = tuple((drug, state) for drug in range(3) for state in STATES if not state & (1 << drug))
"""Each way to add a drug to a state; the first of each drug's four adds it to untouched cells and has no alpha."""

SHIFTED = tuple((drug, state) for drug, state in EDGES if state)
"""The edges with an alpha, in the order of the last nine parameters."""

LEVELS, HALVES, SLOPES, SHIFTS = slice(0, 8), slice(8, 11), slice(11, 14), slice(14, 23)
PARAMETERS = 23
START_SHIFTS = (-2.0, 0.0, 2.0)


def musyc_three_levels(theta: Array, logs: Array) -> tuple[Array, Array]:
    """What is left (m, n), and its derivatives (m, 23, n).

    Args:
        theta: (m, 23): levels of the eight states, log doses of half effect (3), log slopes (3), log alphas (9, in order of `SHIFTED`).
        logs: log doses (3, n).
    """
    exponents = _exponents(theta, logs)
    rates = np.exp(exponents)
    balance = _balance(rates)
    one = np.zeros((*balance.shape[:-1], 1))
    one[..., 0, 0] = 1
    shares = np.linalg.solve(balance, one)[..., 0]
    levels = np.broadcast_to(theta[:, None, LEVELS, None], (*shares.shape, 1))
    adjoint = np.linalg.solve(balance.swapaxes(-1, -2), levels)[..., 0]
    adjoint[..., 0] = 0  # the first balance is the sum of shares, which no rate enters
    value = np.einsum("mns,ms->mn", shares, theta[:, LEVELS])
    derivative = np.zeros((len(theta), PARAMETERS, logs.shape[1]))
    derivative[:, LEVELS] = shares.transpose(0, 2, 1)
    slopes = np.exp(theta[:, SLOPES])
    for edge, (drug, state) in enumerate(EDGES):
        lifted = adjoint[..., state] - adjoint[..., state | (1 << drug)]
        by_exponent = lifted * shares[..., state] * rates[:, edge]
        hill = slopes[:, drug, None]
        derivative[:, 8 + drug] -= hill * by_exponent
        derivative[:, 11 + drug] += exponents[:, edge] * by_exponent
        if state:
            derivative[:, 14 + SHIFTED.index((drug, state))] = hill * by_exponent
    return value, derivative


def _exponents(theta: Array, logs: Array) -> Array:
    """Logs of the rates (m, 12, n) of all edges."""
    slopes = np.exp(theta[:, SLOPES])
    rows = []
    for drug, state in EDGES:
        shift = theta[:, 14 + SHIFTED.index((drug, state))] if state else np.zeros(len(theta))
        rows.append(slopes[:, drug, None] * (logs[drug] - theta[:, 8 + drug, None] + shift[:, None]))
    return np.asarray(np.clip(np.stack(rows, axis=1), -4 * LARGEST_EXPONENT, LARGEST_EXPONENT / 4))


def _balance(rates: Array) -> Array:
    """Balance of the states (m, n, 8, 8), whose first row is the sum of shares."""
    balance = np.zeros((rates.shape[0], rates.shape[2], 8, 8))
    for edge, (drug, state) in enumerate(EDGES):
        filled = state | (1 << drug)
        balance[..., state, state] -= rates[:, edge]
        balance[..., filled, state] += rates[:, edge]
        balance[..., filled, filled] -= 1
        balance[..., state, filled] += 1
    balance[..., 0, :] = 1
    return balance


def fit_musyc_three(doses: Array, left: Array) -> LeastSquares:
    """The surface of three drugs, from three starts; shapes (1, ...).

    Args:
        doses: (n, 3), each drug alone among them.
        left: (n,).
    """
    logs = log_dose(doses.T)
    singles = [_single(doses, left, drug) for drug in range(3)]
    starts = np.zeros((len(START_SHIFTS), PARAMETERS))
    starts[:, HALVES] = [single[2] for single in singles]
    starts[:, SLOPES] = [single[3] for single in singles]
    starts[:, SHIFTS] = np.array(START_SHIFTS)[:, None]
    starts[:, LEVELS], _ = linear_levels(_state_shares(starts, logs), left)
    low, high = _bounds(doses, left)

    def model(theta: Array, _: Rows) -> tuple[Array, Array]:
        return musyc_three_levels(theta, logs)

    observed = np.broadcast_to(left, (len(starts), len(left)))
    weight = np.ones((1, len(left)))
    return keep_best(fit_least_squares(model, observed, starts, weight=weight, low=low, high=high, most_steps=100))


def _single(doses: Array, left: Array, drug: int) -> Array:
    others = np.delete(doses, drug, axis=1)
    curve = (others == 0).all(axis=1)
    return np.asarray(fit_hill(doses[curve, drug], left[curve]).theta[0])


def _state_shares(theta: Array, logs: Array) -> Array:
    return np.asarray(musyc_three_levels(theta, logs)[1][:, LEVELS])


def _bounds(doses: Array, left: Array) -> tuple[Array, Array]:
    pairs = [level_bounds(left)] * 8 + [dose_bounds(doses[:, drug]) for drug in range(3)]
    pairs += [SLOPE_BOUNDS] * 3 + [(-SHIFT_BOUND, SHIFT_BOUND)] * 9
    return np.array([low for low, _ in pairs]), np.array([high for _, high in pairs])


def refit_musyc_three(doses: Array, left: Array, start: Array) -> Array:
    """Parameters (m, 23) for m sets of responses (m, n) of the same wells, from one start (23,)."""
    logs = log_dose(doses.T)
    low, high = _bounds(doses, left)

    def model(theta: Array, _: Rows) -> tuple[Array, Array]:
        return musyc_three_levels(theta, logs)

    starts, weight = np.tile(start, (len(left), 1)), np.ones((1, left.shape[1]))
    return fit_least_squares(model, left, starts, weight=weight, low=low, high=high, tolerance=1e-5, most_steps=30).theta
