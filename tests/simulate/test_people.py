from dataclasses import replace

import numpy as np
import pytest

from stallpoint.simulate.natural_history import default_natural_history
from stallpoint.simulate.people import simulate_people

HISTORY = default_natural_history()


def test_latent_course_has_the_stated_moments():
    people = simulate_people(40_000, HISTORY, np.random.default_rng(1))
    assert people.intercept.mean() == pytest.approx(HISTORY.alsfrs_r_intercept_mean, abs=0.1)
    assert people.slope.std() == pytest.approx(HISTORY.slope_sd, abs=0.01)
    correlation = np.corrcoef(people.intercept, people.slope)[0, 1]
    assert correlation == pytest.approx(HISTORY.slope_intercept_correlation, abs=0.02)


def test_skew_keeps_mean_and_sd_and_makes_a_long_tail_of_fast_decline():
    skewed = replace(HISTORY, slope_skew=-5.46)
    slope = simulate_people(40_000, skewed, np.random.default_rng(1)).slope
    assert slope.mean() == pytest.approx(HISTORY.slope_mean, abs=0.015)
    assert slope.std() == pytest.approx(HISTORY.slope_sd, abs=0.015)
    assert (((slope - slope.mean()) / slope.std()) ** 3).mean() < -0.7


def test_baseline_is_possible():
    patients = simulate_people(2_000, HISTORY, np.random.default_rng(2)).patients
    assert patients["patient"].n_unique() == 2_000
    assert (patients["onset_months"] > 0).all()
    assert (patients["diagnosis_months"] < patients["onset_months"]).all()
    assert set(patients["onset_site"].unique()) <= {"bulbar", "limb", "respiratory", "other"}


def test_carriers_are_as_common_as_stated():
    people = simulate_people(40_000, HISTORY, np.random.default_rng(3))
    assert people.carriers.mean(axis=0) == pytest.approx([gene.share for gene in HISTORY.genes], abs=0.006)
