"""A curve that is a line in logarithms is a linear mixed model, for which REML is exact."""

import numpy as np
import polars as pl
import pytest

from stallpoint.models.mixed import fit_mixed
from stallpoint.models.nonlinear_mixed.data import code_nonlinear
from stallpoint.models.nonlinear_mixed.fit import fit_nonlinear_mixed
from stallpoint.models.nonlinear_mixed.specification import build_nonlinear_model


def level(parameters, design):
    """The same value at all points."""
    return parameters[0] * np.ones_like(design["time"])


def draw(people, rng):
    """Three logarithms of values a person; a covariate of people moves the level."""
    x = rng.normal(size=people)
    own = 1.0 + 0.4 * x + rng.normal(0, 0.5, people)
    logs = own[:, None] + rng.normal(0, 0.3, (people, 3))
    names = [f"P{number:03d}" for number in range(people)]
    table = pl.DataFrame({"person": np.repeat(names, 3), "time": np.tile([1.0, 2.0, 3.0], people), "value": np.exp(logs).ravel()})
    return table, pl.DataFrame({"person": names, "x": x})


def fit(table, people, **asked):
    model = build_nonlinear_model(
        {"level": 2.0}, random=("level",), covariates={"level": "x"}, error="lognormal", method="laplace", **asked
    )
    data = code_nonlinear(model, table, response="value", person="person", columns=("time",), people=people)
    return fit_nonlinear_mixed(model, data, level)


@pytest.fixture(scope="module")
def drawn():
    return draw(20, np.random.default_rng(1))


def spread(found):
    return found.coefficient("between people", "sd(level)")["estimate"]


def test_the_step_leads_to_reml(drawn):
    table, people = drawn
    logs = table.join(people, on="person").with_columns(y=pl.col("value").log())
    reml, ml = (fit_mixed(logs, "y ~ x", "~ 1 | person", method=method).random_sd[0] for method in ("reml", "ml"))
    assert spread(fit(table, people)) == pytest.approx(ml, rel=1e-3)
    assert reml / ml > 1.04
    assert spread(fit(table, people, refined=True)) == pytest.approx(reml, rel=0.01)


def test_fixed_effects_and_the_likelihood_of_the_maximum_stay(drawn):
    plain, refined = fit(*drawn), fit(*drawn, refined=True)
    assert refined.log_likelihood == plain.log_likelihood
    assert refined.coefficient("covariate", "level: x")["estimate"] == pytest.approx(
        plain.coefficient("covariate", "level: x")["estimate"], abs=1e-4
    )
    assert (
        refined.coefficient("covariate", "level: x")["std_error"] > 1.02 * plain.coefficient("covariate", "level: x")["std_error"]
    )
    assert refined.converged


def test_no_variation_is_left_at_none():
    rng = np.random.default_rng(3)
    table, people = draw(15, rng)
    alike = table.with_columns(value=pl.Series(np.exp(1.0 + rng.normal(0, 0.3, table.height))))
    assert spread(fit(alike, people, refined=True)) < 0.3
