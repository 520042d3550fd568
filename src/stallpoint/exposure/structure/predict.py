"""From a structure to what can be said of its passage through the blood-brain barrier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.exposure.structure.bbb_score import score_bbb
from stallpoint.exposure.structure.calibrate import calibrate
from stallpoint.exposure.structure.cns_mpo import score_cns_mpo
from stallpoint.exposure.structure.describe import describe, find_likeness
from stallpoint.exposure.structure.domain import judge_domain, mean_likeness
from stallpoint.exposure.structure.efflux_rule import call_efflux
from stallpoint.exposure.structure.forest import Features, Forest, predict_forest
from stallpoint.exposure.structure.model import BarrierModel
from stallpoint.exposure.structure.prediction import BarrierPrediction, ClassLabel, Neighbour
from stallpoint.exposure.structure.properties import read_properties
from stallpoint.exposure.structure.read import Structure, read_structure
from stallpoint.exposure.structure.score import Measured
from stallpoint.numerics.conformal import find_class_p_values, find_interval

LEVEL = 0.9
NEIGHBOURS_SHOWN = 3

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Judgement:
    """What the forests say. probability: of BBB+. p_values: of BBB- and BBB+. log_bb: middle, low, high."""

    probability: float
    p_values: tuple[float, float]
    log_bb: tuple[float, float, float]


def predict_barrier(smiles: str, model: BarrierModel, *, measured: Measured | None = None) -> BarrierPrediction:
    """Predict for one molecule. One that B3DB holds is judged by forests that saw neither it nor any compound of its scaffold.

    Raises:
        StallpointError: the SMILES cannot be read.
        EstimandError: a metal, a mixture or nothing organic.
    """
    structure = read_structure(smiles)
    description = describe([structure.molecule])
    own = model.find(structure.skeleton)
    fold = None if own is None else int(model.compounds.fold[own])
    similarity = find_likeness(description.fingerprints, model.fingerprints)[0]
    others = np.ones(len(similarity), dtype=bool) if fold is None else model.compounds.fold != fold
    score, ratio = (ask_forests(forests, description.features)[:, 0] for forests in (model.class_forests, model.ratio_forests))
    judged = judge(score, ratio, model, own=own)
    properties = read_properties(structure)
    return BarrierPrediction(
        structure=structure,
        probability=judged.probability,
        labels=_labels(judged.p_values),
        log_bb=judged.log_bb,
        level=LEVEL,
        domain=judge_domain(description.ranged[0], mean_likeness(similarity[others]), model.borders),
        neighbours=_find_neighbours(similarity, model, own),
        known=_known_label(structure, model, own),
        contested=model.contested.get(structure.skeleton, ()),
        scores=(score_cns_mpo(properties, measured), score_bbb(properties, measured)),
        efflux=call_efflux(properties, measured),
    )


def ask_forests(forests: tuple[Forest, ...], features: Features) -> Array:
    """What the forest of each fold says (K, n) of features (n, p)."""
    return np.array([predict_forest(forest, features) for forest in forests])


def judge(score: Array, ratio: Array, model: BarrierModel, *, own: int | None = None) -> Judgement:
    """Turn what the forests of each fold say of one molecule, score (K,) and ratio (K,), into probabilities and intervals.

    Args:
        own: place among the training compounds, if it is one: then only the forests of its fold count, beside the other compounds of it.
    """
    compounds = model.compounds
    old = np.ones(len(compounds.fold), dtype=bool)
    asked = np.ones(len(score), dtype=bool)
    if own is not None:
        asked = np.arange(len(score)) == compounds.fold[own]
        old = compounds.fold == compounds.fold[own]
        old[own] = False
    measured = old & np.isfinite(compounds.log_bb)
    misses = np.abs(compounds.log_bb - model.ratio)[measured]
    low, high = find_interval(ratio[compounds.fold[measured]], misses, level=LEVEL)
    return Judgement(
        probability=float(np.mean(calibrate(score[asked], model.line))),
        p_values=find_class_p_values(score[compounds.fold[old]], model.score[old], compounds.label[old]),
        log_bb=(float(np.mean(ratio[asked])), low, high),
    )


def _labels(p_values: tuple[float, float]) -> tuple[ClassLabel, ...]:
    names: tuple[ClassLabel, ClassLabel] = ("BBB-", "BBB+")
    return tuple(name for name, p_value in zip(names, p_values, strict=True) if p_value > 1 - LEVEL)


def _find_neighbours(similarity: npt.NDArray[np.float32], model: BarrierModel, own: int | None) -> tuple[Neighbour, ...]:
    compounds = model.compounds
    order = [int(at) for at in np.argsort(-similarity, kind="stable") if at != own][:NEIGHBOURS_SHOWN]
    return tuple(
        Neighbour(
            name=str(compounds.name[at]),
            smiles=str(compounds.smiles[at]),
            skeleton=str(compounds.skeleton[at]),
            similarity=float(similarity[at]),
            label="BBB+" if compounds.label[at] else "BBB-",
            log_bb=float(compounds.log_bb[at]) if np.isfinite(compounds.log_bb[at]) else None,
        )
        for at in order
    )


def _known_label(structure: Structure, model: BarrierModel, own: int | None) -> str:
    if structure.skeleton in model.contested:
        return "contested"
    if own is None:
        return "not in B3DB"
    return "BBB+" if model.compounds.label[own] else "BBB-"
