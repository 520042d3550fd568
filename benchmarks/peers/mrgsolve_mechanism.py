"""The same people and doses with mrgsolve: tables to and from `mrgsolve_mechanism.R`, run by R where it finds the package (R_LIBS)."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from stallpoint.knowledge.mechanism import load_couplings
from stallpoint.mechanism.action import Action
from stallpoint.mechanism.equations import BLOOD, CLOCK, INVOLVED, LOGS, SOURCE, start_state
from stallpoint.mechanism.follow import Courses
from stallpoint.mechanism.neurons import SEED
from stallpoint.mechanism.pathways import COUNT
from stallpoint.mechanism.people import People

SCRIPT = Path(__file__).with_suffix(".R")


def follow_with_mrgsolve(people: People, action: Action, ours: Courses, *, weeks: int, rtol: float) -> dict[str, Any] | None:
    """People per CPU-second, compile seconds, memory, and the largest relative difference of each report from ours; None without it.

    The action must be on pathways 0 and 3, without harm, from day 0 on.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, found = Path(folder) / "people.csv", Path(folder) / "found.csv"
        _table(people, action).write_csv(asked)
        ran = subprocess.run(  # noqa: S603 - our own script
            ["Rscript", str(SCRIPT), str(asked), str(weeks), str(rtol), str(found)],  # noqa: S607 - R as the user has it
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            return None
        told: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
        reports = pl.read_csv(found)
    return {
        **told,
        "rtol": rtol,
        "per_cpu_second": people.n / told["cpu_seconds"],
        "difference_from_ours": _differences(reports, people.n, weeks, ours),
    }


def _table(people: People, action: Action) -> pl.DataFrame:
    starts = np.stack([start_state(people.take(np.array([person]))) for person in range(people.n)], axis=1)
    network, nfl, hazard = people.networks[0], people.neurofilament, people.hazard
    bundled = np.zeros((COUNT, COUNT))
    for source, target, strength in load_couplings():
        bundled[target, source] += strength
    bypass = np.array([bundled[0, 3] - each.coupling[0, 3] for each in people.networks])[people.group] * (COUNT - 1)
    loss = np.log(2) / action.half_life_days
    columns: dict[str, Any] = {
        "pace0": people.rate_per_day,
        "spread": people.spread,
        "reserve": people.reserve,
        "breathing": people.breathing_reserve,
        "hazard0": hazard.at_full_function,
        "hazard_breathing": np.broadcast_to(hazard.breathing, people.n),
        "hazard_bulbar": np.broadcast_to(hazard.bulbar, people.n),
        "bypass": bypass,
        **{f"w{i + 1}": people.weights[:, i] for i in range(COUNT)},
        **{f"t{i + 1}": np.full(people.n, network.relaxation_days[i]) for i in range(COUNT)},
        **{f"c{i + 1}{j + 1}": np.full(people.n, bundled[i, j]) for i, j in zip(*bundled.nonzero(), strict=True)},
        **{f"s{i + 1}": SEED[people.onset_region][:, i] for i in range(4)},
        "healthy": nfl.healthy,
        "per_loss": nfl.per_loss,
        "release": np.full(people.n, nfl.release_per_day),
        "blood": np.full(people.n, nfl.blood_per_day),
        "largest1": action.largest[:, 0],
        "largest4": action.largest[:, 1],
        "entry": action.entry_per_day,
        "loss": loss,
        "dose": action.share / (1 - action.share) * loss,
        "clock0": starts[CLOCK],
        **{f"i0{i + 1}": starts[INVOLVED][i] for i in range(4)},
        **{f"n0{i + 1}": starts[LOGS][i] for i in range(4)},
        "source0": starts[SOURCE],
        "blood0": starts[BLOOD],
    }
    return pl.DataFrame(columns)


def _differences(reports: pl.DataFrame, people: int, weeks: int, ours: Courses) -> dict[str, float]:
    def grid(name: str) -> Any:
        return reports[name].to_numpy().reshape(people, weeks + 1)[:, 1:]

    theirs = {
        "burdens": (ours.burdens, np.exp(np.stack([grid(f"X{i + 1}") for i in range(COUNT)], axis=1))),
        "clock": (ours.clock, grid("CLOCK")),
        "neurons": (ours.neurons, np.exp(np.stack([grid(f"N{i + 1}") for i in range(4)], axis=1))),
        "nfl_serum": (ours.nfl_serum, grid("BLOOD")),
        "cumulative_hazard": (ours.cumulative_hazard, grid("EVENTS")),
    }
    return {name: float(np.abs(one[..., 1:] / other - 1).max()) for name, (one, other) in theirs.items()}
