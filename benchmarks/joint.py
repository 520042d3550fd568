"""Time of one joint fit on simulated patients, in CPU-seconds, as JSON.

Run: python benchmarks/joint.py --people 300 1000 3000
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

from stallpoint.models.joint.fit import fit_joint
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


def time_fit(people: int) -> dict[str, Any]:
    """CPU and wall seconds of one fit, with what it found."""
    visits, events = simulate_frames(people)
    cpu, wall = time.process_time(), time.perf_counter()
    fit = fit_joint(
        visits,
        events,
        longitudinal="alsfrs_r ~ time_months + time_months:treated",
        random="~ time_months | patient",
        event="Surv(time_months, died) ~ treated",
        time="time_months",
    )
    return {
        "people": people,
        "visits": visits.height,
        "deaths": fit.deaths,
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "wall_seconds": round(time.perf_counter() - wall, 2),
        "log_likelihood": fit.log_likelihood,
        "converged": fit.converged,
        "slope_difference": fit.coefficient("longitudinal", "time_months:treated")["estimate"],
    }


def main() -> None:
    """Print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[300, 1000, 3000])
    rows = [time_fit(people) for people in parser.parse_args().people]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"python": platform.python_version(), "peak_memory_mb": round(peak), "fits": rows}, indent=2))


if __name__ == "__main__":
    main()
