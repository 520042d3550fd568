from importlib.util import find_spec

import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.response.exploration.extra import require_learners
from stallpoint.response.exploration.learners import LEARNERS, learn_by_scores, predict_outcomes
from stallpoint.response.exploration.sample import Sample

WITH_ECONML = find_spec("econml") is not None
NEEDS_ECONML = pytest.mark.skipif(not WITH_ECONML, reason="the extra explore is not installed")
EACH = [pytest.param(name, marks=[NEEDS_ECONML] if name == "causal forest" else []) for name in LEARNERS]


def draw(seed, n=800, differs=0.8, allocation=0.5):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4))
    treated = (rng.random(n) < allocation).astype(float)
    effect = 0.3 + differs * X[:, 0]
    return Sample(X, X[:, 1] + effect * treated + rng.normal(0, 0.7, n), treated, allocation), effect


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("allocation", [0.5, 2 / 3])
def test_a_learner_finds_who_gains_more(name, allocation):
    sample, _ = draw(1, allocation=allocation)
    predict = LEARNERS[name](sample, np.random.default_rng(2))
    new = np.random.default_rng(3).normal(size=(500, 4))
    assert np.corrcoef(predict(new), new[:, 0])[0, 1] > 0.9
    assert predict(new).mean() == pytest.approx(0.3, abs=0.2)


@pytest.mark.parametrize("name", EACH)
def test_the_same_generator_gives_the_same_learner(name):
    sample, _ = draw(4, n=100)
    one, other = (LEARNERS[name](sample, np.random.default_rng(5))(sample.covariates) for _ in range(2))
    assert (one == other).all()


def test_outcomes_are_predicted_arm_by_arm():
    sample, effect = draw(6, n=4000)
    treated, control = predict_outcomes(sample, sample.covariates)
    assert control == pytest.approx(sample.covariates[:, 1], abs=0.15)
    assert treated - control == pytest.approx(effect, abs=0.25)


@NEEDS_ECONML
def test_the_dr_learner_agrees_with_that_of_econml():
    """The same known allocation and no penalty worth the name; folds differ, so coefficients do by a small part of their error."""
    from econml.dr import LinearDRLearner
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LinearRegression

    sample, _ = draw(7, n=3000)
    theirs = LinearDRLearner(
        model_propensity=DummyClassifier(strategy="prior"), model_regression=LinearRegression(), cv=5, random_state=1
    ).fit(sample.outcome, sample.treated, X=sample.covariates, W=None)
    ours = learn_by_scores(sample, np.random.default_rng(8))
    unit = np.vstack([np.zeros(4), np.eye(4)])
    found = ours(unit)
    assert found[0] == pytest.approx(float(np.squeeze(theirs.intercept_(T=1))), abs=0.03)
    assert found[1:] - found[0] == pytest.approx(np.squeeze(theirs.coef_(T=1)), abs=0.03)


@pytest.mark.skipif(WITH_ECONML, reason="the extra explore is installed")
def test_a_forest_without_its_library_is_one_sentence():
    with pytest.raises(StallpointError, match=r"stallpoint\[explore\]"):
        require_learners(("causal forest",))


def test_a_forest_is_asked_for_by_name_only(monkeypatch):
    monkeypatch.setattr("stallpoint.response.exploration.extra.find_spec", lambda _: None)
    require_learners(("dr learner",))
    with pytest.raises(StallpointError, match=r"stallpoint\[explore\]"):
        require_learners(("dr learner", "causal forest"))
