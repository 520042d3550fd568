"""How often the pre-specified analysis announces a group where effects do not differ, and how often it finds one where they do.

Run: python studies/subgroup_errors.py --repeats 1000 --seed 20261123 --out studies/results

Trials are drawn from the built-in natural history over 12 months, with deaths and informative dropout, at three sizes, in three worlds: a
constant effect, a drug that takes the same percentage of everyone's decline, and an effect in one sex only. Four modifiers are named
beforehand in the first two, sex alone in the third, so that its power can be set beside what the information matrix of the full
interaction model foretells. That matrix, and the contrast that is left in recorded scores (some stop treatment, scores end at 0 and at
48), come from trials of 20,000 people. Single trials are kept, so an interrupted run goes on.
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
import numpy.typing as npt
from rich.progress import track
from scipy.stats import nct, t

from stallpoint.core.cohort import Modifiers, Trial
from stallpoint.response.announce import announce
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.joint_trial import SLOPE_TERM, Covariates, find_beta, fit_trial
from stallpoint.response.modifier_values import modifier_values
from stallpoint.response.strata import code_strata
from stallpoint.simulate.planted import PlantedEffect, constant_benefit, only_in_subgroup, percent_slowing
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

SIZES = (140, 300, 600)
FOUR = Modifiers(prespecified=("nfl_baseline", "onset_site", "sex", "age_years"))
DIFFERENCE = 0.5
LARGE = 20_000
LARGE_TRIALS = 10
"""Trials that tell the contrast in recorded scores and the information that one person brings."""


@dataclass(frozen=True)
class World:
    """What treatment does, and the modifiers that the protocol names."""

    name: str
    effect: PlantedEffect
    modifiers: Modifiers


NULL = "constant effect"
WORLDS = (
    World(NULL, constant_benefit(0.3), FOUR),
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


def run_one(repeat: Repeat) -> dict[str, Any]:
    """What is announced; of a large trial the contrast and its standard error in the full interaction model."""
    begin = process_time()
    trial, rng = make_trial(repeat)
    if repeat.people == LARGE:
        return {**asdict(repeat), **fit_contrast(trial)}
    found = announce(trial, rng=rng)
    return {**asdict(repeat), **asdict(found), "cpu_seconds": process_time() - begin}


def fit_contrast(trial: Trial) -> dict[str, float]:
    """Effect in women less that in men, points per month, with its error from the information matrix."""
    values = modifier_values(trial.cohort, "sex")
    followed = code_strata(follow_trial(trial), trial.strata)
    people = followed.people.join(values.values, on="patient", how="inner", maintain_order="left")
    fit = fit_trial(replace(followed, people=people), Covariates(modify=values.columns))
    at = find_beta(fit, f"{SLOPE_TERM}:{values.columns[0]}")
    side = 1 if values.labels[0] == "sex, female against male" else -1
    return {"contrast": side * float(fit.theta[at]), "std_error": float(np.sqrt(fit.covariance[at, at]))}


def foretell(large: list[dict[str, Any]], people: int) -> dict[str, float]:
    """Power of a two-sided t test, from the contrast and the information of large trials."""
    contrasts = np.array([row["contrast"] for row in large])
    error = np.sqrt(np.mean([row["std_error"] ** 2 for row in large]) * LARGE / people)
    freedom = people - 4
    away, bound = contrasts.mean() / error, t.ppf(0.975, freedom)
    return {
        "contrast_in_recorded_scores": float(contrasts.mean()),
        "its_monte_carlo_error": float(contrasts.std(ddof=1) / np.sqrt(len(large))),
        "foretold_std_error": float(error),
        "foretold_power": float(nct.sf(bound, freedom, away) + nct.cdf(-bound, freedom, away)),
    }


def summarise(rows: list[dict[str, Any]], large: list[dict[str, Any]]) -> dict[str, Any]:
    """Shares with their Monte Carlo error, and where large trials of the same world are at hand the power that they foretell."""
    groups = [[group for group in row["groups"] if group["status"] != "exploratory"] for row in rows]
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
    if large:
        summary |= foretell(large, rows[0]["people"])
        summary |= measure_sizes([group for found in groups for group in found], summary["contrast_in_recorded_scores"])
    elif WORLDS[rows[0]["world"]].name == NULL and any(groups):
        summary |= measure_left([group for found in groups for group in found])
    return summary


def measure_left(announced: list[dict[str, Any]]) -> dict[str, Any]:
    """What is left of announced differences where nothing differs; a share, since modifiers have units of their own."""
    held = float(np.mean([group["corrected_low"] <= 0 <= group["corrected_high"] for group in announced]))
    left = {name: np.array([group[name] / group["raw"] for group in announced]) for name in ("corrected", "shrunken")}
    return {
        "announcements": len(announced),
        **{f"share_left_{name}": _mean_with_error(values) for name, values in left.items()},
        "corrected_interval_held": [held, float(np.sqrt(held * (1 - held) / len(announced)))],
    }


def measure_sizes(announced: list[dict[str, Any]], truth: float) -> dict[str, Any]:
    """How far announced sizes are from the truth, in the direction in which they were announced; how often the interval holds it."""
    raw, corrected, shrunken, low, high = (
        np.array([group[name] for group in announced])
        for name in ("raw", "corrected", "shrunken", "corrected_low", "corrected_high")
    )
    # Which sex is the first differs between trials, and with it the sign; who is truly helped more does not.
    side = np.sign(raw)
    held = (low <= side * truth) & (side * truth <= high)
    share = float(held.mean())
    biases = {name: side * values - truth for name, values in (("raw", raw), ("corrected", corrected), ("shrunken", shrunken))}
    return {
        "announcements": len(announced),
        **{f"bias_{name}": _mean_with_error(values) for name, values in biases.items()},
        "put_too_high_corrected": float(np.mean(biases["corrected"] > 0)),
        "corrected_interval_held": [share, float(np.sqrt(share * (1 - share) / len(announced)))],
    }


def _mean_with_error(values: npt.NDArray[np.float64]) -> list[float]:
    return [float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))]


def main() -> None:
    """Run and write subgroup_errors.json; single trials stand in subgroup_errors.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--worlds", type=int, nargs="+", default=list(range(len(WORLDS))), help="numbers of the worlds to go on with"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    kept = wanted.out / "subgroup_errors.jsonl"
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []
    done = {(row["people"], row["world"], row["index"]) for row in rows if row["seed"] == wanted.seed}
    asked = [
        Repeat(wanted.seed, people, world, index)
        for people, world, repeats in (
            *((people, world, wanted.repeats) for people in wanted.sizes for world in wanted.worlds),
            (LARGE, len(WORLDS) - 1, LARGE_TRIALS),
        )
        for index in range(repeats)
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
    rows = [row for row in rows if row["seed"] == wanted.seed]
    worlds = {
        (people, number): [row for row in rows if (row["people"], row["world"]) == (people, number)]
        for people in (*SIZES, LARGE)
        for number in range(len(WORLDS))
    }
    summary = {
        f"{people} people, {WORLDS[number].name}": summarise(own, worlds[LARGE, number])
        for (people, number), own in worlds.items()
        if own and people != LARGE
    }
    text = json.dumps({"seed": wanted.seed, "difference": DIFFERENCE, **summary}, indent=1)
    (wanted.out / "subgroup_errors.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
