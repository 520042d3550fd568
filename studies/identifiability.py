"""What is identifiable: shrinkage and profiles under the trial record, ranks of planted truths, profiles under published margins, drivers.

Run: python studies/identifiability.py --draws 4000 --per-drug 100 --ranks 300 --worlds 512 --rows 64 --seed 20261123 --out studies/results
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from stallpoint.draw.drivers import draw_drivers
from stallpoint.draw.identified import draw_identified
from stallpoint.draw.palette import render_css_colours
from stallpoint.draw.svg import render_svg
from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.knowledge.trial_record import load_trial_record
from stallpoint.mechanism.calibrate import calibrate
from stallpoint.mechanism.identify import RecordLikelihood, identify
from stallpoint.mechanism.identify_people import fit_margins, identify_people
from stallpoint.mechanism.rank_check import RankCheck, check_calibration_ranks
from stallpoint.mechanism.sensitivity import find_drivers
from stallpoint.mechanism.treatment import prepare_treatment
from stallpoint.mechanism.trial import TrialPlan
from stallpoint.mechanism.virtual_people import Entry

TRIALS = (
    ("tofersen", None, TrialPlan(39, 21, 28, 4, Entry(genotype="SOD1"))),
    ("riluzole", "standard", TrialPlan(150, 150, 78, 12)),
    ("perampanel", "trial, high", TrialPlan(21, 22, 48, 4)),
)
LEVELS = (0.5, 0.8, 0.95)


def main() -> None:
    """Everything, as one JSON file and three charts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--per-drug", type=int, default=100)
    parser.add_argument("--ranks", type=int, default=300)
    parser.add_argument("--worlds", type=int, default=512)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    streams = np.random.default_rng(asked.seed).spawn(5)
    known, record = load_mechanism(), load_trial_record()
    fitted = calibrate(record, known=known, rng=streams[0], draws=asked.draws, per_drug=asked.per_drug)
    table, curves = identify(fitted, RecordLikelihood(record, known=known, rng=streams[1], per_drug=1000))
    ranks = check_calibration_ranks(
        record, known=known, rng=streams[2], repeats=asked.ranks, draws=asked.draws // 2, per_drug=asked.per_drug
    )
    surface = fit_margins(known, rng=streams[3], worlds=asked.worlds, people=1000)
    people = identify_people(surface, known)
    drivers = []
    for (name, dose, plan), stream in zip(TRIALS, streams[4].spawn(len(TRIALS)), strict=True):
        treatment = prepare_treatment(load_drug(name), known=known, rng=stream, dose=dose)
        found = find_drivers(treatment, plan, known=known, rng=stream, count=asked.rows, single=True)
        drivers.append({"drug": name, "rows": found.to_dicts()})
        if name == TRIALS[0][0]:
            _write(
                asked.out / "drivers.svg", draw_drivers(found.filter(found["knowledge"] == "")), "Drivers of a trial of tofersen"
            )
    result = {
        "trial_record": table.to_dicts(),
        "profiles": curves.to_dicts(),
        "ranks": _told(ranks),
        "people": people.to_dicts(),
        "surface": dict(zip(surface.margins, surface.told.tolist(), strict=True)),
        "drivers": drivers,
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "identifiability.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    _write(
        asked.out / "identifiable_record.svg",
        draw_identified(table, title="What the trial record tells of what all drugs share"),
        "Profile intervals of shared parameters under the trial record",
    )
    _write(
        asked.out / "identifiable_people.svg",
        draw_identified(people, title="What published margins tell of the numbers behind virtual people"),
        "Profile intervals of natural-history parameters under published margins",
    )


def _told(ranks: RankCheck) -> dict[str, Any]:
    return {
        "repeats": len(ranks.effective_draws),
        "effective_draws": np.quantile(ranks.effective_draws, [0.0, 0.5, 1.0]).tolist(),
        "p_values": ranks.p_values(),
        "coverage": {f"{level:.0%}": ranks.coverage(level) for level in LEVELS},
        "histograms": {name: np.histogram(place, bins=10, range=(0, 1))[0].tolist() for name, place in ranks.places.items()},
    }


def _write(path: Path, chart: Any, said: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = render_svg(chart, alt=said)
    path.write_text(drawn.replace("</title>", f"</title><style>{render_css_colours()}</style>", 1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
