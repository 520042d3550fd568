"""Against R's nlme on data of our own; made by reference/simulate.R and reference/nlme.R.

nlme maximises the likelihood of a model linearised around people's modes, again and again (Lindstrom & Bates 1990). FOCE with additive
error integrates the same linearisation, but moves the modes while it maximises; so estimates agree to a fraction of a standard error
and log-likelihoods to a fraction of a unit, not to all digits. Quadrature says how much of the difference is the approximation's.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.models.nonlinear_mixed.data import code_nonlinear
from stallpoint.models.nonlinear_mixed.fit import fit_nonlinear_mixed
from stallpoint.models.nonlinear_mixed.integration import integrate
from stallpoint.models.nonlinear_mixed.likelihood import marginal
from stallpoint.models.nonlinear_mixed.specification import build_nonlinear_model

FOLDER = Path(__file__).parent / "reference"
NLME = json.loads((FOLDER / "nlme.json").read_text(encoding="utf-8"))


def oral(parameters, columns):
    elimination, absorption, clearance = parameters
    fall = np.exp(-elimination * columns["time"]) - np.exp(-absorption * columns["time"])
    return columns["dose"] * elimination * absorption / (clearance * (absorption - elimination)) * fall


def decline(parameters, columns):
    first, fast, second, slow = parameters
    return first * np.exp(-fast * columns["time"]) + second * np.exp(-slow * columns["time"])


CASES = {
    "oral": ("oral.csv", oral, {"ke": 0.1, "ka": 1.3, "cl": 3.0}, ("ke", "ka", "cl"), False),
    "oral_full": ("oral.csv", oral, {"ke": 0.1, "ka": 1.3, "cl": 3.0}, ("ka", "cl"), True),
    "decline": ("decline.csv", decline, {"a1": 2.7, "r1": 2.2, "a2": 0.7, "r2": 0.25}, ("a1", "r1", "a2"), False),
}


@cache
def fitted(name, method="foce"):
    file, curve, start, random, correlated = CASES[name]
    table = pl.read_csv(FOLDER / file)
    model = build_nonlinear_model(start, random=random, correlated=correlated, error="additive", method=method)
    columns = tuple(column for column in ("time", "dose") if column in table.columns)
    data = code_nonlinear(model, table, response="conc", person="person", columns=columns)
    return fit_nonlinear_mixed(model, data, curve)


@pytest.mark.parametrize("name", CASES)
def test_foce_is_near_nlme(name):
    fit, known = fitted(name), NLME[name]
    assert fit.converged
    assert fit.log_likelihood == pytest.approx(known["log_likelihood"], abs=0.5)
    typical = fit.coefficients.filter(pl.col("part") == "typical")
    away = np.log(typical["estimate"].to_numpy()) - known["fixed"]
    assert np.abs(away / known["std_error"]).max() < 0.5
    relative_error = typical["std_error"].to_numpy() / typical["estimate"].to_numpy()
    assert relative_error == pytest.approx(known["std_error"], rel=0.1)
    sd = fit.coefficients.filter((pl.col("part") == "between people") & pl.col("parameter").str.starts_with("sd("))
    assert (np.abs(sd["estimate"].to_numpy() - known["sd"]) < 0.15 * sd["std_error"].to_numpy()).all()
    sigma = fit.coefficient("residual", "additive_sd")
    assert sigma["estimate"] == pytest.approx(known["sigma"], abs=0.1 * sigma["std_error"])


def test_correlation_is_near_that_of_nlme():
    row = fitted("oral_full").coefficient("between people", "corr(ka,cl)")
    assert row["estimate"] == pytest.approx(NLME["oral_full_correlation"], abs=0.15 * row["std_error"])


@pytest.mark.parametrize("name", CASES)
def test_quadrature_prefers_our_estimates_to_those_of_nlme(name):
    """The likelihood without either approximation is at least as high at FOCE's maximum, or lower by next to nothing."""
    fit, known = fitted(name), NLME[name]
    theirs = fit.vector.copy()
    theirs[: len(known["fixed"])] = known["fixed"]
    if not CASES[name][4]:
        theirs[fit.problem.layout.factor] = known["sd"]
    theirs[-1] += np.log(known["sigma"] / fit.coefficient("residual", "additive_sd")["estimate"])
    ours, other = (
        integrate(fit.problem, vector, marginal(fit.problem, vector, np.zeros((fit.n, fit.problem.layout.random)))).value.sum()
        for vector in (fit.vector, theirs)
    )
    assert ours > other - 0.02


def test_laplace_and_foce_differ_by_less_than_either_approximates():
    laplace, foce = fitted("oral", "laplace"), fitted("oral")
    assert abs(laplace.log_likelihood - foce.log_likelihood) < 1.0
    away = laplace.coefficients["estimate"] - foce.coefficients["estimate"]
    assert (away.abs() < 0.2 * foce.coefficients["std_error"]).all()
