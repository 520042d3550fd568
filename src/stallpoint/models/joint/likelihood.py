"""The log-likelihood of the joint model and its exact gradient.

Given y, the random effects are Gaussian with known mean and precision. Only the event's part has no closed form. It is integrated by
adaptive Gauss-Hermite quadrature: nodes are centred at the mode of each person's full integrand and scaled by its curvature there.

By Fisher's identity the gradient of a person's log-likelihood is the mean, over the random effects given y and the event, of the
gradient of the complete-data log density. The nodes and weights that give the likelihood give this mean too.

Sources: Pinheiro & Bates (1995), doi:10.1080/10618600.1995.10474663 (adaptive quadrature); Louis (1982),
doi:10.1111/j.2517-6161.1982.tb01203.x (the identity).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.data import TIME_NODES_WEIBULL
from stallpoint.models.joint.layout import Layout
from stallpoint.numerics.quadrature import gauss_hermite_grid, power_moments, power_weight_matrix

Array = npt.NDArray[np.float64]
Arrays = dict[str, Array]

MODE_STEPS = 8
"""Newton steps to each person's mode. The mode only places the nodes, so it need not be exact."""

MODE_BOUND = 1e-4
"""The search for the modes stops when no step exceeds this."""


class Parameters(NamedTuple):
    """The parameter vector taken apart; `factor` is the lower Cholesky factor of D, `baseline` is on the log scale."""

    beta: Array
    sigma: float
    factor: Array
    gamma: Array
    alpha: float
    baseline: Array


class Posterior(NamedTuple):
    """Random effects given y: mean (n, q), precision (n, q, q), its log determinant (n,), and the log density of y (n,)."""

    mean: Array
    precision: Array
    log_determinant: Array
    log_density: Array


class Hazard(NamedTuple):
    """The event's part as a function of the deviation c of b from a centre.

    log density of the event = died * (log_end + end . c) - sum_j weight_j exp(log_nodes_j + nodes_j . c),
    shapes: log_end (n,), end (n, q), weight, weight_slope and log_nodes (n, J), nodes (n, J, q). `weight_slope` and
    `log_baseline_slope` (n,) are derivatives by log shape; zero for a piecewise hazard.
    """

    log_end: Array
    end: Array
    weight: Array
    weight_slope: Array
    log_baseline_slope: Array
    log_nodes: Array
    nodes: Array


class Moments(NamedTuple):
    """Means over the random effects given y and the event: b (n, q), b b' (n, q, q), the relative hazard at the time nodes (n, J), and
    its product with c (n, J, q).
    """

    b: Array
    bb: Array
    relative: Array
    relative_c: Array


def unpack(theta: Array, layout: Layout) -> Parameters:
    """The vector of `Layout` to named parameters."""
    size = len(layout.random)
    factor = np.zeros((size, size))
    factor[np.tril_indices(size)] = theta[layout.factor]
    factor[np.diag_indices(size)] = np.exp(np.diag(factor))
    sigma, alpha = float(np.exp(theta[layout.log_sigma])), float(theta[layout.alpha])
    return Parameters(theta[layout.beta], sigma, factor, theta[layout.gamma], alpha, theta[layout.baseline_slice])


