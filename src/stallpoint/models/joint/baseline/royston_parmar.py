"""Royston and Parmar's baseline: the log cumulative hazard is a natural cubic spline in log time.

h0(t) = d/dt exp{s(log t)} = exp{s(x)} s'(x) / t at x = log t. In a joint model this is the baseline of a proportional hazard: the measure
multiplies h0, it does not add to the log cumulative hazard.

Source: Royston & Parmar (2002), doi:10.1002/sim.1203.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.baseline.placed import Hazards, Placed
from stallpoint.numerics.quadrature import gauss_legendre_unit

Array = npt.NDArray[np.float64]

FIRST_NODES = 11
NODES_PER_INTERVAL = 6
FIRST_POWER = 4
"""t = first knot times v^4: near 0 the hazard is a power of time, and this makes it smooth enough for the rule in v."""


@dataclass(frozen=True)
class RoystonParmar:
    """knots: all knots on the scale of time, first and last included. Below the first the hazard is Weibull's."""

    knots: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Intercept, slope in log time, and one coefficient per inner knot."""
        return tuple(f"log cumulative hazard {index + 1}" for index in range(len(self.knots)))

    @property
    def breaks(self) -> tuple[float, ...]:
        """The knots."""
        return self.knots

    def place(self, end: Array) -> Placed:
        """Nodes to the first knot with the substitution, then between knots, then past the last one."""
        points, weights = gauss_legendre_unit(FIRST_NODES)
        first = np.minimum(end, self.knots[0])[:, None]
        nodes = [first * points**FIRST_POWER]
        node_weight = [first * FIRST_POWER * points ** (FIRST_POWER - 1) * weights]
        points, weights = gauss_legendre_unit(NODES_PER_INTERVAL)
        for low, high in zip(self.knots, (*self.knots[1:], np.inf), strict=True):
            width = np.maximum(np.minimum(end, high) - low, 0.0)[:, None]
            nodes.append(low + width * points)
            node_weight.append(width * weights)
        times = np.concatenate(nodes, axis=1)
        (value_end, slope_end), (value, slope) = self._basis(end), self._basis(times)
        return Placed(end, times, np.concatenate(node_weight, axis=1), value_end, value, slope_end, slope)

    def evaluate(self, parameters: Array, placed: Placed) -> Hazards:
        """See `BaselineHazard`; a spline that falls anywhere is no cumulative hazard."""
        slope_end, slope = placed.further_end @ parameters, placed.further_nodes @ parameters
        if (slope[placed.node_weight > 0] <= 0).any():
            raise FloatingPointError("the log cumulative hazard falls")
        with np.errstate(divide="ignore", invalid="ignore"):
            log_end = placed.design_end @ parameters + np.log(slope_end) - np.log(placed.end)
            hazard = np.exp(placed.design_nodes @ parameters) * slope / placed.nodes
            weight = np.where(placed.node_weight > 0, placed.node_weight * hazard, 0.0)
            end_slope = placed.design_end + placed.further_end / slope_end[:, None]
            slope_nodes = placed.design_nodes + placed.further_nodes / slope[..., None]
        slope_nodes[placed.node_weight <= 0] = 0.0
        return Hazards(log_end, end_slope, weight, weight, slope_nodes)

    def start(self, log_rate: float) -> Array:
        """A constant hazard has the log cumulative hazard log rate + log t."""
        parameters = np.zeros(len(self.knots))
        parameters[:2] = log_rate, 1.0
        return parameters

    def _basis(self, times: Array) -> tuple[Array, Array]:
        """Basis and its derivative by log time, each of shape (*times.shape, B)."""
        with np.errstate(divide="ignore"):
            x = np.log(times)[..., None]
        x = np.where(np.isfinite(x), x, np.log(self.knots[0]) - 50.0)
        knots = np.log(np.array(self.knots))
        low, high, inner = knots[0], knots[-1], knots[1:-1]
        share = (high - inner) / (high - low)
        cubes = [_cube(x - inner), -share * _cube(x - low), -(1 - share) * _cube(x - high)]
        squares = [_square(x - inner), -share * _square(x - low), -(1 - share) * _square(x - high)]
        one = np.ones_like(x)
        value = np.concatenate([one, x, np.add(np.add(cubes[0], cubes[1]), cubes[2])], axis=-1)
        slope = np.concatenate([0 * one, one, np.add(np.add(squares[0], squares[1]), squares[2])], axis=-1)
        return value, slope


def _cube(x: Array) -> Array:
    return np.asarray(np.maximum(x, 0.0) ** 3, dtype=np.float64)


def _square(x: Array) -> Array:
    return np.asarray(3 * np.maximum(x, 0.0) ** 2, dtype=np.float64)
