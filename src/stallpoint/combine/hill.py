"""One drug's dose response, and two that share their untreated level.

Source: Hill (1910) J Physiol 40:iv; four parameters: what is left without drug and at very high doses, the dose of half effect, the slope.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.numerics.least_squares import LeastSquares, fit_least_squares

Array = npt.NDArray[np.float64]

NO_DOSE = -1e4
"""Stands for the logarithm of a dose of 0: its powers vanish, and so do their derivatives."""

STEEPEST, FLATTEST = 8.0, 0.2
FOLD_BEYOND = 30.0
"""A dose of half effect is looked for this far beyond the doses that were given."""

SPAN_BEYOND = 0.3
"""A level at very high doses is looked for this share of the data's range beyond the data."""

LARGEST_EXPONENT = 150.0
START_SLOPES = (0.6, 1.2, 2.5, 5.0)
START_PLACES = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
STARTS_KEPT = 3
RIDGE = 1e-10


def log_dose(dose: Array) -> Array:
    """Natural logarithm, with a number that stands for minus infinity at a dose of 0."""
    return np.where(dose > 0, np.log(np.where(dose > 0, dose, 1.0)), NO_DOSE)


def occupancy(logs: Array, log_half: Array, log_slope: Array) -> tuple[Array, Array, Array]:
    """(d/C)^h for logs (..., n) and parameters (m,): the power, its exponent and h, broadcast to (m, n) and (m, 1)."""
    slope = np.exp(log_slope)[:, None]
    exponent = np.clip(slope * (logs - log_half[:, None]), -4 * LARGEST_EXPONENT, LARGEST_EXPONENT)
    return np.exp(exponent), exponent, slope


def hill_levels(theta: Array, logs: Array) -> tuple[Array, Array]:
    """What is left (m, n), and its derivatives (m, 4, n).

    Args:
        theta: (m, 4): level untreated, level at very high doses, log dose of half effect, log slope.
        logs: log doses (n,) or (m, n).
    """
    power, exponent, slope = occupancy(logs, theta[:, 2], theta[:, 3])
    share = power / (1 + power)
    drop = (theta[:, 1] - theta[:, 0])[:, None]
    steep = drop * share * (1 - share)
    value = theta[:, 0, None] + drop * share
    return value, np.stack([1 - share, share, -slope * steep, exponent * steep], axis=1)


def dose_bounds(doses: Array) -> tuple[float, float]:
    """Log doses between which a dose of half effect is looked for."""
    given = doses[doses > 0]
    return float(np.log(given.min() / FOLD_BEYOND)), float(np.log(given.max() * FOLD_BEYOND))


def level_bounds(left: Array) -> tuple[float, float]:
    """Levels between which those at very high doses are looked for."""
    low, high = float(left.min()), float(left.max())
    room = SPAN_BEYOND * max(high - low, 1e-6)
    return low - room, high + room


SLOPE_BOUNDS = (float(np.log(FLATTEST)), float(np.log(STEEPEST)))


def linear_levels(shares: Array, left: Array) -> tuple[Array, Array]:
    """Levels (m, s) that fit best where each well is a mixture of s levels with shares (m, s, n), and sums of squares (m,).

    Args:
        shares: (m, s, n).
        left: (n,) or (m, n).
    """
    normal = shares @ shares.transpose(0, 2, 1)
    size = normal.shape[1]
    normal = normal + RIDGE * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(size)
    right = np.einsum("msn,...n->ms", shares, left) if left.ndim == 1 else np.einsum("msn,mn->ms", shares, left)
    levels = np.linalg.solve(normal, right[:, :, None])[:, :, 0]
    residual = left - np.einsum("ms,msn->mn", levels, shares)
    return levels, np.einsum("mn,mn->m", residual, residual)


def fit_hill(doses: Array, left: Array) -> LeastSquares:
    """One curve, from several starts; the best comes alone, shapes (1, ...).

    Args:
        doses: (n,), 0 among them.
        left: (n,).
    """
    logs = log_dose(doses)
    start = _start_hill(doses, logs, left)
    low, high = _hill_bounds(doses, left)
    start = np.clip(start, low, high)
    count = len(start)
    fit = fit_least_squares(
        lambda theta, _: hill_levels(theta, logs),
        np.broadcast_to(left, (count, len(left))),
        start,
        weight=np.ones((1, len(left))),
        low=low,
        high=high,
    )
    return keep_best(fit)


