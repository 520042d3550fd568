"""Surfaces and references: published numbers, the package `synergy` as an oracle, exact derivatives, recovery."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.combine.braid import braid_levels, fit_braid
from stallpoint.combine.hill import arm_levels, fit_arms, hill_levels, log_dose
from stallpoint.combine.musyc import efficacy_shift, fit_musyc, musyc_levels
from stallpoint.combine.musyc_three import EDGES, SHIFTED, fit_musyc_three, musyc_three_levels
from stallpoint.combine.references import bliss, fitted_arms, highest_single, loewe
from stallpoint.combine.zip import zip_excess

ORACLE = json.loads((Path(__file__).parent / "oracle" / "synergy_values.json").read_text(encoding="utf-8"))
GRID = np.array(ORACLE["grid"])
DOSES = np.array([(first, second) for first in GRID for second in GRID])
REFERENCE = np.array([[1, 0.4, 0.3, 0.1, 0, np.log(2), np.log(1.2), np.log(0.8), 0, np.log(3)]])
TWO = {"E0": 1, "E1": 0.4, "E2": 0.3, "E3": 0.12, "h1": 1, "h2": 1, "C1": 1, "C2": 2, "alpha21": 1, "alpha12": 1}


def parameters(said):
    levels = [said[name] for name in ("E0", "E1", "E2", "E3")]
    logs = [np.log(said[name]) for name in ("C1", "C2", "h1", "h2", "alpha21", "alpha12")]
    return np.array([levels + logs])


def arms_of(theta):
    return np.concatenate([theta[:, :3], theta[:, 4:8]], axis=1)


def at(theta, *doses):
    return musyc_levels(theta, log_dose(np.array(doses, dtype=float).T))[0][0]


def test_musyc_gives_the_reference_numbers_to_eight_digits():
    found = at(REFERENCE, (0, 0), (1, 0), (0, 2), (1, 2), (10, 20))
    assert found == pytest.approx([1, 0.70, 0.65, 0.40392189, 0.13329047], abs=5e-9)
    assert efficacy_shift(REFERENCE)[0] == pytest.approx(0.28571, abs=5e-6)


def test_bliss_and_the_highest_single_agent_give_the_reference_numbers():
    first, second, both = (np.array([each]) for each in at(REFERENCE, (1, 0), (0, 2), (1, 2)))
    one = np.ones(1)
    assert bliss(first, second, one)[0] == pytest.approx(0.455)
    assert (bliss(first, second, one) - both)[0] == pytest.approx(0.0511, abs=5e-5)
    assert (highest_single(first, second, one) - both)[0] == pytest.approx(0.2461, abs=5e-5)


def test_without_shifts_and_with_the_product_of_effects_musyc_is_bliss():
    assert at(parameters(TWO), (1, 2))[0] == pytest.approx(0.455, abs=1e-12)


def test_loewe_of_a_drug_with_itself_is_its_own_curve():
    sham = np.array([[1.0, 0.0, 0.0, 0.0, np.log(2), 0.0, 0.0]])
    assert loewe(sham, np.array([[0.5, 1.0]]))[0, 0] == pytest.approx(0.5, abs=1e-12)
    steep = np.array([[1.0, 0.2, 0.2, 0.0, 0.0, np.log(2.5), np.log(2.5)]])
    own = hill_levels(steep[:, [0, 1, 3, 5]], log_dose(DOSES.sum(axis=1)))[0]
    assert loewe(steep, DOSES) == pytest.approx(own, abs=1e-9)


def test_zip_gives_the_reference_number_on_a_noiseless_grid():
    doses = np.array([(a, b) for a in (0, 0.1, 0.5, 1, 5, 10) for b in (0, 0.2, 1, 2, 10, 20)], dtype=float)
    left = musyc_levels(REFERENCE, log_dose(doses.T))[0]
    arms = fit_arms(doses, left[0]).theta
    found = zip_excess(doses, left, arms)[0]
    assert found[(doses == [1, 2]).all(axis=1)][0] == pytest.approx(0.0511, abs=2e-4)


@pytest.mark.parametrize("pair", range(len(ORACLE["pairs"])))
def test_surfaces_agree_with_the_oracle(pair):
    oracle = ORACLE["pairs"][pair]
    theta, logs = parameters(oracle["said"]), log_dose(DOSES.T)
    left = musyc_levels(theta, logs)[0]
    assert left[0] == pytest.approx(oracle["musyc"], abs=1e-12)
    assert braid_levels(np.array([[*theta[0, :8], oracle["kappa"]]]), logs)[0][0] == pytest.approx(oracle["braid"], abs=1e-12)
    assert loewe(arms_of(theta), DOSES)[0] == pytest.approx(oracle["loewe_reference"], abs=5e-6)
    arms = fit_arms(DOSES, left[0]).theta
    assert arms == pytest.approx(arms_of(theta), abs=1e-9)
    together = (DOSES > 0).all(axis=1)
    assert zip_excess(DOSES, left, arms)[0][together] == pytest.approx(np.array(oracle["zip_delta"])[together], abs=1e-6)


def triple(said):
    names = {0: "E_0", 1: "E_1", 2: "E_2", 3: "E_1,2", 4: "E_3", 5: "E_1,3", 6: "E_2,3", 7: "E_1,2,3"}

    def shift(drug, state):
        present = ",".join(str(each + 1) for each in range(3) if state & (1 << each))
        return np.log(said[f"alpha_{present}_{drug + 1}"])

    levels = [said[names[state]] for state in range(8)]
    logs = [np.log(said[f"{name}_{drug}"]) for name in ("C", "h") for drug in (1, 2, 3)]
    return np.array([levels + logs + [shift(*edge) for edge in SHIFTED]])


@pytest.mark.parametrize("case", range(len(ORACLE["triples"])))
def test_the_surface_of_three_drugs_agrees_with_the_oracle(case):
    oracle = ORACLE["triples"][case]
    doses = np.array(oracle["doses"])
    found = musyc_three_levels(triple(oracle["said"]), log_dose(doses.T))[0][0]
    assert found == pytest.approx(oracle["musyc"], abs=1e-9)


def central(function, theta):
    columns = []
    for column in range(theta.shape[1]):
        step = np.zeros_like(theta)
        step[:, column] = 1e-6
        columns.append((function(theta + step)[0] - function(theta - step)[0]) / 2e-6)
    return np.stack(columns, axis=1)


@pytest.mark.parametrize(
    ("function", "size", "drugs"),
    [(musyc_levels, 10, 2), (braid_levels, 9, 2), (musyc_three_levels, 23, 3), (arm_levels, 7, 2)],
)
def test_derivatives_are_exact(function, size, drugs):
    rng = np.random.default_rng(11)
    theta = rng.uniform(-0.7, 0.7, (4, size))
    theta[:, :3] = [0.9, 0.5, 0.4]
    theta[:, 3] = theta[:, 3] if size == 7 else 0.2
    doses = np.exp(rng.uniform(-2, 2, (15, drugs)))
    doses[:4, 0] = 0
    if size == 7:
        doses[4:, 1] = 0
    logs = log_dose(doses.T)
    assert function(theta, logs)[1] == pytest.approx(central(lambda each: function(each, logs), theta), abs=2e-8)


def test_three_drugs_of_which_one_is_absent_are_two_drugs():
    theta = np.concatenate([np.linspace(1, 0.1, 8), [0.1, 0.4, 9.0], [0.2, -0.2, 0.0], np.zeros(9)])[None]
    shift = {(0, 2): 0.9, (1, 1): -0.6}
    for edge, value in shift.items():
        theta[0, 14 + SHIFTED.index(edge)] = value
    pair = np.array([[*theta[0, [0, 1, 2, 3]], 0.1, 0.4, 0.2, -0.2, 0.9, -0.6]])
    doses = DOSES[DOSES[:, 0] > 0]
    three = musyc_three_levels(theta, log_dose(np.column_stack([doses, np.zeros(len(doses))]).T))[0]
    assert len(EDGES) == 12
    assert three == pytest.approx(musyc_levels(pair, log_dose(doses.T))[0], abs=1e-12)


@given(shift=st.floats(-2.3, 2.3), other=st.floats(-2.3, 2.3), both=st.floats(0.0, 0.25))
def test_musyc_comes_back_from_a_noiseless_matrix(shift, other, both):
    doses = np.array([(a, b) for a in (0, 0.1, 0.5, 1, 3, 10, 40) for b in (0, 0.1, 0.5, 1, 3, 10, 40)], dtype=float)
    theta = np.array([[1, 0.4, 0.3, both, 0, 0.3, 0.2, 0.1, shift, other]])
    left = musyc_levels(theta, log_dose(doses.T))[0][0]
    fit = fit_musyc(doses, left, fit_arms(doses, left).theta[0])
    assert fit.cost[0] < 1e-9
    assert fit.theta == pytest.approx(theta, abs=1e-2)


@given(factor=st.floats(0.01, 100.0))
def test_the_unit_of_a_dose_does_not_matter(factor):
    theta = REFERENCE.copy()
    theta[:, 4] += np.log(factor)
    scaled = DOSES * [factor, 1.0]
    assert musyc_levels(theta, log_dose(scaled.T))[0] == pytest.approx(musyc_levels(REFERENCE, log_dose(DOSES.T))[0], abs=1e-9)
    assert loewe(arms_of(theta), scaled) == pytest.approx(loewe(arms_of(REFERENCE), DOSES), abs=1e-9)


def test_braid_comes_back_from_a_noisy_matrix():
    theta = np.array([[1, 0.3, 0.4, 0.2, 0.0, 0.5, 0.2, 0.1, 1.5]])
    left = braid_levels(theta, log_dose(DOSES.T))[0] + 0.01 * np.random.default_rng(2).normal(size=(1, len(DOSES)))
    fit = fit_braid(DOSES, left, fit_arms(DOSES, left[0]).theta[0])
    assert fit.theta[0, 8] == pytest.approx(1.5, abs=0.35)
    assert fit.theta[0, :4] == pytest.approx(theta[0, :4], abs=0.05)


def test_three_drugs_come_back_from_a_noisy_matrix():
    axis = np.array([0, 0.2, 1, 5, 25.0])
    doses = np.array([(a, b, c) for a in axis for b in axis for c in axis])
    theta = np.array([[1, 0.5, 0.6, 0.3, 0.55, 0.3, 0.35, 0.1, 0, 0.3, -0.3, 0.2, 0.1, 0, *np.full(9, 0.8)]])
    rng = np.random.default_rng(8)
    left = musyc_three_levels(theta, log_dose(doses.T))[0][0] + 0.01 * rng.normal(size=len(doses))
    fit = fit_musyc_three(doses, left)
    assert fit.theta[0, :8] == pytest.approx(theta[0, :8], abs=0.05)
    assert np.sqrt(fit.cost[0] / (len(doses) - 23)) == pytest.approx(0.01, rel=0.2)


def test_curves_beyond_the_weaker_drug_follow_the_stronger():
    theta = arms_of(REFERENCE)
    doses = np.array([[1e4, 1.0], [1.0, 1e5]])
    first, second = fitted_arms(theta, doses)
    assert loewe(theta, doses)[0, 1] == pytest.approx(second[0, 1], abs=1e-4)
    opposed = np.array([[1.0, 0.2, 1.5, 0, 0, 0, 0]])
    assert np.isnan(loewe(opposed, doses)).all()
    assert first.shape == (1, 2)
