"""Marginal likelihoods against plain integration, a linear model where nothing is approximate, and differences of the value."""

import numpy as np
import polars as pl
import pytest
from bolus_world import bolus, draw_people
from scipy.stats import norm

from stallpoint.models.mixed import fit_mixed
from stallpoint.models.nonlinear_mixed.data import code_nonlinear
from stallpoint.models.nonlinear_mixed.fit import fit_nonlinear_mixed
from stallpoint.models.nonlinear_mixed.integration import integrate
from stallpoint.models.nonlinear_mixed.layout import start_vector
from stallpoint.models.nonlinear_mixed.likelihood import marginal
from stallpoint.models.nonlinear_mixed.problem import build_problem
from stallpoint.models.nonlinear_mixed.specification import build_nonlinear_model

START = {"clearance": 2.7, "volume": 33.0}
LIMIT = 1.4


def censored(table):
    """Values under the limit give way to it."""
    below = pl.col("value") < LIMIT
    return table.with_columns(below=below, value=pl.when(below).then(LIMIT).otherwise("value"))


def problem_of(table, *, occasion=None, people=None, **asked):
    model = build_nonlinear_model(START, **asked)
    data = code_nonlinear(
        model, table, response="value", person="person", columns=("time",), below_limit="below", occasion=occasion, people=people
    )
    return build_problem(model, data, bolus, data.columns)


def at(problem, vector):
    return marginal(problem, vector, np.zeros((len(problem.data.people), problem.layout.random)))


@pytest.mark.parametrize("method", ["foce", "laplace"])
@pytest.mark.parametrize("error", ["additive", "proportional", "combined", "lognormal"])
@pytest.mark.parametrize("occasion", [None, "occasion"])
def test_scores_are_the_derivative_of_the_likelihood(method, error, occasion):
    rng = np.random.default_rng(5)
    table = censored(draw_people(6, rng, occasions=2, occasion_sd=0.2)).sample(fraction=0.9, seed=1)
    people = pl.DataFrame({"person": table["person"].unique().sort()}).with_columns(dose=pl.lit(1.0)).with_row_index("x")
    problem = problem_of(
        table,
        occasion=occasion,
        people=people,
        random=("clearance", "volume"),
        by_occasion=("clearance",) if occasion else (),
        covariates={"clearance": "x"},
        correlated=True,
        error=error,
        method=method,
    )
    vector = start_vector(problem.model, problem.layout) + 0.03 * np.arange(problem.layout.size)
    found, step = at(problem, vector), 1e-4
    for place, unit in enumerate(np.eye(len(vector))):
        quotient = (at(problem, vector + step * unit).value - at(problem, vector - step * unit).value) / (2 * step)
        assert found.scores[:, place] == pytest.approx(quotient, rel=1e-5, abs=1e-5)


def person_density(log_parameters, rows, sd):
    """Density of one person's rows at parameters of any shape (2, ...), written out plainly."""
    clearance, volume = np.exp(log_parameters)
    density = np.ones_like(clearance)
    for time, value, below in rows.select("time", "value", "below").iter_rows():
        clean = 100 / volume * np.exp(-clearance / volume * time)
        density = density * (norm.cdf(value, clean, sd * clean) if below else norm.pdf(value, clean, sd * clean))
    return density


@pytest.mark.parametrize("method", ["foce", "laplace"])
def test_one_random_effect_against_plain_integration(method):
    """2,000 points of the trapezoid rule, which for smooth functions that vanish at the ends is exact to many digits."""
    table = censored(draw_people(5, np.random.default_rng(7), sd=(0.4, 0.0)))
    problem = problem_of(table, random=("clearance",), method=method)
    vector = start_vector(problem.model, problem.layout)
    sd, omega = problem.layout.unpack(vector).scale[0], 0.3
    eta = np.linspace(-8 * omega, 8 * omega, 2000)
    prior = norm.pdf(eta, 0, omega) * (eta[1] - eta[0])
    log_parameters = np.log([2.7, 33.0])[:, None] + np.stack([eta, 0 * eta])
    known = [
        np.log((prior * person_density(log_parameters, table.filter(pl.col("person") == name), sd)).sum())
        for name in problem.data.people
    ]
    found = at(problem, vector)
    assert integrate(problem, vector, found, nodes=30).value == pytest.approx(known, abs=1e-6)
    assert found.value == pytest.approx(known, abs=0.1)


