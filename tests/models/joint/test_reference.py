"""The joint model against R's JM and nlme on data of our own; made by reference/reference.R.

JM's nodes stay centred where the mixed model put them, so its maxima are good to about 1e-3 in log-likelihood.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.models.joint.fit import fit_joint

FOLDER = Path(__file__).parent / "reference"
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
MODEL = {
    "longitudinal": "y ~ time + time:treated",
    "random": "~ time | patient",
    "event": "Surv(end, died) ~ treated + bulbar",
}
KNOTS = (4.0, 8.0, 12.0, 16.0, 20.0)
FITS = {
    "a_weibull_value": {},
    "a_weibull_slope": {"association": "slope"},
    "a_weibull_both": {"association": "value + slope"},
    "b_piecewise_value": {"baseline": "piecewise", "knots": KNOTS},
    "b_piecewise_both": {"baseline": "piecewise", "knots": KNOTS, "association": "value + slope"},
}


@cache
def frames():
    return pl.read_csv(FOLDER / "visits.csv"), pl.read_csv(FOLDER / "people.csv")


@cache
def fitted(name):
    return fit_joint(*frames(), **MODEL, **FITS[name])


@pytest.mark.parametrize("name", FITS)
def test_maximum_and_estimates_agree_with_jm(name):
    fit, known = fitted(name), REFERENCE[name]
    assert fit.converged
    assert fit.deaths == known["events"]
    assert fit.log_likelihood == pytest.approx(known["log_likelihood"], abs=0.02)
    assert estimates(fit, "longitudinal") == pytest.approx(list(known["betas"].values()), abs=2e-3)
    assert estimates(fit, "residual") == pytest.approx([known["sigma"]], abs=1e-3)
    for kind in ("value", "slope"):
        if isinstance(known[f"alpha_{kind}"], float):
            row, error = fit.coefficient("association", kind), standard_error(known, kind)
            assert row["estimate"] == pytest.approx(known[f"alpha_{kind}"], abs=0.02 * error)
            assert row["std_error"] == pytest.approx(error, rel=0.01)
    for term in ("treated", "bulbar"):
        row, error = fit.coefficient("event", term), known["se"][f"T.{term}"]
        assert row["estimate"] == pytest.approx(known["gammas"][term], abs=0.02 * error)
        assert row["std_error"] == pytest.approx(error, rel=0.01)
    factor = fit.design.layout.factor
    lower = np.zeros((2, 2))
    lower[np.tril_indices(2)] = fit.theta[factor]
    assert lower @ lower.T == pytest.approx(np.array(known["D"]), rel=0.01, abs=5e-3)


def estimates(fit, part):
    return fit.coefficients.filter(pl.col("part") == part)["estimate"].to_list()


def standard_error(known, kind):
    names = {"value": "T.alpha", "slope": "T.alpha.s"}
    return known["se"][names[kind]]


def test_baselines_agree_with_jm():
    assert fitted("a_weibull_both").coefficient("baseline", "shape")["estimate"] == pytest.approx(
        REFERENCE["a_weibull_both"]["weibull_shape"], abs=2e-3
    )
    levels = estimates(fitted("b_piecewise_value"), "baseline")
    assert levels == pytest.approx(REFERENCE["b_piecewise_value"]["log_xi"], abs=5e-3)


def test_residual_spread_by_arm_agrees_with_nlme():
    """Without association the measures' part is nlme's mixed model with a variance for each arm."""
    known = REFERENCE["i_lme_varident"]
    fit = fit_joint(*frames(), **MODEL, residual="~ treated", association="none")
    plain = fit_joint(*frames(), **MODEL, association="none")
    gain = fit.log_likelihood - plain.log_likelihood
    assert gain == pytest.approx(known["log_likelihood"] - REFERENCE["lme_ml"]["log_likelihood"], abs=1e-4)
    assert estimates(fit, "longitudinal") == pytest.approx(list(known["betas"].values()), abs=1e-4)
    sigma = np.exp(np.cumsum(estimates(fit, "residual")))
    assert sigma == pytest.approx(list(known["sigma_by_arm"].values()), rel=1e-4)
    errors = fit.coefficients.filter(pl.col("part") == "longitudinal")["std_error"].to_list()
    assert errors == pytest.approx(list(known["se"].values()), rel=0.02)


SURVIVAL = json.loads((FOLDER / "survival.json").read_text(encoding="utf-8"))
"""Made by reference/survival.R. Without association the event's part stands alone."""


def event_alone(fit):
    return fit.log_likelihood - REFERENCE["lme_ml"]["log_likelihood"]


def test_competing_weibull_hazards_agree_with_survreg():
    event = {"death": "Surv(end, died) ~ treated + bulbar", "withdrawal": "Surv(end, withdrew) ~ treated + bulbar"}
    fit = fit_joint(*frames(), **{**MODEL, "event": event}, association="none")
    known = [SURVIVAL["weibull"], SURVIVAL["withdrawal"]]
    assert event_alone(fit) == pytest.approx(sum(one["log_likelihood"] for one in known), abs=1e-4)
    for cause, one in enumerate(known):
        assert fit.theta[fit.design.layout.gamma(cause)] == pytest.approx(list(one["gammas"].values()), abs=1e-3)
        assert np.exp(fit.theta[fit.design.layout.baseline(cause)]) == pytest.approx([one["shape"]], abs=1e-3)


def test_hazards_by_stratum_agree_with_poisson_regression():
    known = SURVIVAL["by_site"]
    fit = fit_joint(*frames(), **MODEL, association="none", strata="site", baseline="piecewise", knots=tuple(known["knots"]))
    assert event_alone(fit) == pytest.approx(known["log_likelihood"], abs=1e-4)
    assert estimates(fit, "event") == pytest.approx([known["coefficients"][term] for term in ("treated", "bulbar")], abs=1e-3)
    levels = [known["coefficients"][f"factor(piece){piece}:site{site}"] for site in "AB" for piece in (1, 2, 3)]
    assert estimates(fit, "baseline") == pytest.approx(levels, abs=2e-3)


def test_delayed_entry_agrees_with_poisson_regression():
    visits, people = frames()
    late = people.with_columns(entry=pl.when(pl.col("patient") % 2 == 0).then(3.0).otherwise(0.0)).filter(
        pl.col("entry") < pl.col("end")
    )
    known = SURVIVAL["delayed"]
    assert late.height == known["n"]
    kept = visits.join(late.select("patient"), on="patient", how="semi")
    ask = {**MODEL, "association": "none", "baseline": "piecewise", "knots": tuple(known["knots"])}
    fit, at_once = fit_joint(kept, late, **ask, entry="entry"), fit_joint(kept, late, **ask)
    found = [*estimates(fit, "baseline"), *estimates(fit, "event")]
    assert found == pytest.approx(list(known["coefficients"].values()), abs=1e-3)
    rows = fit.coefficients.filter(pl.col("part").is_in(["event"]))
    assert rows["std_error"].to_list() == pytest.approx([known["se"]["treated"], known["se"]["bulbar"]], rel=1e-3)
    assert at_once.coefficient("baseline", "log hazard 1")["estimate"] < fit.coefficient("baseline", "log hazard 1")["estimate"]


def test_a_spline_hazard_says_what_a_free_one_does():
    fit = fit_joint(*frames(), **MODEL, association="none", baseline="spline")
    for term, error in SURVIVAL["cox"]["se"].items():
        row = fit.coefficient("event", term)
        assert row["estimate"] == pytest.approx(SURVIVAL["cox"]["coefficients"][term], abs=0.1 * error)
        assert row["std_error"] == pytest.approx(error, rel=0.02)
