from pathlib import Path

import numpy as np
import pytest

from stallpoint.core.errors import FitError
from stallpoint.response.exploration.judge import judge_learner, ranking_p_value
from stallpoint.response.exploration.learners import learn_by_scores
from stallpoint.response.exploration.sample import Sample

REFERENCE = Path(__file__).resolve().parents[4] / "shared/methods/reference"


def draw(seed, n=300, differs=0.0, average=0.3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5))
    treated = (rng.permutation(n) % 2).astype(float)
    outcome = 0.4 * X[:, 1] + (average + differs * X[:, 0]) * treated + rng.normal(0, 0.75, n)
    return Sample(X, outcome, treated, 0.5)


def by_first(sample, rng):
    """A ranking that was fixed before the trial."""
    return lambda X: X[:, 0]


def by_lot(sample, rng):
    return lambda X: np.zeros(len(X))


def test_a_difference_is_found_and_its_size_is_right():
    judged = judge_learner(draw(1, n=1500, differs=0.5), learn_by_scores, splits=10, rng=np.random.default_rng(1))
    assert judged.p_value < 0.001
    assert judged.differential.low < 0.5 < judged.differential.high
    assert judged.average.low < 0.3 < judged.average.high
    assert judged.groups[0].value < judged.groups[1].value < judged.groups[2].value
    # Means of a normal in its outer thirds lie 1.0908 standard deviations from 0.
    assert judged.apart.value == pytest.approx(2 * 1.0908 * 0.5, abs=0.15)
    assert judged.contrasts[0].value == pytest.approx(2 * 1.0908, abs=0.15)
    assert judged.contrasts[2].low < 0 < judged.contrasts[2].high


def test_without_a_difference_one_is_called_in_no_more_than_one_trial_of_twenty():
    """160 trials: 5%, Monte Carlo error 1.7%."""
    called = [
        ranking_p_value(draw(seed), learn_by_scores, splits=6, rng=np.random.default_rng(seed)) < 0.05 for seed in range(160)
    ]
    assert np.mean(called) <= 0.085


def test_intervals_of_the_average_effect_are_as_wide_as_all_people_make_them():
    """Halves hold out half; over many cuts everybody was held out. The error of a difference of means, 2 x 0.75 / sqrt(n)."""
    judged = judge_learner(draw(2, n=1000), by_first, splits=40, rng=np.random.default_rng(1))
    assert judged.average.std_error == pytest.approx(2 * 0.75 / np.sqrt(1000), rel=0.08)


def test_who_sees_no_difference_ranks_by_lot():
    judged = judge_learner(draw(3, differs=0.8), by_lot, splits=40, rng=np.random.default_rng(1))
    assert judged.differential.low < 0 < judged.differential.high
    assert judged.p_value > 0.2


def test_a_ranking_upside_down_is_not_called():
    p = ranking_p_value(draw(4, n=600, differs=-0.8), by_first, splits=10, rng=np.random.default_rng(1))
    assert p == 1.0


def test_the_outcomes_unit_carries_over_and_its_origin_does_not_matter():
    sample = draw(5, differs=0.5)
    scaled = Sample(sample.covariates, 10 * sample.outcome + 7, sample.treated, 0.5)
    one, other = (judge_learner(each, learn_by_scores, splits=4, rng=np.random.default_rng(1)) for each in (sample, scaled))
    assert other.p_value == pytest.approx(one.p_value, rel=1e-6)
    for name in ("differential", "apart", "above_average", "spread"):
        assert getattr(other, name).value == pytest.approx(10 * getattr(one, name).value, rel=1e-6)


def test_too_few_people_are_refused():
    with pytest.raises(FitError):
        judge_learner(draw(6, n=8), learn_by_scores, splits=2, rng=np.random.default_rng(1))


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning", "ignore:divide by zero:RuntimeWarning")
def test_outcomes_that_do_not_vary_are_refused():
    sample = draw(7, n=60)
    with pytest.raises(FitError, match="do not vary"):
        judge_learner(
            Sample(sample.covariates, np.ones(60), sample.treated, 0.5), learn_by_scores, splits=2, rng=np.random.default_rng(1)
        )


def test_the_reference_trial_is_read_as_grf_reads_it():
    """Average effect 0.517 (0.053) there, from a forest of 20,000 trees; effects differ by x1 and x6."""
    path = REFERENCE / "hte_slope_n800.csv"
    if not path.exists():
        pytest.skip("reference data are not beside the repository")
    trial = np.genfromtxt(path, delimiter=",", names=True)
    X = np.column_stack([trial[f"x{number}"] for number in range(1, 7)])
    sample = Sample(X, trial["Y"], trial["W"], 0.5)
    judged = judge_learner(sample, learn_by_scores, splits=40, rng=np.random.default_rng(1))
    assert judged.average.value == pytest.approx(0.517, abs=0.02)
    assert judged.average.std_error == pytest.approx(0.053, rel=0.12)
    assert judged.differential.value > 0