def test_two_random_effects_against_a_fine_grid():
    """200 by 200 points of the same rule."""
    table = censored(draw_people(4, np.random.default_rng(8)))
    problem = problem_of(table, random=("clearance", "volume"), correlated=True, method="laplace")
    vector = start_vector(problem.model, problem.layout)
    vector[problem.layout.factor] = [0.4, 0.1, 0.25]
    sd = problem.layout.unpack(vector).scale[0]
    line = np.linspace(-7, 7, 200)
    z = np.stack(np.meshgrid(line, line, indexing="ij"))
    prior = np.exp(-0.5 * (z**2).sum(axis=0)) / (2 * np.pi) * (line[1] - line[0]) ** 2
    log_parameters = np.log([2.7, 33.0])[:, None, None] + np.stack([0.4 * z[0], 0.1 * z[0] + 0.25 * z[1]])
    known = [
        np.log((prior * person_density(log_parameters, table.filter(pl.col("person") == name), sd)).sum())
        for name in problem.data.people
    ]
    found = at(problem, vector)
    assert integrate(problem, vector, found, nodes=30).value == pytest.approx(known, abs=1e-6)
    assert found.value == pytest.approx(known, abs=0.1)


def test_a_better_rule_has_the_score_of_what_it_integrates():
    table = censored(draw_people(5, np.random.default_rng(9)))
    problem = problem_of(table, random=("clearance", "volume"))
    vector, step = start_vector(problem.model, problem.layout), 1e-4
    found = integrate(problem, vector, at(problem, vector), nodes=20)
    for place, unit in enumerate(np.eye(len(vector))):
        up, down = (integrate(problem, vector + s * unit, at(problem, vector + s * unit), nodes=20).value for s in (step, -step))
        assert found.scores[:, place] == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=2e-3)


@pytest.mark.parametrize("method", ["foce", "laplace"])
def test_where_the_curve_is_linear_nothing_is_approximate(method):
    """A curve of log parameters is a linear mixed model, whose likelihood is known."""
    rng = np.random.default_rng(3)
    person = np.repeat(np.arange(15), 4)
    table = pl.DataFrame({"person": [f"P{i:02d}" for i in person], "time": np.tile([0.0, 1.0, 2.0, 3.0], 15)})
    level, slope = rng.standard_normal((2, 15))[:, person]
    table = table.with_columns(value=5 + 1.5 * level + (1 + 0.5 * slope) * table["time"] + 0.4 * rng.standard_normal(60))
    model = build_nonlinear_model(
        {"level": 100.0, "slope": 2.0}, random=("level", "slope"), correlated=True, error="additive", method=method
    )
    data = code_nonlinear(model, table, response="value", person="person", columns=("time",))
    fit = fit_nonlinear_mixed(model, data, lambda p, columns: np.log(p[0]) + np.log(p[1]) * columns["time"])
    known = fit_mixed(table, "value ~ time", "~ time | person", method="ml")
    assert fit.log_likelihood == pytest.approx(known.log_likelihood, abs=1e-5)
    typical = fit.coefficients.filter(pl.col("part") == "typical")["estimate"].to_numpy()
    assert np.log(typical) == pytest.approx(known.coefficients["estimate"].to_numpy(), abs=1e-3)
    assert fit.omega == pytest.approx(known.random_covariance, rel=1e-2, abs=1e-3)
    assert fit.coefficient("residual", "additive_sd")["estimate"] == pytest.approx(known.sigma, rel=1e-3)
