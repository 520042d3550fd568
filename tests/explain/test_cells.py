import numpy as np
import polars as pl
import pytest

from stallpoint.core.plan import Plan
from stallpoint.explain.cells import cut_cells, estimate_cells
from stallpoint.explain.readings import read_people
from stallpoint.explain.study_chain import fit_models
from stallpoint.models.joint.fit import JointFit
from stallpoint.response.joint_trial import SLOPE_TERM, Covariates, find_beta, fit_trial
from stallpoint.simulate.planted import only_in_subgroup
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign


@pytest.fixture(scope="module")
def trial():
    effect = only_in_subgroup(0.5, column="sex", equals="female")
    return simulate_trial(TrialDesign(n=500), effect, rng=np.random.default_rng(3)).trial


@pytest.fixture(scope="module")
def fits(trial):
    return fit_models(trial)


def test_one_step_comes_near_to_a_fit_of_the_cell_alone(trial, fits):
    """The same people in a model of their own: the step must agree within half a standard error, and be as sure within a fifth."""
    people = fits.followed.people
    cells = (people["sex"] == "female").to_numpy().astype(np.int64)
    found = estimate_cells(fits.joint, people, cells)
    for cell, sex in enumerate(("male", "female")):
        kept = people.filter(pl.col("sex") == sex)
        visits = fits.followed.visits.filter(pl.col("patient").is_in(kept["patient"].implode()))
        alone = fit_trial(type(fits.followed)(visits, kept, ()), Covariates())
        at = find_beta(alone, SLOPE_TERM)
        error = float(np.sqrt(alone.covariance[at, at]))
        assert found.std_error[cell] == pytest.approx(error, rel=0.2)
        assert abs(found.estimate[cell] - alone.theta[at]) < 0.5 * error


def test_one_cell_is_the_average_effect(fits):
    people = fits.followed.people
    found = estimate_cells(fits.joint, people, np.zeros(people.height, dtype=np.int64))
    at = find_beta(fits.joint, SLOPE_TERM)
    assert isinstance(fits.joint, JointFit)
    assert found.std_error[0] == pytest.approx(np.sqrt(fits.joint.covariance[at, at]))
    assert abs(found.estimate[0] - fits.joint.theta[at]) < 0.1 * found.std_error[0]


def test_a_cell_of_one_arm_says_nothing(fits):
    people = fits.followed.people
    cells = np.zeros(people.height, dtype=np.int64)
    cells[np.flatnonzero(people["treated"].to_numpy() == 1)[:20]] = 1
    assert np.isnan(estimate_cells(fits.joint, people, cells).std_error[1])


def test_cells_do_not_see_the_outcome(trial, fits):
    people = read_people(trial, fits.followed, Plan())
    worse = trial.cohort.visits.with_columns(
        alsfrs_r=pl.when(pl.col("time_months") > 0.5).then(pl.col("alsfrs_r") / 2).otherwise(pl.col("alsfrs_r"))
    )
    changed = type(fits.followed)(worse, fits.followed.people, ())
    again = read_people(trial, changed, Plan())
    assert (cut_cells(people, fits.followed.people) == cut_cells(again, fits.followed.people)).all()
    assert len(np.unique(cut_cells(people, fits.followed.people))) >= 2
