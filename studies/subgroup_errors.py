"""How often the pre-specified analysis announces a group where effects do not differ, and how often it finds one where they do.

Run: python studies/subgroup_errors.py --repeats 1000 --seed 20261123 --out studies/results

Trials are drawn from the built-in natural history over 12 months, with deaths and informative dropout, at three sizes, in three worlds: a
constant effect, a drug that takes the same percentage of everyone's decline, and an effect in one sex only. Four modifiers are named
beforehand in the first two, sex alone in the third, so that its power can be set beside what the information matrix of the full
interaction model foretells for the true contrast (people stop treatment, so it is less than planted). Single trials are kept, so
an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from rich.progress import track
from scipy.stats import norm

from stallpoint.core.cohort import Modifiers, Trial
from stallpoint.response.announce import announce
from stallpoint.response.modifiers import estimate_modifiers
from stallpoint.simulate.planted import PlantedEffect, constant_benefit, only_in_subgroup, percent_slowing
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

SIZES = (140, 300, 600)
FOUR = Modifiers(prespecified=("nfl_baseline", "onset_site", "sex", "age_years"))
DIFFERENCE = 0.5
FORETOLD = 100
"""Trials whose full interaction model is fitted, for the standard error that foretells the power."""


@dataclass(frozen=True)
class World:
    """What treatment does, and the modifiers that the protocol names."""

    name: str
    effect: PlantedEffect
    modifiers: Modifiers


WORLDS = (
    World("constant effect", constant_benefit(0.3), FOUR),
    World("same percentage", percent_slowing(0.3), FOUR),
    World("effect in one sex", only_in_subgroup(DIFFERENCE, column="sex", equals="female"), Modifiers(prespecified=("sex",))),
)


@dataclass(frozen=True)
class Repeat:
    """One simulated trial."""

    seed: int
    people: int
    world: int
    index: int


def make_trial(repeat: Repeat) -> tuple[Trial, np.random.Generator]:
    """The trial, and the generator that goes on to shuffle it."""
    rng = np.random.default_rng([repeat.seed, repeat.people, repeat.world, repeat.index])
    world = WORLDS[repeat.world]
    simulated = simulate_trial(TrialDesign(n=repeat.people), world.effect, rng=rng)
    return replace(simulated.trial, modifiers=world.modifiers), rng


def true_contrast(row: dict[str, Any]) -> float:
    """What the planted difference comes to in the people of a trial, some of whom stop treatment: points per month."""
    rng = np.random.default_rng([row["seed"], row["people"], row["world"], row["index"]])
    world = WORLDS[row["world"]]
    simulated = simulate_trial(TrialDesign(n=row["people"]), world.effect, modifiers=world.modifiers, rng=rng)
    return simulated.truth.contrast("sex")


def run_one(repeat: Repeat) -> dict[str, Any]:
    """What is announced, and for some trials the standard error of the full interaction model."""
    begin = process_time()
    trial, rng = make_trial(repeat)
    found = announce(trial, rng=rng)
    spent = process_time() - begin
    error = None
    if WORLDS[repeat.world].modifiers != FOUR and repeat.index < FORETOLD:
        effects = {effect.name: effect for effect in estimate_modifiers(trial, rng=rng).effects}
        error = effects["modifier_sex_1"].std_error if "modifier_sex_1" in effects else None
    return {**asdict(repeat), **asdict(found), "std_error": error, "cpu_seconds": spent}


def summarise(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Shares with their Monte Carlo error."""
    groups = [[group for group in row["groups"] if group["status"] != "exploratory"] for row in rows]
    said = [group for found in groups for group in found]
    share = float(np.mean([bool(found) for found in groups]))
    summary: dict[str, Any] = {
        "trials": len(rows),
        "without_a_model": sum(row["average"] is None for row in rows),
        "announced": share,
        "monte_carlo_error": float(np.sqrt(max(share * (1 - share), 1e-4) / len(rows))),
        "average_found": float(np.mean([row["average"] is not None and row["average"][1] > 0 for row in rows])),
        "cpu_seconds_a_trial": float(np.mean([row["cpu_seconds"] for row in rows])),
        "announced_and_not_put_down_to_progression": float(
            np.mean([any("same percentage" not in group["text"] for group in found) for found in groups])
        ),
    }
    foretelling = [row for row in rows if row["std_error"]]
    if foretelling:
        truth = float(np.mean([abs(true_contrast(row)) for row in foretelling]))
        summary["true_contrast"] = truth
        away = truth / np.array([row["std_error"] for row in foretelling])
        summary["foretold_power"] = float(np.mean(norm.sf(1.959964 - away) + norm.cdf(-1.959964 - away)))
        hits = [group for group in said if group["contrast"] == "modifier_sex_1"]
        summary["announced_raw"] = float(np.mean([abs(group["raw"]) for group in hits]))
        summary["announced_shrunken"] = float(np.mean([abs(group["shrunken"]) for group in hits]))
    return summary


def main() -> None:
    """Run and write subgroup_errors.json; single trials stand in subgroup_errors.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    kept = wanted.out / "subgroup_errors.jsonl"
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []
    done = {(row["people"], row["world"], row["index"]) for row in rows if row["seed"] == wanted.seed}
    asked = [
        Repeat(wanted.seed, people, world, index)
        for people in wanted.sizes
        for world in range(len(WORLDS))
        for index in range(wanted.repeats)
        if (people, world, index) not in done
    ]
    with (
        ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) as executor,
        kept.open("a", encoding="utf-8") as file,
    ):
        found: Iterable[dict[str, Any]] = executor.map(run_one, asked, chunksize=5)
        for row in track(found, total=len(asked), description="trials", disable=not sys.stdout.isatty()):
            file.write(json.dumps(row) + "\n")
            file.flush()
            rows.append(row)
    summary = {
        f"{people} people, {world.name}": summarise(own)
        for people in wanted.sizes
        for number, world in enumerate(WORLDS)
        if (own := [row for row in rows if (row["people"], row["world"], row["seed"]) == (people, number, wanted.seed)])
    }
    text = json.dumps({"seed": wanted.seed, "difference": DIFFERENCE, **summary}, indent=1)
    (wanted.out / "subgroup_errors.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
