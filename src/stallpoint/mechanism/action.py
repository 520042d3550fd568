"""What a treatment does to pathways over time: doses, level at the site, engagement, and the push on each pathway.

The level is one compartment with first-order entry, in units of the level of half the effect, so that engagement is L / (1 + L). Its
average at a steady state is the one that `exposure` found: share / (1 - share). Interactions between drugs on their way belong there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import DrugError
from stallpoint.mechanism.pathways import COUNT, Step

Floats = npt.NDArray[np.float64]

EQUAL_RATES = 1e-6
"""Relative difference of entry and loss below which one is moved: the closed form divides by their difference."""


@dataclass(frozen=True)
class Schedule:
    """When doses are given: every `interval_days`, from the last of `first_days` on; doses on the first days are loading doses."""

    interval_days: float = 1.0
    first_days: tuple[float, ...] = (0.0,)

    def step_days(self) -> float:
        """The longest step that every dose falls on: a day, or the interval where it is shorter."""
        return min(1.0, self.interval_days)

    def doses(self, steps: int, step_days: float) -> Floats:
        """Number of doses at the start of each step, shape (steps,).

        Raises:
            DrugError: doses that do not fall on steps.
        """
        regular = np.arange(self.first_days[-1] + self.interval_days, steps * step_days, self.interval_days)
        at = np.concatenate([np.asarray(self.first_days), regular]) / step_days
        if np.abs(at - np.rint(at)).max() > 1e-6:
            raise DrugError("doses do not fall on whole steps", do="give an interval that divides a day, or of whole days")
        given = np.bincount(np.rint(at).astype(np.int64), minlength=steps)[:steps]
        return np.asarray(given, dtype=np.float64)


@dataclass(frozen=True)
class Action:
    """One treatment of n people. Arrays are (n,) unless said otherwise; times count from the start of the trial, in days.

    Attributes:
        name: of the drug.
        pathways: indices into `PATHWAYS`.
        share: average engagement at a steady state, 0 to 1: the share of the largest effect that `exposure` says is reached.
        largest: share of each pathway's drive that full engagement takes away, shape (n, p), below 1; negative raises it.
        harm: log rate of loss that full engagement adds, through none of the six.
        half_life_days, entry_per_day: of the level at the site.
        schedule: when doses are given.
        start_days, stop_days: no dose before the first nor from the second on.
    """

    name: str
    pathways: tuple[int, ...]
    share: Floats
    largest: Floats
    harm: Floats
    half_life_days: Floats
    entry_per_day: Floats
    schedule: Schedule
    start_days: Floats
    stop_days: Floats

    @property
    def people(self) -> int:
        """Number of people."""
        return len(self.share)

    def take(self, who: slice | npt.NDArray[np.int64]) -> Action:
        """The same for some of the people."""
        arrays: dict[str, Any] = {name: value[who] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return replace(self, **arrays)


def level_rates(action: Action) -> tuple[Floats, Floats]:
    """Rates of entry and of loss of the level, per day, shape (n,), kept apart."""
    loss = np.log(2) / action.half_life_days
    equal = np.abs(action.entry_per_day / loss - 1) < EQUAL_RATES
    return np.where(equal, loss * (1 + 2 * EQUAL_RATES), action.entry_per_day), loss


class Levels:
    """Level of one action as it is stepped through time; keeps the drive of a step while doses and level repeat themselves."""

    def __init__(self, action: Action, step: Step, *, days: float, steps: int) -> None:
        entry, loss = level_rates(action)
        times = np.append(step.nodes, days)[:, None]
        self._action = action
        self._given = action.schedule.doses(steps, days)
        self._times = days * np.arange(steps)
        self._fall = np.exp(-loss * times)
        self._left = np.exp(-entry * times)
        self._risen = entry / (entry - loss) * (self._fall - self._left)
        self._dose = action.share / (1 - action.share) * loss * action.schedule.interval_days
        self._level, self._depot = np.zeros(action.people), np.zeros(action.people)

    def step(self, index: int) -> Floats:
        """Levels at the nodes of a step, shape (q, n); moves on to its end."""
        if self._given[index]:
            on = (self._action.start_days <= self._times[index]) & (self._times[index] < self._action.stop_days)
            self._depot = self._depot + self._dose * self._given[index] * on
        nodes = self._level * self._fall + self._depot * self._risen
        self._level, self._depot = nodes[-1], self._depot * self._left[-1]
        return np.asarray(nodes[:-1])


def drive_of(actions: Sequence[Action], levels: Sequence[Floats], weights: Floats) -> tuple[Floats, Floats]:
    """Log drive of the pathways at the nodes, shape (q, 6, n), and the log of the mean rate that harm adds in the step, shape (n,).

    Args:
        actions: the treatments; their logs add, which is Bliss independence on the rate of loss.
        levels: of each, at the nodes, shape (q, n).
        weights: of the nodes in a mean over the step, shape (q,).
    """
    nodes, people = levels[0].shape
    drive, harm = np.zeros((nodes, COUNT, people)), np.zeros((nodes, people))
    for action, level in zip(actions, levels, strict=True):
        engaged = level / (1 + level)
        for column, pathway in enumerate(action.pathways):
            drive[:, pathway] += np.log1p(-action.largest[:, column] * engaged)
        if action.harm.any():
            harm += action.harm * engaged
    return drive, np.log(weights @ np.exp(harm)) if harm.any() else harm[0]
