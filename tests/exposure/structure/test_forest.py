import numpy as np
import pytest

from stallpoint.exposure.structure.forest import grow_forest, predict_forest

ensemble = pytest.importorskip("sklearn.ensemble")


def test_arrays_predict_what_scikit_learn_predicts():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(120, 9)).astype(np.float32)
    target = features[:, 0] * features[:, 1] + rng.normal(0, 0.1, 120)
    forest = grow_forest(features, target, trees=12, tried=9, seed=5)
    theirs = ensemble.ExtraTreesRegressor(12, max_features=9, min_samples_leaf=2, random_state=5).fit(features, target)
    fresh = rng.normal(size=(50, 9)).astype(np.float32)
    np.testing.assert_allclose(predict_forest(forest, fresh), theirs.predict(fresh), rtol=0, atol=1e-6)


def test_the_same_seed_grows_the_same_forest_and_another_does_not():
    rng = np.random.default_rng(4)
    features, target = rng.normal(size=(60, 4)).astype(np.float32), rng.normal(size=60)
    one, again, other = (grow_forest(features, target, trees=3, tried=2, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.threshold, again.threshold)
    assert not np.array_equal(one.threshold, other.threshold)