def log_likelihood_and_gradient(theta: Array, a: Arrays, layout: Layout, nodes: int) -> tuple[float, Array]:
    """Log-likelihood and its gradient (P,), with `nodes` quadrature nodes per random effect.

    Outside the region where the model can be computed at all the value is minus infinity.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        try:
            parameters = unpack(theta, layout)
            posterior = posterior_given_measures(parameters, a)
            hazard = hazard_about(parameters, a, layout, posterior.mean)
            log_event, moments = _integrate_event(posterior, hazard, a["died"], nodes)
        except np.linalg.LinAlgError:
            return -np.inf, np.zeros_like(theta)
    return float((posterior.log_density + log_event).sum()), _gradient(parameters, a, layout, posterior, hazard, moments)


def posterior_given_measures(parameters: Parameters, a: Arrays) -> Posterior:
    """Mean and precision of b given y, and the marginal log density of y, from the cross-products alone."""
    beta, sigma = parameters.beta, parameters.sigma
    inverse_factor = np.linalg.inv(parameters.factor)
    precision = np.asarray(inverse_factor.T @ inverse_factor + a["zz"] / sigma**2, dtype=np.float64)
    residual_square = a["yy"] - 2 * a["xy"] @ beta + (a["xx"] @ beta) @ beta
    score = (a["zy"] - beta @ a["xz"]) / sigma**2
    mean = np.asarray(np.linalg.solve(precision, score[..., None])[..., 0], dtype=np.float64)
    log_determinant = np.linalg.slogdet(precision)[1]
    log_density = -0.5 * (
        a["rows"] * np.log(2 * np.pi * sigma**2)
        + 2 * np.log(np.diag(parameters.factor)).sum()
        + log_determinant
        + residual_square / sigma**2
        - (score * mean).sum(axis=1)
    )
    return Posterior(mean, precision, np.asarray(log_determinant, dtype=np.float64), np.asarray(log_density, dtype=np.float64))


def hazard_about(parameters: Parameters, a: Arrays, layout: Layout, centre: Array) -> Hazard:
    """The event's part, with random effects counted from `centre` (n, q)."""
    beta, alpha = parameters.beta, parameters.alpha
    covariates = a["w"] @ parameters.gamma
    value_end = a["x_end"] @ beta + (a["z_end"] * centre).sum(axis=1)
    value_nodes = a["x_nodes"] @ beta + (a["z_nodes"] @ centre[..., None])[..., 0]
    log_baseline, log_baseline_slope, weight, weight_slope = _baseline(parameters, a, layout)
    return Hazard(
        log_end=log_baseline + covariates + alpha * value_end,
        end=alpha * a["z_end"],
        weight=weight,
        weight_slope=weight_slope,
        log_baseline_slope=log_baseline_slope,
        log_nodes=covariates[:, None] + alpha * value_nodes,
        nodes=alpha * a["z_nodes"],
    )


def _baseline(parameters: Parameters, a: Arrays, layout: Layout) -> tuple[Array, Array, Array, Array]:
    """Log baseline hazard at the end of follow-up (n,), weights of the hazard integral (n, J), and the slope of each by log shape."""
    if layout.baseline == "piecewise":
        log_level = parameters.baseline
        per_interval = a["node_weight"].shape[1] // layout.intervals
        weight = a["node_weight"] * np.repeat(np.exp(log_level), per_interval)
        return a["death_interval"] @ log_level, np.zeros(len(weight)), weight, np.zeros_like(weight)
    shape, log_time = float(np.exp(parameters.baseline[0])), a["log_time"]
    moments, slopes = power_moments(shape, TIME_NODES_WEIBULL)
    matrix = power_weight_matrix(TIME_NODES_WEIBULL)
    power = np.exp(shape * log_time)[:, None]
    weight = power * (matrix @ moments)
    weight_slope = shape * (log_time[:, None] * weight + power * (matrix @ slopes))
    return np.log(shape) + (shape - 1) * log_time, 1 + shape * log_time, weight, weight_slope


def _integrate_event(posterior: Posterior, hazard: Hazard, died: Array, nodes: int) -> tuple[Array, Moments]:
    """Log of the mean of the event's density over b given y (n,), and the means that the gradient needs."""
    grid, log_weights = gauss_hermite_grid(nodes, posterior.mean.shape[1])
    mode, scale, log_scale = _place_nodes(posterior.precision, hazard, died)
    c = mode[:, None, :] + grid @ np.swapaxes(scale, 1, 2)
    relative = np.exp(hazard.log_nodes[:, None, :] + c @ np.swapaxes(hazard.nodes, 1, 2))
    log_event = died[:, None] * (hazard.log_end[:, None] + (c @ hazard.end[..., None])[..., 0])
    log_event = log_event - (relative @ hazard.weight[..., None])[..., 0]
    log_prior = 0.5 * posterior.log_determinant[:, None] - 0.5 * ((c @ posterior.precision) * c).sum(axis=2)
    log_terms = log_weights + log_prior + log_event + log_scale[:, None] + 0.5 * (grid**2).sum(axis=1)
    largest = log_terms.max(axis=1, keepdims=True)
    terms = np.exp(log_terms - largest)
    total = terms.sum(axis=1, keepdims=True)
    share = terms / total
    weighted = share[..., None] * relative
    b = posterior.mean[:, None, :] + c
    moments = Moments(
        b=(share[:, None, :] @ b)[:, 0],
        bb=np.swapaxes(share[..., None] * b, 1, 2) @ b,
        relative=weighted.sum(axis=1),
        relative_c=np.swapaxes(weighted, 1, 2) @ c,
    )
    return largest[:, 0] + np.log(total[:, 0]), moments


