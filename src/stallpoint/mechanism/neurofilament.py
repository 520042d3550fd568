"""Neurofilament light as it follows the rate at which neurons are lost, not their number.

Dying axons release it over weeks; CSF is at balance with them within hours; blood follows with a lag of its own:

    dD/dt = loss - k D;   CSF = r (healthy + a k D);   dB/dt = m (CSF / r - B)

Sources: level proportional to the rate of loss, as in the semi-mechanistic model of CSF neurofilament and atrophy (Front Neurosci 2024,
1420198); blood 4 times the healthy level and stable for years (Lu 2015), so it cannot follow what is already lost; that release and
not CSF flow limits its fall: CSF turns over in hours, the fall on tofersen takes weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.mechanism.neurons import Spread, neurons_at
from stallpoint.mechanism.people import Neurofilament, People

Floats = npt.NDArray[np.float64]

APART = 1e-3
"""Relative difference that the two rates are kept apart by: the closed form divides by it."""


@dataclass(frozen=True)
class Serum:
    """Serum-equivalent level at the source and level in blood, pg/mL: shape (n, t), or (n,) at the start."""

    source: Floats
    blood: Floats


class Pools:
    """What two first-order pools keep of the passing clock, week by week: all that the weekly level needs of the days.

    For each pool the clock that passed in a week, weighted by what is left of it at the week's end, and how far into the week's clock
    it lay on average. `kept` and `lean` are (weeks, 2, n); `passed`, and `middle`, the mean over the week of what had passed of it,
    are (weeks, n).
    """

    def __init__(self, people: People, weeks: int, *, steps_per_week: int) -> None:
        nfl = people.neurofilament
        self.rates = np.array([nfl.release_per_day, apart(nfl.blood_per_day, nfl.release_per_day)])
        self.kept = np.zeros((weeks, 2, people.n))
        self.lean = np.zeros((weeks, 2, people.n))
        self.passed = np.zeros((weeks, people.n))
        self.middle = np.zeros((weeks, people.n))
        self._per_week = steps_per_week
        length = 7.0 / steps_per_week
        left = 7.0 - length * np.arange(steps_per_week)
        self._mean = (np.exp(-np.outer(left - length, self.rates)) - np.exp(-np.outer(left, self.rates))) / (self.rates * length)

    def add(self, step: int, passed: Floats) -> None:
        """The clock that passed in one step, shape (n,)."""
        week, day = divmod(step, self._per_week)
        middle = self.passed[week] + passed / 2
        for pool, weight in enumerate(self._mean[day]):
            kept = weight * passed
            self.kept[week, pool] += kept
            self.lean[week, pool] += kept * middle
        self.passed[week] += passed
        self.middle[week] += middle / self._per_week


def apart(blood: float, release: float) -> float:
    """The rate of blood, moved where it equals that of release."""
    return blood if abs(blood / release - 1) > APART else release * (1 + 2 * APART)


def serum_at_rest(people: People, modes: Spread) -> Serum:
    """Levels at the start: what was lost one mean residence time ago, and in blood one further. Before the clock began, nothing."""
    nfl = people.neurofilament
    delays = np.cumsum([1 / nfl.release_per_day, 1 / nfl.blood_per_day])
    clock = people.clock[:, None] - people.rate_per_day[:, None] * delays
    per_clock = np.where(clock > 0, neurons_at(modes, np.maximum(clock, 0.0)).lost_per_clock, 0.0)
    loss = per_clock * people.rate_per_day[:, None] * DAYS_PER_MONTH
    level = nfl.healthy[:, None] + nfl.per_loss[:, None] * loss
    return Serum(level[:, 0], level[:, 1])


def serum_course(pools: Pools, lost_per_clock: Floats, start: Serum, nfl: Neurofilament) -> Serum:
    """Weekly levels, shape (n, weeks + 1).

    Args:
        pools: what the days left behind.
        lost_per_clock: share of all motor neurons lost per unit of clock at the reports, shape (n, weeks + 1).
        start: levels at the start.
        nfl: the person's.
    """
    release, blood = pools.rates
    fade = np.exp(-7.0 * pools.rates)
    added = _weekly_loss(pools, lost_per_clock) * nfl.per_loss * DAYS_PER_MONTH
    source = np.empty((added.shape[0] + 1, len(nfl.healthy)))
    level = np.empty_like(source)
    source[0], level[0] = start.source - nfl.healthy, start.blood - nfl.healthy
    shared = blood / (blood - release)
    for week, (of_release, of_blood) in enumerate(added.transpose(0, 1, 2), start=0):
        source[week + 1] = fade[0] * source[week] + release * of_release
        passing = shared * ((fade[0] - fade[1]) * source[week] + release * (of_release - of_blood))
        level[week + 1] = fade[1] * level[week] + passing
    return Serum(source.T + nfl.healthy[:, None], level.T + nfl.healthy[:, None])


def _weekly_loss(pools: Pools, lost_per_clock: Floats) -> Floats:
    """Share of neurons lost in each week as each pool keeps it, shape (weeks, 2, n): a chord between reports, and its bend."""
    begin, end = lost_per_clock[:, :-1].T[:, None], lost_per_clock[:, 1:].T[:, None]
    passed = pools.passed[:, None]
    where = np.divide(pools.lean, passed, out=np.zeros_like(pools.lean), where=passed > 0)
    bend = np.gradient(np.gradient(lost_per_clock, axis=1), axis=1)
    bent = ((bend[:, :-1] + bend[:, 1:]) / 2).T[:, None]
    return np.asarray(pools.kept * (begin - bent / 12) + where * (end - begin))
