"""What a fitted joint model says of people with given covariates: mean course, and survival with the random effects averaged out.

Survival under an arm is a total effect: the arm acts on it directly and through the course of the measure. This is g-computation over
the people given: S(t) = mean_i E_b[exp(-H_i(t; b))], b ~ N(0, D).

Source: Robins (1986), doi:10.1016/0270-0255(86)90088-6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.models.joint.data import event_arrays, value_matrix
from stallpoint.models.joint.fit import JointFit
from stallpoint.models.joint.layout import Layout
from stallpoint.models.joint.likelihood import Arrays, hazard_about, unpack
from stallpoint.numerics.accelerator import jax, jnp
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
        return np.sqrt(np.einsum("mp,pq,mq->m", self.jacobian, covariance, self.jacobian))

    def __sub__(self, other: Prediction) -> Prediction:
        return Prediction(self.value - other.value, self.jacobian - other.jacobian)


def predict_course(fit: JointFit, people: pl.DataFrame, times: Array) -> Prediction:
    """Mean of the measure at each time (m,), averaged over people: as it would go on if nobody died."""
    grid = np.broadcast_to(times, (people.height, len(times)))
    fixed = value_matrix(fit.design, people, grid)[0].mean(axis=0)
    jacobian = np.zeros((len(times), len(fit.theta)))
    jacobian[:, fit.design.layout.beta] = fixed
    return Prediction(fixed @ fit.theta[fit.design.layout.beta], jacobian)


def predict_survival(fit: JointFit, people: pl.DataFrame, times: Array) -> Prediction:
    """Probability of no event until each time (m,), times above 0, averaged over people and random effects."""
    survival = fit.design.survival
    distinct = people.select(sorted(_covariates(fit))).group_by(pl.all(), maintain_order=True).len("__share") if _covariates(fit) else (
        pl.DataFrame({"__share": [people.height]})
    )
    share = distinct["__share"].to_numpy() / people.height
    rows = pl.concat(
        [distinct.with_columns(pl.lit(float(t)).alias(survival.time), pl.lit(0.0).alias(survival.event)) for t in times]
    )
    arrays = {name: jnp.asarray(values) for name, values in event_arrays(fit.design, rows).items()}
    value, jacobian = _survival(jnp.asarray(fit.theta), arrays, jnp.asarray(share), fit.design.layout)
    return Prediction(np.asarray(value), np.asarray(jacobian))


def _covariates(fit: JointFit) -> frozenset[str]:
    design = fit.design
    longitudinal = design.longitudinal
    return (longitudinal.fixed.variables | longitudinal.random.variables | design.event.variables) - {design.time}


@partial(jax.jit, static_argnames=("layout",))
def _survival(theta: jax.Array, a: Arrays, share: jax.Array, layout: Layout) -> tuple[jax.Array, jax.Array]:
    """Averaged survival (m,) and its derivatives (m, P); rows of `a` are times by distinct people."""
    grid, log_weights = gauss_hermite_grid(PREDICTION_NODES, len(layout.random))

    def averaged(point: jax.Array) -> jax.Array:
        parameters = unpack(point, layout)
        hazard = hazard_about(parameters, a, layout, jnp.zeros(a["z_end"].shape))
        b = jnp.asarray(grid) @ parameters.factor.T
        exponent = hazard.log_nodes[:, None, :] + jnp.einsum("kq,njq->nkj", b, hazard.nodes)
        cumulative = jnp.einsum("nj,nkj->nk", hazard.weight, jnp.exp(exponent))
        survival = jnp.exp(-cumulative) @ jnp.exp(log_weights)
        return survival.reshape(-1, share.shape[0]) @ share

    return averaged(theta), jax.jacfwd(averaged)(theta)
