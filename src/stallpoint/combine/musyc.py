"""MuSyC for two drugs: four states of a cell, and what is left in each.

States: untouched, taken by drug 1, by drug 2, by both. Rates into a drug's state are (d/C)^h, and (alpha d/C)^h where the other drug is
there already; all rates back are 1, which matters where the two alphas differ, for then there is no detailed balance. The steady state
is written down by the spanning trees of the square of states (Kirchhoff's theorem), so no linear system is solved.

Source: Meyer et al. (2019) Cell Syst 8:97, doi:10.1016/j.cels.2019.01.003; Wooten et al. (2021) Nat Commun 12:4607,
doi:10.1038/s41467-021-24789-z; recalled. The exponents gamma of the later paper are 1 here: two more parameters per pair than a
matrix of usual size tells.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.combine.hill import (
    LARGEST_EXPONENT,
    SLOPE_BOUNDS,
    dose_bounds,
    keep_best,
    level_bounds,
    linear_levels,
    log_dose,
    occupancy,
)
from stallpoint.numerics.least_squares import LeastSquares, fit_least_squares

Array = npt.NDArray[np.float64]

PARAMETERS = ("e0", "e1", "e2", "e3", "log_c1", "log_c2", "log_h1", "log_h2", "log_alpha21", "log_alpha12")
"""Levels left untreated, under each drug and under both; doses of half effect; slopes; by what drug 2 multiplies the potency of drug 1
(alpha21), and drug 1 that of drug 2 (alpha12). Logarithms are natural."""

SHIFT_BOUND = float(np.log(1e4))
START_SHIFTS = (-4.0, -1.5, 0.0, 1.5, 4.0)
STARTS_KEPT = 4


def musyc_levels(theta: Array, logs: Array) -> tuple[Array, Array]:
    """What is left (m, n), and its derivatives (m, 10, n).

    Args:
        theta: (m, 10) in the order of `PARAMETERS`.
        logs: log doses (2, n).
    """
    powers = _powers(theta, logs)
    weights, slopes = _state_weights(*(power for power, _, _ in powers))
    total = weights.sum(axis=1)
    shares = weights / total[:, None]
    levels = theta[:, :4, None]
    value = (levels * shares).sum(axis=1)
    lifted = (levels - value[:, None]) / total[:, None]
    by_power = [power * (lifted * slope).sum(axis=1) for (power, _, _), slope in zip(powers, slopes, strict=True)]
    derivative = np.empty((len(theta), 10, logs.shape[1]))
    derivative[:, :4] = shares
    for drug, (alone, with_other) in enumerate(((0, 2), (1, 3))):
        hill = powers[alone][2]
        derivative[:, 4 + drug] = -hill * (by_power[alone] + by_power[with_other])
        derivative[:, 6 + drug] = powers[alone][1] * by_power[alone] + powers[with_other][1] * by_power[with_other]
        derivative[:, 8 + drug] = hill * by_power[with_other]
    return value, derivative


def _powers(theta: Array, logs: Array) -> list[tuple[Array, Array, Array]]:
    """(d/C)^h of drug 1 alone, drug 2 alone, drug 1 beside 2, drug 2 beside 1; each with its exponent and h."""
    alone = [occupancy(logs[drug], theta[:, 4 + drug], theta[:, 6 + drug]) for drug in (0, 1)]
    beside = []
    for drug, (_, exponent, hill) in enumerate(alone):
        shifted = np.clip(exponent + hill * theta[:, 8 + drug, None], -4 * LARGEST_EXPONENT, LARGEST_EXPONENT)
        beside.append((np.exp(shifted), shifted, hill))
    return alone + beside


def _state_weights(a: Array, c: Array, a2: Array, c2: Array) -> tuple[Array, list[Array]]:
    """Weights (m, 4, n) of the states, and their derivatives by each of the four rates.

    Args:
        a: rate of drug 1 into untouched cells.
        c: rate of drug 2 into untouched cells.
        a2: rate of drug 1 where drug 2 is.
        c2: rate of drug 2 where drug 1 is.
    """
    both = a + c
    zero, one = np.zeros_like(a), np.ones_like(a)
    weights = np.stack(
        [2 + a2 + c2, 2 * a + a2 * both, 2 * c + c2 * both, a2 * c2 * both + c * a2 + a * c2],
        axis=1,
    )
    slopes = [
        np.stack([zero, 2 + a2, c2, a2 * c2 + c2], axis=1),
        np.stack([zero, a2, 2 + c2, a2 * c2 + a2], axis=1),
        np.stack([one, both, zero, c2 * both + c], axis=1),
        np.stack([one, zero, both, a2 * both + a], axis=1),
    ]
    return weights, slopes


def state_shares(theta: Array, logs: Array) -> Array:
    """Shares (m, 4, n) of cells untouched, under drug 1, under drug 2, under both."""
    weights, _ = _state_weights(*(power for power, _, _ in _powers(theta, logs)))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def efficacy_shift(theta: Array) -> Array:
    """Beta (m,): how much less is left under both than under the stronger drug, over what the stronger one takes away."""
    strongest = np.minimum(theta[:, 1], theta[:, 2])
    return (strongest - theta[:, 3]) / (theta[:, 0] - strongest)


def musyc_bounds(doses: Array, left: Array) -> tuple[Array, Array]:
    """Lower and upper bounds (10,) of the parameters."""
    pairs = [level_bounds(left)] * 4
    pairs += [dose_bounds(doses[:, 0]), dose_bounds(doses[:, 1]), SLOPE_BOUNDS, SLOPE_BOUNDS]
    pairs += [(-SHIFT_BOUND, SHIFT_BOUND)] * 2
    return np.array([low for low, _ in pairs]), np.array([high for _, high in pairs])


def fit_musyc(doses: Array, left: Array, arms: Array) -> LeastSquares:
    """The surface, from a grid of potency shifts; shapes (1, ...).

    Args:
        doses: (n, 2).
        left: (n,).
        arms: (7,) parameters of the single curves.
    """
    logs = log_dose(doses.T)
    low, high = musyc_bounds(doses, left)
    start = np.clip(_start_musyc(logs, left, arms), low, high)
    fit = fit_least_squares(
        lambda theta, _: musyc_levels(theta, logs),
        np.broadcast_to(left, (len(start), len(left))),
        start,
        weight=np.ones((1, len(left))),
        low=low,
        high=high,
        most_steps=150,
    )
    return keep_best(fit)


def _start_musyc(logs: Array, left: Array, arms: Array) -> Array:
    first, second = (each.ravel() for each in np.meshgrid(START_SHIFTS, START_SHIFTS, indexing="ij"))
    theta = np.zeros((len(first), 10))
    theta[:, 4:8] = arms[3:]
    theta[:, 8], theta[:, 9] = first, second
    theta[:, :4], cost = linear_levels(state_shares(theta, logs), left)
    return theta[np.argsort(cost)[:STARTS_KEPT]]


def refit_musyc(doses: Array, left: Array, start: Array) -> LeastSquares:
    """Surfaces for m sets of responses (m, n) of the same wells, from one start (10,)."""
    logs = log_dose(doses.T)
    low, high = musyc_bounds(doses, left)
    return fit_least_squares(
        lambda theta, _: musyc_levels(theta, logs),
        left,
        np.tile(start, (len(left), 1)),
        weight=np.ones((1, left.shape[1])),
        low=low,
        high=high,
        tolerance=1e-5,
        most_steps=40,
    )
