"""Virtual people per CPU-second, with the error of what is reported, beside mrgsolve, libroadrunner and diffrax where installed, as JSON.

Run: R_LIBS=LIBRARY python benchmarks/virtual_patients.py --people 10000 --repeats 5 --out benchmarks/results

The model is the whole of `mechanism`: level (two states), six burdens, the clock, four regions with involvement and neurons, two levels
of neurofilament, cumulative hazard: 20 states; two years of daily doses, weekly reports, everybody different. The reference steps the
differential equations of a few people with DOP853 at rtol 1e-10. A plain Python loop is timed beside each run, since a shared machine
slows it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np

from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.mechanism.action import Action, Schedule
from stallpoint.mechanism.equations import solve_person
from stallpoint.mechanism.follow import Courses, follow_people
from stallpoint.mechanism.people import People
from stallpoint.mechanism.sbml import render_mechanism_sbml
from stallpoint.mechanism.virtual_people import draw_people

SEED = 1
WEEKS = 104
REPORTED = ("burdens", "clock", "neurons", "domains", "nfl_serum", "nfl_csf", "cumulative_hazard")


def draw_action(n: int, *, half_life_days: float) -> Action:
    """An invented drug on two pathways; engagement, size, half-life and entry differ between people."""
    rng = np.random.default_rng(SEED)
    return Action(
        name="invented",
        pathways=(0, 3),
        share=rng.uniform(0.3, 0.9, n),
        largest=rng.uniform(0.2, 0.9, (n, 2)),
        harm=np.zeros(n),
        half_life_days=half_life_days * np.exp(0.4 * rng.standard_normal(n)),
        entry_per_day=24 * np.exp(0.3 * rng.standard_normal(n)),
        schedule=Schedule(),
        start_days=np.zeros(n),
        stop_days=np.full(n, np.inf),
    )


def time_it(people: People, actions: list[Action], repeats: int) -> dict[str, Any]:
    """People per CPU-second, the best and the middle of the repeats, with the time of a plain loop beside each."""
    runs = []
    for _ in range(repeats):
        loop = _cpu(lambda: sum(range(1_000_000)))
        runs.append({"cpu_seconds": _cpu(lambda: follow_people(people, actions, weeks=WEEKS)), "loop_seconds": loop})
    spent = sorted(run["cpu_seconds"] for run in runs)
    return {"best": people.n / spent[0], "middle": people.n / spent[len(spent) // 2], "runs": runs}


def largest_errors(people: People, action: Action, *, checked: int) -> dict[str, float]:
    """Largest relative error of each report over some people and all weeks, against the stepped equations."""
    fast = follow_people(people.take(slice(0, 512)), [action.take(slice(0, 512))], weeks=WEEKS)
    worst = dict.fromkeys(REPORTED, 0.0)
    for person in np.linspace(0, min(511, people.n - 1), checked).astype(int):
        one = np.array([person])
        slow = solve_person(people.take(one), [action.take(one)], weeks=WEEKS)
        for name in REPORTED:
            worst[name] = max(worst[name], _error(fast, slow, int(person), name))
    return worst


def roadrunner_rate(people: People, action: Action, *, number: int, tolerance: float) -> dict[str, float] | None:
    """People per CPU-second of libroadrunner (CVODE) through the SBML export, and its error of ALSFRS-R; None where not installed."""
    if find_spec("roadrunner") is None:
        return None
    roadrunner = import_module("roadrunner")
    spent, worst = 0.0, 0.0
    for person in range(number):
        one = np.array([person])
        runner = roadrunner.RoadRunner(render_mechanism_sbml(people.take(one), [action.take(one)]))
        runner.integrator.setValue("relative_tolerance", tolerance)
        runner.integrator.setValue("absolute_tolerance", tolerance * 1e-3)
        runner.timeCourseSelections = ["time", "alsfrs_r", "nfl_serum", "cumulative_hazard"]
        begin = time.process_time()
        found = np.asarray(runner.simulate(0, 7.0 * WEEKS, WEEKS + 1))
        spent += time.process_time() - begin
        fast = follow_people(people.take(one), [action.take(one)], weeks=WEEKS)
        ours = np.stack([fast.alsfrs_r[0], fast.nfl_serum[0], fast.cumulative_hazard[0]], axis=1)
        worst = max(worst, float(np.abs(ours[1:] / found[1:, 1:] - 1).max()))
    return {"per_cpu_second": number / spent, "tolerance": tolerance, "difference_from_ours": worst}


def diffrax_rate(people: People, action: Action, *, number: int, rtol: float) -> dict[str, float] | None:
    """People per CPU-second of diffrax (Tsit5, vmap, scan over days), compilation apart; None where not installed."""
    if find_spec("diffrax") is None:
        return None
    told: dict[str, float] = _peer("diffrax_mechanism").follow_with_diffrax(
        people.take(slice(0, number)), action.take(slice(0, number)), weeks=WEEKS, rtol=rtol
    )
    return told


def mrgsolve_rate(people: People, action: Action, *, number: int, rtol: float) -> dict[str, Any] | None:
    """People per CPU-second of mrgsolve (LSODA in C++), compilation apart, and how far its reports are from ours; None without R or it."""
    if which("Rscript") is None:
        return None
    some, given = people.take(slice(0, number)), action.take(slice(0, number))
    told: dict[str, Any] | None = _peer("mrgsolve_mechanism").follow_with_mrgsolve(
        some, given, follow_people(some, [given], weeks=WEEKS), weeks=WEEKS, rtol=rtol
    )
    return told


def _peer(name: str) -> Any:
    folder = str(Path(__file__).parent / "peers")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return import_module(name)


def _error(fast: Courses, slow: Courses, person: int, name: str) -> float:
    found, exact = getattr(fast, name)[person][..., 1:], getattr(slow, name)[0][..., 1:]
    return float(np.abs(found / exact - 1).max())


def _cpu(work: Any) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    """Measure, and write one JSON file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--checked", type=int, default=6)
    parser.add_argument("--peer-people", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    asked = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    people = draw_people(asked.people, rng=np.random.default_rng(SEED), world=load_mechanism())
    action = draw_action(asked.people, half_life_days=0.5)
    slow = draw_action(asked.people, half_life_days=4.0)
    result = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__},
        "people": asked.people,
        "weeks": WEEKS,
        "daily doses, half-life 0.5 days": time_it(people, [action], asked.repeats),
        "daily doses, half-life 4 days": time_it(people, [slow], asked.repeats),
        "no treatment": time_it(people, [], asked.repeats),
        "mrgsolve": [mrgsolve_rate(people, action, number=20 * asked.peer_people, rtol=rtol) for rtol in (1e-3, 1e-4, 1e-6)],
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "largest_relative_error": largest_errors(people, action, checked=asked.checked),
        "roadrunner": [
            roadrunner_rate(people, action, number=asked.peer_people, tolerance=tolerance) for tolerance in (1e-4, 1e-6)
        ],
        "diffrax": [diffrax_rate(people, action, number=10 * asked.peer_people, rtol=rtol) for rtol in (1e-3, 1e-5)],
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "virtual_patients.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
