"""What a baseline hazard needs to know of people's follow-up, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Placed:
    """A baseline's arrays for people followed until `end` (n,): nodes (n, J) of the hazard integral, their weights for a smooth hazard
    (n, J), and the design of the log hazard at the end (n, B) and at the nodes (n, J, B). Further ones as a baseline needs them.
    """

    end: Array
    nodes: Array
    node_weight: Array
    design_end: Array
    design_nodes: Array
    further_end: Array
    further_nodes: Array


class Hazards(NamedTuple):
    """A baseline hazard at given parameters.

    log_end (n,) and its slope by the parameters (n, B); weight (n, J), baseline hazard times quadrature weight; and the slope of the
    hazard integral, sum_j slope_weight_j slope_nodes_j f(node_j), with slope_weight (n, J) and slope_nodes (n, J, B).
    """

    log_end: Array
    log_end_slope: Array
    weight: Array
    slope_weight: Array
    slope_nodes: Array


class BaselineHazard(Protocol):
    """A family of baseline hazards."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        ...

    @property
    def breaks(self) -> tuple[float, ...]:
        """Times at which the hazard is not smooth."""
        ...

    def place(self, end: Array) -> Placed:
        """Arrays for follow-up until `end` (n,)."""
        ...

    def evaluate(self, parameters: Array, placed: Placed) -> Hazards:
        """The hazard at parameters (B,). Raises FloatingPointError where they make no hazard."""
        ...

    def start(self, log_rate: float) -> Array:
        """Parameters (B,) of a hazard that is constant."""
        ...
