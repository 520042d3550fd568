"""What effect could this trial have seen? The trial's own people, visits, gaps and drop-out, under effects that are put in.

Treatment is shuffled, so that whatever it did is gone; an effect is added to the scores of those it then falls on, which are cut at the
ends of the scale; the difference of slopes is estimated again. Who died or left stays as it was, so an effect on survival is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import norm

from stallpoint.core.link import Array
from stallpoint.models.mixed import MixedFit

MOST_POINTS = 48.0
TRIALS = 400
"""The Monte Carlo error of a power of 0.5 is 0.025."""

LEVEL = 0.05
GRID = 12


@dataclass(frozen=True, eq=False)
class SeenEffects:
    """The share of shuffled `trials` (k,) that would have shown an effect of so many points per month (k,)."""

    points_per_month: Array
    share_seen: Array
    trials: int

    def chance(self, points_per_month: Array) -> Array:
        """The share of trials that would have shown effects of any size in between."""
        return np.interp(points_per_month, self.points_per_month, self.share_seen)


def see_effects(
    visits: pl.DataFrame, fit: MixedFit, *, largest: float, rng: np.random.Generator, trials: int = TRIALS
) -> SeenEffects:
    """Power by the trial's own simulation.

    Args:
        visits: patient, time_months, alsfrs_r and treated, as followed.
        fit: mixed model of these visits with random intercept and slope, for its variances.
        largest: largest effect to put in, points per month.
        rng: shuffles treatment.
        trials: how many shuffled trials.
    """
    parts = visits.sort("patient", "time_months").partition_by("patient", maintain_order=True)
    times = [part["time_months"].to_numpy() for part in parts]
    scores = [part["alsfrs_r"].to_numpy() for part in parts]
    treated = np.array([part["treated"][0] for part in parts])
    weights = [_weight(time, fit) for time in times]
    information = np.stack([weight @ np.column_stack([np.ones(len(t)), t]) for weight, t in zip(weights, times, strict=True)])
    shuffled = rng.permuted(np.tile(treated, (trials, 1)), axis=1)
    plain = np.stack([weight @ score for weight, score in zip(weights, scores, strict=True)])
    sizes = np.linspace(0, largest, GRID)
    seen = []
    for size in sizes:
        moved = [np.clip(score + size * time, 0, MOST_POINTS) for score, time in zip(scores, times, strict=True)]
        helped = np.stack([weight @ score for weight, score in zip(weights, moved, strict=True)])
        seen.append(_share_seen(information, plain, helped, shuffled))
    return SeenEffects(sizes, np.array(seen), trials)


def _weight(time: Array, fit: MixedFit) -> Array:
    """Z' V^-1 of one person (2, visits)."""
    z = np.column_stack([np.ones(len(time)), time])
    variance = z @ fit.random_covariance @ z.T + fit.sigma**2 * np.eye(len(time))
    return np.asarray(np.linalg.solve(variance, z).T, dtype=np.float64)


def _share_seen(information: Array, plain: Array, helped: Array, shuffled: Array) -> float:
    """Generalised least squares of a common start and two slopes, for every shuffled trial at once."""
    count = len(shuffled)
    total = information.sum(axis=0)
    on = np.tensordot(shuffled, information, axes=(1, 0))
    normal = np.empty((count, 3, 3))
    normal[:, :2, :2] = total
    normal[:, :2, 2] = normal[:, 2, :2] = on[:, :, 1]
    normal[:, 2, 2] = on[:, 1, 1]
    gain = shuffled @ (helped - plain)
    right = np.concatenate([plain.sum(axis=0) + gain, (shuffled @ helped)[:, 1:]], axis=1)
    inverse = np.linalg.inv(normal)
    difference = np.einsum("sj,sj->s", inverse[:, 2], right)
    return float((difference / np.sqrt(inverse[:, 2, 2]) > norm.ppf(1 - LEVEL / 2)).mean())
