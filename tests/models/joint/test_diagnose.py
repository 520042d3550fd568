"""Residuals and replicates of a fit to data that the model made."""

import numpy as np
import polars as pl
import pytest
from joint_world import BASE, small_world

from stallpoint.models.joint.diagnose import measure_residuals, person_residuals, replicate_fit
from stallpoint.models.joint.fit import fit_joint
from stallpoint.models.joint.simulate import simulate_joint


@pytest.fixture(scope="module")
def world():
    template = fit_joint(*small_world(80), **BASE)
    people = pl.DataFrame({"patient": [f"P{i}" for i in range(150)], "arm": np.arange(150) % 2})
    rng = np.random.default_rng(6)
    visits, events = simulate_joint(
        template.design, template.theta, people, visit_times=np.arange(0.0, 25, 3), end=np.full(150, 24.0), rng=rng
    )
    return visits, events, fit_joint(visits, events, **BASE)


def test_events_and_what_was_expected_add_up(world):
    _, events, fit = world
    rows = person_residuals(fit)
    assert rows["events"].sum() == events["died"].sum()
    # At the maximum the score of the hazard's intercept is 0.
    assert rows["martingale"].sum() == pytest.approx(0, abs=0.05)


def test_standardised_residuals_are_centred_and_a_little_narrow(world):
    visits, _, fit = world
    rows = measure_residuals(fit, visits)
    assert rows.height == visits.height
    assert rows["residual"].mean() == pytest.approx(0, abs=0.1)
    assert 0.75 < rows["residual"].std() < 1.02
    fitted = rows["fitted"].to_numpy()
    assert np.corrcoef(fitted, visits["score"].to_numpy())[0, 1] > 0.9


def test_data_that_the_model_made_lie_among_its_replicates(world):
    visits, _, fit = world
    edges = np.array([0.0, 6.0, 12.0, 18.0, 24.0])
    course, survival = replicate_fit(fit, visits, edges=edges, repeats=40, rng=np.random.default_rng(2))
    for frame in (course, survival):
        assert frame.height == 4
        wide = (frame["high"] - frame["low"]).to_numpy()
        assert ((frame["observed"] > frame["low"] - wide) & (frame["observed"] < frame["high"] + wide)).all()
    assert (np.diff(survival["middle"].to_numpy()) <= 0).all()
