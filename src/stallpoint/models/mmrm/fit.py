"""Fit the mixed model for repeated measures by REML, and test its coefficients with small-sample corrections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.models.formulas import build_design, full_rank_columns, require_columns, split_response
from stallpoint.models.mmrm.degrees_of_freedom import Curvature, adjusted_covariance, kenward_roger, satterthwaite
from stallpoint.models.mmrm.likelihood import element_matrices, first_and_second, free_elements, restricted_likelihood
from stallpoint.models.mmrm.patterns import Pattern, group_by_pattern
from stallpoint.numerics.delta import jacobian
from stallpoint.numerics.newton import Maximum, maximise

Array = npt.NDArray[np.float64]
Freedom = Literal["kenward-roger", "satterthwaite"]

LARGEST_CONDITION = 1e10
"""Above this the visits' covariance matrix counts as singular: no score is measured to five digits."""

_WHERE = "mixed model for repeated measures"


@dataclass(frozen=True)
class WaldTest:
    """A joint test of contrasts: the F statistic with its degrees of freedom, and the p-value."""

    statistic: float
    numerator: int
    denominator: float
    p_value: float


@dataclass(frozen=True)
class MmrmFit:
    """A fitted mixed model for repeated measures.

    coefficients: term, estimate, std_error, df, t, p_value, low, high (95%). covariance (p, p) of the coefficients, adjusted where the
    method adjusts it. visits: names in their order; visit_covariance (T, T) is Sigma, or (G, T, T) where it differs by the G levels that
    `groups` names. n is people, rows is measurements.
    """

    coefficients: pl.DataFrame
    covariance: Array
    visits: tuple[str, ...]
    groups: tuple[str, ...]
    visit_covariance: Array
    log_likelihood: float
    freedom: Freedom
    curvature: Curvature
    n: int
    rows: int
    converged: bool
    checks: tuple[Check, ...]

    def contrast(self, weights: Any) -> dict[str, float]:
        """One contrast of the coefficients: estimate, std_error, df, t, p_value, low, high (95%).

        Args:
            weights: one number per coefficient, in the order of `coefficients`, or a mapping from term to number.
        """
        return _contrast(
            self._weights(weights), self.coefficients["estimate"].to_numpy(), self.covariance, self.curvature, self.freedom
        )

    def test(self, contrasts: Any) -> WaldTest:
        """Contrasts (l, p) tested together, by Kenward and Roger's F.

        Raises:
            FitError: the fit has Satterthwaite's degrees of freedom, which stand for one contrast at a time.
        """
        if self.freedom != "kenward-roger":
            raise FitError("several contrasts need freedom='kenward-roger'", where=_WHERE, do="fit again with it")
        rows = np.array([self._weights(row) for row in contrasts])
        denominator, factor = kenward_roger(self.curvature, rows)
        value = rows @ self.coefficients["estimate"].to_numpy()
        statistic = factor * float(value @ np.linalg.solve(rows @ self.covariance @ rows.T, value)) / len(rows)
        return WaldTest(statistic, len(rows), denominator, float(f_distribution.sf(statistic, len(rows), denominator)))

    def _weights(self, weights: Any) -> Array:
        terms = self.coefficients["term"].to_list()
        if isinstance(weights, dict):
            unknown = [term for term in weights if term not in terms]
            if unknown:
                raise FitError(f"no term {unknown[0]!r}", where=_WHERE, rows=terms)
            weights = [weights.get(term, 0.0) for term in terms]
        given = np.asarray(weights, dtype=np.float64)
        if given.shape != (len(terms),):
            raise FitError(f"{given.size} weights for {len(terms)} coefficients", where=_WHERE, rows=terms)
        return given


def fit_mmrm(
    visits: Any, formula: str, *, visit: str, patient: str, by: str | None = None, freedom: Freedom = "kenward-roger"
) -> MmrmFit:
    """Fit `y ~ fixed` with a free covariance matrix over planned visits, by REML.

    Missing visits are taken as missing at random given what was seen.

    Args:
        visits: one row per person and planned visit; any frame that narwhals understands. Rows without a response are left out.
        formula: fixed part, as `change ~ baseline + arm * visit`.
        visit: column of the planned visit, whose values sort in time; patient: column that names the person.
        by: column by whose levels the covariance matrix differs, as the arm.
        freedom: degrees of freedom; `kenward-roger` widens standard errors too.

    Raises:
        FitError: columns absent, missing covariates, dependent terms, two rows at one visit, two levels of `by` in a person, visits
            seldom attended together, a visit that follows from the others, or fewer people than the covariance matrix needs.

    Source: Mallinckrodt et al. (2008), doi:10.1177/009286150804200402; see `likelihood` and `degrees_of_freedom`.
    """
    if freedom not in ("kenward-roger", "satterthwaite"):
        raise FitError(f"freedom {freedom!r} is not offered", where=_WHERE, do="use 'kenward-roger' or 'satterthwaite'")
    frame: pl.DataFrame = nw.from_native(visits, eager_only=True).to_polars()
    response, terms = split_response(formula)
    if response not in frame.columns:
        require_columns(frame, (response,), where=_WHERE)
    rows = frame.drop_nulls(response)
    require_columns(rows, (visit, patient, *([by] if by else [])), where=_WHERE)
    design = build_design(terms, rows, where=_WHERE)
    matrix = design.matrix(rows)
    full_rank_columns(matrix, design.names, where=_WHERE)
    patterns, names, groups = group_by_pattern(rows, response, design, visit=visit, patient=patient, by=by)
    n, blocks = sum(len(pattern.y) for pattern in patterns), max(len(groups), 1)
    size = blocks * len(names)
    if n <= size + len(design.names):
        raise FitError(f"{n} people cannot carry {size} variances and {len(design.names)} terms", where=_WHERE)
    variance = _residual_variance(matrix, rows[response].cast(pl.Float64).to_numpy())
    maximum = _search(patterns, size, blocks, variance)
    sigma = _sigma(maximum.point, size, blocks)
    try:
        return _describe(patterns, sigma, maximum, design.names, names, groups, freedom, n=n, left_out=frame.height - rows.height)
    except np.linalg.LinAlgError as error:
        raise FitError(
            "the covariance matrix of the visits is singular: one visit's score follows from the others'",
            where=_WHERE,
            do="check for carried-forward scores, or leave out a visit",
        ) from error


