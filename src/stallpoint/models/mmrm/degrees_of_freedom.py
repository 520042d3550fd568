"""How far a small trial's t and F tests can be trusted: Kenward-Roger and Satterthwaite.

The covariance of the coefficients is computed as if Sigma were known. Kenward and Roger widen it for Sigma being estimated and give
each test the degrees of freedom that match; Satterthwaite gives degrees of freedom only. For a covariance matrix whose elements are
themselves the parameters, second derivatives of V vanish and the linear form of Kenward and Roger is exact.

Sources: Kenward & Roger (1997), doi:10.2307/2533558; Fai & Cornelius (1996), doi:10.1080/00949659608811740.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curvature:
    """What both methods need: covariance (p, p) of beta with Sigma known, first P (r, p, p), second Q (r, r, p, p), and the covariance
    (r, r) of the elements of Sigma, from the observed information.
    """

    covariance: Array
    first: Array
    second: Array
    of_sigma: Array


def adjusted_covariance(c: Curvature) -> Array:
    """Covariance of the coefficients, widened for Sigma being estimated."""
    middle = np.einsum("rs,rspq->pq", c.of_sigma, c.second)
    middle -= np.einsum("rs,rpa,ab,sbq->pq", c.of_sigma, c.first, c.covariance, c.first, optimize=True)
    widened = c.covariance + 2 * c.covariance @ middle @ c.covariance
    return np.asarray(0.5 * (widened + widened.T), dtype=np.float64)


def satterthwaite(c: Curvature, contrast: Array) -> float:
    """Degrees of freedom of one contrast (p,)."""
    along = c.covariance @ contrast
    slope = -np.einsum("p,rpq,q->r", along, c.first, along)
    return float(2 * (contrast @ along) ** 2 / (slope @ c.of_sigma @ slope))


def kenward_roger(c: Curvature, contrasts: Array) -> tuple[float, float]:
    """Degrees of freedom of the denominator, and the factor on F, for contrasts (l, p) tested together."""
    count = len(contrasts)
    theta = contrasts.T @ np.linalg.solve(contrasts @ c.covariance @ contrasts.T, contrasts)
    moved = np.einsum("pa,ab,rbc,cd->rpd", theta, c.covariance, c.first, c.covariance, optimize=True)
    traces = np.trace(moved, axis1=1, axis2=2)
    a1 = float(traces @ c.of_sigma @ traces)
    a2 = float(np.einsum("rs,rpq,sqp->", c.of_sigma, moved, moved, optimize=True))
    b = (a1 + 6 * a2) / (2 * count)
    g = ((count + 1) * a1 - (count + 4) * a2) / ((count + 2) * a2)
    below = 3 * count + 2 * (1 - g)
    c1, c2, c3 = g / below, (count - g) / below, (count + 2 - g) / below
    mean = 1 / (1 - a2 / count)
    variance = (2 / count) * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
    ratio = variance / (2 * mean**2)
    freedom = 4 + (count + 2) / (count * ratio - 1)
    return float(freedom), float(freedom / (mean * (freedom - 2)))
