"""A quick stand-in for whole trials: what a constant push does to the log rate of loss, and that to what is measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from stallpoint.knowledge.mechanism import MechanismParameter
from stallpoint.mechanism.follow import WEEK_DAYS, follow_people
from stallpoint.mechanism.pathways import Network, build_network
from stallpoint.mechanism.virtual_people import draw_people
from stallpoint.numerics.matrix_exponential import matrix_exponential

Floats = npt.NDArray[np.float64]

BYPASS_GRID = np.linspace(0.0, 1.0, 11)
PEOPLE = 2000
SMALL_STEP = -0.1


@dataclass(frozen=True)
class SettledGain:
    """Mean log burdens over a trial per unit of constant log drive, for draws of bypass: shape (g, 6, 6)."""

    gain: Floats

    def apply(self, weights: Floats) -> Floats:
        """Mean log rate per unit of drive of each pathway, shape (g, 6), for driver weights (g, 6)."""
        return np.asarray(np.einsum("gi,gij->gj", weights, self.gain))


def settled_gain(bypass: Floats, weeks: int) -> SettledGain:
    """For draws of bypass (g,), by interpolation between eleven networks: the gain is smooth in it."""
    grid = _grid(weeks)
    place = np.clip(bypass * (len(BYPASS_GRID) - 1), 0, len(BYPASS_GRID) - 1 - 1e-9)
    below = place.astype(np.int64)
    share = (place - below)[:, None, None]
    return SettledGain(grid[below] * (1 - share) + grid[below + 1] * share)


@cache
def _grid(weeks: int) -> Floats:
    return np.stack([mean_gain(build_network(bypass=float(each)), weeks * WEEK_DAYS) for each in BYPASS_GRID])


def mean_gain(network: Network, days: float) -> Floats:
    """Mean over a time from the start of x in dx/dt = A x + u / tau, per unit of a constant u, shape (6, 6)."""
    inverse = np.linalg.inv(network.rates)
    flow = matrix_exponential(network.rates * days)
    mean = inverse @ (inverse @ (flow - np.eye(len(flow))) / days - np.eye(len(flow)))
    return np.asarray(mean / network.relaxation_days)


def outcome_per_log_rate(
    points: Iterable[tuple[int, str]], *, known: Mapping[str, MechanismParameter], rng: np.random.Generator
) -> dict[tuple[int, str], float]:
    """Change of the log ratio of decline (`function`) or hazard (`survival`) per change of the log rate, by weeks and kind.

    From virtual people followed twice, once with a slower clock.
    """
    people = draw_people(PEOPLE, rng=rng, world=known)
    slower = replace(people, rate_per_day=people.rate_per_day * np.exp(SMALL_STEP))
    asked = tuple(points)
    last = max(weeks for weeks, _ in asked)
    courses = [follow_people(each, weeks=last) for each in (people, slower)]
    found = {}
    for weeks, kind in asked:
        if kind == "function":
            sizes = [float((each.alsfrs_r[:, 0] - each.alsfrs_r[:, weeks]).mean()) for each in courses]
        else:
            sizes = [float(-np.log(each.survival[:, weeks].mean())) for each in courses]
        found[weeks, kind] = float(np.log(sizes[1] / sizes[0]) / SMALL_STEP)
    return found
