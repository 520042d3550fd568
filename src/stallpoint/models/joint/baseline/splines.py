"""Log hazards linear in their parameters: piecewise constant, and B-splines in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import BSpline

from stallpoint.models.joint.baseline.placed import Hazards, Placed
from stallpoint.numerics.quadrature import gauss_legendre_unit

Array = npt.NDArray[np.float64]

NODES_PER_INTERVAL = 5
DEGREE = 3


@dataclass(frozen=True)
class LogLinear:
    """log h0(t) = B(t)'psi. With degree 0 the functions are the indicators of the intervals between the knots.

    knots: inner knots; last: end of the longest follow-up, where the last interval ends.
    """

    knots: tuple[float, ...]
    last: float
    degree: int

    @property
    def names(self) -> tuple[str, ...]:
        """One per interval, or per B-spline."""
        return tuple(f"log hazard {index + 1}" for index in range(len(self.knots) + 1 + self.degree))

    @property
    def breaks(self) -> tuple[float, ...]:
        """The knots."""
        return self.knots

    def place(self, end: Array) -> Placed:
        """Nodes between the knots, as far as each person is followed."""
        points, weights = gauss_legendre_unit(NODES_PER_INTERVAL)
        edges = np.array([0.0, *self.knots, self.last])
        widths = np.maximum(np.minimum(edges[1:], end[:, None]) - edges[:-1], 0.0)
        nodes = (edges[:-1, None] + widths[..., None] * points).reshape(len(end), -1)
        node_weight = (widths[..., None] * weights).reshape(len(end), -1)
        empty = np.empty((len(end), 0))
        return Placed(end, nodes, node_weight, self._basis(end), self._basis(nodes), empty, empty[:, None, :])

    def evaluate(self, parameters: Array, placed: Placed) -> Hazards:
        """See `BaselineHazard`."""
        weight = placed.node_weight * np.exp(placed.design_nodes @ parameters)
        return Hazards(placed.design_end @ parameters, placed.design_end, weight, weight, placed.design_nodes)

    def start(self, log_rate: float) -> Array:
        """B-splines sum to one, so equal parameters make a constant hazard."""
        return np.full(len(self.names), log_rate)

    def _basis(self, times: Array) -> Array:
        """Shape (*times.shape, B). A time at an inner knot belongs to the interval that it ends, as in R's survival."""
        inside = np.clip(times, 0.0, self.last)
        if self.degree == 0:
            which = np.searchsorted(np.array(self.knots), inside, side="left")
            return np.eye(len(self.knots) + 1)[which]
        ends = (self.degree + 1) * [0.0], (self.degree + 1) * [self.last]
        spline = BSpline(np.array([*ends[0], *self.knots, *ends[1]]), np.eye(len(self.names)), self.degree)
        return np.asarray(spline(inside), dtype=np.float64)
