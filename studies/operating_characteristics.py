"""Bias, coverage and error rate of the average effect, by simulation.

Run: python studies/operating_characteristics.py --effect 400 --null 500 --seed 20261122 --out studies/results

Trials are drawn from the built-in natural history with a direct hazard of death that works through function alone (what the joint
model assumes), jittered and missed visits, and informative withdrawal. The effect trials add 0.30 points a month to everyone
treated; deaths are about a quarter within 12 months. Each effect trial is recorded twice: with the scores as they are, which is what
the model takes them for, and with whole points cut at 0 and 48, which is what a trial records. Everything else is the same in the
two, so that their difference is what the scale does to the estimate.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binom

from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.response.average import estimate_modelled, slope_difference
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.joint_trial import Covariates, fit_trial
from stallpoint.simulate.natural_history import NaturalHistory, default_natural_history
from stallpoint.simulate.planted import constant_benefit, no_effect
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

PEOPLE = 300
POINTS_PER_MONTH = 0.30
DEATH_SCALE_MONTHS = 53.0
"""Somewhat earlier deaths than in the default world: about a quarter of people within 12 months."""

MEASURED = ("slope_difference", "survival_difference")


@dataclass(frozen=True)
class Repeat:
    """One simulated trial: which, with what effect."""

    seed: int
    index: int
    points_per_month: float
    bounded_scores: bool = True


def world() -> NaturalHistory:
    """The default world, with death through function alone, earlier deaths, and nobody stopping treatment early."""
    history = default_natural_history()
    death = replace(history.death, scale_months=DEATH_SCALE_MONTHS)
    genes = tuple(replace(gene, hazard_ratio=1.0) for gene in history.genes)
    return replace(
        history,
        death=death,
        genes=genes,
        death_hazard_ratio_bulbar=1.0,
        death_hazard_ratio_age_per_year=1.0,
        treatment_stop_per_month=0.0,
    )


def run_one(repeat: Repeat) -> dict[str, Any]:
    """Simulate and analyse one trial; without an effect only the primary test is of interest, and only it is computed."""
    rng = np.random.default_rng([repeat.seed, repeat.index, int(1000 * repeat.points_per_month)])
    effect = constant_benefit(repeat.points_per_month) if repeat.points_per_month else no_effect()
    simulated = simulate_trial(_design(repeat), effect, natural_history=world(), rng=rng)
    events = simulated.trial.cohort.events
    return {
        "index": repeat.index,
        "deaths": events.filter(events["event"] == "death").height / PEOPLE,
        "truth": {
            "slope_difference": simulated.truth.slope_difference,
            "survival_difference": 100 * simulated.truth.survival_difference,
        },
        "effects": {
            effect.name: _numbers(effect) for effect in _effects(simulated.trial, everything=bool(repeat.points_per_month))
        },
    }


def _design(repeat: Repeat) -> TrialDesign:
    return TrialDesign(n=PEOPLE, bounded_scores=repeat.bounded_scores)


def _effects(trial: Trial, *, everything: bool) -> list[Effect]:
    followed = follow_trial(trial)
    if everything:
        effects, _, _ = estimate_modelled(trial, followed)
        return [effect for effect in effects if effect.name in MEASURED]
    return [slope_difference(trial, fit_trial(followed, Covariates()))]


def _numbers(effect: Effect) -> dict[str, float | None]:
    return {"estimate": effect.estimate, "low": effect.low, "high": effect.high, "se": effect.std_error, "p": effect.p_value}


def summarise_effect(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Bias with its Monte Carlo error and coverage with its binomial band, for effects whose truth is known."""
    out: dict[str, Any] = {"trials": len(results), "mean_deaths": float(np.mean([r["deaths"] for r in results]))}
    for name in MEASURED:
        rows = [(r["effects"][name], r["truth"][name]) for r in results if name in r["effects"]]
        error = np.array([row["estimate"] - truth for row, truth in rows])
        covered = int(sum(row["low"] <= truth <= row["high"] for row, truth in rows))
        out[name] = {
            "fitted": len(rows),
            "mean_truth": float(np.mean([truth for _, truth in rows])),
            "bias": float(error.mean()),
            "monte_carlo_se": float(error.std(ddof=1) / np.sqrt(len(rows))),
            "empirical_sd": float(np.std([row["estimate"] for row, _ in rows], ddof=1)),
            "mean_se": float(np.mean([row["se"] for row, _ in rows])),
            "coverage": covered / len(rows),
            "coverage_band_95": [float(binom.ppf(tail, len(rows), 0.95)) / len(rows) for tail in (0.025, 0.975)],
        }
    return out


