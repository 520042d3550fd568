"""Whether what an exploration shows covers what it says, and what a forest's own intervals would have shown instead.

Run: python studies/exploration_coverage.py --trials 1000 --forest 60 --power 30 --seed 20261123 --out studies/results

Two worlds of slopes in points a month, eight covariates, one of them prognostic, residual standard deviation 0.75: an effect of 0.3
in everyone, and one that differs by 0.6 between halves of the people (the world of the reference forests' operating
characteristics). Intervals of groups, of the best linear predictor and of AUTOC are held against what the same rankings are worth in
2,000 new people. Beside them stand the pointwise intervals of a causal forest, which no report shows. Then the power of the forest's
omnibus test against that of one interaction which was named beforehand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from stallpoint.response.effect_ranking import autoc
from stallpoint.response.exploration.judge import GROUPS, judge_learner, ranking_p_value
from stallpoint.response.exploration.learners import LEARNERS, SHARE_OF_PEOPLE, SMALLEST_LEAF
from stallpoint.response.exploration.over_splits import OverSplits
from stallpoint.response.exploration.plan import LearnerName
from stallpoint.response.exploration.ridge import Predict
from stallpoint.response.exploration.sample import Sample

Array = npt.NDArray[np.float64]

AVERAGE = 0.3
BETWEEN_HALVES = 0.6
NOISE = 0.75
COVARIATES = 8
NEW_PEOPLE = 2000
SPLITS = 20
FOREST_TREES = 500
POINTS = 200


@dataclass(frozen=True)
class Cell:
    """Trials of one size in one world, and the learner that explores them."""

    people: int
    differs: bool
    learner: LearnerName = "dr learner"


def draw(cell: Cell, rng: np.random.Generator) -> Sample:
    """One trial."""
    X = rng.normal(size=(cell.people, COVARIATES))
    treated = (rng.permutation(cell.people) % 2).astype(np.float64)
    outcome = -1 + 0.25 * X[:, 1] + true_effect(X, cell) * treated + rng.normal(0, NOISE, cell.people)
    return Sample(X, outcome, treated, 0.5)


def true_effect(X: Array, cell: Cell) -> Array:
    """Of people with these covariates."""
    return np.asarray(AVERAGE + cell.differs * BETWEEN_HALVES * ((X[:, 0] > 0) - 0.5), dtype=np.float64)


def cover(cell: Cell, seed: int, index: int) -> dict[str, Any]:
    """Whether each interval of one trial holds what its rankings are worth."""
    rng = np.random.default_rng([seed, index, cell.people, int(cell.differs)])
    sample = draw(cell, rng)
    learnt: list[Predict] = []

    def remembering(part: Sample, generator: np.random.Generator) -> Predict:
        learnt.append(LEARNERS[cell.learner](part, generator))
        return learnt[-1]

    judged = judge_learner(sample, remembering, splits=SPLITS, rng=rng)
    new = rng.normal(size=(NEW_PEOPLE, COVARIATES))
    # The worth of what is shown: medians over splits of slopes and areas, means over splits of groups.
    over = {"per standard deviation": np.median, "AUTOC": np.median}
    worth = _worth(learnt, new, true_effect(new, cell))
    truth = {key: float(over.get(key, np.mean)(values)) for key, values in worth.items()}
    shown = {f"group {k + 1}": each for k, each in enumerate(judged.groups)} | {
        "highest less lowest": judged.apart,
        "average": judged.average,
        "per standard deviation": judged.differential,
        "AUTOC": judged.above_average,
    }
    return {name: _held(interval, truth[name]) for name, interval in shown.items()} | {"called": judged.p_value < 0.05}


def _worth(learnt: list[Predict], new: Array, effect: Array) -> dict[str, list[float]]:
    """What each ranking is worth in new people; one that is flat ranks by lot, so that all groups have the average effect."""
    found: dict[str, list[float]] = {}
    for predict in learnt:
        ranking = predict(new)
        flat = ranking.std() < 1e-12
        order = np.argsort(ranking)
        thirds = [float(effect.mean()) if flat else float(effect[each].mean()) for each in np.array_split(order, GROUPS)]
        worth = {f"group {k + 1}": value for k, value in enumerate(thirds)} | {
            "highest less lowest": thirds[-1] - thirds[0],
            "average": AVERAGE,
            "per standard deviation": 0.0 if flat else float(np.cov(effect, ranking)[0, 1] / ranking.std()),
            "AUTOC": 0.0 if flat else autoc(effect, ranking),
        }
        for name, value in worth.items():
            found.setdefault(name, []).append(value)
    return found


def _held(interval: OverSplits, truth: float) -> dict[str, float]:
    return {
        "held": float(interval.low <= truth <= interval.high),
        "off": interval.value - truth,
        "width": interval.high - interval.low,
    }


def cover_pointwise(cell: Cell, seed: int, index: int) -> dict[str, Any]:
    """Share of new people whose true effect a causal forest's own 95% interval holds; the whole trial is learnt from."""
    from econml.grf import CausalForest

    rng = np.random.default_rng([seed, index, cell.people, 7])
    sample = draw(cell, rng)
    X, treated, outcome = sample.covariates, sample.treated, sample.outcome
    expected = np.polyval(np.polyfit(X[:, 1], outcome, 1), X[:, 1])
    forest = CausalForest(
        n_estimators=FOREST_TREES,
        min_samples_leaf=SMALLEST_LEAF,
        max_samples=SHARE_OF_PEOPLE,
        fit_intercept=False,
        n_jobs=1,
        random_state=int(rng.integers(2**31)),
    ).fit(X, treated - 0.5, outcome - expected)
    new = rng.normal(size=(POINTS, COVARIATES))
    low, high = (each[:, 0] for each in forest.predict_interval(new, alpha=0.05))
    effect = true_effect(new, cell)
    return {"share held": float(np.mean((low <= effect) & (effect <= high))), "width": float(np.mean(high - low))}


