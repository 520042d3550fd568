"""The parameter vector taken apart, and what it makes of each person."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.arrays import Scales
from stallpoint.models.joint.layout import Layout

Array = npt.NDArray[np.float64]


class CauseParameters(NamedTuple):
    """gamma (r,), alpha (F,) and the baseline's parameters by stratum (S, B)."""

    gamma: Array
    alpha: Array
    baseline: Array


class Parameters(NamedTuple):
    """`factor` is the lower Cholesky factor of D; `threshold` holds the first threshold and log steps of each ordinal measure."""

    beta: Array
    log_sigma: Array
    factor: Array
    scale: Array
    threshold: Array
    causes: tuple[CauseParameters, ...]


class PersonEffects(NamedTuple):
    """Parameters after a person's own multipliers: beta (n, p) and factor (n, q, q), with the multipliers of the columns (n, p), (n, q)
    and the shift of the log hazard (n,).
    """

    beta: Array
    factor: Array
    fixed_scale: Array
    random_scale: Array
    log_hazard: Array


def unpack(theta: Array, layout: Layout, strata: int = 1) -> Parameters:
    """The vector of `Layout` to named parameters."""
    size = len(layout.random)
    factor = np.zeros((size, size))
    factor[np.tril_indices(size)] = theta[layout.factor]
    causes = tuple(
        CauseParameters(theta[layout.gamma(c)], theta[layout.alpha(c)], theta[layout.baseline(c)].reshape(max(strata, 1), -1))
        for c in range(len(layout.causes))
    )
    return Parameters(theta[layout.beta], theta[layout.log_sigma], factor, theta[layout.scale], theta[layout.threshold], causes)


def person_effects(parameters: Parameters, scales: Scales) -> PersonEffects:
    """Parameters of each person; without multipliers those of all."""
    log_ratio = scales.covariates * parameters.scale
    fixed_scale, random_scale = np.exp(log_ratio @ scales.fixed), np.exp(log_ratio @ scales.random)
    return PersonEffects(
        parameters.beta * fixed_scale,
        random_scale[..., None] * parameters.factor,
        fixed_scale,
        random_scale,
        log_ratio @ scales.hazard,
    )
