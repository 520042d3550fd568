"""How far a structure tells of the barrier: B3DB judged on scaffolds that the model had not seen, and at random, beside published anchors.

Command: python studies/barrier_structure.py --drugs ../shared/facts/drugs.tsv --out studies/results
Writes barrier_structure.json. Needs the extra `chem`.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.structure.b3db import Compound, read_b3db
from stallpoint.exposure.structure.describe import Description, describe
from stallpoint.exposure.structure.domain import find_likeness_across, judge_domain
from stallpoint.exposure.structure.model import FOLDS, BarrierModel, Compounds, fit_model, grow_folds, predict_across
from stallpoint.exposure.structure.predict import LEVEL, ask_forests, judge, predict_barrier
from stallpoint.exposure.structure.split import find_scaffold, split_at_random, split_by_scaffold
from stallpoint.exposure.structure.train import SEED, gather, parse_usable

Array = npt.NDArray[np.float64]
Folds = npt.NDArray[np.int64]

OUTER = 5
BINS = 10
ANCHORS = {
    "published_random_split": "AUC 0.948 (gradient boosting on Mordred descriptors) and 0.96 (B3-Pred); R2 0.604, RMSE 0.474",
    "why_they_differ": "rows of B3DB are not compounds: stereoisomers and salts of one skeleton stand in several rows, which a random "
    "split of rows puts on both sides",
}


def main() -> None:
    options = _read_options()
    started = time.process_time()
    everything = read_b3db()
    usable, molecules = parse_usable(everything)
    description = describe(molecules)
    scaffolds = [find_scaffold(molecule) for molecule in molecules]
    compounds = gather(usable, np.zeros(len(usable), dtype=np.int64))
    print(f"described {len(usable)} compounds in {time.process_time() - started:.0f} CPU-seconds", flush=True)
    document: dict[str, Any] = {"data": summarise_data(everything, compounds), "level": LEVEL, "seed": SEED, "anchors": ANCHORS}
    document["splits"] = {
        "scaffold": judge_split(compounds, description, scaffolds, by_scaffold=True),
        "random": judge_split(compounds, description, scaffolds, by_scaffold=False),
    }
    document["rows_at_random"] = judge_rows(compounds, description, everything)
    model = fit_model(place(compounds, scaffolds, FOLDS, True, SEED), description, find_contested(everything), seed=SEED)
    document["domain"] = judge_borders(model, description)
    document["drugs"] = judge_drugs(options.drugs, model)
    document["cpu_seconds"] = round(time.process_time() - started)
    options.out.mkdir(exist_ok=True)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (options.out / "barrier_structure.json").write_text(text + "\n", encoding="utf-8")


def find_contested(everything: Sequence[Compound]) -> dict[str, tuple[str, ...]]:
    return {compound.skeleton: compound.contested for compound in everything if compound.contested}


def summarise_data(everything: Sequence[Compound], compounds: Compounds) -> dict[str, Any]:
    return {
        "rows": sum(compound.rows for compound in everything),
        "skeletons": len(everything),
        "contested": len(find_contested(everything)),
        "used": len(compounds.label),
        "used_bbb_plus": int(compounds.label.sum()),
        "used_with_log_bb": int(np.isfinite(compounds.log_bb).sum()),
    }


def place(compounds: Compounds, scaffolds: Sequence[str], folds: int, by_scaffold: bool, seed: int) -> Compounds:
    rng = np.random.default_rng(seed)
    fold = split_by_scaffold(scaffolds, folds, rng=rng) if by_scaffold else split_at_random(len(scaffolds), folds, rng=rng)
    return Compounds(**{**vars(compounds), "fold": fold})


def judge_split(compounds: Compounds, description: Description, scaffolds: Sequence[str], *, by_scaffold: bool) -> dict[str, Any]:
    """Five times: fit to four fifths, with folds of the same kind inside, and predict the fifth as a user would."""
    outer = place(compounds, scaffolds, OUTER, by_scaffold, SEED + 1).fold
    n = len(outer)
    probability, p_values, ratio = np.empty(n), np.empty((n, 2)), np.empty((n, 3))
    for k in range(OUTER):
        print("scaffold" if by_scaffold else "random", k, flush=True)
        model = fit_part(compounds, description, scaffolds, np.flatnonzero(outer != k), by_scaffold, SEED + 10 * k)
        held = np.flatnonzero(outer == k)
        scores = ask_forests(model.class_forests, description.features[held])
        ratios = ask_forests(model.ratio_forests, description.features[held])
        for column, at in enumerate(held):
            judged = judge(scores[:, column], ratios[:, column], model)
            probability[at], p_values[at], ratio[at] = judged.probability, judged.p_values, judged.log_bb
    return {
        "class": judge_classes(compounds.label, probability),
        "sets": judge_sets(compounds.label, p_values, scaffolds),
        "log_bb": judge_ratios(compounds.log_bb, ratio, scaffolds),
    }


def fit_part(
    compounds: Compounds, description: Description, scaffolds: Sequence[str], kept: Folds, by_scaffold: bool, seed: int
) -> BarrierModel:
    part = Compounds(**{name: values[kept] for name, values in vars(compounds).items()})
    part = place(part, [scaffolds[at] for at in kept], FOLDS, by_scaffold, seed)
    seen = Description(description.features[kept], description.fingerprints[kept], description.ranged[kept])
    return fit_model(part, seen, {}, seed=seed)


def judge_classes(label: npt.NDArray[np.int64], probability: Array) -> dict[str, Any]:
    from sklearn.metrics import balanced_accuracy_score, matthews_corrcoef, roc_auc_score

    edges = np.minimum((probability * BINS).astype(int), BINS - 1)
    bins = [
        {
            "said": round(float(probability[edges == b].mean()), 3),
            "came_true": round(float(label[edges == b].mean()), 3),
            "n": int(size),
        }
        for b in range(BINS)
        if (size := np.sum(edges == b))
    ]
    return {
        "n": len(label),
        "auc": round(float(roc_auc_score(label, probability)), 4),
        "mcc": round(float(matthews_corrcoef(label, probability > 0.5)), 3),
        "balanced_accuracy": round(float(balanced_accuracy_score(label, probability > 0.5)), 3),
        "brier": round(float(np.mean((probability - label) ** 2)), 4),
        "brier_of_the_base_rate": round(float(label.var()), 4),
        "calibration_error": round(sum(each["n"] * abs(each["said"] - each["came_true"]) for each in bins) / len(label), 4),
        "reliability": bins,
    }


def judge_sets(label: npt.NDArray[np.int64], p_values: Array, scaffolds: Sequence[str]) -> dict[str, Any]:
    holds = p_values > 1 - LEVEL
    covered = holds[np.arange(len(label)), label]
    return {
        "all": cover(covered, scaffolds),
        "bbb_minus": cover(covered[label == 0], [s for s, own in zip(scaffolds, label, strict=True) if own == 0]),
        "bbb_plus": cover(covered[label == 1], [s for s, own in zip(scaffolds, label, strict=True) if own == 1]),
        "share_with_one_label": round(float(np.mean(holds.sum(axis=1) == 1)), 3),
        "share_with_both": round(float(np.mean(holds.all(axis=1))), 3),
        "share_with_none": round(float(np.mean(~holds.any(axis=1))), 3),
    }


def judge_ratios(truth: Array, ratio: Array, scaffolds: Sequence[str]) -> dict[str, Any]:
    known = np.isfinite(truth)
    truth, (middle, low, high) = truth[known], ratio[known].T
    missed = truth - middle
    return {
        "n": len(truth),
        "r2": round(float(1 - np.mean(missed**2) / truth.var()), 3),
        "rmse": round(float(np.sqrt(np.mean(missed**2))), 3),
        "mae": round(float(np.mean(np.abs(missed))), 3),
        "interval": cover((low <= truth) & (truth <= high), [s for s, own in zip(scaffolds, known, strict=True) if own]),
        "mean_width": round(float(np.mean(high - low)), 2),
    }


def cover(covered: npt.NDArray[np.bool_], scaffolds: Sequence[str]) -> dict[str, Any]:
    """Coverage with two Monte Carlo errors: as if compounds were independent, and with scaffolds as the independent units."""
    rate = float(covered.mean())
    _, group = np.unique(np.asarray(scaffolds), return_inverse=True)
    of_scaffold = np.bincount(group, weights=covered - rate)
    return {
        "n": len(covered),
        "coverage": round(rate, 4),
        "error": round(float(np.sqrt(rate * (1 - rate) / len(covered))), 4),
        "error_by_scaffold": round(float(np.sqrt(np.sum(of_scaffold**2)) / len(covered)), 4),
    }


def judge_borders(model: BarrierModel, description: Description) -> dict[str, Any]:
    """Whether the domain parts what the model knows from what it does not, by compounds that their forests had not seen."""
    from sklearn.metrics import roc_auc_score

    compounds = model.compounds
    likeness = find_likeness_across(description, compounds.fold)
    ranges = zip(description.ranged, likeness, strict=True)
    inside = np.array([judge_domain(ranged, each, model.borders).inside for ranged, each in ranges])
    missed = np.abs(compounds.log_bb - model.ratio)
    said: dict[str, Any] = {"likeness_border": round(model.borders.likeness, 3)}
    for name, part in (("inside", inside), ("outside", ~inside)):
        said[name] = {
            "n": int(part.sum()),
            "auc": round(float(roc_auc_score(compounds.label[part], model.score[part])), 3),
            "mean_miss_of_log_bb": round(float(np.nanmean(missed[part])), 3),
            "n_log_bb": int(np.isfinite(missed[part]).sum()),
        }
    return said


def judge_rows(compounds: Compounds, description: Description, everything: Sequence[Compound]) -> dict[str, Any]:
    """The split of the published anchors: rows at random, so that skeletons stand on both sides. Contested skeletons are left out."""
    from sklearn.metrics import roc_auc_score

    rows = {compound.skeleton: compound.rows for compound in everything}
    repeats = [rows[skeleton] for skeleton in compounds.skeleton]
    features = np.repeat(description.features, repeats, axis=0)
    label = np.repeat(compounds.label, repeats)
    fold = split_at_random(len(label), OUTER, rng=np.random.default_rng(SEED))
    score = predict_across(grow_folds(features, label.astype(float), fold, trees=30, tried=10, seed=SEED), features, fold)
    return {"rows": len(label), "auc": round(float(roc_auc_score(label, score)), 4)}


def judge_drugs(path: Path, model: BarrierModel) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [judge_drug(row, model) for row in rows]


def judge_drug(row: dict[str, str], model: BarrierModel) -> dict[str, Any]:
    said: dict[str, Any] = {"drug": row["drug"]}
    if not row["smiles"]:
        return said | {"answer": "cannot tell", "why": "no structure of a small molecule"}
    try:
        predicted = predict_barrier(row["smiles"], model)
    except StallpointError as fault:
        return said | {"answer": "cannot tell", "why": fault.what}
    middle, low, high = predicted.log_bb
    nearest = predicted.neighbours[0]
    return said | {
        "inchikey": predicted.structure.inchikey,
        "b3db": predicted.known,
        "answer": predicted.answer,
        "probability": round(predicted.probability, 3),
        "labels": list(predicted.labels),
        "log_bb": [round(each, 2) for each in (middle, low, high)],
        "inside": predicted.domain.inside,
        "nearest": [nearest.name or nearest.skeleton, round(nearest.similarity, 2), nearest.label],
        "contested": list(predicted.contested),
        "scores": {score.name: [round(score.low, 2), round(score.high, 2)] for score in predicted.scores},
        "p_glycoprotein": predicted.efflux.call,
        "text": predicted.text,
    }


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drugs", type=Path, required=True, help="table with the columns drug and smiles")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
