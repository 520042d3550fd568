"""Pairs and families: bands, verdicts, checks; the two real matrices; three drugs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stallpoint.combine.braid import braid_levels
from stallpoint.combine.family import holm, judge_family
from stallpoint.combine.hill import hill_levels, log_dose
from stallpoint.combine.measure import measure_mean
from stallpoint.combine.musyc import musyc_levels
from stallpoint.combine.musyc_three import musyc_three_levels
from stallpoint.combine.pair import PairError, fit_pair, reference_excess
from stallpoint.combine.references import within_arms
from stallpoint.combine.triple import TripleError, fit_triple
from stallpoint.combine.well_means import well_means
from stallpoint.core.dose_matrix import DoseMatrix

MATHEWS = Path(__file__).parents[2] / ".." / "shared" / "data" / "molecular" / "mathews_dlbcl_2combos.csv"
AXIS = np.array([0, 0.03, 0.1, 0.3, 1, 3, 10, 30])
DOSES = np.array([(first, second) for first in AXIS for second in AXIS])


def pair(left, doses=DOSES):
    return DoseMatrix(("A", "B"), ("", ""), doses, left, "viability")


def fitted(theta, *, noise=0.03, seed=1, repeats=60):
    rng = np.random.default_rng(seed)
    surface = musyc_levels(np.array([theta]), log_dose(DOSES.T))[0][0]
    return fit_pair(pair(surface + noise * rng.normal(size=len(surface))), rng=rng, repeats=repeats)


SYNERGY = [1, 0.4, 0.35, 0.1, 0, 0.3, 0.2, 0.1, 2.0, 2.0]
ANTAGONISM = [1, 0.2, 0.25, 0.45, 0, 0.3, 0.2, 0.1, -1.0, -1.0]
INDEPENDENT = [1, 0.5, 0.4, 0.2, 0, 0.3, 0.2, 0.1, 0, 0]


@pytest.fixture(scope="module")
def fits():
    return {
        name: fitted(theta) for name, theta in (("synergy", SYNERGY), ("antagonism", ANTAGONISM), ("independent", INDEPENDENT))
    }


def test_true_interactions_are_announced_with_their_sign_and_independence_is_not(fits):
    verdicts = judge_family(list(fits.values()))
    assert verdicts[0].verdict == "synergy in these wells"
    assert verdicts[1].verdict == "antagonism in these wells"
    assert verdicts[2].verdict in ("not distinguishable from additive", "depends on the reference")
    assert verdicts[2].p_value > 0.05


def test_a_drug_with_itself_is_not_announced_though_bliss_sees_synergy():
    rng = np.random.default_rng(4)
    theta = np.array([[1.0, 0.05, 0.0, np.log(1.8)]])
    doses = DOSES[(DOSES <= 3).all(axis=1)]
    left = hill_levels(theta, log_dose(doses.sum(axis=1)))[0][0] + 0.01 * rng.normal(size=len(doses))
    fit = fit_pair(pair(left, doses), rng=rng, repeats=60)
    assert fit.mean("bliss").low > 0
    assert abs(fit.mean("loewe").estimate) < 0.03
    assert judge_family([fit])[0].verdict == "depends on the reference"


def test_bands_hold_the_truth_and_parameters_that_are_told_are_near_it(fits):
    truth = dict(zip(("log_alpha21", "log_alpha12"), np.array(SYNERGY[8:]) / np.log(10), strict=True))
    for measure in fits["synergy"].parameters:
        if measure.name in truth:
            assert measure.told
            assert measure.low - 0.15 <= truth[measure.name] <= measure.high + 0.15
    surface = musyc_levels(np.array([SYNERGY]), log_dose(DOSES.T))[0]
    arms = np.array([[*SYNERGY[:3], *SYNERGY[4:8]]])
    wells = well_means(DOSES)
    exact = reference_excess(wells, surface, arms, within=within_arms(arms, DOSES, wells.doses))
    for name in ("bliss", "loewe", "hsa"):
        measure = fits["synergy"].mean(name)
        assert measure.estimate == pytest.approx(np.nanmean(exact[name]), abs=0.03)
        assert measure.low < measure.estimate < measure.high


def test_an_inactive_drug_and_a_shift_that_is_not_told_are_said():
    fit = fitted([1, 0.3, 1.0, 0.3, 0, 0.3, 0.2, 0.1, 0, 0])
    checks = {check.name: check for check in fit.checks}
    assert checks["alone_1"].status == "passed"
    assert checks["alone_2"].status == "warning"
    assert "inactive" in checks["alone_2"].text
    assert checks["told"].status == "warning"


def test_surfaces_that_cannot_be_told_apart_are_said():
    shallow = fitted([1, 0.85, 0.9, 0.8, 0, 0.3, 0.2, 0.1, 0, 0], noise=0.05)
    checks = {check.name: check.status for check in shallow.checks}
    assert checks["references"] == "warning"
    assert checks["surface"] == "warning"


def test_the_model_that_made_the_data_is_named():
    theta = np.array([[1, 0.3, 0.35, 0.1, 0, 0.3, 0.2, 0.1, 3.0]])
    rng = np.random.default_rng(2)
    left = braid_levels(theta, log_dose(DOSES.T))[0][0] + 0.01 * rng.normal(size=len(DOSES))
    checks = {check.name: check.text for check in fit_pair(pair(left), rng=rng, repeats=20).checks}
    assert checks["models"].startswith("BRAID fits better")
    assert fitted(SYNERGY, noise=0.01, repeats=20).checks[4].text.startswith("MuSyC fits better")


def test_replicates_judge_the_surface():
    rng = np.random.default_rng(9)
    surface = musyc_levels(np.array([INDEPENDENT]), log_dose(DOSES.T))[0][0]
    doses = np.concatenate([DOSES, DOSES])
    ripples = 0.15 * np.sin(7 * np.arange(len(DOSES)))
    noisy = [surface + 0.01 * rng.normal(size=len(DOSES)) for _ in range(2)]
    good = fit_pair(pair(np.concatenate(noisy), doses), rng=rng, repeats=20)
    bad = fit_pair(pair(np.concatenate(noisy) + np.tile(ripples, 2), doses), rng=rng, repeats=20)
    assert good.checks[0].status == "passed"
    assert bad.checks[0].status == "warning"


@pytest.mark.skipif(not MATHEWS.exists(), reason="the shared data are not here")
@pytest.mark.parametrize(("partner", "excess"), [("ispinesib", 0.044), ("canertinib", -0.205)])
def test_the_real_matrices_give_their_published_mean_bliss_excess(partner, excess):
    wells = pl.read_csv(MATHEWS).filter(pl.col("combination") == f"{partner} + ibrutinib")
    doses = wells.select("ibrutinib_conc", "partner_conc").to_numpy()
    left = wells["viability"].to_numpy() / wells["viability"][0]
    fit = fit_pair(pair(left, doses), rng=np.random.default_rng(1), repeats=40)
    assert fit.mean("bliss").estimate == pytest.approx(excess, abs=5e-4)
    assert judge_family([fit])[0].verdict == "depends on the reference"


def test_missing_wells_leave_the_measures_defined():
    rng = np.random.default_rng(3)
    surface = musyc_levels(np.array([SYNERGY]), log_dose(DOSES.T))[0][0] + 0.02 * rng.normal(size=len(DOSES))
    kept = rng.random(len(DOSES)) > 0.2
    kept[0] = True
    fit = fit_pair(pair(surface[kept], DOSES[kept]), rng=rng, repeats=30)
    assert {each.name for each in fit.means} == {"bliss", "loewe", "hsa", "zip"}
    assert judge_family([fit])[0].verdict == "synergy in these wells"


def test_the_same_seed_gives_the_same_bands():
    first, second = (fitted(INDEPENDENT, repeats=20) for _ in range(2))
    assert first.means == second.means


def test_holm_is_that_of_the_textbook():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_mean_is_judged_by_students_t():
    refits = np.random.default_rng(1).normal(0.1, 0.05, 4000)
    found = measure_mean("bliss", "", 0.1, refits, freedom=10)
    error = refits.std(ddof=1)
    assert found.high - found.estimate == pytest.approx(2.228139 * error, rel=1e-6)
    assert found.p_more + found.p_less == pytest.approx(1)


def test_too_few_wells_and_a_third_drug_are_named():
    with pytest.raises(PairError, match="too few"):
        fit_pair(pair(np.ones(4), DOSES[:4]), rng=np.random.default_rng(1))
    three = DoseMatrix(("A", "B", "C"), ("", "", ""), np.ones((40, 3)), np.ones(40), "viability")
    with pytest.raises(PairError, match="no pair"):
        fit_pair(three, rng=np.random.default_rng(1))
    with pytest.raises(TripleError, match="too few"):
        fit_triple(pair(np.ones(4), DOSES[:4]), rng=np.random.default_rng(1))


def test_three_drugs_without_interaction_do_no_more_than_independent_action():
    axis = np.array([0, 0.3, 1, 5.0])
    doses = np.array([(a, b, c) for a in axis for b in axis for c in axis])
    levels = np.array([1, 0.5, 0.6, 0.3, 0.7, 0.35, 0.42, 0.21])
    theta = np.array([[*levels, 0, 0.2, -0.2, 0.1, 0.1, 0.1, *np.zeros(9)]])
    more = theta.copy()
    more[0, 14:] = 2.0
    for truth, synergistic in ((theta, False), (more, True)):
        rng = np.random.default_rng(6)
        left = musyc_three_levels(truth, log_dose(doses.T))[0][0] + 0.01 * rng.normal(size=len(doses))
        matrix = DoseMatrix(("A", "B", "C"), ("", "", ""), doses, left, "viability")
        fit = fit_triple(matrix, rng=rng, repeats=10)
        assert (fit.means[0].low > 0) is synergistic
        assert fit.residual_sd == pytest.approx(0.01, rel=0.35)
