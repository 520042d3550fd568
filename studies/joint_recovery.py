"""Does the joint model find the truth? Bias and coverage for each baseline hazard and each association.

Run: python studies/joint_recovery.py --repeats 200 --seed 20261122 --out studies/results
Larger samples: the same with --people 1200 --cases "spline, value" "weibull, random" "weibull, value, delayed entry"

Each case draws data sets of 300 people, or as many as asked for, from the joint model itself, over 24 months with visits every 3, and
fits the model that drew them. Results of single fits are kept, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from rich.progress import track
from scipy.stats import binom

from stallpoint.models.joint.data import code_joint
from stallpoint.models.joint.design import JointDesign
from stallpoint.models.joint.fit import fit_model
from stallpoint.models.joint.simulate import simulate_joint
from stallpoint.models.joint.specification import JointModel, RateRatio, build_model
from stallpoint.models.joint.summary import natural_terms, natural_values

Array = npt.NDArray[np.float64]

PEOPLE = 300
HORIZON = 24.0
VISITS = np.arange(0.0, HORIZON + 1, 3.0)
KNOTS = {"piecewise": (6.0, 12.0, 18.0), "spline": (8.0, 16.0)}
LONGITUDINAL = "score ~ month + month:arm"
RANDOM = "~ month | patient"
EVENT = "Surv(time, died) ~ arm"

TRUTH = {
    ("longitudinal", "Intercept"): 38.0,
    ("longitudinal", "month"): -0.95,
    ("longitudinal", "month:arm"): 0.30,
    ("residual", "sigma"): np.log(1.8),
    ("random", "factor(Intercept,Intercept)"): 4.5,
    ("random", "factor(month,Intercept)"): 0.09,
    ("random", "factor(month,month)"): 0.44,
    ("event", "arm"): 0.0,
    ("association", "value"): -0.09,
    ("association", "slope"): -0.80,
    ("association", "window(6)"): -0.09,
    ("association", "value:arm"): 0.03,
    ("association", "random(Intercept)"): -0.09,
    ("association", "random(month)"): -1.5,
    ("scale", "log sd ratio month:arm"): -0.4,
    ("scale", "log ratio arm"): np.log(0.75),
}
"""On the scale of the parameter vector; the level of the hazard is set so that about two fifths die."""

LOG_LEVEL = {"value": -2.2, "slope": -5.4, "value + slope": -2.75, "window(6)": -1.8, "random": -4.8, "value + value:arm": -2.45}


@dataclass(frozen=True)
class Case:
    """One model, with the options that differ from the plain one."""

    name: str
    baseline: str = "weibull"
    association: str = "value"
    longitudinal: str = LONGITUDINAL
    event: str = EVENT
    entry: bool = False
    slope_ratio: bool = False
    rate_ratio: bool = False
    bounded: bool = False


CASES = (
    Case("weibull, value"),
    Case("piecewise, value", baseline="piecewise"),
    Case("spline, value", baseline="spline"),
    Case("royston-parmar, value", baseline="royston-parmar"),
    Case("weibull, slope", association="slope"),
    Case("weibull, value + slope", association="value + slope"),
    Case("weibull, window(6)", association="window(6)"),
    Case("weibull, random", association="random"),
    Case("weibull, value + value:arm", association="value + value:arm"),
    Case("weibull, value, delayed entry", entry=True),
    Case("weibull, value, slope variance by arm", slope_ratio=True),
    Case("weibull, value, bounded score", bounded=True),
    Case("weibull, value, rate ratio", longitudinal="score ~ month", event="Surv(time, died) ~ 1", rate_ratio=True),
)


@dataclass(frozen=True)
class Repeat:
    """One data set of a case."""

    case: Case
    seed: int
    index: int
    people: int


def model_of(case: Case) -> JointModel:
    """The model that draws and fits."""
    return build_model(
        case.longitudinal,
        RANDOM,
        case.event,
        case.association,
        baseline=case.baseline,
        knots=KNOTS.get(case.baseline),
        entry="entry" if case.entry else None,
        random_scale={"month": "arm"} if case.slope_ratio else {},
        rate_ratio=RateRatio("arm") if case.rate_ratio else None,
        bounds={"score": (0.0, 40.0)} if case.bounded else {},
    )


@cache
def code_case(case: Case) -> tuple[JointDesign, Array]:
    """The coded model and its true parameters. Data serve only to code it: everyone is followed to the horizon, some die."""
    people = draw_people(np.random.default_rng(0), PEOPLE).with_columns(
        time=pl.Series(np.linspace(0.5, HORIZON, PEOPLE)), died=pl.Series((np.arange(PEOPLE) % 3 == 0).astype(float))
    )
    rows = [(p, t, a, 38 - t) for p, a in people.select("patient", "arm").iter_rows() for t in VISITS]
    visits = pl.DataFrame(rows, schema=["patient", "month", "arm", "score"], orient="row")
    design, _ = code_joint(model_of(case), visits, people.with_columns(entry=pl.lit(0.0)))
    theta = np.array([TRUTH.get(name, 0.0) for name in design.layout.names()])
    level = LOG_LEVEL[case.association]
    theta[design.layout.baseline()] = true_baseline(design, level)
    if case.baseline == "weibull":
        theta[design.layout.gamma().start] = level
    return design, theta


def true_baseline(design: JointDesign, level: float) -> Array:
    """A hazard that each family holds exactly: Weibull of shape 1.4, steps, or a log hazard that rises in a line."""
    baseline = design.causes[0].baseline
    if design.model.baseline == "weibull":
        return np.array([np.log(1.4)])
    if design.model.baseline == "piecewise":
        return level + np.array([0.6, 1.0, 1.3, 1.4])
    size = len(baseline.names)
    if design.model.baseline == "royston-parmar":
        return np.array([level, 1.4, *np.zeros(size - 2)])
    edges = np.array([0.0] * 4 + list(KNOTS["spline"]) + [HORIZON] * 4)
    greville = np.array([edges[i + 1 : i + 4].mean() for i in range(size)])
    return level + 0.75 + 0.03 * greville


def draw_people(rng: np.random.Generator, people: int) -> pl.DataFrame:
    """Two arms in turn, and a time of entry for half of the people."""
    entry = np.where(rng.random(people) < 0.5, 0.0, rng.uniform(0, 9, people))
    return pl.DataFrame({"patient": [f"P{i}" for i in range(people)], "arm": np.arange(people) % 2, "entry": entry})


def draw_data(repeat: Repeat) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Visits and events; with delayed entry only people who were alive and free of events then, and their visits since."""
    rng = np.random.default_rng([repeat.seed, CASES.index(repeat.case), repeat.index])
    design, theta = code_case(repeat.case)
    end = np.minimum(rng.uniform(12, 40, repeat.people), HORIZON)
    visits, events = simulate_joint(design, theta, draw_people(rng, repeat.people), visit_times=VISITS, end=end, rng=rng)
    if repeat.case.entry:
        events = events.filter(pl.col("entry") < pl.col("time"))
        visits = visits.join(events.select("patient"), on="patient", how="semi").filter(pl.col("month") >= pl.col("entry"))
    return visits, events