def _place_nodes(precision: Array, hazard: Hazard, died: Array) -> tuple[Array, Array, Array]:
    """Mode (n, q) of each person's log integrand, which is concave; a square root (n, q, q) of its inverse curvature; its log det."""
    mode = np.zeros(hazard.end.shape)
    pull = died[:, None] * hazard.end
    nodes_across = np.swapaxes(hazard.nodes, 1, 2)
    for _ in range(MODE_STEPS + 1):
        rate = hazard.weight * np.exp(hazard.log_nodes + (hazard.nodes @ mode[..., None])[..., 0])
        curvature = precision + (nodes_across * rate[:, None, :]) @ hazard.nodes
        gradient = pull - (precision @ mode[..., None])[..., 0] - (nodes_across @ rate[..., None])[..., 0]
        step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
        if np.abs(step).max() < MODE_BOUND:
            break
        mode = mode + step
    root = np.linalg.cholesky(curvature)
    log_scale = -np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    return mode, np.swapaxes(np.linalg.inv(root), 1, 2), log_scale


def _gradient(p: Parameters, a: Arrays, layout: Layout, posterior: Posterior, hazard: Hazard, m: Moments) -> Array:
    """Gradient (P,) of the log-likelihood by Fisher's identity."""
    died, rate = a["died"], hazard.weight * m.relative
    expected = rate.sum(axis=1)
    gradient = np.empty(layout.size)
    variance = p.sigma**2
    fitted_x = (a["xx"] @ p.beta) + (a["xz"] @ m.b[..., None])[..., 0]
    hazard_x = (died @ a["x_end"]) - np.tensordot(rate, a["x_nodes"], axes=2)
    gradient[layout.beta] = (a["xy"] - fitted_x).sum(axis=0) / variance + p.alpha * hazard_x
    gradient[layout.log_sigma] = (_residual_square(p, a, m) / variance - a["rows"]).sum()
    gradient[layout.factor] = _factor_gradient(p.factor, m.bb)
    gradient[layout.gamma] = (died - expected) @ a["w"]
    value_end = a["x_end"] @ p.beta + (a["z_end"] * m.b).sum(axis=1)
    value_nodes = a["x_nodes"] @ p.beta + (a["z_nodes"] @ posterior.mean[..., None])[..., 0]
    moved = (hazard.weight[..., None] * m.relative_c * a["z_nodes"]).sum()
    gradient[layout.alpha] = died @ value_end - (rate * value_nodes).sum() - moved
    if layout.baseline == "weibull":
        gradient[layout.baseline_slice] = died @ hazard.log_baseline_slope - (hazard.weight_slope * m.relative).sum()
    else:
        per_interval = rate.reshape(len(died), layout.intervals, -1).sum(axis=(0, 2))
        gradient[layout.baseline_slice] = died @ a["death_interval"] - per_interval
    return gradient


def _residual_square(p: Parameters, a: Arrays, m: Moments) -> Array:
    """Mean of |y - X beta - Z b|^2 over b (n,)."""
    fixed = a["yy"] - 2 * a["xy"] @ p.beta + (a["xx"] @ p.beta) @ p.beta
    crossed = ((a["zy"] - p.beta @ a["xz"]) * m.b).sum(axis=1)
    return np.asarray(fixed - 2 * crossed + (a["zz"] * m.bb).sum(axis=(1, 2)), dtype=np.float64)


def _factor_gradient(factor: Array, bb: Array) -> Array:
    """Gradient of sum_i E log N(b_i; 0, L L') by the elements of L, its diagonal on the log scale."""
    inverse = np.linalg.inv(factor)
    slope = inverse.T @ (inverse @ bb.sum(axis=0) @ inverse.T) - len(bb) * np.diag(1 / np.diag(factor))
    slope[np.diag_indices_from(slope)] *= np.diag(factor)
    return np.asarray(slope[np.tril_indices_from(slope)], dtype=np.float64)
