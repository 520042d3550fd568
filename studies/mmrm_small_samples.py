"""Error rate and coverage of the mixed model for repeated measures in small trials with missing visits.

Run: python studies/mmrm_small_samples.py --repeats 1000 --seed 20261122 --out studies/results

Two arms without a difference, four visits whose spread grows and whose scores hang together, and drop-out that depends on the last score
seen, so that later visits rest on fewer people. Each trial is tested at the last visit, and at all visits together, by Kenward and
Roger, by Satterthwaite, and as if the sample were large.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.progress import track
from scipy.stats import binom, chi2, norm

from stallpoint.models.mmrm.degrees_of_freedom import satterthwaite
from stallpoint.models.mmrm.fit import fit_mmrm

PEOPLE = (20, 40, 80)
VISITS = 4
LEVEL = 0.05


@dataclass(frozen=True)
class Repeat:
    """One simulated trial."""

    seed: int
    index: int
    people: int


def simulate_visits(repeat: Repeat) -> pl.DataFrame:
    """Scores of one trial; a person whose last score was low is likelier to miss all that follow."""
    rng = np.random.default_rng([repeat.seed, repeat.people, repeat.index])
    own = rng.normal([38, -3], [4, 1.5], (repeat.people, 2))
    scores = own[:, :1] + own[:, 1:] * np.arange(VISITS) + rng.normal(0, 2, (repeat.people, VISITS))
    leaves = rng.random((repeat.people, VISITS - 1)) < 1 / (1 + np.exp(2.5 + 0.15 * (scores[:, :-1] - 34)))
    gone = np.concatenate([np.zeros((repeat.people, 1), dtype=bool), np.logical_or.accumulate(leaves, axis=1)], axis=1)
    return pl.DataFrame(
        {
            "patient": np.repeat(np.arange(repeat.people), VISITS),
            "visit": np.tile([f"v{visit}" for visit in range(VISITS)], repeat.people),
            "arm": np.repeat(np.where(np.arange(repeat.people) % 2, "active", "placebo"), VISITS),
            "score": np.where(gone, np.nan, scores).ravel(),
        }
    ).with_columns(pl.col("score").fill_nan(None))


def run_one(repeat: Repeat) -> dict[str, Any]:
    """P-values of one trial by each method, at the last visit and over all visits."""
    frame = simulate_visits(repeat)
    fit = fit_mmrm(frame, "score ~ 0 + C(visit) + C(visit):C(arm)", visit="visit", patient="patient")
    terms = [term for term in fit.coefficients["term"] if ":" in term]
    last = np.array([float(term == terms[-1]) for term in fit.coefficients["term"]])
    estimate = fit.coefficients["estimate"].to_numpy()
    plain = float(np.sqrt(last @ fit.curvature.covariance @ last))
    together = np.array([[float(term == wanted) for term in fit.coefficients["term"]] for wanted in terms])
    gap = together @ estimate
    wald = float(gap @ np.linalg.solve(together @ fit.curvature.covariance @ together.T, gap))
    t = float(last @ estimate) / plain
    return {
        "converged": fit.converged,
        "seen_last": frame.filter(pl.col("visit") == f"v{VISITS - 1}")["score"].count() / repeat.people,
        "last visit, Kenward-Roger": fit.contrast(last)["p_value"],
        "last visit, Satterthwaite": _t_p_value(t, satterthwaite(fit.curvature, last)),
        "last visit, large sample": float(2 * norm.sf(abs(t))),
        "all visits, Kenward-Roger": fit.test(together).p_value,
        "all visits, large sample": float(chi2.sf(wald, len(terms))),
    }


def _t_p_value(statistic: float, df: float) -> float:
    from scipy.stats import t

    return float(2 * t.sf(abs(statistic), df))


def summarise(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Share of trials in which each test rejects, with the binomial band about the nominal level."""
    repeats = len(results)
    tests = [name for name in results[0] if "," in name]
    return {
        "trials": repeats,
        "converged": sum(result["converged"] for result in results),
        "seen_at_last_visit": float(np.mean([result["seen_last"] for result in results])),
        "rejected": {name: sum(result[name] < LEVEL for result in results) / repeats for name in tests},
        "band_95": [float(binom.ppf(tail, repeats, LEVEL)) / repeats for tail in (0.025, 0.975)],
    }


def run_study(repeats: int, seed: int, executor: Executor) -> dict[str, Any]:
    """All sizes of trial."""
    found: dict[str, Any] = {"seed": seed, "level": LEVEL}
    for people in PEOPLE:
        asked = [Repeat(seed, index, people) for index in range(repeats)]
        done: Iterable[dict[str, Any]] = executor.map(run_one, asked, chunksize=10)
        found[f"{people} people"] = summarise(
            list(track(done, total=repeats, description=f"{people} people", disable=not sys.stdout.isatty()))
        )
    return found


def main() -> None:
    """Run and write mmrm_small_samples.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    with ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) as executor:
        found = run_study(wanted.repeats, wanted.seed, executor)
    text = json.dumps(found, indent=2)
    (wanted.out / "mmrm_small_samples.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
