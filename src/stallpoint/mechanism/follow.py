"""Follow people through a trial: burdens step by step, exactly; everything else from the clock, in closed form, at weekly reports.

A step is a day, or an interval between doses where that is shorter. Within it the burdens follow their drive exactly but for the quadrature
of the drive; the clock advances by the exponential of the mean log rate, with the first correction for its slope. Blocks of people are
small enough to stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.mechanism.action import Action, Levels, drive_of
from stallpoint.mechanism.function import POINTS, cumulative_hazard, domain_function, hazard_gain, hazard_per_day
from stallpoint.mechanism.neurofilament import Pools, serum_at_rest, serum_course
from stallpoint.mechanism.neurons import neurons_at, spread_modes
from stallpoint.mechanism.pathways import COUNT, Step, exact_step
from stallpoint.mechanism.people import People

Floats = npt.NDArray[np.float64]

WEEK_DAYS = 7.0
PEOPLE_AT_ONCE = 1024


@dataclass(frozen=True)
class Courses:
    """Weekly reports of n people, from the start on.

    Attributes:
        days: shape (t,).
        burdens: shape (n, 6, t); 1 is untreated.
        clock: shape (n, t).
        neurons: share left by region, shape (n, 4, t).
        domains: points of ALSFRS-R by domain, latent, shape (n, 4, t).
        nfl_serum: pg/mL, shape (n, t).
        nfl_csf: pg/mL, shape (n, t).
        cumulative_hazard: of death, tracheostomy or permanent ventilation, shape (n, t).
    """

    days: Floats
    burdens: Floats
    clock: Floats
    neurons: Floats
    domains: Floats
    nfl_serum: Floats
    nfl_csf: Floats
    cumulative_hazard: Floats

    @property
    def alsfrs_r(self) -> Floats:
        """Latent total, 0 to 48, shape (n, t)."""
        return np.asarray(self.domains.sum(axis=1))

    @property
    def time_months(self) -> Floats:
        """Months since the start, shape (t,)."""
        return self.days / DAYS_PER_MONTH

    @property
    def survival(self) -> Floats:
        """Share that is expected to be without the event, shape (n, t)."""
        return np.exp(-self.cumulative_hazard)


def follow_people(people: People, actions: Sequence[Action] = (), *, weeks: int) -> Courses:
    """The course of everybody under the treatments, all at once.

    Args:
        people: who is followed; groups stand together.
        actions: treatments, each of all the people; none is natural history.
        weeks: how long.
    """
    parts = [
        _follow_block(people.take(block), [action.take(block) for action in actions], weeks)
        for start in range(0, people.n, PEOPLE_AT_ONCE)
        for block in [slice(start, start + PEOPLE_AT_ONCE)]
    ]
    shared = parts[0].days
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0]) if name != "days"}
    return Courses(days=shared, **joined)


def _follow_block(people: People, actions: Sequence[Action], weeks: int) -> Courses:
    logs, clock, pools = _untreated(people, weeks) if not actions else _treated(people, actions, weeks)
    days = WEEK_DAYS * np.arange(weeks + 1.0)
    modes = spread_modes(people.onset_region, people.spread)
    neurons = neurons_at(modes, clock)
    domains = domain_function(neurons.left, people.reserve, people.breathing_reserve)
    hazard = hazard_per_day(domains, people.hazard)
    gain = hazard_gain(neurons.left, neurons.involved, people.reserve, people.breathing_reserve, people.hazard)
    nfl = people.neurofilament
    serum = serum_course(pools, neurons.lost_per_clock, serum_at_rest(people, modes), nfl)
    return Courses(
        days=days,
        burdens=np.exp(logs),
        clock=clock,
        neurons=neurons.left,
        domains=POINTS * domains,
        nfl_serum=serum.blood,
        nfl_csf=nfl.csf_ratio * serum.source,
        cumulative_hazard=cumulative_hazard(hazard, hazard * gain, clock, pools.middle.T, days),
    )


def _untreated(people: People, weeks: int) -> tuple[Floats, Floats, Pools]:
    """Burdens stay at 1 and the clock runs evenly."""
    logs = np.zeros((people.n, COUNT, weeks + 1))
    clock = people.clock[:, None] + people.rate_per_day[:, None] * WEEK_DAYS * np.arange(weeks + 1)
    pools = Pools(people, weeks, steps_per_week=7)
    for step in range(7 * weeks):
        pools.add(step, people.rate_per_day)
    return logs, clock, pools


def _treated(people: People, actions: Sequence[Action], weeks: int) -> tuple[Floats, Floats, Pools]:
    length = min(action.schedule.step_days() for action in actions)
    per_week = round(WEEK_DAYS / length)
    steps = per_week * weeks
    exact = {group: exact_step(people.networks[group], length) for group in np.unique(people.group).tolist()}
    any_step = next(iter(exact.values()))
    levels = [Levels(action, any_step, days=length, steps=steps) for action in actions]
    groups = _groups(people)
    weights = people.weights.T.copy()
    state = np.zeros((COUNT, people.n))
    log_rate, pools = np.zeros(people.n), Pools(people, weeks, steps_per_week=per_week)
    logs, clock = np.zeros((weeks + 1, COUNT, people.n)), np.tile(people.clock, (weeks + 1, 1))
    before: list[Floats] = []
    pushed, harm = np.zeros((2 * COUNT, people.n)), np.zeros(people.n)
    now = people.clock
    for step in range(steps):
        at = [each.step(step) for each in levels]
        if not _repeats(at, before):
            pushed, harm = _push(actions, at, exact, groups)
        before = at
        moved = _carry(state, exact, groups) + pushed
        state = moved[:COUNT]
        rate_after = np.einsum("in,in->n", weights, state)
        mean = np.einsum("in,in->n", weights, moved[COUNT:])
        passed = people.rate_per_day * length * np.exp(mean + harm) * (1 + (rate_after - log_rate) ** 2 / 24)
        log_rate, now = rate_after, now + passed
        pools.add(step, passed)
        if (step + 1) % per_week == 0:
            week = (step + 1) // per_week
            logs[week], clock[week] = state, now
    return logs.transpose(2, 1, 0), clock.T, pools


def _groups(people: People) -> list[tuple[int, slice]]:
    """Each network with the people it serves, who stand together."""
    starts = np.flatnonzero(np.diff(people.group, prepend=-1))
    ends = np.append(starts[1:], people.n)
    return [(int(people.group[start]), slice(start, end)) for start, end in zip(starts, ends, strict=True)]


def _repeats(levels: list[Floats], before: list[Floats]) -> bool:
    """Whether the levels of this step are those of the step before, to rounding of what is reported."""
    return bool(before) and all(np.abs(now - then).max() <= 1e-9 * now.max() for now, then in zip(levels, before, strict=True))


def _push(
    actions: Sequence[Action], levels: list[Floats], exact: Mapping[int, Step], groups: list[tuple[int, slice]]
) -> tuple[Floats, Floats]:
    drive, harm = drive_of(actions, levels, exact[groups[0][0]].weights)
    flat = drive.reshape(-1, drive.shape[2])
    return np.concatenate([exact[group].push @ flat[:, who] for group, who in groups], axis=1), harm


def _carry(state: Floats, exact: Mapping[int, Step], groups: list[tuple[int, slice]]) -> Floats:
    if len(groups) == 1:
        return np.asarray(exact[groups[0][0]].carry @ state)
    return np.concatenate([exact[group].carry @ state[:, who] for group, who in groups], axis=1)
