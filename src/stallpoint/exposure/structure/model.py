"""The model of barrier passage: for each fold of compounds two forests that have not seen them.

A new compound is judged by the forests of all folds. A compound of B3DB is judged only by those of its own fold, so never by itself nor by
a compound of its scaffold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.exposure.structure.calibrate import fit_calibration
from stallpoint.exposure.structure.describe import Description
from stallpoint.exposure.structure.domain import Borders, find_likeness_across, set_borders
from stallpoint.exposure.structure.forest import Features, Forest, grow_forest, predict_forest
from stallpoint.exposure.structure.progress import follow

Array = npt.NDArray[np.float64]
Folds = npt.NDArray[np.int64]

FOLDS = 10
TREES = 30
"""Trees in one forest; ten forests are asked for a new compound."""
TRIED_FOR_CLASS, TRIED_FOR_RATIO = 10, 40
"""Features looked at for a split; of a few values tried, those did well on scaffolds held out, and none by more than 0.01 in AUC or R2."""


@dataclass(frozen=True)
class Compounds:
    """Training compounds. skeleton, name, smiles: (n,). label: (n,) 1 BBB+, 0 BBB-. log_bb: (n,) NaN where not measured. fold: (n,)."""

    skeleton: npt.NDArray[np.str_]
    name: npt.NDArray[np.str_]
    smiles: npt.NDArray[np.str_]
    label: npt.NDArray[np.int64]
    log_bb: Array
    fold: Folds


@dataclass(frozen=True)
class BarrierModel:
    """What was learnt. score: (n,) share of trees for BBB+ by the forest that had not seen the compound. ratio: (n,) the logBB that such
    a forest predicts, NaN where none was measured. line: of the calibration. contested: skeletons left out, with the reasons.
    """

    compounds: Compounds
    fingerprints: npt.NDArray[np.uint8]
    class_forests: tuple[Forest, ...]
    ratio_forests: tuple[Forest, ...]
    score: Array
    ratio: Array
    line: Array
    borders: Borders
    contested: dict[str, tuple[str, ...]]

    def find(self, skeleton: str) -> int | None:
        """Place of a skeleton among the training compounds."""
        at = np.flatnonzero(self.compounds.skeleton == skeleton)
        return int(at[0]) if len(at) else None


def fit_model(
    compounds: Compounds, description: Description, contested: dict[str, tuple[str, ...]], *, seed: int, trees: int = TREES
) -> BarrierModel:
    """Grow the forests of all folds. Same compounds, same seed: same model."""
    measured = np.isfinite(compounds.log_bb)
    label = compounds.label.astype(np.float64)
    features = description.features
    class_forests = grow_folds(features, label, compounds.fold, trees=trees, tried=TRIED_FOR_CLASS, seed=seed)
    ratio_forests = grow_folds(
        features[measured],
        compounds.log_bb[measured],
        compounds.fold[measured],
        trees=trees,
        tried=TRIED_FOR_RATIO,
        seed=seed + 1,
    )
    score = predict_across(class_forests, features, compounds.fold)
    ratio = np.where(measured, predict_across(ratio_forests, features, compounds.fold), np.nan)
    likeness = find_likeness_across(description, compounds.fold)
    return BarrierModel(
        compounds=compounds,
        fingerprints=description.fingerprints,
        class_forests=class_forests,
        ratio_forests=ratio_forests,
        score=score,
        ratio=ratio,
        line=fit_calibration(score, compounds.label),
        borders=set_borders(description, likeness),
        contested=contested,
    )


def grow_folds(features: Features, target: Array, fold: Folds, *, trees: int, tried: int, seed: int) -> tuple[Forest, ...]:
    """One forest for each fold, grown on the compounds of all other folds."""
    folds = follow(range(int(fold.max()) + 1), "Growing forests")
    return tuple(
        grow_forest(features[fold != k], target[fold != k], trees=trees, tried=tried, seed=seed + 1000 * k) for k in folds
    )


def predict_across(forests: Sequence[Forest], features: Features, fold: Folds) -> Array:
    """Prediction (n,) for each compound by the forest of its fold, which has not seen it."""
    predicted = np.full(len(features), np.nan)
    for k, forest in enumerate(forests):
        predicted[fold == k] = predict_forest(forest, features[fold == k])
    return predicted