def run_one(repeat: Repeat) -> dict[str, Any]:
    """Estimates and standard errors of one fit."""
    visits, events = draw_data(repeat)
    fit = fit_model(model_of(repeat.case), visits, events, priors={})
    return {
        "case": repeat.case.name,
        "index": repeat.index,
        "converged": fit.converged and not any(check.status == "failed" for check in fit.checks),
        "deaths": fit.deaths,
        "estimate": fit.coefficients["estimate"].to_list(),
        "std_error": fit.coefficients["std_error"].to_list(),
    }


def summarise(case: Case, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Bias with its Monte Carlo error, and coverage, of every parameter whose truth does not depend on the data's knots."""
    design, theta = code_case(case)
    terms, truth = natural_terms(design), natural_values(theta, design)
    good = [row for row in rows if row["converged"]]
    estimate, error = np.array([row["estimate"] for row in good]), np.array([row["std_error"] for row in good])
    repeats = len(good)
    band = [float(binom.ppf(tail, repeats, 0.95)) / repeats for tail in (0.025, 0.975)]
    table = {}
    for column, (part, term) in enumerate(terms):
        if part == "baseline" and case.baseline in ("spline", "royston-parmar"):
            continue
        away = estimate[:, column] - truth[column]
        monte_carlo = float(away.std(ddof=1) / np.sqrt(repeats))
        table[f"{part}: {term}"] = {
            "truth": float(truth[column]),
            "bias": float(away.mean()),
            "monte_carlo_error": monte_carlo,
            "bias_in_errors": float(away.mean() / monte_carlo),
            "empirical_sd": float(away.std(ddof=1)),
            "mean_std_error": float(error[:, column].mean()),
            "coverage": float((np.abs(away) <= 1.959964 * error[:, column]).mean()),
        }
    return {
        "fits": len(rows),
        "converged": repeats,
        "mean_events": float(np.mean([row["deaths"] for row in rows])),
        "coverage_band_95": band,
        "parameters": table,
    }


def run_case(case: Case, repeats: int, seed: int, people: int, kept: Path, executor: Executor) -> list[dict[str, Any]]:
    """All fits of a case, those kept from an earlier run not made again."""
    done = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()] if kept.exists() else []
    done = [row for row in done if row["case"] == case.name and row["index"] < repeats]
    known = {row["index"] for row in done}
    asked = [Repeat(case, seed, index, people) for index in range(repeats) if index not in known]
    with kept.open("a", encoding="utf-8") as file:
        found: Iterable[dict[str, Any]] = executor.map(run_one, asked)
        for row in track(found, total=len(asked), description=case.name, disable=not sys.stdout.isatty()):
            file.write(json.dumps(row) + "\n")
            file.flush()
            done.append(row)
    return done


def main() -> None:
    """Run and write a summary as JSON; single fits stand beside it as lines of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cases", nargs="+", default=[case.name for case in CASES])
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    name = "joint_recovery" if wanted.people == PEOPLE else f"joint_recovery_{wanted.people}"
    kept = wanted.out / f"{name}.jsonl"
    found: dict[str, Any] = {"seed": wanted.seed, "people": wanted.people}
    with ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) as executor:
        for case in CASES:
            if case.name in wanted.cases:
                found[case.name] = summarise(case, run_case(case, wanted.repeats, wanted.seed, wanted.people, kept, executor))
                print(case.name, found[case.name]["converged"], "of", found[case.name]["fits"], flush=True)
    text = json.dumps(found, indent=2)
    (wanted.out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
