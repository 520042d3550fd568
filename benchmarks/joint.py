"""Time of one joint fit on simulated patients, in CPU-seconds, as JSON.

Run: python benchmarks/joint.py --people 300 1000 3000 --repeats 5

A shared machine can slow a run many times over, and nothing makes one too quick, so the least time is the one to quote;
all of them are in the output.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import time
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from stallpoint.models.joint.fit import JointFit, fit_joint
from stallpoint.response.follow_up import follow_trial
from stallpoint.simulate.natural_history import default_natural_history
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

SEED = 1


def simulate_frames(people: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Visits and events of one trial of two years, with deaths in about two fifths, as in the peers' timings."""
    design = TrialDesign(n=people, horizon_months=24, visit_months=(0, 2, 4, 6, 9, 12, 15, 18, 21, 24))
    world = replace(default_natural_history(), withdrawal=replace(default_natural_history().withdrawal, scale_months=1e6))
    followed = follow_trial(
        simulate_trial(design, constant_benefit(0.3), natural_history=world, rng=np.random.default_rng(SEED)).trial
    )
    return followed.visits, followed.people


def time_fits(people: int, repeats: int) -> dict[str, Any]:
    """CPU and wall seconds of repeated fits to the same data, the least first, with what they found."""
    visits, events = simulate_frames(people)
    runs = [_time_fit(visits, events) for _ in range(repeats)]
    fit = runs[0][1]
    return {
        "people": people,
        "visits": visits.height,
        "deaths": fit.deaths,
        "cpu_seconds": sorted(round(spent["cpu"], 2) for spent, _ in runs),
        "wall_seconds": sorted(round(spent["wall"], 2) for spent, _ in runs),
        "log_likelihood": fit.log_likelihood,
        "converged": fit.converged,
        "slope_difference": fit.coefficient("longitudinal", "time_months:treated")["estimate"],
    }


def _time_fit(visits: pl.DataFrame, events: pl.DataFrame) -> tuple[dict[str, float], JointFit]:
    cpu, wall = time.process_time(), time.perf_counter()
    fit = fit_joint(
        visits,
        events,
        longitudinal="alsfrs_r ~ time_months + time_months:treated",
        random="~ time_months | patient",
        event="Surv(time_months, died) ~ treated",
        time="time_months",
    )
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}, fit


def main() -> None:
    """Print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--repeats", type=int, default=5)
    wanted = parser.parse_args()
    rows = [time_fits(people, wanted.repeats) for people in wanted.people]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"python": platform.python_version(), "peak_memory_mb": round(peak), "fits": rows}, indent=2))


if __name__ == "__main__":
    main()