def _residual_variance(matrix: Array, response: Array) -> float:
    beta, *_ = np.linalg.lstsq(matrix, response, rcond=None)
    variance = float(((response - matrix @ beta) ** 2).mean())
    if variance <= 1e-12 * max(float(response.var()), 1e-300):
        raise FitError(
            "the terms explain the response without error", where=_WHERE, do="check that the response is not a covariate"
        )
    return variance


def _search(patterns: list[Pattern], size: int, blocks: int, variance: float) -> Maximum:
    """REML over the Cholesky factor of Sigma, its diagonal on the log scale."""
    lower = free_elements(size, blocks)
    on_diagonal = lower[0] == lower[1]

    def value_and_gradient(parameters: Array) -> tuple[float, Array]:
        factor = _factor(parameters, size, blocks)
        try:
            at = restricted_likelihood(factor @ factor.T, patterns)
        except np.linalg.LinAlgError:
            return -np.inf, np.zeros_like(parameters)
        slope = (2 * at.gradient @ factor)[lower]
        return at.value, np.where(on_diagonal, slope * factor[lower], slope)

    return maximise(value_and_gradient, np.where(on_diagonal, 0.5 * np.log(variance), 0.0))


def _factor(parameters: Array, size: int, blocks: int) -> Array:
    factor = np.zeros((size, size))
    factor[free_elements(size, blocks)] = parameters
    factor[np.diag_indices(size)] = np.exp(np.diag(factor))
    return factor


def _sigma(parameters: Array, size: int, blocks: int) -> Array:
    factor = _factor(parameters, size, blocks)
    return np.asarray(factor @ factor.T, dtype=np.float64)


def _describe(
    patterns: list[Pattern],
    sigma: Array,
    maximum: Maximum,
    terms: tuple[str, ...],
    names: tuple[str, ...],
    groups: tuple[str, ...],
    freedom: Freedom,
    *,
    n: int,
    left_out: int,
) -> MmrmFit:
    at = restricted_likelihood(sigma, patterns)
    blocks = max(len(groups), 1)
    curvature = _curvature(sigma, at.covariance, patterns, blocks)
    covariance = adjusted_covariance(curvature) if freedom == "kenward-roger" else at.covariance
    tests = [_contrast(unit, at.beta, covariance, curvature, freedom) for unit in np.eye(len(terms))]
    said = f"A Newton step would gain {maximum.decrement:.1e} in log-likelihood."
    checks = (
        Check("convergence", "passed" if maximum.converged else "failed", said, maximum.evaluations),
        Check("rows with a response", "passed", f"Rows without a response, left out: {left_out:,}.", left_out),
    )
    return MmrmFit(
        coefficients=pl.DataFrame({"term": terms, **{key: [test[key] for test in tests] for key in tests[0]}}),
        covariance=covariance,
        visits=names,
        groups=groups,
        visit_covariance=_each_block(sigma, blocks) if groups else sigma,
        log_likelihood=at.value,
        freedom=freedom,
        curvature=curvature,
        n=n,
        rows=sum(pattern.y.size for pattern in patterns),
        converged=maximum.converged,
        checks=checks,
    )


def _each_block(sigma: Array, blocks: int) -> Array:
    size = len(sigma) // blocks
    return np.stack([sigma[i : i + size, i : i + size] for i in range(0, len(sigma), size)])


def _curvature(sigma: Array, covariance: Array, patterns: list[Pattern], blocks: int) -> Curvature:
    """The observed information of Sigma's elements is the central difference of the exact gradient."""
    elements = element_matrices(len(sigma), blocks)
    lower = free_elements(len(sigma), blocks)

    def gradient(values: Array) -> Array:
        moved = np.tensordot(values, elements, axes=1)
        return np.asarray(np.tensordot(elements, restricted_likelihood(moved, patterns).gradient, axes=2), dtype=np.float64)

    if np.linalg.cond(sigma) > LARGEST_CONDITION:
        raise np.linalg.LinAlgError("singular")
    scale = np.sqrt(np.diag(sigma))
    unit = np.outer(scale, scale)[lower]
    hessian = jacobian(lambda relative: gradient(relative * unit), sigma[lower] / unit) / unit
    first, second = first_and_second(sigma, patterns, blocks)
    return Curvature(covariance, first, second, np.asarray(np.linalg.inv(-0.5 * (hessian + hessian.T)), dtype=np.float64))


def _contrast(weights: Array, beta: Array, covariance: Array, curvature: Curvature, freedom: Freedom) -> dict[str, float]:
    estimate, std_error = float(weights @ beta), float(np.sqrt(weights @ covariance @ weights))
    df = kenward_roger(curvature, weights[None, :])[0] if freedom == "kenward-roger" else satterthwaite(curvature, weights)
    reach = float(t_distribution.ppf(0.975, df)) * std_error
    t = estimate / std_error
    return {
        "estimate": estimate,
        "std_error": std_error,
        "df": df,
        "t": t,
        "p_value": float(2 * t_distribution.sf(abs(t), df)),
        "low": estimate - reach,
        "high": estimate + reach,
    }
