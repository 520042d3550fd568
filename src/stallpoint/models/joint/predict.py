"""What a fitted joint model says of people with given covariates: mean course, and survival with the random effects averaged out.

Survival under an arm is a total effect: the arm acts on it directly and through the course of the measure. This is g-computation over
the people given: S(t) = mean_i E_b[exp(-H_i(t; b))], b ~ N(0, D).

Source: Robins (1986), doi:10.1016/0270-0255(86)90088-6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.models.joint.data import event_arrays, value_matrix
from stallpoint.models.joint.fit import JointFit
from stallpoint.models.joint.layout import Layout
from stallpoint.models.joint.likelihood import Arrays, hazard_about, unpack
from stallpoint.numerics.delta import jacobian
from stallpoint.numerics.quadrature import gauss_hermite_grid

Array = npt.NDArray[np.float64]

PREDICTION_NODES = 15


@dataclass(frozen=True)
class Prediction:
    """Predicted values (m,) with their derivatives (m, P) by the model's parameters, so that contrasts keep their covariance."""

    value: Array
    jacobian: Array

    def std_error(self, covariance: Array) -> Array:
        """Standard errors (m,), given the parameters' covariance (P, P)."""
        return np.asarray(np.sqrt(np.einsum("mp,pq,mq->m", self.jacobian, covariance, self.jacobian)), dtype=np.float64)

    def __sub__(self, other: Prediction) -> Prediction:
        return Prediction(self.value - other.value, self.jacobian - other.jacobian)


def predict_course(fit: JointFit, people: pl.DataFrame, times: Array) -> Prediction:
    """Mean of the measure at each time (m,), averaged over people: as it would go on if nobody died."""
    grid = np.broadcast_to(times, (people.height, len(times)))
    fixed = value_matrix(fit.design, people, grid)[0].mean(axis=0)
    slope = np.zeros((len(times), len(fit.theta)))
    slope[:, fit.design.layout.beta] = fixed
    return Prediction(fixed @ fit.theta[fit.design.layout.beta], slope)


def predict_survival(fit: JointFit, people: pl.DataFrame, times: Array) -> Prediction:
    """Probability of no event until each time (m,), times above 0, averaged over people and random effects."""
    survival = fit.design.survival
    distinct, share = _distinct_rows(people, sorted(_covariates(fit)))
    rows = pl.concat(
        [distinct.with_columns(pl.lit(float(t)).alias(survival.time), pl.lit(0.0).alias(survival.event)) for t in times]
    )
    arrays = event_arrays(fit.design, rows)

    def averaged(theta: Array) -> Array:
        return _averaged_survival(theta, arrays, share, fit.design.layout)

    return Prediction(averaged(fit.theta), jacobian(averaged, fit.theta))


def _distinct_rows(people: pl.DataFrame, covariates: list[str]) -> tuple[pl.DataFrame, Array]:
    """The distinct sets of covariates, and the share of people with each."""
    if not covariates:
        return pl.DataFrame({"everyone": [True]}), np.ones(1)
    counted = people.select(covariates).group_by(covariates, maintain_order=True).len("people_alike")
    return counted.drop("people_alike"), counted["people_alike"].to_numpy() / people.height


def _covariates(fit: JointFit) -> frozenset[str]:
    design = fit.design
    longitudinal = design.longitudinal
    return (longitudinal.fixed.variables | longitudinal.random.variables | design.event.variables) - {design.time}


def _averaged_survival(theta: Array, a: Arrays, share: Array, layout: Layout) -> Array:
    """Survival (m,), averaged over random effects and people; rows of `a` are times by distinct people."""
    grid, log_weights = gauss_hermite_grid(PREDICTION_NODES, len(layout.random))
    parameters = unpack(theta, layout)
    hazard = hazard_about(parameters, a, layout, np.zeros_like(a["z_end"]))
    b = grid @ parameters.factor.T
    exponent = hazard.log_nodes[:, None, :] + b @ np.swapaxes(hazard.nodes, 1, 2)
    cumulative = (np.exp(exponent) @ hazard.weight[..., None])[..., 0]
    survival = np.exp(-cumulative) @ np.exp(log_weights)
    return np.asarray(survival.reshape(-1, len(share)) @ share, dtype=np.float64)
