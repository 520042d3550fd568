"""Against grf 2.6.1 and R's lm on the same data; the files were made for this purpose."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.errors import FitError
from stallpoint.response.effect_ranking import (
    autoc,
    average_effect,
    best_linear_predictor,
    effect_scores,
    effects_by_group,
    project_effect,
    qini,
    ranking_error,
)

REFERENCE = Path(__file__).resolve().parents[3] / "shared/methods/reference"
pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def trial():
    path = REFERENCE / "hte_slope_n800.csv"
    if not path.exists():
        pytest.skip("reference data are not beside the repository")
    return np.genfromtxt(path, delimiter=",", names=True)


def least_squares(trial):
    """Outcomes by a regression in each arm, as in the reference; and the covariates."""
    X = np.column_stack([trial[f"x{number}"] for number in range(1, 7)])
    design = np.column_stack([np.ones(len(X)), X])
    by_arm = [design @ np.linalg.lstsq(design[trial["W"] == arm], trial["Y"][trial["W"] == arm], rcond=None)[0] for arm in (1, 0)]
    return X, *by_arm


@pytest.fixture(scope="module")
def scores(trial):
    _, mu1, mu0 = least_squares(trial)
    return effect_scores(trial["Y"], trial["W"], mu1, mu0, allocation=0.5)


def test_scores_average_to_the_effect(trial, scores):
    found = average_effect(scores)
    assert found.value == pytest.approx(0.51438914, abs=1e-8)
    assert found.std_error == pytest.approx(0.05190765, abs=1e-8)


def test_ranking_by_a_covariate_gives_the_areas_of_grf(trial, scores):
    assert autoc(scores, trial["x1"]) == pytest.approx(0.03866068416, abs=1e-9)
    assert qini(scores, trial["x1"]) == pytest.approx(0.02663807273, abs=1e-9)


def test_ranking_by_the_same_outcomes_is_optimistic(trial, scores):
    _, mu1, mu0 = least_squares(trial)
    assert autoc(scores, mu1 - mu0) == pytest.approx(0.1785452548, abs=1e-9)
    assert qini(scores, mu1 - mu0) == pytest.approx(0.06584982799, abs=1e-9)


def test_half_samples_give_the_errors_of_grf(trial, scores):
    """2,000 half samples there, 1,000 here: each carries about 2%."""
    rng = np.random.default_rng(1)
    assert ranking_error(autoc, scores, trial["x1"], repeats=1000, rng=rng) == pytest.approx(0.0547, rel=0.08)
    assert ranking_error(qini, scores, trial["x1"], repeats=1000, rng=rng) == pytest.approx(0.0148, rel=0.08)


def test_effects_by_terciles(trial, scores):
    edges = np.quantile(trial["x1"], [1 / 3, 2 / 3])
    found = effects_by_group(scores, np.searchsorted(edges, trial["x1"]))
    assert [one.value for one in found] == pytest.approx([0.384776, 0.586327, 0.572334], abs=1e-6)
    assert [one.std_error for one in found] == pytest.approx([0.086199872, 0.089426449, 0.093738705], abs=1e-8)


def test_the_best_linear_projection_is_near_that_of_grf(trial, scores):
    """grf's scores come from a forest, so its coefficients (0.0937, 0.3990) are met roughly only."""
    X, *_ = least_squares(trial)
    found = project_effect(scores, X)
    assert found.estimate[1] == pytest.approx(0.0937, abs=0.02)
    assert found.estimate[6] == pytest.approx(0.3990, abs=0.05)
    assert found.std_error[6] == pytest.approx(0.1427, abs=0.01)


def test_a_ranking_that_is_true_has_coefficient_one(trial):
    _, mu1, mu0 = least_squares(trial)
    found = best_linear_predictor(trial["Y"], trial["W"], (mu1 + mu0) / 2, trial["tau"], allocation=0.5)
    assert found.average.value == pytest.approx(1.0, abs=3 * found.average.std_error)
    assert found.differential.value == pytest.approx(1.0, abs=3 * found.differential.std_error)
    assert found.p_value < 0.01


def test_a_ranking_at_random_is_seldom_called_real():
    """400 trials without any difference, ranked at random: one-sided p below 0.05 in 5% (Monte Carlo error 1.1%)."""
    rng = np.random.default_rng(2)
    low = 0
    for _ in range(400):
        treated, rank = rng.integers(0, 2, 200).astype(float), rng.normal(1, 1, 200)
        outcome = 0.3 * treated + rng.normal(0, 1, 200)
        low += best_linear_predictor(outcome, treated, np.full(200, 0.15), rank, allocation=0.5).p_value < 0.05
    assert 0.02 <= low / 400 <= 0.085


@given(st.integers(0, 10_000), st.floats(0.1, 10), st.floats(-5, 5))
def test_only_the_order_of_priorities_counts_and_one_effect_gives_no_area(seed, scale, shift):
    rng = np.random.default_rng(seed)
    scores, priority = rng.normal(size=50), rng.integers(0, 8, 50).astype(float)
    for area in (autoc, qini):
        assert area(scores, priority) == pytest.approx(area(scores, scale * priority + shift), abs=1e-12)
        assert area(np.full(50, 0.3), priority) == pytest.approx(0, abs=1e-12)
        assert area(scores, np.zeros(50)) == pytest.approx(0, abs=1e-12)


def test_what_cannot_be_projected_is_refused():
    with pytest.raises(FitError, match="depend on each other"):
        project_effect(np.arange(10.0), np.ones((10, 1)))
    with pytest.raises(FitError, match="1 person"):
        effects_by_group(np.arange(3.0), np.array([0, 0, 1]))
