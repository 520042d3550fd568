"""A user's own model as the mechanism of counterfactuals and virtual trials.

A treatment enters it as `exposure` computes it, dose by dose and person by person: as engagement or as a concentration. What follows from
that is the user's model alone; nothing of the bundled hypotheses (driver weights, bypass, whether a target moves its pathway, harm) acts
beside it. All of it is the user's assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from stallpoint.core.equation_model import EquationModel, Name
from stallpoint.core.errors import DrugError
from stallpoint.core.user_mechanism import Role, UserMechanism
from stallpoint.knowledge.mechanism import MechanismParameter
from stallpoint.mechanism.action import Action, level_rates
from stallpoint.mechanism.follow import WEEK_DAYS, Courses
from stallpoint.mechanism.function import POINTS
from stallpoint.mechanism.neurons import REGIONS
from stallpoint.mechanism.treatment import Supposed, Treatment, act_on
from stallpoint.mechanism.user.solve import ModelRunsAwayError, Run
from stallpoint.mechanism.virtual_people import Entry

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MOST_POINTS = POINTS * len(REGIONS)
ROUNDING = 1e-6
PEOPLE_AT_ONCE = 1024
EVENTS = "<cumulative hazard>"


@dataclass(frozen=True)
class UserPeople:
    """n people of a user's model: constants that differ between them, by name, shape (n,). `genotype` is empty: the model has none."""

    constants: Mapping[str, Floats]
    genotype: npt.NDArray[np.str_]

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.genotype)

    def take(self, who: slice | npt.NDArray[Any]) -> UserPeople:
        """Some of them."""
        return UserPeople({name: values[who] for name, values in self.constants.items()}, self.genotype[who])


@dataclass(frozen=True)
class UserAction:
    """A treatment in each person. `per_level` turns a level into the model's concentration, shape (n,); None asks for engagement."""

    action: Action
    per_level: Floats | None

    def take(self, who: slice | npt.NDArray[Any]) -> UserAction:
        """The same for some of the people."""
        return UserAction(self.action.take(who), None if self.per_level is None else self.per_level[who])


@dataclass(frozen=True)
class OwnMechanism:
    """A `Mechanism` of a user's making; `known` serves for how levels differ between people and how fast they rise."""

    own: UserMechanism
    known: Mapping[str, MechanismParameter]

    def draw(self, n: int, *, rng: np.random.Generator, entry: Entry | None) -> UserPeople:
        """People whose constants differ as the mapping file says; each call draws what the typical values are. No criteria of entry."""
        del entry
        constants = {}
        for name in dict.fromkeys((*self.own.ranges, *self.own.between)):
            typical = _typical(self.own.model.constants[name], self.own.ranges.get(name), rng)
            constants[name] = typical * np.exp(self.own.between.get(name, 0.0) * rng.standard_normal(n))
        return UserPeople(constants, np.full(n, ""))

    def act(
        self,
        people: UserPeople,
        treatment: Treatment,
        supposed: Supposed,
        rng: np.random.Generator,
        *,
        treated: Flags | None = None,
        start_days: float = 0.0,
        stop_days: float = np.inf,
    ) -> UserAction:
        """Levels as the bundled mechanism would have them; everybody's target can be reached.

        Raises:
            DrugError: the model asks for a concentration, and none can be computed for this drug.
        """
        plain = replace(treatment, hypothesis=None)
        nothing = replace(supposed, harm=0.0)
        times = {"treated": treated, "start_days": start_days, "stop_days": stop_days}
        action = act_on(people, plain, nothing, self.known, rng, **times)  # type: ignore[arg-type]
        if self.own.drug.kind == "engagement":
            return UserAction(action, None)
        if treatment.site_unbound_umol_l is None:
            raise DrugError(
                f"no concentration at the site can be computed for {treatment.drug.name}",
                where=self.own.place,
                do='map engagement instead: as = "engagement"',
            )
        typical = supposed.share / (1 - supposed.share)
        site = float(rng.choice(treatment.site_unbound_umol_l)) * self.own.drug.per_umol_l
        return UserAction(action, np.full(people.n, site / typical))

    def follow(self, people: UserPeople, actions: tuple[UserAction, ...], *, weeks: int) -> Courses:
        """Weekly reports of everybody.

        Raises:
            DrugError: several treatments: the model has one input.
            ModelRunsAwayError: no usable solution, or a report that cannot be what it is read as.
        """
        if len(actions) > 1:
            raise DrugError("a user's model takes one treatment", where=self.own.place, do="give one")
        parts = []
        for begin in range(0, people.n, PEOPLE_AT_ONCE):
            some = slice(begin, begin + PEOPLE_AT_ONCE)
            action = actions[0].take(some) if actions else None
            parts.append(_follow(self.own, people.take(some), action, weeks))
        reports = {role: np.concatenate([part[role] for part in parts]) for role in parts[0]}
        return _courses(self.own, reports, weeks)


def with_events(model: EquationModel, hazard: str | None) -> EquationModel:
    """The model with the cumulative hazard as one more state."""
    if hazard is None:
        return model
    return replace(model, states={**model.states, EVENTS: 0.0}, rates={**model.rates, EVENTS: Name(hazard)})


def _typical(value: float, ends: tuple[float, float] | None, rng: np.random.Generator) -> float:
    if ends is None:
        return value
    low, high = np.log(ends)
    return float(np.exp(rng.normal((low + high) / 2, (high - low) / (2 * norm.ppf(0.975)))))