def compare_power(cell: Cell, seed: int, index: int) -> dict[str, Any]:
    """Whether the learner's omnibus calls the difference, and whether one interaction, named beforehand and linear, does."""
    rng = np.random.default_rng([seed, index, cell.people, int(cell.differs), 11])
    sample = draw(cell, rng)
    p = ranking_p_value(sample, LEARNERS[cell.learner], splits=SPLITS, rng=rng)
    x, treated = sample.covariates[:, 0], sample.treated
    design = np.column_stack([np.ones(cell.people), treated, x, sample.covariates[:, 1], treated * x])
    beta, (rss,), *_ = np.linalg.lstsq(design, sample.outcome, rcond=None)
    error = np.sqrt(np.linalg.inv(design.T @ design)[-1, -1] * rss / (cell.people - design.shape[1]))
    return {"omnibus": float(p < 0.05), "interaction": float(2 * norm.sf(abs(beta[-1] / error)) < 0.05)}


def summarise(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over trials, and the Monte Carlo error of each."""
    out: dict[str, Any] = {"trials": len(results)}
    for name, first in results[0].items():
        if isinstance(first, dict):
            out[name] = {key: _mean([each[name][key] for each in results]) for key in first}
        else:
            out[name] = _mean([float(each[name]) for each in results])
    return out


def _mean(values: list[float]) -> dict[str, float]:
    return {"mean": round(float(np.mean(values)), 4), "monte_carlo_error": round(float(np.std(values) / np.sqrt(len(values))), 4)}


def run_cells(jobs: list[tuple[str, Cell, int]], seed: int, kept: Path, executor: Executor) -> dict[str, list[dict[str, Any]]]:
    """One row for each cell, by part; rows that are in the file already are not made again, so that an interrupted study goes on."""
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []
    done = {(row["part"], row["people"], row["differs"], row["learner"], row["trials"]) for row in rows}
    with kept.open("a", encoding="utf-8") as file:
        for part, cell, trials in jobs:
            if (part, cell.people, cell.differs, cell.learner, trials) in done:
                continue
            results = list(executor.map(partial(JOBS[part], cell, seed), range(trials), chunksize=5))
            row = {"part": part, "people": cell.people, "differs": cell.differs, "learner": cell.learner} | summarise(results)
            rows.append(row)
            file.write(json.dumps(row) + "\n")
            file.flush()
    return {part: [row for row in rows if row["part"] == part] for part in JOBS}


JOBS: dict[str, Callable[[Cell, int, int], dict[str, Any]]] = {
    "shown": cover,
    "not shown": cover_pointwise,
    "power": compare_power,
}


def main() -> None:
    """Run and write exploration_coverage.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--forest", type=int, default=60)
    parser.add_argument("--power", type=int, default=30)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    sizes, small = (300, 600, 2000), (140, 300, 600)
    jobs = [
        *(("shown", Cell(n, differs), wanted.trials) for differs in (True, False) for n in sizes),
        ("shown", Cell(300, True, "causal forest"), wanted.forest),
        *(("not shown", Cell(n, True, "causal forest"), wanted.forest) for n in sizes),
        *(("power", Cell(n, True), wanted.trials) for n in small),
        ("power", Cell(140, False), wanted.trials),
        *(("power", Cell(n, True, "causal forest"), wanted.power) for n in small),
    ]
    with ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) as executor:
        found = run_cells(jobs, wanted.seed, wanted.out / "exploration_coverage.jsonl", executor)
    text = json.dumps({"seed": wanted.seed, "splits": SPLITS, **found}, indent=2)
    (wanted.out / "exploration_coverage.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
