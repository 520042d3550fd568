"""Fit a nonlinear mixed model by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.models.nonlinear_mixed.checks import (
    check_convergence,
    check_gradient,
    check_identification,
    check_measurements,
    check_modes,
    check_shrinkage,
    check_variances,
)
from stallpoint.models.nonlinear_mixed.data import NonlinearData
from stallpoint.models.nonlinear_mixed.individual import Problem
from stallpoint.models.nonlinear_mixed.integration import check_integration
from stallpoint.models.nonlinear_mixed.layout import start_vector
from stallpoint.models.nonlinear_mixed.likelihood import Marginal, marginal
from stallpoint.models.nonlinear_mixed.problem import Predict, build_problem
from stallpoint.models.nonlinear_mixed.refine import refine
from stallpoint.models.nonlinear_mixed.specification import WHERE, NonlinearModel
from stallpoint.models.nonlinear_mixed.summary import coefficient_rows, natural_terms, omega_of, people_rows, variability_rows
from stallpoint.numerics.delta import jacobian
from stallpoint.numerics.newton import Maximum, ValueAndGradient, maximise

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NonlinearMixedFit:
    """A fitted nonlinear mixed model.

    coefficients: part, parameter, estimate, std_error (observed information), robust_std_error (sandwich), low, high (95%). variability:
    level, parameter, sd, cv_percent, shrinkage. people: own values by empirical Bayes. omega (q, q): covariance between people of the
    logarithms. vector (P,) with covariance and robust_covariance (P, P) are on the scale of `Layout`. log_likelihood is of the measurements
    as given, also under a lognormal error, and of the maximum also where estimates are refined. bic counts measurements, as nlme does.
    n is people, rows is measurements.
    """

    coefficients: pl.DataFrame
    variability: pl.DataFrame
    people: pl.DataFrame
    omega: Array
    log_likelihood: float
    aic: float
    bic: float
    converged: bool
    n: int
    rows: int
    vector: Array
    covariance: Array
    robust_covariance: Array
    problem: Problem
    evaluations: int
    checks: tuple[Check, ...]

    def coefficient(self, part: str, parameter: str) -> dict[str, float]:
        """One row of the coefficients as a mapping: estimate, std_error, robust_std_error, low, high."""
        row = self.coefficients.filter((pl.col("part") == part) & (pl.col("parameter") == parameter))
        if row.height != 1:
            raise FitError(f"no {parameter!r} in part {part!r}", where=WHERE, rows=self.coefficients["parameter"].to_list())
        return row.drop("part", "parameter").row(0, named=True)


def fit_nonlinear_mixed(model: NonlinearModel, data: NonlinearData, predict: Predict, *, design: Any = None) -> NonlinearMixedFit:
    """Fit a nonlinear mixed model.

    Args:
        model: from `build_nonlinear_model`.
        data: from `code_nonlinear`.
        predict: the curve, called as `predict(parameters, design)`. parameters has shape (P, ..., people, points or 1), real or complex,
            in the order of the model's start values; the result has shape (..., people, points). It must broadcast over leading axes and
            be an analytic function: no absolute values, comparisons or real parts of parameters.
        design: what the curve is told besides; by default the padded columns of the data, by name.

    Raises:
        FitError: the curve does not keep to this, or has no finite value at the start.
    """
    problem = build_problem(model, data, predict, data.columns if design is None else design)
    with np.errstate(all="ignore"):
        start = start_vector(model, problem.layout)
        first = marginal(problem, start, np.zeros((len(data.people), problem.layout.random)))
        if not np.isfinite(first.value).all():
            lost = [name for name, value in zip(data.people, first.value, strict=True) if not np.isfinite(value)]
            raise FitError(
                f"the curve fits {len(lost)} people so badly that no search can start",
                where=WHERE,
                rows=lost,
                do="give better start values",
            )
        maximum = maximise(_objective(problem, first), start, curvature=_outer_curvature(first))
        return _describe(problem, maximum, marginal(problem, maximum.point, first.mode.z))


def _objective(problem: Problem, first: Marginal) -> ValueAndGradient:
    """Log-likelihood and gradient; modes are sought from where they were at the best parameters so far."""
    best_value, best_modes = float(first.value.sum()), first.mode.z

    def objective(vector: Array) -> tuple[float, Array]:
        nonlocal best_value, best_modes
        at = marginal(problem, vector, best_modes)
        value = float(at.value.sum())
        if value > best_value:
            best_value, best_modes = value, at.mode.z
        return value, at.scores.sum(axis=0)

    return objective


def _outer_curvature(at: Marginal) -> Array | None:
    """Minus the sum of squared scores, where there are people enough for it."""
    if len(at.scores) < 2 * at.scores.shape[1]:
        return None
    return np.asarray(-at.scores.T @ at.scores, dtype=np.float64)


def _describe(problem: Problem, maximum: Maximum, at: Marginal) -> NonlinearMixedFit:
    data, vector = problem.data, maximum.point
    covariance = _inverse(-maximum.hessian)
    log_likelihood = float(at.value.sum()) - _log_jacobian(problem)
    gradient = at.scores.sum(axis=0)
    integration = check_integration(problem, vector, at, covariance, _vector_names(problem))
    if problem.model.refined:
        vector, covariance, at = _refined(problem, vector, covariance, at)
    n = len(data.people)
    robust = covariance @ (n / (n - 1) * at.scores.T @ at.scores) @ covariance
    names = _vector_names(problem)
    variability = variability_rows(problem, vector, at)
    rows = int(data.points.sum())
    checks = (
        *data.checks,
        check_measurements(problem),
        check_convergence(maximum),
        check_gradient(gradient, covariance, names),
        check_modes(at),
        check_identification(maximum, covariance, names, typical=len(problem.model.free)),
        check_variances(variability),
        check_shrinkage(variability),
        integration,
    )
    return NonlinearMixedFit(
        coefficients=coefficient_rows(problem, vector, covariance, robust),
        variability=variability,
        people=people_rows(problem, vector, at),
        omega=omega_of(problem, vector),
        log_likelihood=log_likelihood,
        aic=2 * len(vector) - 2 * log_likelihood,
        bic=float(np.log(rows)) * len(vector) - 2 * log_likelihood,
        converged=maximum.converged,
        n=n,
        rows=rows,
        vector=vector,
        covariance=covariance,
        robust_covariance=robust,
        problem=problem,
        evaluations=maximum.evaluations,
        checks=checks,
    )


def _refined(problem: Problem, vector: Array, covariance: Array, at: Marginal) -> tuple[Array, Array, Marginal]:
    """The refined vector, the inverse of the observed information there, and everybody's likelihood there."""
    refined = refine(problem, vector, covariance, at)
    hessian = jacobian(lambda point: marginal(problem, point, at.mode.z).scores.sum(axis=0), refined)
    return refined, _inverse(-0.5 * (hessian + hessian.T)), marginal(problem, refined, at.mode.z)


def _inverse(information: Array) -> Array:
    """Inverse of the observed information; not-a-number where it is not positive definite, so that no error looks small."""
    try:
        np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return np.full_like(information, np.nan)
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def _vector_names(problem: Problem) -> list[str]:
    """What each entry of the vector stands for; an off-diagonal entry of the factor for a correlation."""
    model, layout = problem.model, problem.layout
    named = [f"{part} {name}" for part, name in natural_terms(problem)]
    factor = [
        f"sd({model.random[i]})" if i == j else f"corr({model.random[j]},{model.random[i]})" for i, j in layout.entries.T.tolist()
    ]
    return [*named[: layout.effects], *(f"between people {name}" for name in factor), *named[layout.occasion_sd.start :]]


def _log_jacobian(problem: Problem) -> float:
    """Sum of log measurements: from the density of the logarithms to that of the measurements themselves."""
    if problem.model.error != "lognormal":
        return 0.0
    measured = problem.data.measured
    return float(measured.value[measured.present & ~measured.below].sum())
