"""Cost of the exposure of many virtual people over two years, in CPU and wall seconds, with its error against an integrator, as JSON.

Run: python benchmarks/exposure.py --people 100000 --repeats 3 --out benchmarks/results

Two compartments with absorption by mouth; daily and twice-daily doses for two years, reported weekly just before a dose; as planned,
and with a tenth of the doses missed at random, each person's own. Two threads share the people. A shared machine can slow a run many
times over, stops that count as CPU time among them, so a plain Python loop is timed beside each run: its slowdown against its own
best says in what state the machine was. A few people are integrated step by step by SciPy at a tight tolerance.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from scipy.integrate import solve_ivp

from stallpoint.exposure.adherence import Adherence, Intakes, draw_intakes, take_all
from stallpoint.exposure.people import individual_values
from stallpoint.exposure.plasma import PlasmaModel, plasma_model, plasma_system, take_people
from stallpoint.exposure.plasma_course import PEOPLE_AT_ONCE, plasma_concentrations, simulate_concentrations
from stallpoint.exposure.regimen import Floats, Regimen, regular_regimen

SEED = 1
WEEK_H = 168.0
WEEKS = 104
MISSED = 0.1
THREADS = 2
PARTS = 8


def draw_people(people: int) -> PlasmaModel:
    """Invented people of an invented drug: what is timed does not depend on the numbers."""
    rng = np.random.default_rng(SEED)
    return plasma_model(
        clearance_l_h=individual_values(20.0, 0.5, people, rng=rng),
        central_l=individual_values(80.0, 0.3, people, rng=rng),
        peripheral_l=(individual_values(160.0, 0.3, people, rng=rng),),
        intercompartmental_l_h=(individual_values(15.0, 0.3, people, rng=rng),),
        absorption_per_h=individual_values(1.5, 0.6, people, rng=rng),
        bioavailability=0.6,
    )


def time_course(model: PlasmaModel, regimen: Regimen, adherence: Adherence | None, repeats: int) -> dict[str, Any]:
    """CPU and wall seconds of repeated runs over all people, the least first, and how slow the machine was in each."""
    runs = [_time(lambda: follow(model, regimen, adherence)) for _ in range(repeats)]
    return {
        "people": model.people,
        "doses": len(take_all(regimen, WEEKS * WEEK_H).times_h) - 1,
        "reports": WEEKS,
        "taking": "as planned" if adherence is None else f"{MISSED:.0%} missed",
        "interval_h": regimen.interval_h,
        **{kind: sorted(run[kind] for run in runs) for kind in ("cpu_seconds", "wall_seconds")},
        "loop_seconds": [run["loop_seconds"] for run in runs],
        "cpu_seconds_at_rest": at_rest(model, regimen, adherence),
    }


def at_rest(model: PlasmaModel, regimen: Regimen, adherence: Adherence | None) -> float:
    """CPU seconds for all people, from the least of ten runs over one block of them, on one thread.

    A block takes a fraction of a second, so some of the ten fall between the stops of a busy machine.
    """
    block = take_people(model, slice(0, PEOPLE_AT_ONCE))
    spent = []
    for stream in np.random.default_rng(SEED).spawn(10):
        begin = time.process_time()
        _follow_part(block, regimen, adherence, stream)
        spent.append(time.process_time() - begin)
    return round(min(spent) * model.people / block.people, 3)


def follow(model: PlasmaModel, regimen: Regimen, adherence: Adherence | None) -> Floats:
    """Weekly troughs (n, t) of everybody; threads take parts of the people in turn."""
    edges = np.linspace(0, model.people, PARTS + 1).astype(int)
    parts = [slice(low, high) for low, high in pairwise(edges)]
    streams = np.random.default_rng(SEED).spawn(PARTS)

    def one(who: slice, stream: np.random.Generator) -> Floats:
        return _follow_part(take_people(model, who), regimen, adherence, stream)

    with ThreadPoolExecutor(THREADS) as threads:
        return np.concatenate(list(threads.map(one, parts, streams)))


def _follow_part(some: PlasmaModel, regimen: Regimen, adherence: Adherence | None, stream: np.random.Generator) -> Floats:
    if adherence is None:
        return plasma_concentrations(some, regimen, weekly())
    return simulate_concentrations(some, regimen, adherence, weekly(), rng=stream)


def weekly() -> Floats:
    """An hour before the dose that begins each week from the second on."""
    return np.asarray(WEEK_H * np.arange(1, WEEKS + 1) - 1.0)


def largest_error(model: PlasmaModel, regimen: Regimen, taken: Intakes, times: Floats) -> float:
    """Largest relative difference from an integrator that is restarted at every dose."""
    exact = plasma_concentrations(model, regimen, times, intakes=taken)
    rates, n = plasma_system(model).rates, model.people
    state, now, found = np.zeros((n, 3)), 0.0, []
    for then in np.union1d(taken.times_h, times):
        if then > now:
            state = _integrate(rates, state, float(then - now))
            now = float(then)
        state[:, 0] += regimen.dose_mg * model.bioavailability * taken.multiples[:, taken.times_h == then].sum(axis=1)
        if then in times:
            found.append(state[:, 1] / model.central_l)
    return float(np.abs(exact / np.stack(found, axis=1) - 1).max())


def _integrate(rates: Floats, state: Floats, hours: float) -> Floats:
    def slopes(_: float, x: Floats) -> Floats:
        return np.asarray(np.matmul(rates, x.reshape(*state.shape, 1)).ravel())

    answer = solve_ivp(slopes, (0.0, hours), state.ravel(), method="DOP853", rtol=1e-11, atol=1e-14)
    return np.asarray(answer.y[:, -1].reshape(state.shape))


def _time(job: Callable[[], Any]) -> dict[str, float]:
    loop = _loop()
    cpu, wall = time.process_time(), time.perf_counter()
    job()
    spent = {"cpu_seconds": time.process_time() - cpu, "wall_seconds": time.perf_counter() - wall}
    return {kind: round(value, 3) for kind, value in {**spent, "loop_seconds": 0.5 * (loop + _loop())}.items()}


def _loop() -> float:
    """Seconds of a plain loop of a million additions."""
    begin, total = time.perf_counter(), 0
    for i in range(1_000_000):
        total += i
    return time.perf_counter() - begin


def check(checked: int, weeks: int) -> dict[str, Any]:
    """Errors of both ways of taking, for a few people."""
    model, until = draw_people(checked), weeks * WEEK_H
    times = weekly()[:weeks]
    daily, twice = regular_regimen(100.0, "oral", 24.0), regular_regimen(50.0, "oral", 12.0)
    all_taken = take_all(daily, until)
    planned = Intakes(all_taken.times_h, np.repeat(all_taken.multiples, checked, axis=0))
    missed = draw_intakes(twice, Adherence(missed_probability=MISSED), until, checked, np.random.default_rng(SEED))
    by_series = plasma_concentrations(model, daily, times)
    by_walk = plasma_concentrations(model, daily, times, intakes=planned)
    return {
        "people": checked,
        "weeks": weeks,
        "against": "scipy solve_ivp, DOP853, rtol 1e-11, restarted at every dose",
        "daily_largest_relative_error": largest_error(model, daily, planned, times),
        "twice_daily_missed_largest_relative_error": largest_error(model, twice, missed, times),
        "series_against_walk": float(np.abs(by_series / by_walk - 1).max()),
    }


def main() -> None:
    """Write exposure.json and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--checked", type=int, default=3)
    parser.add_argument("--checked-weeks", type=int, default=WEEKS)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    wanted = parser.parse_args()
    model, missed = draw_people(wanted.people), Adherence(missed_probability=MISSED)
    cases = [(24.0, None), (12.0, None), (24.0, missed), (12.0, missed)]
    courses = [time_course(model, regular_regimen(50.0, "oral", hours), taking, wanted.repeats) for hours, taking in cases]
    found = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "threads": THREADS,
        "load_average": [round(value, 1) for value in os.getloadavg()],
        "courses": courses,
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "check": check(wanted.checked, wanted.checked_weeks),
    }
    text = json.dumps(found, indent=2)
    (wanted.out / "exposure.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
