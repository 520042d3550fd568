"""The linear mixed model, by maximum likelihood or REML: repeated measures alone, without regard to death.

y = X beta + Z b + e,  b ~ N(0, D),  e ~ N(0, sigma^2)

Source: Laird & Ware (1982), doi:10.2307/2529876.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.core.errors import FitError
from stallpoint.models.longitudinal import LongitudinalMoments, code_longitudinal, sum_moments
from stallpoint.numerics.newton import maximise

Array = npt.NDArray[np.float64]
Method = Literal["reml", "ml"]


@dataclass(frozen=True)
class _Profile:
    """Log-likelihood at given variance parameters and its gradient (k,), with the beta (p,) and sigma squared that belong to them.

    `unscaled` times sigma squared is the covariance of beta.
    """

    log_likelihood: float
    gradient: Array
    beta: Array
    unscaled: Array
    sigma_square: float


@dataclass(frozen=True)
class MixedFit:
    """A fitted mixed model.

    coefficients: term, estimate, std_error, low, high (95%). covariance (p, p) of the coefficients; random_covariance (q, q) is D.
    n is people, rows is measurements.
    """

    coefficients: pl.DataFrame
    covariance: Array
    random_terms: tuple[str, ...]
    random_covariance: Array
    sigma: float
    log_likelihood: float
    method: Method
    n: int
    rows: int
    converged: bool

    @property
    def random_sd(self) -> Array:
        """Standard deviations of the random effects, shape (q,)."""
        return np.sqrt(np.diag(self.random_covariance))


def fit_mixed(visits: pl.DataFrame, longitudinal: str, random: str, *, method: Method = "reml") -> MixedFit:
    """Fit `y ~ fixed` with `~ random | group`.

    The criterion is profiled over beta and sigma and maximised over the relative Cholesky factor of D, as is usual.

    Raises:
        FitError: columns absent, missing values, dependent terms, or fewer rows than parameters.
    """
    design = code_longitudinal(visits, longitudinal, random)
    moments = sum_moments(design, visits)
    return fit_mixed_moments(moments, design.fixed.names, design.random.names, method=method)


def fit_mixed_moments(
    moments: LongitudinalMoments,
    fixed: tuple[str, ...],
    random: tuple[str, ...],
    *,
    method: Method,
    start: MixedFit | None = None,
) -> MixedFit:
    """The same from cross-products; a fit to similar data may serve as the start."""
    rows = int(moments.rows.sum())
    if rows <= len(fixed) + len(random) + 1 or (moments.rows <= 1).all():
        raise FitError(
            f"{rows} measurements in {len(moments.people)} people cannot carry this model",
            where="mixed model",
            do="people need more than one visit",
        )
    identity = np.eye(len(random))
    relative = np.asarray(np.linalg.cholesky(start.random_covariance) / start.sigma if start else identity, dtype=np.float64)
    first = relative[np.tril_indices(len(random))]

    def value_and_gradient(parameters: Array) -> tuple[float, Array]:
        at = _profile(parameters, moments, method)
        return at.log_likelihood, at.gradient

    found = maximise(value_and_gradient, first)
    at = _profile(found.point, moments, method)
    factor = _relative_factor(found.point, len(random))
    covariance = at.sigma_square * at.unscaled
    return MixedFit(
        coefficients=coefficient_table(fixed, at.beta, np.sqrt(np.diag(covariance))),
        covariance=covariance,
        random_terms=random,
        random_covariance=at.sigma_square * factor @ factor.T,
        sigma=float(np.sqrt(at.sigma_square)),
        log_likelihood=at.log_likelihood,
        method=method,
        n=len(moments.people),
        rows=rows,
        converged=found.converged,
    )


def coefficient_table(terms: tuple[str, ...], estimate: Array, std_error: Array) -> pl.DataFrame:
    """term, estimate, std_error, low, high with normal 95% intervals."""
    reach = norm.ppf(0.975) * std_error
    return pl.DataFrame(
        {"term": terms, "estimate": estimate, "std_error": std_error, "low": estimate - reach, "high": estimate + reach}
    )


def _relative_factor(parameters: Array, size: int) -> Array:
    factor = np.zeros((size, size))
    factor[np.tril_indices(size)] = parameters
    return factor


def _profile(parameters: Array, m: LongitudinalMoments, method: Method) -> _Profile:
    """Log-likelihood profiled over beta and sigma, and its gradient; beta and sigma are at their best, so only the direct part is left.

    With W the inverse of I + Z L L' Z', the gradient over L is the sum over people of
    (Z'Wr r'WZ / sigma^2 + [REML] Z'WX (X'WX)^-1 X'WZ - Z'WZ) L, of which the lower triangle is free.
    """
    factor = _relative_factor(parameters, m.zz.shape[-1])
    inner = np.eye(len(factor)) + factor.T @ m.zz @ factor
    crossed = np.concatenate([np.swapaxes(m.xz, 1, 2), m.zy[..., None], m.zz], axis=2)
    solved = np.linalg.solve(inner, factor.T @ crossed)
    weighted = crossed - m.zz @ factor @ solved  # Z'W of X, y and Z
    p = m.xz.shape[1]
    information = (m.xx - m.xz @ factor @ solved[..., :p]).sum(axis=0)
    score = (m.xy - (m.xz @ factor @ solved[..., p : p + 1])[..., 0]).sum(axis=0)
    unscaled = np.linalg.inv(information)
    beta = unscaled @ score
    square = (m.yy - ((m.zy @ factor) * solved[..., p]).sum(axis=1)).sum() - score @ beta
    freedom = m.rows.sum() - (p if method == "reml" else 0)
    sigma_square = float(square / freedom)
    deviance = np.linalg.slogdet(inner)[1].sum() + freedom * (1 + np.log(2 * np.pi * sigma_square))
    residual = weighted[..., p] - weighted[..., :p] @ beta
    direct = weighted[..., p + 1 :].sum(axis=0) - residual.T @ residual / sigma_square
    if method == "reml":
        deviance += np.linalg.slogdet(information)[1]
        direct = direct - (weighted[..., :p] @ unscaled @ np.swapaxes(weighted[..., :p], 1, 2)).sum(axis=0)
    gradient = -(direct @ factor)[np.tril_indices(len(factor))]
    return _Profile(float(-0.5 * deviance), np.asarray(gradient, dtype=np.float64), beta, unscaled, sigma_square)
