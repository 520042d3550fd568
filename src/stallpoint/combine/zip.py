"""Zero interaction potency: does each drug change the dose response of the other?

For every dose of one drug the response along the other is fitted by a curve that starts where the first drug alone has brought the
level. Two such fits, one along each drug, are averaged; delta is what the unchanged curves would leave, multiplied, less that average.
Source: Yadav, Wennerberg, Aittokallio & Tang (2015) Comput Struct Biotechnol J 13:504, doi:10.1016/j.csbj.2015.09.001; recalled. As in
later practice the largest effect of the second drug is fitted, not fixed at 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.combine.hill import SLOPE_BOUNDS, dose_bounds, level_bounds, log_dose, occupancy
from stallpoint.combine.references import bliss, fitted_arms
from stallpoint.numerics.least_squares import Rows, fit_least_squares

Array = npt.NDArray[np.float64]

LEAST_DOSES = 3
"""A curve of three parameters whose start is fixed needs as many doses."""

START_MOVES = (0.0, -1.5, 1.5)
"""Shifts of the log dose of half effect from which a conditional curve is looked for."""


def zip_excess(doses: Array, left: Array, arms: Array) -> Array:
    """Delta (m, n) over the untreated level; NaN in wells of single drugs and where a row and a column are both too short.

    Args:
        doses: (n, 2).
        left: (m, n) sets of responses of the same wells.
        arms: (m, 7) parameters of the single curves of each set.
    """
    along = np.stack([_conditional(doses, left, arms, moving) for moving in (0, 1)])
    known = np.isfinite(along)
    count = known.sum(axis=0)
    fitted = np.where(known, along, 0.0).sum(axis=0) / np.maximum(count, 1)
    first, second = fitted_arms(arms, doses)
    delta = (bliss(first, second, arms[:, :1]) - fitted) / arms[:, :1]
    return np.where(count > 0, delta, np.nan)


def _conditional(doses: Array, left: Array, arms: Array, moving: int) -> Array:
    """What the fits along one drug leave, for every fixed dose of the other, (m, n); NaN where there is none."""
    fixed = doses[:, 1 - moving]
    together = (doses > 0).all(axis=1)
    groups = [np.flatnonzero(together & (fixed == dose)) for dose in np.unique(fixed[together])]
    groups = [group for group in groups if len(np.unique(doses[group, moving])) >= LEAST_DOSES]
    result = np.full(left.shape, np.nan)
    if not groups:
        return result
    width = max(len(group) for group in groups)
    sets, curves = len(left), len(groups)
    wells = np.array([np.resize(group, width) for group in groups])
    weight = np.array([np.arange(width) < len(group) for group in groups], dtype=float)
    logs = log_dose(doses[:, moving])[wells]
    from_level = fitted_arms(arms, doses[wells[:, 0]])[1 - moving].reshape(-1)
    target = left[:, wells].reshape(-1, width)
    low, high = _bounds(doses[:, moving], left)

    def model(theta: Array, rows: Rows) -> tuple[Array, Array]:
        power, exponent, slope = occupancy(logs[rows % curves], theta[:, 1], theta[:, 2])
        share = power / (1 + power)
        start = from_level[rows, None]
        steep = (theta[:, :1] - start) * share * (1 - share)
        return start + (theta[:, :1] - start) * share, np.stack([share, -slope * steep, exponent * steep], axis=1)

    best, cost = np.zeros((sets * curves, width)), np.full(sets * curves, np.inf)
    for move in START_MOVES:
        half = np.repeat(arms[:, 3 + moving] + move, curves)
        start = np.column_stack([target.min(axis=1), half, np.repeat(arms[:, 5 + moving], curves)])
        fit = fit_least_squares(model, target, start, weight=np.tile(weight, (sets, 1)), low=low, high=high, tolerance=1e-6)
        better = fit.cost < cost
        best[better] = model(fit.theta[better], np.flatnonzero(better))[0]
        cost = np.minimum(cost, fit.cost)
    result[:, wells] = best.reshape(sets, curves, width)
    return result


def _bounds(moving: Array, left: Array) -> tuple[Array, Array]:
    pairs = [level_bounds(left), dose_bounds(moving), SLOPE_BOUNDS]
    return np.array([low for low, _ in pairs]), np.array([high for _, high in pairs])