def keep_best(fit: LeastSquares) -> LeastSquares:
    """The search with the least sum of squares, alone."""
    best = int(np.argmin(fit.cost))
    return LeastSquares(fit.theta[best : best + 1], fit.cost[best : best + 1], fit.converged[best : best + 1])


def _hill_bounds(doses: Array, left: Array) -> tuple[Array, Array]:
    pairs = [level_bounds(left), level_bounds(left), dose_bounds(doses), SLOPE_BOUNDS]
    return np.array([low for low, _ in pairs]), np.array([high for _, high in pairs])


def _start_hill(doses: Array, logs: Array, left: Array) -> Array:
    """The best of a grid of half-effect doses and slopes, whose levels follow from linear algebra."""
    given = np.log(doses[doses > 0])
    places = given.min() + np.array(START_PLACES) * (given.max() - given.min())
    half, slope = (each.ravel() for each in np.meshgrid(places, np.log(START_SLOPES), indexing="ij"))
    power, _, _ = occupancy(logs, half, slope)
    share = power / (1 + power)
    levels, cost = linear_levels(np.stack([1 - share, share], axis=1), left)
    best = np.argsort(cost)[:STARTS_KEPT]
    return np.column_stack([levels[best], half[best], slope[best]])


def arm_levels(theta: Array, logs: Array) -> tuple[Array, Array]:
    """Two drugs alone with one untreated level: what is left (m, n), and its derivatives (m, 7, n).

    Args:
        theta: (m, 7): untreated; levels at very high doses of each; log doses of half effect; log slopes.
        logs: log doses (2, n), of which at most one is of a dose above 0.
    """
    second = logs[1] > logs[0]
    value, slope = hill_levels(theta[:, [0, 1, 3, 5]], logs[0])
    other, other_slope = hill_levels(theta[:, [0, 2, 4, 6]], logs[1])
    derivative = np.zeros((len(theta), 7, logs.shape[1]))
    derivative[:, [0, 1, 3, 5]] = np.where(second, 0.0, slope)
    derivative[:, [0, 2, 4, 6]] += np.where(second, other_slope, 0.0)
    return np.where(second, other, value), derivative


def fit_arms(doses: Array, left: Array) -> LeastSquares:
    """Both single curves of a pair with one untreated level; shapes (1, ...).

    Args:
        doses: (n, 2); wells with both drugs are not looked at.
        left: (n,).
    """
    low, high = arm_bounds(doses, left)
    alone = (doses > 0).sum(axis=1) <= 1
    doses, left = doses[alone], left[alone]
    starts = []
    for drug in (0, 1):
        curve = doses[:, 1 - drug] == 0
        starts.append(fit_hill(doses[curve, drug], left[curve]).theta[0])
    first, second = starts
    start = np.array([[(first[0] + second[0]) / 2, first[1], second[1], first[2], second[2], first[3], second[3]]])
    logs = log_dose(doses.T)
    return fit_least_squares(
        lambda theta, _: arm_levels(theta, logs), left[None], start, weight=np.ones((1, len(left))), low=low, high=high
    )


def refit_arms(doses: Array, left: Array, start: Array) -> Array:
    """Parameters (m, 7) of both single curves, for m sets of responses (m, n) of the same wells, from one start (7,)."""
    low, high = arm_bounds(doses, left)
    alone = (doses > 0).sum(axis=1) <= 1
    doses, left = doses[alone], left[:, alone]
    logs = log_dose(doses.T)
    fit = fit_least_squares(
        lambda theta, _: arm_levels(theta, logs),
        left,
        np.tile(start, (len(left), 1)),
        weight=np.ones((1, left.shape[1])),
        low=low,
        high=high,
        tolerance=1e-5,
    )
    return fit.theta


def arm_bounds(doses: Array, left: Array) -> tuple[Array, Array]:
    """Lower and upper bounds (7,) of the parameters of two single curves.

    `left` holds the wells with both drugs too: a drug that is not given high enough to show what it can do alone may show it there, and
    a bound that cut its curve short would make its own combination with itself look like synergy.
    """
    levels = [level_bounds(left)] * 3
    pairs = [*levels, dose_bounds(doses[:, 0]), dose_bounds(doses[:, 1]), SLOPE_BOUNDS, SLOPE_BOUNDS]
    return np.array([low for low, _ in pairs]), np.array([high for _, high in pairs])
