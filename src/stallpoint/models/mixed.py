"""The linear mixed model, by maximum likelihood or REML: repeated measures alone, without regard to death.

y = X beta + Z b + e,  b ~ N(0, D),  e ~ N(0, sigma^2)

Source: Laird & Ware (1982), doi:10.2307/2529876.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import minimize
from scipy.stats import norm

from stallpoint.core.errors import FitError
from stallpoint.models.longitudinal import LongitudinalMoments, code_longitudinal, sum_moments

Array = npt.NDArray[np.float64]
Method = Literal["reml", "ml"]

GRADIENT_BOUND = 1e-5
"""The search stops when no element of the deviance's gradient exceeds this; rounding may stop it a little earlier."""


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

    def deviance_at(parameters: Array) -> float:
        return _profile(parameters, moments, method)[0]

    found: Any = minimize(
        deviance_at,
        first.ravel(),
        method="BFGS",
        jac="3-point",
        options={"gtol": GRADIENT_BOUND},
    )
    deviance, beta, unscaled, sigma_square = _profile(found.x, moments, method)
    factor = _relative_factor(found.x, len(random))
    covariance = sigma_square * unscaled
    return MixedFit(
        coefficients=coefficient_table(fixed, beta, np.sqrt(np.diag(covariance))),
        covariance=covariance,
        random_terms=random,
        random_covariance=sigma_square * factor @ factor.T,
        sigma=float(np.sqrt(sigma_square)),
        log_likelihood=-0.5 * deviance,
        method=method,
        n=len(moments.people),
        rows=rows,
        converged=float(np.abs(found.jac).max()) < 100 * GRADIENT_BOUND,
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


def _profile(parameters: Array, m: LongitudinalMoments, method: Method) -> tuple[float, Array, Array, float]:
    """Deviance profiled over beta and sigma; with it beta, its unscaled covariance, and sigma squared."""
    factor = _relative_factor(parameters, m.zz.shape[-1])
    inner = np.eye(len(factor)) + factor.T @ m.zz @ factor
    cross_x, cross_y = m.xz @ factor, m.zy @ factor
    solved = np.linalg.solve(inner, np.concatenate([np.swapaxes(cross_x, 1, 2), cross_y[..., None]], axis=2))
    information = (m.xx - cross_x @ solved[..., :-1]).sum(axis=0)
    score = (m.xy - (cross_x @ solved[..., -1:])[..., 0]).sum(axis=0)
    beta = np.linalg.solve(information, score)
    residual = (m.yy - (cross_y * solved[..., -1]).sum(axis=1)).sum() - score @ beta
    freedom = m.rows.sum() - (len(beta) if method == "reml" else 0)
    sigma_square = residual / freedom
    deviance = np.linalg.slogdet(inner)[1].sum() + freedom * (1 + np.log(2 * np.pi * sigma_square))
    if method == "reml":
        deviance += np.linalg.slogdet(information)[1]
    return float(deviance), beta, np.linalg.inv(information), float(sigma_square)
