"""Cost of joint fits to simulated patients in CPU-seconds and memory, as JSON and a chart; with R's JM and JMbayes2 beside it.

Run: python benchmarks/joint.py --people 300 1000 3000 20000 --repeats 3 --peer 3000 --rounds 1 --refits 1000 --out benchmarks/results

The model has both current value and current slope. Every size runs in a process of its own, so its memory is its own. A shared machine
can slow a run many times over, and a long run cannot dodge that as a short one can: ours and the peers' fits to the same data
alternate, and both the least and the mean of each are kept. The packages must be where R finds them (R_LIBS); one that fails is
reported as such. Nothing is compiled, so there is no compile time to set apart.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
from rich.progress import track

from stallpoint.draw.dress import dress, inline
from stallpoint.draw.palette import ACCENT, HALF_WIDTH, WARN, render_css_colours
from stallpoint.draw.svg import render_svg
from stallpoint.models.joint.fit import JointFit, fit_joint
from stallpoint.models.joint.likelihood import person_scores, split_people
from stallpoint.models.joint.refit import bootstrap_fits
from stallpoint.response.follow_up import follow_trial
from stallpoint.simulate.natural_history import default_natural_history
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

SEED = 1
PEERS = {name: Path(__file__).parent / "peers" / f"{name}.R" for name in ("jm", "jmbayes2")}


def simulate_frames(people: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Visits and events of one trial of two years in which nobody withdraws and about three fifths die."""
    design = TrialDesign(n=people, horizon_months=24, visit_months=(0, 2, 4, 6, 9, 12, 15, 18, 21, 24))
    world = replace(default_natural_history(), withdrawal=replace(default_natural_history().withdrawal, scale_months=1e6))
    followed = follow_trial(
        simulate_trial(design, constant_benefit(0.3), natural_history=world, rng=np.random.default_rng(SEED)).trial
    )
    return followed.visits, followed.people


def time_fits(people: int, repeats: int) -> dict[str, Any]:
    """CPU and wall seconds of repeated fits to the same data, the least first; one evaluation; memory; and what was found."""
    visits, events = simulate_frames(people)
    before = peak_memory()
    runs = [_time_fit(visits, events) for _ in range(repeats)]
    fit = runs[0][1]
    return {
        "people": people,
        "visits": visits.height,
        "deaths": fit.deaths,
        "cpu_seconds": sorted(round(spent["cpu"], 3) for spent, _ in runs),
        "wall_seconds": sorted(round(spent["wall"], 3) for spent, _ in runs),
        "seconds_an_evaluation": _time_evaluation(fit),
        "evaluations": fit.evaluations,
        "log_likelihood": fit.log_likelihood,
        "converged": fit.converged,
        "slope_difference": fit.coefficient("longitudinal", "time_months:treated")["estimate"],
        "association": [fit.coefficient("association", kind)["estimate"] for kind in ("value", "slope")],
        "memory_before_mb": before,
        "peak_memory_mb": peak_memory(),
    }


def peak_memory() -> int:
    """The most memory that this process has held, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _time_evaluation(fit: JointFit) -> float:
    """CPU seconds of one evaluation of log-likelihood and gradient: of each group of people the least of ten, summed.

    A group takes a few milliseconds, so some of the ten fall between the stops of a busy machine.
    """
    return round(sum(_least(partial(person_scores, fit.theta, group, fit.design)) for group in split_people(fit.data.arrays)), 5)


def _least(job: Callable[[], Any]) -> float:
    spent = []
    for _ in range(10):
        begin = time.process_time()
        job()
        spent.append(time.process_time() - begin)
    return min(spent)


def _time_fit(visits: pl.DataFrame, events: pl.DataFrame) -> tuple[dict[str, float], JointFit]:
    cpu, wall = time.process_time(), time.perf_counter()
    fit = fit_joint(
        visits,
        events,
        longitudinal="alsfrs_r ~ time_months + time_months:treated",
        random="~ time_months | patient",
        event="Surv(time_months, died) ~ treated",
        association="value + slope",
        time="time_months",
    )
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}, fit


def time_refits(people: int, repeats: int) -> dict[str, Any]:
    """CPU seconds of bootstrap refits on one core, each timed by itself: nothing is shared between them."""
    fit = _time_fit(*simulate_frames(people))[1]
    spent, arrived = [], 0
    for rng in np.random.default_rng(SEED).spawn(repeats):
        begin = time.process_time()
        arrived += int(bootstrap_fits(fit, repeats=1, rng=rng).arrived.sum())
        spent.append(time.process_time() - begin)
    quantiles = dict(zip(("least", "quarter", "median"), np.quantile(spent, (0, 0.25, 0.5)).round(4), strict=True))
    return {
        "people": people,
        "refits": repeats,
        "arrived": arrived,
        "cpu_seconds": {**quantiles, "mean": round(np.mean(spent), 4)},
    }


def compare(people: int, rounds: int) -> dict[str, Any]:
    """Our fits and those of each peer in turn, on the same data; the ratio of their CPU seconds by the least and by the mean."""
    visits, events = simulate_frames(people)
    _time_fit(visits, events)
    ours: list[float] = []
    theirs: dict[str, list[dict[str, Any]]] = {name: [] for name in PEERS}
    for _ in range(rounds):
        for name, script in PEERS.items():
            theirs[name].append(time_peer(script, visits, events))
            runs = [_time_fit(visits, events) for _ in range(3)]
            ours += [spent["cpu"] for spent, _ in runs]
    return {
        "people": people,
        "ours": {"cpu_seconds": [round(value, 3) for value in ours], "log_likelihood": runs[-1][1].log_likelihood},
        "peers": {name: _set_against(ours, found) for name, found in theirs.items()},
    }


def _set_against(ours: list[float], found: list[dict[str, Any]]) -> dict[str, Any]:
    if any("failed" in run for run in found):
        return {"runs": found}
    cpu = [run["cpu_s"] for run in found]
    return {
        "runs": found,
        "ratio_of_least": round(min(cpu) / min(ours), 1),
        "ratio_of_means": round(float(np.mean(cpu) / np.mean(ours)), 1),
    }


def time_peer(script: Path, visits: pl.DataFrame, events: pl.DataFrame) -> dict[str, Any]:
    """A package of R on the same data, as its script times it."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/visits.csv", f"{folder}/people.csv"]
        if "treated" not in visits.columns:
            visits = visits.join(events.select("patient", "treated"), on="patient")
        visits.select("patient", time="time_months", y="alsfrs_r", treated="treated").write_csv(paths[0])
        events.select("patient", end="time_months", died="died", treated="treated").write_csv(paths[1])
        ran = subprocess.run(  # noqa: S603 - our own scripts
            ["Rscript", str(script), *paths],  # noqa: S607 - R as the user has it
            capture_output=True,
            text=True,
            check=False,
        )
    if ran.returncode:
        return {"failed": ran.stderr.strip().splitlines()[-1:]}
    found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    return found


