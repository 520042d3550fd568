"""An interaction in time: the inhibitor comes and goes between its doses, an induced enzyme builds up over days.

Victim: one compartment with absorption by mouth. Inhibitor: first-order decline between doses, with its level over Ki. Enzyme: made at a
constant rate times the induction, lost by its half-life; clearance through it follows its amount and what is not inhibited.
Source of the turnover model: Levy, Dumain & Cook (1979) J Pharmacokinet Biopharm 7:557, doi:10.1007/BF01061209; recalled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from stallpoint.combine.clearance import InteractionError
from stallpoint.numerics.runge_kutta import Derivative, advance

Array = npt.NDArray[np.float64]

GUT, CENTRAL, AREA, ENZYME = range(4)
STATES = 4
FIRST_STEP_H = 0.1
TOLERANCE = 1e-7
FLOOR = 1e-6


@dataclass(frozen=True)
class Victim:
    """A drug whose clearance is changed; amounts are in doses, so that the dose is 1 and the volume drops out."""

    elimination_per_h: float
    absorption_per_h: float
    interval_h: float
    share_of_clearance: float


@dataclass(frozen=True)
class Inhibitor:
    """A drug that inhibits a pathway: its level over Ki averaged over an interval, half-life and interval."""

    average_over_ki: float
    half_life_h: float
    interval_h: float


@dataclass(frozen=True)
class Inducer:
    """Something that is there all the time and multiplies the making of an enzyme of this half-life."""

    activity: float
    enzyme_half_life_h: float


@dataclass(frozen=True)
class DynamicInteraction:
    """The victim's area over its own intervals, over that without the partner, after each day."""

    day: Array
    area_ratio: Array

    @property
    def final(self) -> float:
        """The ratio on the last day."""
        return float(self.area_ratio[-1])


def follow_interaction(
    victim: Victim, *, days: int, inhibitor: Inhibitor | None = None, inducer: Inducer | None = None
) -> DynamicInteraction:
    """The victim at steady state alone, then with its partner from day 0 on.

    Args:
        victim: the drug that is changed.
        days: how long to follow it, 1 or more.
        inhibitor: None for none.
        inducer: None for none.

    Raises:
        InteractionError: numbers that cannot be, or intervals that do not fit whole days.
    """
    _require(victim, days, inhibitor)
    alone = 1 / victim.elimination_per_h / victim.interval_h * 24
    state = _steady_state(victim)
    times = _event_hours(victim, days, inhibitor)
    level = 0.0
    area, step = [], FIRST_STEP_H
    for start, end in pairwise(times):
        if math.isclose(start % victim.interval_h, 0.0, abs_tol=1e-9):
            state[0, GUT] += 1
        if inhibitor is not None and math.isclose(start % inhibitor.interval_h, 0.0, abs_tol=1e-9):
            level += _dose_over_ki(inhibitor)
        ahead = advance(
            _slopes_at(victim, inhibitor, inducer, level),
            np.column_stack([state, np.zeros(1)]),
            end - start,
            step_h=step,
            tolerance=TOLERANCE,
            floor=np.full((1, STATES + 1), FLOOR),
        )
        state, step = ahead.state[:, :STATES], max(ahead.step_h, 1e-3)
        level = 0.0 if inhibitor is None else level * math.exp(-math.log(2) / inhibitor.half_life_h * (end - start))
        if math.isclose(end % 24, 0.0, abs_tol=1e-9):
            area.append(float(state[0, AREA]))
    daily = np.diff(np.concatenate([[0.0], area]))
    return DynamicInteraction(np.arange(1.0, days + 1), daily / alone)


def _slopes_at(victim: Victim, inhibitor: Inhibitor | None, inducer: Inducer | None, peak: float) -> Derivative:
    """Slopes of gut, central amount, area, enzyme, and the hours since the span began, in which the inhibitor falls from `peak`."""

    def slopes(state: Array) -> Array:
        gut, central, enzyme, since = state[:, GUT], state[:, CENTRAL], state[:, ENZYME], state[:, STATES]
        over_ki = 0.0 if inhibitor is None else peak * np.exp(-math.log(2) / inhibitor.half_life_h * since)
        through = victim.share_of_clearance * enzyme / (1 + over_ki) + 1 - victim.share_of_clearance
        made = np.zeros_like(enzyme)
        if inducer is not None:
            made = math.log(2) / inducer.enzyme_half_life_h * (inducer.activity - enzyme)
        absorbed = victim.absorption_per_h * gut
        lost = victim.elimination_per_h * through * central
        return np.column_stack([-absorbed, absorbed - lost, central, made, np.ones_like(central)])

    return slopes


def _steady_state(victim: Victim) -> Array:
    """Just before a dose, after many of the victim alone: gut, central, area so far, enzyme."""
    ka, ke, tau = victim.absorption_per_h, victim.elimination_per_h, victim.interval_h
    gut = math.exp(-ka * tau) / (1 - math.exp(-ka * tau))
    if math.isclose(ka, ke, rel_tol=1e-6):
        ke *= 1 + 1e-5
    remain = math.exp(-ke * tau) / (1 - math.exp(-ke * tau))
    return np.array([[gut, ka / (ka - ke) * (remain - gut), 0.0, 1.0]])


def _dose_over_ki(inhibitor: Inhibitor) -> float:
    """What one dose adds to the level over Ki so that its average is as said."""
    return inhibitor.average_over_ki * inhibitor.interval_h * math.log(2) / inhibitor.half_life_h


def _event_hours(victim: Victim, days: int, inhibitor: Inhibitor | None) -> list[float]:
    end = 24.0 * days
    hours = {24.0 * day for day in range(days + 1)}
    for interval in (victim.interval_h, *((inhibitor.interval_h,) if inhibitor is not None else ())):
        hours |= {interval * index for index in range(int(end / interval) + 1)}
    return sorted(hours)


def _require(victim: Victim, days: int, inhibitor: Inhibitor | None) -> None:
    rates = (victim.elimination_per_h, victim.absorption_per_h, victim.interval_h)
    if not all(math.isfinite(each) and each > 0 for each in rates) or not 0 <= victim.share_of_clearance <= 1 or days < 1:
        raise InteractionError("a victim needs rates and an interval above 0, a share of clearance, and a day or more")
    intervals = [victim.interval_h] + ([inhibitor.interval_h] if inhibitor is not None else [])
    if any(not math.isclose(24 / each, round(24 / each)) for each in intervals):
        raise InteractionError("doses must divide the day into whole intervals", do="give intervals such as 6, 8, 12 or 24 h")
    if inhibitor is not None and not (inhibitor.average_over_ki >= 0 and inhibitor.half_life_h > 0):
        raise InteractionError("an inhibitor needs a level over Ki of 0 or more and a half-life above 0")