def _follow(own: UserMechanism, people: UserPeople, given: UserAction | None, weeks: int) -> dict[str, Floats]:
    """Values of each mapped name and the cumulative hazard at the reports, shape (n, weeks + 1)."""
    hazard = own.outputs.get("hazard")
    run = Run(with_events(own.model, hazard), dict(people.constants), people.n, drug=own.drug.id, place=own.place)
    nothing = np.zeros(people.n)
    if own.start > 0:
        run.advance(own.start, lambda _time: nothing)
    wanted: dict[str, str] = {str(role): name for role, name in own.outputs.items()}
    if hazard:
        wanted["events"] = EVENTS
    reports: dict[str, list[Floats]] = {role: [] for role in wanted}
    doses = None if given is None else _Doses(given, weeks)
    for week in range(weeks + 1):
        values = run.values(nothing if doses is None else doses.now())
        for role, name in wanted.items():
            reports[role].append(np.broadcast_to(np.asarray(values[name], dtype=np.float64), (people.n,)))
        if week < weeks:
            _pass_week(own, run, doses, week)
    return {role: np.stack(values, axis=1) for role, values in reports.items()}


def _pass_week(own: UserMechanism, run: Run, doses: _Doses | None, week: int) -> None:
    def at(days: float) -> float:
        return own.start + days / own.days_per_time

    if doses is None:
        nothing = np.zeros(run.n)
        run.advance(at(WEEK_DAYS * (week + 1)), lambda _time: nothing)
        return
    for step in range(week * doses.per_week, (week + 1) * doses.per_week):
        begin = step * doses.days
        given = doses.give(step)
        first = doses.days / 32 / own.days_per_time if given else None
        run.advance(
            at(begin + doses.days),
            lambda time, begin=begin: doses.after((time - own.start) * own.days_per_time - begin),  # type: ignore[misc]
            first=first,
        )
        doses.move()


class _Doses:
    """The level of a treatment between doses, and what it sets in the model."""

    def __init__(self, given: UserAction, weeks: int) -> None:
        action = given.action
        self._action, self._per_level = action, given.per_level
        self.days = action.schedule.step_days()
        self.per_week = round(WEEK_DAYS / self.days)
        self._count = action.schedule.doses(self.per_week * weeks, self.days)
        self._entry, self._loss = level_rates(action)
        self._dose = action.share / (1 - action.share) * self._loss * action.schedule.interval_days
        self._level, self._depot = np.zeros(action.people), np.zeros(action.people)

    def give(self, step: int) -> bool:
        """Whether anybody gets a dose at the start of a step."""
        now = step * self.days
        on = (self._action.start_days <= now) & (now < self._action.stop_days)
        self._depot = self._depot + self._dose * self._count[step] * on
        return bool(self._count[step] and on.any())

    def after(self, days: float) -> Floats:
        """What is set some days after the start of the step."""
        return self._set(self._level_after(days))

    def now(self) -> Floats:
        """What is set at the start of the step."""
        return self._set(self._level)

    def move(self) -> None:
        """To the end of the step."""
        self._level, self._depot = self._level_after(self.days), self._depot * np.exp(-self._entry * self.days)

    def _level_after(self, days: float) -> Floats:
        fall, left = np.exp(-self._loss * days), np.exp(-self._entry * days)
        return np.asarray(self._level * fall + self._depot * self._entry / (self._entry - self._loss) * (fall - left))

    def _set(self, level: Floats) -> Floats:
        return level / (1 + level) if self._per_level is None else level * self._per_level


def _courses(own: UserMechanism, reports: dict[str, Floats], weeks: int) -> Courses:
    """Reports in the form of the bundled mechanism; a role that the model does not play is not a number."""
    points = _within(own, "alsfrs_r", reports["alsfrs_r"], 0.0, MOST_POINTS)
    silent = np.full_like(points, np.nan)
    neurons = _within(own, "neurons", reports["neurons"], 0.0, np.inf) if "neurons" in reports else silent
    nfl = _within(own, "nfl", reports["nfl"], np.nextafter(0, 1), np.inf) if "nfl" in reports else silent
    if "hazard" in reports:
        _within(own, "hazard", reports["hazard"], 0.0, np.inf)
    return Courses(
        days=WEEK_DAYS * np.arange(weeks + 1.0),
        burdens=silent[:, None],
        clock=silent,
        neurons=neurons[:, None],
        domains=points[:, None],
        nfl_serum=nfl,
        nfl_csf=silent,
        cumulative_hazard=reports.get("events", np.zeros_like(points)),
    )


def _within(own: UserMechanism, role: Role, values: Floats, least: float, most: float) -> Floats:
    outside = (values < least - ROUNDING * (least != np.nextafter(0, 1))) | (values > most + ROUNDING) | ~np.isfinite(values)
    if outside.any():
        worst = float(values[outside][0])
        ends = "above 0" if most == np.inf and least > 0 else f"{least:g} or more" if most == np.inf else f"{least:g} to {most:g}"
        raise ModelRunsAwayError(
            f"{own.outputs[role]} is {worst:g}, and as {role} it must be {ends}",
            where=own.place,
            do="mend the model or the mapping",
        )
    return np.clip(values, least, most)