def draw_cost(fits: list[dict[str, Any]]) -> str:
    """A chart, as one SVG file, of what a fit and an evaluation cost by the number of people, on two logarithmic axes."""
    people = [fit["people"] for fit in fits]
    costs = {
        "one fit, mean": [float(np.mean(fit["cpu_seconds"])) for fit in fits],
        "one evaluation, at rest": [fit["seconds_an_evaluation"] for fit in fits],
    }
    rows = [
        {"people": size, "seconds": cost, "of": kind}
        for kind, own in costs.items()
        for size, cost in zip(people, own, strict=True)
    ]
    log = alt.Scale(type="log", nice=False, padding=12)
    x = alt.X("people:Q", scale=log, axis=alt.Axis(title="people", values=people, grid=False))
    y = alt.Y("seconds:Q", scale=log, axis=alt.Axis(title="CPU-seconds", format="~g", tickCount=5))
    layers = []
    for kind, colour, below in zip(costs, (ACCENT.light, WARN.light), (-14, -14), strict=True):
        own = alt.Chart(inline([row for row in rows if row["of"] == kind])).encode(x=x, y=y)
        last = alt.Chart(inline([row for row in rows if row["of"] == kind][-1:])).encode(x=x, y=y)
        layers += [
            own.mark_line(strokeWidth=2.2, color=colour, point=alt.OverlayMarkDef(color=colour, size=40)),
            last.mark_text(
                align="right", dy=below, dx=8, color=colour, text=f"{kind}: exponent {_exponent(people, costs[kind]):.2f}"
            ),
        ]
    chart = dress(
        layers,
        width=HALF_WIDTH,
        height=260,
        title="What a joint fit costs grows in proportion to the people",
        subtitle="Both axes are logarithmic: exponent 1 is proportion",
    )
    said = "; ".join(f"{row['of']} at {row['people']} people {row['seconds']:.3g} s" for row in rows)
    svg = render_svg(chart, alt=f"CPU-seconds by number of people: {said}.")
    return svg.replace("</title>", f"</title><style>{render_css_colours()}</style>", 1)


def _exponent(people: list[int], seconds: list[float]) -> float:
    return float(np.polyfit(np.log(people), np.log(seconds), 1)[0])


def main() -> None:
    """Write joint.json and joint.svg, and print the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peer", type=int, nargs="*", default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--refits", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    wanted = parser.parse_args()
    found: dict[str, Any] = {"python": platform.python_version(), "numpy": np.__version__}
    found["fits"] = [
        _alone(time_fits, people, _fewer(wanted.repeats, people))
        for people in track(wanted.people, "sizes", disable=not sys.stdout.isatty())
    ]
    found["peers"] = [
        _alone(compare, people, wanted.rounds) for people in track(wanted.peer, "beside R", disable=not sys.stdout.isatty())
    ]
    found["refits"] = [_alone(time_refits, 300, wanted.refits)] if wanted.refits else []
    text = json.dumps(found, indent=2)
    (wanted.out / "joint.json").write_text(text + "\n", encoding="utf-8")
    (wanted.out / "joint.svg").write_text(draw_cost(found["fits"]) + "\n", encoding="utf-8")
    print(text)


def _fewer(repeats: int, people: int) -> int:
    """Fewer repeats above 3,000 people, so that no size takes much longer than that."""
    return max(1, min(repeats, 3000 * repeats // people))


def _alone(job: Callable[[int, int], dict[str, Any]], people: int, repeats: int) -> dict[str, Any]:
    """Run a job in a process of its own, and say what it found, for long runs are cut off."""
    with ProcessPoolExecutor(1) as executor:
        found = executor.submit(job, people, repeats).result()
    print(json.dumps(found), file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main()
