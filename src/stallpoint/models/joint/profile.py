"""Profile-likelihood intervals: all the values of one parameter that a likelihood-ratio test does not reject.

They need no symmetry and keep their level where a normal interval does not, as with few deaths.

Source: Venzon & Moolgavkar (1988), doi:10.2307/2347496.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import chi2

from stallpoint.core.errors import FitError
from stallpoint.models.joint.fit import JointFit, build_objective
from stallpoint.numerics.newton import climb

Array = npt.NDArray[np.float64]

WIDEST = 12.0
"""Standard errors from the estimate within which an end is looked for."""

END_TOLERANCE = 1e-3
"""Tolerance of an end, in standard errors."""


def profile_interval(fit: JointFit, part: str, term: str, *, level: float = 0.95) -> tuple[float, float]:
    """Interval of a coefficient; an end is infinite where the likelihood stays high as far as it was followed.

    Only for parameters that stand in the vector on the scale they are read on: longitudinal, event, association, scale.

    Raises:
        FitError: no such parameter, or the fit has no standard errors.
    """
    names = fit.design.layout.names()
    if (part, term) not in names or part in ("random", "residual", "threshold"):
        raise FitError(f"{part} {term!r} has no profile interval", where="profile", rows=[": ".join(name) for name in names])
    index = names.index((part, term))
    std_error = float(np.sqrt(fit.covariance[index, index]))
    if not np.isfinite(std_error):
        raise FitError("the fit is not identified", where="profile", do="see its checks")
    return _end(fit, index, -std_error, level), _end(fit, index, std_error, level)


def _end(fit: JointFit, index: int, step: float, level: float) -> float:
    """Where twice the drop of the profile reaches the quantile, walking in the step's direction."""
    objective = build_objective(fit.design, fit.data, fit.prior)
    top = objective(fit.theta)[0]
    others = np.arange(len(fit.theta)) != index
    curvature = np.asarray(-np.linalg.inv(fit.covariance), dtype=np.float64)
    along = fit.covariance[:, index] / fit.covariance[index, index]
    bound = float(np.sqrt(chi2.ppf(level, 1)))
    warm = {0.0: fit.theta}

    def beyond(distance: float) -> float:
        nearest = min(warm, key=lambda known: abs(known - distance))
        start = warm[nearest] + along * (distance - nearest) * step

        def inner(free: Array) -> tuple[float, Array]:
            whole = start.copy()
            whole[others] = free
            value, gradient = objective(whole)
            return value, gradient[others]

        found, _ = climb(inner, start[others], curvature=curvature[np.ix_(others, others)])
        start[others] = found
        warm[distance] = start
        return float(np.sqrt(max(2 * (top - objective(start)[0]), 0.0))) - bound

    far = bound
    while beyond(far) < 0:
        far *= 1.5
        if far > WIDEST:
            return float(np.sign(step) * np.inf)
    near = max(known for known in warm if known < far)
    return float(fit.theta[index] + step * brentq(beyond, near, far, xtol=END_TOLERANCE))
