"""A forest as plain arrays: it can be stored and read without running anything that a file says.

Source: Geurts, Ernst & Wehenkel (2006), Extremely randomized trees, doi:10.1007/s10994-006-6226-1; grown by scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Features = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Forest:
    """Trees one after the other. At a node: the feature asked (-1 at a leaf), its threshold, both children, and the mean below it."""

    roots: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int16]
    threshold: Array
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: npt.NDArray[np.float32]


def grow_forest(features: Features, target: Array, *, trees: int, tried: int, seed: int) -> Forest:
    """Extremely randomised trees on features (n, p) and target (n,), each tree on all rows; `tried` features are looked at for a split."""
    from sklearn.ensemble import ExtraTreesRegressor

    fitted = ExtraTreesRegressor(trees, max_features=min(tried, features.shape[1]), min_samples_leaf=2, random_state=seed).fit(
        features, target
    )
    grown = [tree.tree_ for tree in fitted.estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in grown[:-1])])
    return Forest(
        roots=roots.astype(np.int32),
        feature=np.concatenate([np.where(tree.children_left < 0, -1, tree.feature) for tree in grown]).astype(np.int16),
        threshold=np.concatenate([tree.threshold for tree in grown]),
        left=np.concatenate([tree.children_left + root for tree, root in zip(grown, roots, strict=True)]).astype(np.int32),
        right=np.concatenate([tree.children_right + root for tree, root in zip(grown, roots, strict=True)]).astype(np.int32),
        value=np.concatenate([tree.value[:, 0, 0] for tree in grown]).astype(np.float32),
    )


def predict_forest(forest: Forest, features: Features) -> Array:
    """Mean over trees (n,) for features (n, p)."""
    rows = np.arange(len(features))[:, None]
    at = np.tile(forest.roots, (len(features), 1))
    while (inner := forest.feature[at] >= 0).any():
        goes_left = features[rows, forest.feature[at]] <= forest.threshold[at]
        at = np.where(inner, np.where(goes_left, forest.left[at], forest.right[at]), at)
    return np.asarray(forest.value[at].mean(axis=1), dtype=np.float64)
