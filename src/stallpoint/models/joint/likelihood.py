"""The log-likelihood of the joint model, on jax.

Given y, the random effects are Gaussian with known mean and precision. Only the event's part has no closed form. It is integrated by
adaptive Gauss-Hermite quadrature: nodes are centred at the mode of each person's full integrand and scaled by its curvature there.

Source of adaptive quadrature: Pinheiro & Bates (1995), doi:10.1080/10618600.1995.10474663.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from stallpoint.models.joint.data import TIME_NODES_WEIBULL
from stallpoint.models.joint.layout import Layout
from stallpoint.numerics.accelerator import jax, jnp
from stallpoint.numerics.quadrature import gauss_hermite_grid, power_weight_matrix

MODE_STEPS = 8
"""Newton steps to each person's mode. The mode only places the nodes, so it need not be exact."""

Arrays = dict[str, jax.Array]


class Parameters(NamedTuple):
    """The parameter vector taken apart; `factor` is the lower Cholesky factor of D."""

    beta: jax.Array
    sigma: jax.Array
    factor: jax.Array
    gamma: jax.Array
    alpha: jax.Array
    baseline: jax.Array


class Posterior(NamedTuple):
    """Random effects given y: mean (n, q), precision (n, q, q), and the log density of y (n,)."""

    mean: jax.Array
    precision: jax.Array
    log_density: jax.Array


class Hazard(NamedTuple):
    """The event's part as a function of the deviation c of b from its posterior mean given y.

    log density of the event = died * (log_end + end . c) - sum_j weight_j exp(log_nodes_j + nodes_j . c),
    shapes: log_end (n,), end (n, q), weight and log_nodes (n, J), nodes (n, J, q).
    """

    log_end: jax.Array
    end: jax.Array
    weight: jax.Array
    log_nodes: jax.Array
    nodes: jax.Array


def unpack(theta: jax.Array, layout: Layout) -> Parameters:
    """The vector of `Layout` to named parameters."""
    size = len(layout.random)
    factor = jnp.zeros((size, size)).at[np.tril_indices(size)].set(theta[layout.factor])
    factor = factor.at[np.diag_indices(size)].set(jnp.exp(jnp.diag(factor)))
    return Parameters(
        theta[layout.beta],
        jnp.exp(theta[layout.log_sigma]),
        factor,
        theta[layout.gamma],
        theta[layout.alpha],
        theta[layout.baseline_slice],
    )


def posterior_given_measures(parameters: Parameters, a: Arrays) -> Posterior:
    """Mean and precision of b given y, and the marginal log density of y, from the cross-products alone."""
    beta, sigma = parameters.beta, parameters.sigma
    inverse_factor = jax.scipy.linalg.solve_triangular(parameters.factor, jnp.eye(parameters.factor.shape[0]), lower=True)
    precision = inverse_factor.T @ inverse_factor + a["zz"] / sigma**2
    residual_square = a["yy"] - 2 * a["xy"] @ beta + jnp.einsum("npq,p,q->n", a["xx"], beta, beta)
    score = (a["zy"] - jnp.einsum("npq,p->nq", a["xz"], beta)) / sigma**2
    mean = jnp.linalg.solve(precision, score[..., None])[..., 0]
    log_density = -0.5 * (
        a["rows"] * jnp.log(2 * jnp.pi * sigma**2)
        + 2 * jnp.log(jnp.diag(parameters.factor)).sum()
        + _log_determinant(precision)
        + residual_square / sigma**2
        - (score * mean).sum(axis=1)
    )
    return Posterior(mean, precision, log_density)


def hazard_about(parameters: Parameters, a: Arrays, layout: Layout, centre: jax.Array) -> Hazard:
    """The event's part, with random effects counted from `centre` (n, q)."""
    beta, alpha = parameters.beta, parameters.alpha
    covariates = a["w"] @ parameters.gamma
    value_end = a["x_end"] @ beta + (a["z_end"] * centre).sum(axis=1)
    value_nodes = a["x_nodes"] @ beta + jnp.einsum("njq,nq->nj", a["z_nodes"], centre)
    log_baseline, weight = _baseline(parameters, a, layout)
    return Hazard(
        log_end=log_baseline + covariates + alpha * value_end,
        end=alpha * a["z_end"],
        weight=weight,
        log_nodes=covariates[:, None] + alpha * value_nodes,
        nodes=alpha * a["z_nodes"],
    )


def _baseline(parameters: Parameters, a: Arrays, layout: Layout) -> tuple[jax.Array, jax.Array]:
    """Log baseline hazard at the end of follow-up (n,), and weights of the hazard integral that hold the baseline (n, J)."""
    if layout.baseline == "piecewise":
        log_level = parameters.baseline
        per_interval = a["node_weight"].shape[1] // layout.intervals
        return a["death_interval"] @ log_level, a["node_weight"] * jnp.repeat(jnp.exp(log_level), per_interval)
    shape = jnp.exp(parameters.baseline[0])
    weight = jnp.asarray(power_weight_matrix(TIME_NODES_WEIBULL)) @ _power_moments(shape)
    log_baseline = jnp.log(shape) + (shape - 1) * a["log_time"]
    return log_baseline, jnp.exp(shape * a["log_time"])[:, None] * weight


