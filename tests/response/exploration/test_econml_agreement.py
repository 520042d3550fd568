"""The same scores and the same ranking, judged by econml."""

import numpy as np
import pytest

from stallpoint.response.effect_ranking import autoc, project_effect, qini

validate = pytest.importorskip("econml.validate")


@pytest.fixture(scope="module")
def scored():
    rng = np.random.default_rng(1)
    ranking = rng.normal(size=300)
    return rng.normal(size=300) + 0.3 * ranking, ranking


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(("area", "metric"), [(autoc, "toc"), (qini, "qini")])
def test_areas_by_rank(scored, area, metric):
    """econml sums from everybody to the top two; what the top person adds is put to it."""
    from econml.validate.utils import calc_uplift

    scores, ranking = scored
    n = len(scores)
    percentiles = np.maximum(100 * np.arange(n) / (n - 1) - 1e-7, 0)  # so that rounding leaves nobody out
    theirs = calc_uplift(ranking, ranking, scores, percentiles, metric, n_bootstrap=10)[0]
    top = scores[ranking.argmax()] - scores.mean()
    assert n * area(scores, ranking) == pytest.approx((n - 1) * theirs + top * (1 / n if metric == "qini" else 1), abs=1e-4)


def test_the_best_linear_predictor_of_scores(scored):
    scores, ranking = scored
    tester = object.__new__(validate.DRTester)
    tester.dr_val_, tester.cate_preds_val_ = scores[:, None], ranking[:, None]
    tester.n_treat, tester.treatments = 1, np.array([0, 1])
    theirs = tester.evaluate_blp()
    ours = project_effect(scores, ranking[:, None])
    assert ours.estimate[1] == pytest.approx(theirs.params[0], abs=1e-10)
    assert ours.std_error[1] == pytest.approx(theirs.errs[0], rel=0.1)
