"""Estimates on the scale they are read on, and each person's own values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.models.nonlinear_mixed.individual import Problem
from stallpoint.models.nonlinear_mixed.likelihood import Marginal
from stallpoint.numerics.delta import jacobian

Array = npt.NDArray[np.float64]

ABSENT = 0.01
"""A standard deviation below this on the log scale, 1%, counts as none: there the likelihood is level, and its size means nothing."""


def natural_terms(problem: Problem) -> list[tuple[str, str]]:
    """Part (typical, covariate, between people, between occasions, residual) and parameter of each value of `natural_values`."""
    model = problem.model
    pairs = [(i, j) for i in range(len(model.random)) for j in range(i)] if model.correlated else []
    return [
        *(("typical", name) for name in model.free),
        *(("covariate", f"{name}: {term}") for name, term in problem.data.covariate_terms),
        *(("between people", f"sd({name})") for name in model.random),
        *(("between people", f"corr({model.random[j]},{model.random[i]})") for i, j in pairs),
        *(("between occasions", f"sd({name})") for name in model.by_occasion),
        *(("residual", name) for name in model.error_terms),
    ]


def natural_values(problem: Problem, vector: Array) -> Array:
    """Typical values themselves, covariates as they multiply in logarithms, standard deviations and correlations."""
    model, layout = problem.model, problem.layout
    parameters = layout.unpack(vector)
    free = len(model.free)
    omega = omega_of(problem, vector)
    sd = np.sqrt(np.diag(omega))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = (omega / np.outer(sd, sd))[np.tril_indices(len(sd), -1)] if model.correlated else np.zeros(0)
    return np.concatenate(
        [
            np.exp(parameters.effects[:free]),
            parameters.effects[free:],
            sd,
            correlation,
            np.abs(vector[layout.occasion_sd]),
            np.abs(parameters.scale),
        ]
    )


def omega_of(problem: Problem, vector: Array) -> Array:
    """Covariance (q, q) between people of the logarithms of the random parameters."""
    people = problem.layout.people
    factor = problem.layout.unpack(vector).factor[:people, :people]
    return np.asarray(factor @ factor.T, dtype=np.float64)


def coefficient_rows(problem: Problem, vector: Array, covariance: Array, robust: Array) -> pl.DataFrame:
    """part, parameter, estimate, std_error, robust_std_error, low, high (95%).

    Intervals of positive quantities are symmetric in their logarithm. A spread that counts as absent has no standard error; its
    interval runs from 0 to where the likelihood has fallen as far as a 95% interval's end, by its curvature.
    """
    terms = natural_terms(problem)
    estimate = natural_values(problem, vector)
    slope = jacobian(lambda point: natural_values(problem, point), vector)
    with np.errstate(invalid="ignore", divide="ignore"):
        error, robust_error = (np.sqrt(np.einsum("ij,jk,ik->i", slope, given, slope)) for given in (covariance, robust))
        reach = norm.ppf(0.975) * error
        absent = np.array([_is_absent(part, name, value) for (part, name), value in zip(terms, estimate, strict=True)])
        positive = np.array([part != "covariate" and not name.startswith("corr(") for part, name in terms]) & ~absent
        factor = np.exp(reach / np.where(estimate > 0, estimate, np.nan))
        low = np.where(positive, estimate / factor, np.where(absent, 0.0, estimate - reach))
        high = np.where(positive, estimate * factor, estimate + reach)
    return pl.DataFrame(
        {
            "part": [part for part, _ in terms],
            "parameter": [name for _, name in terms],
            "estimate": estimate,
            "std_error": np.where(absent, np.nan, error),
            "robust_std_error": np.where(absent, np.nan, robust_error),
            "low": low,
            "high": high,
        }
    )


def _is_absent(part: str, name: str, value: float) -> bool:
    return part.startswith("between") and name.startswith("sd(") and bool(value < ABSENT)


def variability_rows(problem: Problem, vector: Array, at: Marginal) -> pl.DataFrame:
    """level, parameter, sd (log scale), cv_percent = 100 sqrt(exp(sd^2) - 1), shrinkage = 1 - sd(people's estimates) / sd.

    Source: Savic & Karlsson (2009), doi:10.1208/s12248-009-9133-0, for shrinkage.
    """
    model, layout = problem.model, problem.layout
    between = np.sqrt(np.diag(omega_of(problem, vector)))
    within = np.abs(vector[layout.occasion_sd])
    sd = np.concatenate([between, within])
    with np.errstate(invalid="ignore", divide="ignore"):
        shrinkage = 1 - person_effects(problem, vector, at)[0].std(axis=0, ddof=1) / between
    shown = np.where(between < ABSENT, np.nan, shrinkage)
    return pl.DataFrame(
        {
            "level": ["people"] * len(between) + ["occasions"] * len(within),
            "parameter": [*model.random, *model.by_occasion],
            "sd": sd,
            "cv_percent": 100 * np.sqrt(np.expm1(sd**2)),
            "shrinkage": [*shown, *[None] * len(within)],
        }
    )


def person_effects(problem: Problem, vector: Array, at: Marginal) -> tuple[Array, Array]:
    """Empirical Bayes estimates of eta (n, q) and their posterior standard deviations (n, q), with the parameters taken as known."""
    people = problem.layout.people
    factor = problem.layout.unpack(vector).factor[:people, :people]
    spread = factor @ at.covariance[:, :people, :people] @ factor.T
    return at.mode.z[:, :people] @ factor.T, np.sqrt(np.diagonal(spread, axis1=1, axis2=2))


def people_rows(problem: Problem, vector: Array, at: Marginal) -> pl.DataFrame:
    """person, measurements, each parameter's own value, and for the random ones eta(..) and its posterior sd(..), on the log scale."""
    model, data = problem.model, problem.data
    eta, sd = person_effects(problem, vector, at)
    typical = data.effects @ problem.layout.unpack(vector).effects
    columns: dict[str, object] = {"person": data.people, "measurements": data.points}
    for name in model.parameters:
        log_value = np.full(len(data.people), np.log(model.start[name]) if name in model.fixed else 0.0)
        if name in model.active:
            log_value += typical[:, model.active.index(name)]
        if name in model.random:
            log_value += eta[:, model.random.index(name)]
        columns[name] = np.exp(log_value)
    for place, name in enumerate(model.random):
        columns |= {f"eta({name})": eta[:, place], f"sd({name})": sd[:, place]}
    return pl.DataFrame(columns)
