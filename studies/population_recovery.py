"""Does the population fit find the truth? Bias and coverage with a hundred people and three levels each.

Run: python studies/population_recovery.py --repeats 200 --seed 20261123 --out studies/results

An invented drug that varies as riluzole does: apparent clearance of a man who does not smoke, its variation between people, its ratios by
sex and smoking (Bruno 1997, Clin Pharmacol Ther 62:518-526). Volume, its variation, absorption and residual error are assumed. Levels
are drawn at three times of one interval at steady state. Single fits are kept, so an interrupted run goes on where it stopped.
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
from time import process_time
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl
from rich.progress import track
from scipy.stats import binom

from stallpoint.exposure.compartment_curves import Dosing, one_compartment, oral_mg_l
from stallpoint.exposure.population import fit_exposure

Array = npt.NDArray[np.float64]

PEOPLE, FEMALE, SMOKERS = 100, 40, 25
DOSE_MG = 50.0
INTERVAL_H = 12.0
EARLY, MIDDLE, LATE = (0.5, 2.0), (3.0, 6.0), (8.0, 12.0)
"""Windows, hours after a dose, within each of which one level is drawn at random."""

CLEARANCE_CV, VOLUME_CV = 0.514, 0.30
ABSORPTION_PER_H = 2.0
RESIDUAL = 0.15
TRUTH = {
    ("typical", "clearance_l_h"): 51.4,
    ("typical", "volume_l"): 400.0,
    ("covariate", "clearance_l_h: sex female"): np.log(0.68),
    ("covariate", "clearance_l_h: smoker true"): np.log(1 / 0.64),
    ("between people", "sd(clearance_l_h)"): np.sqrt(np.log1p(CLEARANCE_CV**2)),
    ("between people", "sd(volume_l)"): np.sqrt(np.log1p(VOLUME_CV**2)),
    ("residual", "proportional_sd"): RESIDUAL,
}
START = {"clearance_l_h": 40.0, "volume_l": 300.0, "absorption_per_h": ABSORPTION_PER_H}
Way = Literal["foce", "laplace", "refined"]
METHODS: tuple[Way, ...] = get_args(Way)
"""The two approximations as they are, and Laplace's with the step that `models.nonlinear_mixed.refine` takes."""


@dataclass(frozen=True)
class Repeat:
    """One data set and its fit."""

    method: Way
    seed: int
    index: int


def draw_study(repeat: Repeat) -> dict[str, pl.DataFrame]:
    """Patients, doses and concentrations; all ways see the same data."""
    rng = np.random.default_rng([repeat.seed, repeat.index])
    names = [f"P{number:03d}" for number in range(PEOPLE)]
    female, smoker = rng.permutation(PEOPLE) < FEMALE, rng.permutation(PEOPLE) < SMOKERS
    ratios = female * TRUTH["covariate", "clearance_l_h: sex female"] + smoker * TRUTH["covariate", "clearance_l_h: smoker true"]
    spread = [TRUTH["between people", f"sd({name})"] for name in ("clearance_l_h", "volume_l")]
    clearance, volume = np.exp(
        np.log([51.4, 400.0])[:, None]
        + np.stack([ratios, 0 * ratios])
        + np.array(spread)[:, None] * rng.standard_normal((2, PEOPLE))
    )
    times = np.stack([rng.uniform(*window, PEOPLE) for window in (EARLY, MIDDLE, LATE)], axis=1)
    one = np.ones((PEOPLE, 3, 1))
    dosing = Dosing(DOSE_MG * one, times[..., None], INTERVAL_H * one, np.inf * one, 0 * one)
    clean = oral_mg_l(one_compartment(clearance[:, None], volume[:, None]), np.full((PEOPLE, 1), ABSORPTION_PER_H), dosing)
    seen = clean * (1 + RESIDUAL * rng.standard_normal(clean.shape))
    return {
        "patients": pl.DataFrame({"patient": names, "sex": np.where(female, "female", "male"), "smoker": smoker}),
        "doses": pl.DataFrame({"patient": names, "treatment": "drug", "time_months": 0.0, "dose_mg": DOSE_MG, "route": "oral"}),
        "concentrations": pl.DataFrame(
            {"patient": np.repeat(names, 3), "time_h": times.ravel(), "value": 1e3 * seen.ravel(), "unit": "ng/mL"}
        ).with_columns(analyte=pl.lit("drug"), matrix=pl.lit("plasma")),
    }


