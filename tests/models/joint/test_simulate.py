"""Draws from a joint model have the model's own moments."""

import numpy as np
import polars as pl
import pytest
from joint_world import BASE, TWO_CAUSES, small_world

from stallpoint.models.joint.fit import fit_joint
from stallpoint.models.joint.predict import predict_incidence, predict_survival
from stallpoint.models.joint.simulate import simulate_joint

PEOPLE = 6000
TIMES = np.array([6.0, 18.0])
VISITS = np.array([0.0, 6.0, 18.0])


@pytest.mark.parametrize("baseline", ["weibull", "piecewise", "spline", "royston-parmar"])
def test_survival_of_draws_is_the_predicted_one(baseline):
    fit = fit_joint(*small_world(80), **{**BASE, "baseline": baseline, "event": TWO_CAUSES})
    people = pl.DataFrame({"patient": np.arange(PEOPLE), "arm": np.ones(PEOPLE, dtype=int)})
    visits, events = simulate_joint(
        fit.design, fit.theta, people, visit_times=VISITS, end=np.full(PEOPLE, 24.0), rng=np.random.default_rng(4)
    )
    alive = np.array([(events["time"] > time).mean() for time in TIMES])
    expected = predict_survival(fit, people, TIMES).value
    # Four binomial standard errors, and the hazard's steps.
    assert np.abs(alive - expected).max() < 4 * 0.5 / np.sqrt(PEOPLE) + 2e-3
    died = np.array([((events["time"] <= time) & (events["died"] == 1)).mean() for time in TIMES])
    assert np.abs(died - predict_incidence(fit, people, TIMES, cause="death").value).max() < 4 * 0.5 / np.sqrt(PEOPLE) + 2e-3
    assert visits.filter(pl.col("month") == 0).height == PEOPLE
    assert (
        (visits.join(events.select("patient", "time"), on="patient").select(pl.col("month") <= pl.col("time"))).to_series().all()
    )


def test_measures_have_the_fit_s_mean_and_spread():
    fit = fit_joint(*small_world(80), **BASE, bounds={"score": (24.0, 44.0)})
    people = pl.DataFrame({"patient": np.arange(PEOPLE), "arm": np.zeros(PEOPLE, dtype=int)})
    visits, _ = simulate_joint(
        fit.design, fit.theta, people, visit_times=np.zeros(1), end=np.full(PEOPLE, 1e-6), rng=np.random.default_rng(4)
    )
    spread = np.hypot(fit.coefficient("random", "sd(Intercept)")["estimate"], fit.coefficient("residual", "sigma")["estimate"])
    mean = fit.coefficient("longitudinal", "Intercept")["estimate"]
    assert visits["score"].max() <= 44.0
    assert (visits["score"] >= mean).mean() == pytest.approx(0.5, abs=0.03)
    assert (visits["score"] < mean - spread).mean() == pytest.approx(0.159, abs=0.02)
