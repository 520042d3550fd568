"""Time of one joint fit on simulated patients, in CPU-seconds, as JSON; with R's JM beside it where R is there.

Run: python benchmarks/joint.py --people 300 1000 3000 --repeats 5 --peer 300 3000 --refits 1000

A shared machine can slow a run many times over, and nothing makes one too quick, so the least time is the one to quote;
all of them are in the output. The model has both current value and current slope. R's JM must be where R finds it (R_LIBS).
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from stallpoint.models.joint.fit import JointFit, fit_joint
from stallpoint.models.joint.refit import bootstrap_fits
from stallpoint.response.follow_up import follow_trial
from stallpoint.simulate.natural_history import default_natural_history
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign

SEED = 1
PEER = Path(__file__).parent / "peers" / "jm.R"


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
        "evaluations": fit.evaluations,
        "log_likelihood": fit.log_likelihood,
        "converged": fit.converged,
        "slope_difference": fit.coefficient("longitudinal", "time_months:treated")["estimate"],
        "association": [fit.coefficient("association", kind)["estimate"] for kind in ("value", "slope")],
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


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
    """CPU and wall seconds of bootstrap refits, one after another in one process."""
    fit = _time_fit(*simulate_frames(people))[1]
    cpu, wall = time.process_time(), time.perf_counter()
    refits = bootstrap_fits(fit, repeats=repeats, rng=np.random.default_rng(SEED))
    return {
        "people": people,
        "refits": repeats,
        "arrived": int(refits.arrived.sum()),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "wall_seconds": round(time.perf_counter() - wall, 1),
    }


def time_peer(people: int) -> dict[str, Any]:
    """R's JM on the same data, as it times itself."""
    visits, events = simulate_frames(people)
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/visits.csv", f"{folder}/people.csv"]
        visits = visits.join(events.select("patient", "treated"), on="patient") if "treated" not in visits.columns else visits
        visits.select("patient", time="time_months", y="alsfrs_r", treated="treated").write_csv(paths[0])
        events.select("patient", end="time_months", died="died", treated="treated").write_csv(paths[1])
        ran = subprocess.run(  # noqa: S603 - our own script
            ["Rscript", str(PEER), *paths],  # noqa: S607 - R as the user has it
            capture_output=True,
            text=True,
            check=False,
        )
    if ran.returncode:
        return {"people": people, "failed": ran.stderr.strip().splitlines()[-1:]}
    found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    """Print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peer", type=int, nargs="*", default=[])
    parser.add_argument("--refits", type=int, default=0)
    wanted = parser.parse_args()
    found: dict[str, Any] = {"python": platform.python_version()}
    found["fits"] = [time_fits(people, wanted.repeats) for people in wanted.people]
    found["peers"] = [time_peer(people) for people in wanted.peer]
    found["refits"] = [time_refits(300, wanted.refits)] if wanted.refits else []
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
