"""Weibull baseline: h0(t) = k t^(k-1), its level being the hazard's intercept; the parameter is log k."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.baseline.placed import Hazards, Placed
from stallpoint.numerics.quadrature import gauss_legendre_unit, power_moments, power_weight_matrix

Array = npt.NDArray[np.float64]

NODES = 15


@dataclass(frozen=True)
class Weibull:
    """Singular or flat at 0, so its integral is taken by product integration: see `power_weight_matrix`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The shape is read on its own scale, the parameter is its logarithm."""
        return ("shape",)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Smooth everywhere but at 0."""
        return ()

    def place(self, end: Array) -> Placed:
        """Nodes on 0 to the end, the same share of it whatever the shape."""
        points, weights = gauss_legendre_unit(NODES)
        with np.errstate(divide="ignore"):
            log_time = np.log(end)
        ones = np.ones((len(end), NODES, 1))
        return Placed(
            end, end[:, None] * points, end[:, None] * weights, log_time[:, None], ones, np.empty((len(end), 0)), ones[..., :0]
        )

    def evaluate(self, parameters: Array, placed: Placed) -> Hazards:
        """See `BaselineHazard`."""
        shape, log_time = float(np.exp(parameters[0])), placed.design_end[:, 0]
        moments, slopes = power_moments(shape, NODES)
        matrix = power_weight_matrix(NODES)
        power = np.exp(shape * log_time)[:, None]
        weight = power * (matrix @ moments)
        with np.errstate(invalid="ignore"):
            weight_slope = shape * (np.where(power > 0, log_time[:, None] * weight, 0.0) + power * (matrix @ slopes))
        return Hazards(
            log_end=np.log(shape) + (shape - 1) * log_time,
            log_end_slope=(1 + shape * log_time)[:, None],
            weight=weight,
            slope_weight=weight_slope,
            slope_nodes=placed.design_nodes,
        )

    def start(self, log_rate: float) -> Array:
        """Shape 1; the rate is the intercept's."""
        del log_rate
        return np.zeros(1)
