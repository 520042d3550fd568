"""How far an announced difference of effects is from the truth because it was announced: raw, corrected for that, and shrunk.

Run: python studies/selected_effects.py --repeats 20000 --seed 20261123 --out studies/results

Contrasts of a family are drawn as a trial of about 300 people gives them: truth plus normal error of 0.1 points per month per standard
deviation. One is announced where it is significant after correction for all. Worlds differ in how many differences are real and how large;
only the first is the one that the shrinkage takes for granted. Beside it stands each truth by itself, and how small the bias could be made
by any rule at all: a linear program over rules that look at the statistic alone, keep its sign, never make it larger and never fall as it
rises.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.stats import norm

from stallpoint.knowledge.subgroup_priors import load_subgroup_priors
from stallpoint.numerics.horseshoe import shrink_by_horseshoe
from stallpoint.numerics.selected_normal import correct_for_selection

Array = npt.NDArray[np.float64]

ERROR = 0.1
FAMILY = 5
FAMILY_LEVEL = 0.05
TRUTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
REACH = 7.0
"""Statistics are followed so far beyond what must be exceeded, in standard errors."""


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
    """Means over announced contrasts with their Monte Carlo errors, in the direction in which they were announced."""
    chance, limit = load_subgroup_priors()["chance"], bound(FAMILY)
    raw: list[float] = []
    corrected: list[float] = []
    corrected_held: list[bool] = []
    shrunken: list[float] = []
    shrunken_held: list[bool] = []
    announced = 0
    for _ in range(repeats):
        spread = abs(rng.normal(0, world.spread_scale))
        truth = np.where(rng.random(FAMILY) < world.chance, rng.normal(0, spread, FAMILY), 0.0)
        seen = truth + rng.normal(0, ERROR, FAMILY)
        chosen = np.flatnonzero(np.abs(seen) > limit * ERROR)
        if not chosen.size:
            continue
        announced += 1
        bounds = np.full(chosen.size, limit)
        without = correct_for_selection(seen[chosen] / ERROR, -bounds, bounds)
        prior = shrink_by_horseshoe(seen, np.full(FAMILY, ERROR), chance=chance)
        side, true = np.sign(seen[chosen]), truth[chosen]
        raw += list(side * (seen[chosen] - true))
        corrected += list(side * (ERROR * without.median - true))
        corrected_held += list((without.low * ERROR <= true) & (true <= without.high * ERROR))
        shrunken += list(side * (prior.mean[chosen] - true))
        shrunken_held += list((prior.low[chosen] <= true) & (true <= prior.high[chosen]))
    return {
        "families": repeats,
        "announcing": announced / repeats,
        "announced": len(raw),
        "raw_bias": _mean(raw),
        "corrected_bias": _mean(corrected),
        "corrected_held": float(np.mean(corrected_held)),
        "shrunken_bias": _mean(shrunken),
        "shrunken_held": float(np.mean(shrunken_held)),
    }


def bound(family: int) -> float:
    """What a statistic must exceed to be announced as one of so many."""
    return float(norm.isf(FAMILY_LEVEL / family / 2))


def run_truths(family: int) -> dict[str, Any]:
    """For each truth, in standard errors: power, and the bias of what is announced; it is shrunk beside others that came out at 0."""
    limit = bound(family)
    z, step = np.linspace(limit, limit + REACH, 2001, retstep=True)
    z = z + step / 2
    corrected = correct_for_selection(z, np.full(z.size, -limit), np.full(z.size, limit)).median
    chance, rest = load_subgroup_priors()["chance"], np.zeros(family - 1)
    shrunken = np.array([shrink_by_horseshoe(np.append(at, rest), np.ones(family), chance=chance).mean[0] for at in z[::20]])
    shrunken = np.interp(z, z[::20], shrunken)
    rows = []
    for truth in TRUTHS:
        above, below = norm.pdf(z - truth), norm.pdf(z + truth)
        share = (above + below).sum()
        biases = [float(((rule - truth) * above + (rule + truth) * below).sum() / share) for rule in (z, corrected, shrunken)]
        rows.append(
            {
                "truth": truth,
                "power": float(share * step),
                **dict(zip(("raw_bias", "corrected_bias", "shrunken_bias"), biases, strict=True)),
            }
        )
    return {
        "bound": limit,
        "truths": rows,
        "least_possible_ratio": {str(most): least_ratio(limit, most) for most in (2.0, 3.0, 4.0)},
    }


def least_ratio(limit: float, most: float) -> float:
    """The smallest share of the raw bias that a rule can promise for every truth from 0 to `most` standard errors."""
    z = np.linspace(limit, limit + REACH, 500) + REACH / 1000
    count = z.size
    rows, known = [], []
    for truth in np.linspace(0, most, 60):
        above, below = norm.pdf(z - truth), norm.pdf(z + truth)
        weight, pull = (above + below) / (above + below).sum(), truth * (above - below).sum() / (above + below).sum()
        raw = weight @ z - pull
        rows += [np.append(weight, -raw), np.append(-weight, -raw)]
        known += [pull, -pull]
    for j in range(count - 1):
        falling = np.zeros(count + 1)
        falling[j], falling[j + 1] = 1.0, -1.0
        rows.append(falling)
        known.append(0.0)
    found = linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=np.array(rows),
        b_ub=np.array(known),
        bounds=[*((0.0, top) for top in z), (0.0, None)],
    )
    return float(np.asarray(found.x)[-1])


def _mean(values: list[float]) -> list[float]:
    return [float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))]


def main() -> None:
    """Run and write selected_effects.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--out", type=Path, default=Path("studies/results"))
    wanted = parser.parse_args()
    rng = np.random.default_rng(wanted.seed)
    found = {world.name: run_world(world, wanted.repeats, rng) for world in worlds()}
    truths = {f"one of {family}": run_truths(family) for family in (1, FAMILY)}
    text = json.dumps(
        {"seed": wanted.seed, "error": ERROR, "family": FAMILY, "worlds": found, "in standard errors": truths}, indent=1
    )
    (wanted.out / "selected_effects.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