def _power_moments(shape: jax.Array) -> jax.Array:
    """`numerics.quadrature.power_moments`, differentiable."""
    degrees = jnp.arange(1, TIME_NODES_WEIBULL)
    return jnp.concatenate([jnp.ones(1), jnp.cumprod((shape - degrees) / (shape + degrees))])


def person_log_likelihoods(theta: jax.Array, a: Arrays, layout: Layout, nodes: int) -> jax.Array:
    """Log-likelihood of each person (n,), with `nodes` quadrature nodes per random effect."""
    parameters = unpack(theta, layout)
    posterior = posterior_given_measures(parameters, a)
    hazard = hazard_about(parameters, a, layout, posterior.mean)
    return posterior.log_density + _log_event_expectation(posterior.precision, hazard, a["died"], nodes)


def _log_event_expectation(precision: jax.Array, hazard: Hazard, died: jax.Array, nodes: int) -> jax.Array:
    """Log of the expectation of the event's density over c ~ N(0, precision^-1)."""
    grid, log_weights = gauss_hermite_grid(nodes, precision.shape[-1])
    # The integral does not depend on where its nodes lie, so the search for their place need not be differentiated.
    mode, scale = _place_nodes(*jax.lax.stop_gradient((precision, hazard, died)))
    c = mode[:, None, :] + jnp.einsum("nqr,kr->nkq", scale, grid)
    exponent = hazard.log_nodes[:, None, :] + jnp.einsum("nkq,njq->nkj", c, hazard.nodes)
    cumulative = jnp.einsum("nj,nkj->nk", hazard.weight, jnp.exp(exponent))
    log_event = died[:, None] * (hazard.log_end[:, None] + jnp.einsum("nkq,nq->nk", c, hazard.end)) - cumulative
    log_prior = -0.5 * jnp.einsum("nkq,nqr,nkr->nk", c, precision, c) + 0.5 * _log_determinant(precision)[:, None]
    log_jacobian = jnp.log(jnp.abs(jnp.linalg.det(scale)))[:, None] + 0.5 * (grid**2).sum(axis=1)
    return jax.scipy.special.logsumexp(log_weights + log_prior + log_event + log_jacobian, axis=1)


def _place_nodes(precision: jax.Array, hazard: Hazard, died: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Mode (n, q) of each person's log integrand, which is concave, and a square root (n, q, q) of its inverse curvature."""

    def curvature(mode: jax.Array) -> tuple[jax.Array, jax.Array]:
        rate = hazard.weight * jnp.exp(hazard.log_nodes + jnp.einsum("njq,nq->nj", hazard.nodes, mode))
        gradient = -jnp.einsum("nqr,nr->nq", precision, mode) + died[:, None] * hazard.end
        gradient = gradient - jnp.einsum("nj,njq->nq", rate, hazard.nodes)
        return gradient, precision + jnp.einsum("nj,njq,njr->nqr", rate, hazard.nodes, hazard.nodes)

    def step(_: int, mode: jax.Array) -> jax.Array:
        gradient, negative_hessian = curvature(mode)
        return mode + jnp.linalg.solve(negative_hessian, gradient[..., None])[..., 0]

    mode = jax.lax.fori_loop(0, MODE_STEPS, step, jnp.zeros(precision.shape[:2]))
    factor = jnp.linalg.cholesky(curvature(mode)[1])
    identity = jnp.broadcast_to(jnp.eye(precision.shape[-1]), precision.shape)
    scale = jnp.swapaxes(jax.scipy.linalg.solve_triangular(factor, identity, lower=True), -1, -2)
    return mode, scale


def _log_determinant(positive_definite: jax.Array) -> jax.Array:
    return 2 * jnp.log(jnp.diagonal(jnp.linalg.cholesky(positive_definite), axis1=-2, axis2=-1)).sum(axis=-1)


@partial(jax.jit, static_argnames=("layout", "nodes"))
def log_likelihood(theta: jax.Array, a: Arrays, layout: Layout, nodes: int) -> jax.Array:
    """Sum over people, each with its weight."""
    return (a["person_weight"] * person_log_likelihoods(theta, a, layout, nodes)).sum()


@partial(jax.jit, static_argnames=("layout", "nodes"))
def derivatives(theta: jax.Array, a: Arrays, layout: Layout, nodes: int) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Value, gradient (P,) and Hessian (P, P); the Hessian row by row, which keeps memory at one gradient's worth."""

    def total(point: jax.Array) -> jax.Array:
        return (a["person_weight"] * person_log_likelihoods(point, a, layout, nodes)).sum()

    value, gradient = jax.value_and_grad(total)(theta)
    hessian = jax.lax.map(lambda direction: jax.jvp(jax.grad(total), (theta,), (direction,))[1], jnp.eye(theta.shape[0]))
    return value, gradient, 0.5 * (hessian + hessian.T)