def summarise_cutting(unbounded: list[dict[str, Any]], bounded: list[dict[str, Any]]) -> dict[str, Any]:
    """What rounding and cutting of scores adds to each estimate: paired by trial, with its Monte Carlo error."""
    out: dict[str, Any] = {}
    for name in MEASURED:
        pairs = [
            (plain["effects"][name]["estimate"], cut["effects"][name]["estimate"])
            for plain, cut in zip(unbounded, bounded, strict=True)
            if name in plain["effects"] and name in cut["effects"]
        ]
        added = np.array([cut - plain for plain, cut in pairs])
        out[name] = {
            "pairs": len(pairs),
            "added": float(added.mean()),
            "monte_carlo_se": float(added.std(ddof=1) / len(pairs) ** 0.5),
        }
    return out


def summarise_null(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Share of null trials in which each test rejects at 0.05, with its binomial band."""
    out: dict[str, Any] = {"trials": len(results), "mean_deaths": float(np.mean([r["deaths"] for r in results]))}
    for name in MEASURED[:1]:
        p = [r["effects"][name]["p"] for r in results if name in r["effects"]]
        out[name] = {
            "fitted": len(p),
            "rejected": float(np.mean([x < 0.05 for x in p])),
            "band_95": [float(binom.ppf(tail, len(p), 0.05)) / len(p) for tail in (0.025, 0.975)],
        }
    return out


def run_all(repeats: list[Repeat], kept: Path, executor: Executor) -> list[dict[str, Any]]:
    """Results of all repeats in order; those already in the file are not run again, so that an interrupted study resumes."""
    known = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []
    done = {result["index"] for result in known}
    waiting = [repeat for repeat in repeats if repeat.index not in done]
    with kept.open("a", encoding="utf-8") as file:
        for result in executor.map(run_one, waiting):
            file.write(json.dumps(result) + "\n")
            file.flush()
            known.append(result)
    wanted = {repeat.index for repeat in repeats}
    return sorted((result for result in known if result["index"] in wanted), key=lambda result: int(result["index"]))


def run_study(effect_trials: int, null_trials: int, seed: int, out: Path, executor: Executor) -> dict[str, Any]:
    """All three sets of trials; each trial's numbers are kept in `out` as JSON lines."""
    as_modelled = [Repeat(seed, index, POINTS_PER_MONTH, bounded_scores=False) for index in range(effect_trials)]
    as_recorded = [Repeat(seed, index, POINTS_PER_MONTH) for index in range(effect_trials)]
    null = [Repeat(seed, index, 0.0) for index in range(null_trials)]
    unbounded = run_all(as_modelled, out / "trials_with_effect_unbounded_scores.jsonl", executor)
    bounded = run_all(as_recorded, out / "trials_with_effect.jsonl", executor)
    return {
        "people": PEOPLE,
        "points_per_month": POINTS_PER_MONTH,
        "seed": seed,
        "effect_unbounded_scores": summarise_effect(unbounded),
        "effect": summarise_effect(bounded),
        "cutting": summarise_cutting(unbounded, bounded),
        "null": summarise_null(run_all(null, out / "trials_without_effect.jsonl", executor)),
    }


def main() -> None:
    """Run and write operating_characteristics.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--effect", type=int, default=400)
    parser.add_argument("--null", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    with ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) as executor:
        found = run_study(wanted.effect, wanted.null, wanted.seed, wanted.out, executor)
    text = json.dumps(found, indent=2)
    (wanted.out / "operating_characteristics.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
