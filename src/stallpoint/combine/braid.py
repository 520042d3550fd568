"""BRAID: a surface of single curves and one number of interaction, kappa (above 0 synergy, below 0 antagonism, at least -2).

Source: Twarog, Stewart, Hammill & Shelat (2016) Sci Rep 6:25523, doi:10.1038/srep25523; recalled.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.combine.hill import SLOPE_BOUNDS, dose_bounds, keep_best, level_bounds, log_dose
from stallpoint.numerics.least_squares import LeastSquares, Rows, fit_least_squares

Array = npt.NDArray[np.float64]

PARAMETERS = ("e0", "e1", "e2", "e3", "log_c1", "log_c2", "log_h1", "log_h2", "kappa")
"""Levels left untreated, under each drug and under both; doses of half effect; slopes; interaction. Logarithms are natural."""

LEAST_KAPPA, MOST_KAPPA = -1.96, 100.0
START_KAPPAS = (-1.0, 0.0, 2.0)
STEP = 1e-30
TINY = 1e-100
LARGEST_EXPONENT = 200.0


def braid_levels(theta: Array, logs: Array) -> tuple[Array, Array]:
    """What is left (m, n), and its derivatives (m, 9, n) by complex steps, exact to rounding.

    Args:
        theta: (m, 9) in the order of `PARAMETERS`.
        logs: log doses (2, n).
    """
    value = np.asarray(_levels(theta, logs), dtype=np.float64)
    derivative = np.empty((len(theta), len(PARAMETERS), logs.shape[1]))
    for column in range(len(PARAMETERS)):
        moved = theta.astype(complex)
        moved[:, column] += 1j * STEP
        derivative[:, column] = _levels(moved, logs).imag / STEP
    return value, derivative


def _levels(theta: npt.NDArray[np.inexact], logs: Array) -> npt.NDArray[np.inexact]:
    e0, e1, e2, e3 = (theta[:, column, None] for column in range(4))
    reach = np.where(e3 == e0, TINY, e3 - e0)
    mean_slope = np.exp((theta[:, 6] + theta[:, 7]) / 2)[:, None]
    parts = [_scaled_effect((each - e0) / reach, theta, logs, drug) / mean_slope for drug, each in enumerate((e1, e2))]
    roots = [np.exp(part) for part in parts]
    total = roots[0] + roots[1] + theta[:, 8, None] * np.exp((parts[0] + parts[1]) / 2)
    power = np.exp(_clip(mean_slope * np.log(total + TINY)))
    result: npt.NDArray[np.inexact] = e0 + (e3 - e0) * power / (1 + power)
    return result


def _scaled_effect(
    share: npt.NDArray[np.inexact], theta: npt.NDArray[np.inexact], logs: Array, drug: int
) -> npt.NDArray[np.inexact]:
    """Log of the dose of the stronger drug's kind that does what this dose does, to the power of the slope."""
    share = np.where(share.real < TINY, TINY, np.where(share.real > 1, 1.0, share))
    power = np.exp(_clip(np.exp(theta[:, 6 + drug, None]) * (logs[drug] - theta[:, 4 + drug, None])))
    result: npt.NDArray[np.inexact] = np.log(share * power / (1 + (1 - share) * power) + TINY)
    return result


def _clip(exponent: npt.NDArray[np.inexact]) -> npt.NDArray[np.inexact]:
    """Held where its power could overflow; what is beyond has no slope."""
    inside = np.abs(exponent.real) < LARGEST_EXPONENT
    return np.where(inside, exponent, np.clip(exponent.real, -LARGEST_EXPONENT, LARGEST_EXPONENT))


def fit_braid(doses: Array, left: Array, start: Array) -> LeastSquares:
    """Surfaces for m sets of responses (m, n) of the same wells.

    Args:
        doses: (n, 2).
        left: (m, n).
        start: (7,) single curves, for several starts of one set; or (9,) a surface to start all sets from.
    """
    logs = log_dose(doses.T)
    low, high = _bounds(doses, left)

    def model(theta: Array, _: Rows) -> tuple[Array, Array]:
        return braid_levels(theta, logs)

    if len(start) == len(PARAMETERS):
        starts = np.tile(start, (len(left), 1))
        return fit_least_squares(
            model, left, starts, weight=np.ones((1, left.shape[1])), low=low, high=high, tolerance=1e-5, most_steps=30
        )
    corner = left[0, doses.prod(axis=1).argmax()]
    starts = np.array([[*start[:3], corner, *start[3:], kappa] for kappa in START_KAPPAS])
    targets = np.broadcast_to(left, (len(starts), left.shape[1]))
    return keep_best(fit_least_squares(model, targets, starts, weight=np.ones((1, left.shape[1])), low=low, high=high))


def _bounds(doses: Array, left: Array) -> tuple[Array, Array]:
    pairs = [level_bounds(left)] * 4
    pairs += [dose_bounds(doses[:, 0]), dose_bounds(doses[:, 1]), SLOPE_BOUNDS, SLOPE_BOUNDS, (LEAST_KAPPA, MOST_KAPPA)]
    return np.array([low for low, _ in pairs]), np.array([high for _, high in pairs])
