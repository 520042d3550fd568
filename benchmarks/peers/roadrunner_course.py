"""Twice-daily doses for some weeks in libroadrunner and here, for the same few people: largest relative difference, CPU seconds a person.

Run: python benchmarks/peers/roadrunner_course.py --people 3 --weeks 26, with libroadrunner installed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from exposure import WEEK_H, draw_people

from stallpoint.exposure.plasma import take_people
from stallpoint.exposure.plasma_course import plasma_concentrations
from stallpoint.exposure.regimen import dose_times_h, regular_regimen

DOSE_MG, INTERVAL_H = 50.0, 12.0


def build(model: Any) -> Any:
    """The two-compartment model of one person, in amounts, integrated by CVODE."""
    runner = import_module("roadrunner").RoadRunner()
    runner.addCompartment("body", 1.0, False)
    for name in ("depot", "central", "outer"):
        runner.addSpeciesAmount(name, "body", 0.0, True, False, "", False)
    rates = {
        "absorption": model.absorption_per_h[0],
        "elimination": model.clearance_l_h[0] / model.central_l[0],
        "outward": model.intercompartmental_l_h[0, 0] / model.central_l[0],
        "inward": model.intercompartmental_l_h[0, 0] / model.peripheral_l[0, 0],
    }
    for name, value in rates.items():
        runner.addParameter(name, float(value), False)
    ways: tuple[tuple[str, str, list[str]], ...] = (
        ("absorption", "depot", ["central"]),
        ("elimination", "central", []),
        ("outward", "central", ["outer"]),
        ("inward", "outer", ["central"]),
    )
    for name, source, into in ways:
        runner.addReaction(f"by_{name}", [source], into, f"{name}*{source}", name == "inward")
    runner.integrator.setValue("relative_tolerance", 1e-10)
    runner.integrator.setValue("absolute_tolerance", 1e-12)
    return runner


def follow(runner: Any, model: Any, weeks: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Concentrations at the end of each week, before the dose."""
    found = []
    for begin in dose_times_h(regular_regimen(DOSE_MG, "oral", INTERVAL_H), weeks * WEEK_H - 1):
        runner["depot"] = runner["depot"] + DOSE_MG * float(model.bioavailability[0])
        runner.simulate(float(begin), float(begin + INTERVAL_H), 2)
        if (begin + INTERVAL_H) % WEEK_H == 0:
            found.append(runner["central"] / model.central_l[0])
    return np.array(found)


def main() -> None:
    """Print the comparison as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--weeks", type=int, default=26)
    wanted = parser.parse_args()
    everybody, regimen = draw_people(wanted.people), regular_regimen(DOSE_MG, "oral", INTERVAL_H)
    before = WEEK_H * np.arange(1, wanted.weeks + 1) - 1e-9
    differences, theirs = [], []
    for person in range(wanted.people):
        own = take_people(everybody, slice(person, person + 1))
        runner = build(own)
        begin = time.process_time()
        course = follow(runner, own, wanted.weeks)
        theirs.append(time.process_time() - begin)
        differences.append(float(np.abs(course / plasma_concentrations(own, regimen, before)[0] - 1).max()))
    print(
        json.dumps(
            {
                "people": wanted.people,
                "weeks": wanted.weeks,
                "largest_relative_difference": max(differences),
                "roadrunner_cpu_seconds_a_person": sorted(theirs),
            }
        )
    )


if __name__ == "__main__":
    main()