def run_one(repeat: Repeat) -> dict[str, Any]:
    """Estimates, standard errors and intervals of one fit."""
    study = draw_study(repeat)
    begun = process_time()
    fit = fit_exposure(
        study["doses"],
        study["concentrations"],
        study["patients"],
        treatment="drug",
        analyte="drug",
        start=START,
        fixed=("absorption_per_h",),
        random=("clearance_l_h", "volume_l"),
        covariates=("sex", "smoker"),
        interval_h=INTERVAL_H,
        method="foce" if repeat.method == "foce" else "laplace",
        refined=repeat.method == "refined",
    )
    rows = [fit.fit.coefficient(*term) for term in TRUTH]
    return {
        "method": repeat.method,
        "index": repeat.index,
        "converged": fit.fit.converged and not any(check.status == "failed" for check in fit.checks),
        "cpu_seconds": process_time() - begun,
        **{key: [row[key] for row in rows] for key in ("estimate", "std_error", "robust_std_error", "low", "high")},
    }


def summarise(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Bias with its Monte Carlo error, and coverage, of every parameter; positive ones in the logarithm, as their intervals are."""
    good = [row for row in rows if row["converged"]]
    repeats = len(good)
    table = {}
    for column, ((part, name), truth) in enumerate(TRUTH.items()):
        estimate, low, high = (np.array([row[key][column] for row in good]) for key in ("estimate", "low", "high"))
        logs = part != "covariate"
        away = np.log(estimate / truth) if logs else estimate - truth
        monte_carlo = float(away.std(ddof=1) / np.sqrt(repeats))
        table[f"{part}: {name}"] = {
            "truth": float(truth),
            "scale": "log" if logs else "as it is",
            "bias": float(away.mean()),
            "monte_carlo_error": monte_carlo,
            "bias_in_errors": float(away.mean() / monte_carlo),
            "empirical_sd": float(away.std(ddof=1)),
            "coverage": float(((low <= truth) & (truth <= high)).mean()),
        }
    return {
        "fits": len(rows),
        "converged": repeats,
        "median_cpu_seconds": float(np.median([row["cpu_seconds"] for row in rows])),
        "coverage_band_95": [float(binom.ppf(tail, repeats, 0.95)) / repeats for tail in (0.025, 0.975)],
        "parameters": table,
    }


def run_method(method: Way, repeats: int, seed: int, kept: Path, executor: Executor | None) -> list[dict[str, Any]]:
    """All fits by one method, those kept from an earlier run not made again."""
    done = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []
    done = [row for row in done if row["method"] == method and row["index"] < repeats]
    known = {row["index"] for row in done}
    asked = [Repeat(method, seed, index) for index in range(repeats) if index not in known]
    with kept.open("a", encoding="utf-8") as file:
        found: Iterable[dict[str, Any]] = executor.map(run_one, asked) if executor else map(run_one, asked)
        for row in track(found, total=len(asked), description=method, disable=not sys.stdout.isatty()):
            file.write(json.dumps(row) + "\n")
            file.flush()
            done.append(row)
    return done


def main() -> None:
    """Run and write population_recovery.json; single fits stand in population_recovery.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--workers", type=int, default=2, help="processes; 0 runs in this one")
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    kept = wanted.out / "population_recovery.jsonl"
    found: dict[str, Any] = {"seed": wanted.seed, "people": PEOPLE, "levels_per_person": 3}
    executor = ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) if wanted.workers else None
    for method in wanted.methods:
        found[method] = summarise(run_method(method, wanted.repeats, wanted.seed, kept, executor))
        print(method, found[method]["converged"], "of", found[method]["fits"], flush=True)
    if executor:
        executor.shutdown()
    (wanted.out / "population_recovery.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
