"""What the same slowing of the disease is worth to the same virtual people by how far they are: points and hazard.

Run: python studies/stage_of_effect.py --people 4000 --seed 20261123 --out studies/results

Everybody is put where their score stood at a value, and followed over 78 weeks untreated and with a clock that runs a fifth slower. What
comes is a matter of the model's structure (compensation, neurons left, where the score ends), not of a drug, nor of who is seen late.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.mechanism.follow import follow_people
from stallpoint.mechanism.people import People
from stallpoint.mechanism.trial import MOST_POINTS
from stallpoint.mechanism.virtual_people import clock_at_onset, draw_people

WEEKS = 78
SLOWER = 0.8
SCORES = (46.0, 40.0, 34.0, 28.0, 22.0)
"""Latent scores at the start."""
NEAR = 0.1
RESAMPLES = 500


def main() -> None:
    """One row for each score, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    people = who_reach(draw_people(asked.people, rng=rng))
    rows = [{"score": score, **compare(at_score(people, score), rng)} for score in SCORES]
    result = {"weeks": WEEKS, "people": people.n, "stages": rows}
    (asked.out / "stage_of_effect.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


def at_score(people: People, score: float) -> People:
    """The same people when their latent score stood at a value."""
    place = clock_at_onset(
        people.onset_region, people.spread, people.reserve, people.breathing_reserve, points_lost=MOST_POINTS - score
    )
    return replace(people, clock=place)


def who_reach(people: People) -> People:
    """Those in whom every score is found where onset is looked for; spread is so slow in some that the lowest lie beyond it."""
    found = [follow_people(at_score(people, score), weeks=2).alsfrs_r[:, 0] for score in SCORES]
    return people.take(np.flatnonzero(np.abs(np.stack(found, axis=1) - SCORES).max(axis=1) < NEAR))


def compare(people: People, rng: np.random.Generator) -> dict[str, Any]:
    """Means over people, each as [value, Monte Carlo error]: see the keys."""
    usual, slowed = (
        follow_people(replace(people, rate_per_day=people.rate_per_day * pace), weeks=WEEKS) for pace in (1.0, SLOWER)
    )
    lost = [each.alsfrs_r[:, 0] - each.alsfrs_r[:, -1] for each in (usual, slowed)]
    died = [1 - each.survival[:, -1] for each in (usual, slowed)]

    def told(of: Any) -> list[float]:
        picks = (rng.integers(people.n, size=people.n) for _ in range(RESAMPLES))
        return [float(of(np.arange(people.n))), float(np.std([of(pick) for pick in picks]))]

    def mean(values: npt.NDArray[np.float64]) -> Any:
        return lambda who: values[who].mean()

    return {
        "neurons left at the start, share": told(mean(usual.neurons[:, :, 0].mean(axis=1))),
        "points lost untreated": told(mean(lost[0])),
        "points kept": told(mean(lost[0] - lost[1])),
        "share of the points kept": told(lambda who: 1 - lost[1][who].mean() / lost[0][who].mean()),
        "ratio of hazards": told(lambda who: np.log1p(-died[1][who].mean()) / np.log1p(-died[0][who].mean())),
        "further people alive, share": told(mean(died[0] - died[1])),
    }


if __name__ == "__main__":
    main()
