"""Fits of data of known truth: what must not matter, what must be found, and what is refused."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from bolus_world import bolus, draw_people

from stallpoint.core.errors import FitError
from stallpoint.models.nonlinear_mixed.data import code_nonlinear
from stallpoint.models.nonlinear_mixed.fit import fit_nonlinear_mixed
from stallpoint.models.nonlinear_mixed.specification import build_nonlinear_model

START = {"clearance": 2.5, "volume": 35.0}
RANDOM = ("clearance", "volume")


def fit(table, *, start=START, curve=bolus, occasion=None, people=None, below_limit=None, **asked):
    model = build_nonlinear_model(start, **{"random": RANDOM, **asked})
    data = code_nonlinear(
        model,
        table,
        response="value",
        person="person",
        columns=("time",),
        occasion=occasion,
        people=people,
        below_limit=below_limit,
    )
    return fit_nonlinear_mixed(model, data, curve)


@cache
def table():
    return draw_people(24, np.random.default_rng(11))


@cache
def plain():
    return fit(table())


def check(found, name):
    return next(one for one in found.checks if one.name == name)


def test_the_order_of_people_and_rows_changes_nothing():
    again = fit(table().sample(fraction=1.0, shuffle=True, seed=4))
    assert again.log_likelihood == pytest.approx(plain().log_likelihood, abs=1e-8)
    assert again.people["person"].to_list() == plain().people["person"].to_list()
    assert again.coefficients["estimate"].to_numpy() == pytest.approx(plain().coefficients["estimate"].to_numpy(), rel=1e-5)


def test_the_same_fit_twice_is_the_same_to_the_last_digit():
    assert fit(table()).vector.tolist() == plain().vector.tolist()


@pytest.mark.parametrize("error", ["proportional", "combined"])
def test_units_of_the_measurements_scale_the_parameters(error):
    """With values a thousand times as large, clearance and volume are a thousandth, and the density moves by the units alone."""
    scaled = fit(table().with_columns(pl.col("value") * 1000), start={"clearance": 0.0025, "volume": 0.035}, error=error)
    once = fit(table(), error=error)
    unit = {"clearance": 1e-3, "volume": 1e-3, "additive_sd": 1e3}
    factor = np.array([unit.get(name, 1.0) for name in once.coefficients["parameter"]])
    assert scaled.coefficients["estimate"].to_numpy() / factor == pytest.approx(
        once.coefficients["estimate"].to_numpy(), rel=1e-3, abs=1e-4
    )
    assert scaled.log_likelihood + scaled.rows * np.log(1000) == pytest.approx(once.log_likelihood, abs=1e-5)


def test_summary_hangs_together():
    found = plain()
    k = len(found.vector)
    assert found.aic == pytest.approx(2 * k - 2 * found.log_likelihood)
    assert found.bic == pytest.approx(k * np.log(72) - 2 * found.log_likelihood)
    sd = found.coefficient("between people", "sd(clearance)")["estimate"]
    row = found.variability.row(0, named=True)
    assert row["sd"] == pytest.approx(sd)
    assert row["cv_percent"] == pytest.approx(100 * np.sqrt(np.exp(found.omega[0, 0]) - 1))
    eta = found.people["eta(clearance)"].to_numpy()
    assert row["shrinkage"] == pytest.approx(1 - eta.std(ddof=1) / sd)
    typical = found.coefficient("typical", "clearance")["estimate"]
    assert found.people["clearance"].to_numpy() == pytest.approx(typical * np.exp(eta))
    assert (found.people["sd(clearance)"].to_numpy() < sd).all()
    assert found.converged
    assert check(found, "integration").status == "passed"


def test_log_errors_are_proportional_errors_where_these_are_small():
    """And their likelihoods are of the same measurements, so they may be compared."""
    clean = draw_people(20, np.random.default_rng(12), residual=0.02)
    proportional, lognormal = fit(clean), fit(clean, error="lognormal")
    assert lognormal.log_likelihood == pytest.approx(proportional.log_likelihood, abs=1.0)
    assert lognormal.coefficients["estimate"].to_numpy() == pytest.approx(
        proportional.coefficients["estimate"].to_numpy(), rel=0.02
    )


def test_values_below_the_limit_are_not_values_at_it():
    limit = 1.3
    below = pl.col("value") < limit
    marked = table().with_columns(below=below, value=pl.when(below).then(limit).otherwise("value"))
    censored, naive = fit(marked, below_limit="below"), fit(marked)
    truth, left_out = plain(), fit(marked.filter(~pl.col("below")))
    assert 0.05 < marked["below"].mean() < 0.4
    away = [abs(np.log(one.coefficient("typical", "clearance")["estimate"] / truth.coefficient("typical", "clearance")["estimate"]))
            for one in (censored, naive, left_out)]  # fmt: skip
    assert away[0] < min(away[1:])


def test_variation_between_occasions_is_found():
    drawn = draw_people(30, np.random.default_rng(13), occasions=3, occasion_sd=0.25)
    found = fit(drawn, occasion="occasion", by_occasion=("clearance",))
    row = found.coefficient("between occasions", "sd(clearance)")
    assert abs(row["estimate"] - 0.25) < 4 * row["std_error"]
    assert row["std_error"] < 0.1
    assert found.variability["level"].to_list() == ["people", "people", "occasions"]
    assert found.log_likelihood > fit(drawn).log_likelihood + 10


def test_no_variation_is_said_to_be_none():
    found = fit(draw_people(30, np.random.default_rng(14), sd=(0.4, 0.0), residual=0.2))
    absent = check(found, "variances")
    if absent.status == "warning":
        row = found.coefficient("between people", "sd(volume)")
        assert row["low"] == 0
        assert row["high"] > 0
        assert np.isnan(row["std_error"])
    else:
        assert found.coefficient("between people", "sd(volume)")["low"] < 0.15
    assert found.converged


def test_a_held_parameter_stays():
    found = fit(table(), fixed=("volume",), random=("clearance",), start={"clearance": 2.5, "volume": 30.0})
    assert found.people["volume"].to_numpy() == pytest.approx(30.0)
    assert found.coefficients["parameter"].to_list() == ["clearance", "sd(clearance)", "proportional_sd"]


def test_what_the_data_do_not_tell_apart_is_named():
    """A curve that knows only the ratio of clearance and volume."""
    found = fit(
        table().filter(pl.col("person") < "P012"),
        random=("clearance",),
        curve=lambda p, columns: 3.3 * np.exp(-p[0] / p[1] * columns["time"]),
    )
    flat = check(found, "identification")
    assert flat.status == "failed"
    assert "typical clearance" in flat.text
    assert "typical volume" in flat.text


def test_covariates_multiply():
    """Half of the people see time run twice as fast: twice the clearance at the same volume."""
    drawn = draw_people(40, np.random.default_rng(15))
    people = pl.DataFrame({"person": drawn["person"].unique().sort()}).with_columns(x=np.arange(40) % 2)
    fast = drawn.join(people, on="person").with_columns(time=pl.col("time") / (1 + pl.col("x")))
    found = fit(fast, people=people, covariates={"clearance": "x"})
    row = found.coefficient("covariate", "clearance: x")
    assert abs(row["estimate"] - np.log(2)) < 4 * row["std_error"]
    assert row["std_error"] < 0.25


@pytest.mark.parametrize(
    ("given", "asked", "says"),
    [
        (lambda t: t.filter(pl.col("person") == "P000"), {}, "one person"),
        (lambda t: t.with_columns(value=pl.lit(2.0)), {}, "measurements equal 2"),
        (lambda t: t.with_columns(value=pl.lit(None, dtype=pl.Float64)), {}, "0 people"),
        (lambda t: t.drop("time"), {}, "no column 'time'"),
        (lambda t: t.with_columns(value=-pl.col("value")), {"error": "lognormal"}, "not positive"),
        (lambda t: t, {"start": {"clearance": -1.0, "volume": 2.0}}, "positive numbers"),
        (lambda t: t, {"random": ("clerance",)}, "no parameter"),
        (lambda t: t, {"random": ()}, "no parameter varies"),
        (lambda t: t, {"error": "gamma"}, "not offered"),
        (lambda t: t, {"curve": lambda p, c: np.abs(bolus(p, c))}, "complex steps"),
        (lambda t: t, {"curve": lambda p, c: bolus(p, c)[..., :1]}, "shape"),
        (lambda t: t, {"curve": lambda p, c: bolus(p, c) - 100}, "not positive"),
        (lambda t: t, {"covariates": {"clearance": "x"}}, "table of people"),
    ],
)
def test_mistakes_are_named(given, asked, says):
    with pytest.raises(FitError, match=says):
        fit(given(table()), **asked)


def test_rows_without_a_value_are_counted():
    holes = table().with_columns(value=pl.when(pl.col("person") == "P003").then(None).otherwise("value"))
    found = fit(holes)
    assert found.n == 23
    assert check(found, "rows without a value").count == 3
    assert check(found, "rows without a value").status == "warning"
