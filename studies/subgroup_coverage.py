"""Whether the interval of a difference between groups holds what is true of them, at three sizes.

Run: python studies/subgroup_coverage.py --trials 500 --seed 20261123 --out studies/results

Trials are those of `subgroup_errors.py` with an effect in one sex, and others with the same effect in everybody. The truth is what was
planted in the people of each trial, some of whom stop treatment; beside it stands the contrast that is left in recorded scores, which end
at 0 and at 48. Single trials are kept, so an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from subgroup_errors import DIFFERENCE, fit_contrast

from stallpoint.core.cohort import Modifiers
from stallpoint.core.errors import FitError
from stallpoint.simulate.planted import constant_benefit, only_in_subgroup
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

SIZES = (300, 600, 2000)
EFFECTS = {
    "the same in everybody": constant_benefit(0.3),
    "in one sex": only_in_subgroup(DIFFERENCE, column="sex", equals="female"),
}
SEX = Modifiers(prespecified=("sex",))
REACH = 1.959963984540054


@dataclass(frozen=True)
class Repeat:
    """One simulated trial."""

    seed: int
    people: int
    effect: str
    index: int


def run_one(repeat: Repeat) -> dict[str, Any]:
    """The contrast of the sexes with its standard error, and the truth; `failed` where the model could not be fitted."""
    rng = np.random.default_rng([repeat.seed, repeat.people, list(EFFECTS).index(repeat.effect), repeat.index, 5])
    made = simulate_trial(TrialDesign(n=repeat.people), EFFECTS[repeat.effect], modifiers=SEX, rng=rng)
    row = {**asdict(repeat), "truth": -made.truth.contrast("sex")}
    try:
        return {**row, **fit_contrast(made.trial)}
    except FitError as fault:
        return {**row, "failed": fault.text}


def summarise(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Bias and coverage with their Monte Carlo errors, and the estimated over the actual standard error."""
    fitted = [row for row in rows if "failed" not in row]
    off = np.array([row["contrast"] - row["truth"] for row in fitted])
    error = np.array([row["std_error"] for row in fitted])
    held = np.abs(off) <= REACH * error
    count = len(fitted)
    return {
        "trials": len(rows),
        "failed": len(rows) - count,
        "bias": [float(off.mean()), float(off.std(ddof=1) / np.sqrt(count))],
        "held": [float(held.mean()), float(np.sqrt(held.mean() * (1 - held.mean()) / count))],
        "held_but_for_bias": float(np.mean(np.abs(off - off.mean()) <= REACH * error)),
        "error_over_spread": float(np.sqrt(np.mean(error**2)) / off.std(ddof=1)),
    }


def main() -> None:
    """Run and write subgroup_coverage.json; single trials stand in subgroup_coverage.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    kept = wanted.out / "subgroup_coverage.jsonl"
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []
    done = {(row["seed"], row["people"], row["effect"], row["index"]) for row in rows}
    asked = [
        Repeat(wanted.seed, people, effect, index)
        for index in range(wanted.trials)
        for people in wanted.sizes
        for effect in EFFECTS
        if (wanted.seed, people, effect, index) not in done
    ]
    with (
        ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) as executor,
        kept.open("a", encoding="utf-8") as file,
    ):
        found: Iterable[dict[str, Any]] = executor.map(run_one, asked, chunksize=3)
        for row in track(found, total=len(asked), description="trials", disable=not sys.stdout.isatty()):
            file.write(json.dumps(row) + "\n")
            file.flush()
            rows.append(row)
    cells = {
        f"{people} people, effect {effect}": summarise(own)
        for people in SIZES
        for effect in EFFECTS
        if (own := [row for row in rows if (row["people"], row["effect"], row["seed"]) == (people, effect, wanted.seed)])
    }
    text = json.dumps({"seed": wanted.seed, **cells}, indent=1)
    (wanted.out / "subgroup_coverage.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
