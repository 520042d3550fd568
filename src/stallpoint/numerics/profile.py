"""Profile of a log likelihood over one parameter: the best that all others can do at each of its values.

The likelihood is asked for many points at once, so that a gradient is one look at it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.stats import chi2

Floats = npt.NDArray[np.float64]
LogLikelihood = Callable[[Floats], Floats]
"""From points (g, d) to values (g,)."""

STEP = 1e-4
MOST_STEPS = 60
DROP = float(chi2.ppf(0.95, 1)) / 2
"""How far the profile falls below its top at the ends of a 95% interval."""


def profile(log_likelihood: LogLikelihood, index: int, grid: Floats, start: Floats, bounds: Floats) -> Floats:
    """Largest log likelihood at each value of one parameter, shape (len(grid),).

    Each value starts from the optimum of its neighbour, once upwards and once downwards, and the better of both counts.

    Args:
        log_likelihood: of points (g, d).
        index: of the parameter that is held.
        grid: its values, in order.
        start: a point to begin from, shape (d,).
        bounds: of all parameters, shape (d, 2).
    """
    free = np.delete(np.arange(len(start)), index)
    best = np.full(len(grid), -np.inf)
    for order in (range(len(grid)), range(len(grid) - 1, -1, -1)):
        point = start.copy()
        for place in order:
            point[index] = grid[place]
            point, value = _climb(log_likelihood, point, free, bounds)
            best[place] = max(best[place], value)
    return best


def interval(grid: Floats, values: Floats) -> tuple[float | None, float | None]:
    """Where the profile falls by `DROP` below its top on either side; None where it does not within the grid."""
    drop = values - values.max() + DROP
    top = int(np.argmax(values))
    return _crossing(grid[top::-1], drop[top::-1]), _crossing(grid[top:], drop[top:])


def _crossing(grid: Floats, drop: Floats) -> float | None:
    below = np.flatnonzero(drop < 0)
    if not len(below):
        return None
    after = below[0]
    share = drop[after - 1] / (drop[after - 1] - drop[after])
    return float(grid[after - 1] + share * (grid[after] - grid[after - 1]))


def _climb(log_likelihood: LogLikelihood, point: Floats, free: npt.NDArray[np.int64], bounds: Floats) -> tuple[Floats, float]:
    if not len(free):
        return point, float(log_likelihood(point[None])[0])

    def loss(values: Floats) -> tuple[float, Floats]:
        points = np.tile(point, (len(free) + 1, 1))
        points[:, free] = values
        rows = np.arange(len(free))
        steps = np.where(values + STEP <= bounds[free, 1], STEP, -STEP)
        points[rows + 1, free] += steps
        found = log_likelihood(points)
        return -float(found[0]), -(found[1:] - found[0]) / steps

    done = minimize(loss, point[free], jac=True, method="L-BFGS-B", bounds=bounds[free], options={"maxiter": MOST_STEPS})  # type: ignore[call-overload]
    reached = point.copy()
    reached[free] = done.x
    return reached, -float(done.fun)
