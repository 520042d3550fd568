"""How far an announced difference of effects is from the truth, raw and shrunk, because it was announced.

Run: python studies/selected_effects.py --repeats 20000 --seed 20261123 --out studies/results

Contrasts of a family are drawn as a trial of about 300 people gives them: truth plus normal error of 0.1 points per month per standard
deviation. One is announced where it is significant after correction for all. Worlds differ in how many differences are real and how large;
only the first is the one that the shrinkage takes for granted.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from stallpoint.knowledge.subgroup_priors import load_subgroup_priors
from stallpoint.numerics.horseshoe import shrink_by_horseshoe
from stallpoint.numerics.spike_and_slab import shrink_to_zero

Array = npt.NDArray[np.float64]

ERROR = 0.1
FAMILY = 5
FAMILY_LEVEL = 0.05


@dataclass(frozen=True)
class World:
    """The share of differences that are real, and the scale of the half-normal that their spread is drawn from."""

    name: str
    chance: float
    spread_scale: float


def worlds() -> tuple[World, ...]:
    """The assumed one first."""
    prior = load_subgroup_priors()
    assumed, scale = prior["chance"], prior["spread_scale"]
    return (
        World("as the shrinkage assumes", assumed, scale),
        World("three times as many real", 3 * assumed, scale),
        World("real ones half as large", assumed, scale / 2),
        World("real ones twice as large", assumed, scale * 2),
        World("none real", 0.0, scale),
    )


def run_world(world: World, repeats: int, rng: np.random.Generator) -> dict[str, Any]:
    """Means over announced contrasts, in the direction in which they were announced."""
    prior, limit = load_subgroup_priors(), float(norm.isf(FAMILY_LEVEL / FAMILY / 2)) * ERROR
    raw: list[float] = []
    shrunken: list[float] = []
    slab: list[float] = []
    held: list[bool] = []
    announced = 0
    for _ in range(repeats):
        spread = abs(rng.normal(0, world.spread_scale))
        truth = np.where(rng.random(FAMILY) < world.chance, rng.normal(0, spread, FAMILY), 0.0)
        seen = truth + rng.normal(0, ERROR, FAMILY)
        chosen = np.flatnonzero(np.abs(seen) > limit)
        if not chosen.size:
            continue
        announced += 1
        errors = np.full(FAMILY, ERROR)
        found = shrink_to_zero(seen, errors, chance=prior["chance"], spread_scale=prior["spread_scale"])
        other = shrink_by_horseshoe(seen, errors, chance=prior["chance"])
        for j in chosen:
            side = np.sign(seen[j])
            raw.append(float(side * (seen[j] - truth[j])))
            shrunken.append(float(side * (other.mean[j] - truth[j])))
            slab.append(float(side * (found.mean[j] - truth[j])))
            held.append(bool(other.low[j] <= truth[j] <= other.high[j]))
    return {
        "families": repeats,
        "announcing": announced / repeats,
        "announced": len(raw),
        "raw_bias": float(np.mean(raw)),
        "raw_error": _error(raw),
        "shrunken_bias": float(np.mean(shrunken)),
        "shrunken_error": _error(shrunken),
        "held": float(np.mean(held)),
        "spike_and_slab_bias": float(np.mean(slab)),
        "spike_and_slab_error": _error(slab),
    }


def _error(values: list[float]) -> float:
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


def main() -> None:
    """Run and write selected_effects.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    rng = np.random.default_rng(wanted.seed)
    found = {world.name: run_world(world, wanted.repeats, rng) for world in worlds()}
    text = json.dumps({"seed": wanted.seed, "error": ERROR, "family": FAMILY, **found}, indent=1)
    (wanted.out / "selected_effects.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
