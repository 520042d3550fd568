"""Exact amounts and concentrations of a linear model after doses into one of its states.

Source: superposition of the responses to single doses, each a matrix exponential.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.doses import DoseSchedule, require_usual_doses
from stallpoint.exposure.intrathecal.people import People
from stallpoint.knowledge.linear_model import OUT, UNITS_PER_MG, Flow
from stallpoint.numerics.linear_system import linear_system, response_to_bolus

Array = npt.NDArray[np.float64]

OUTSIDE_THE_CNS = ("plasma", "body")
"""Matrices from which nothing returns to the CSF in any of the bundled models."""


@dataclass(frozen=True)
class Course:
    """Amounts of n people over time: `amount_mg` (n, t, s) in each state, `out_mg` (n, t) gone for good; `time_h` is (t,)."""

    people: People
    time_h: Array
    amount_mg: Array
    out_mg: Array


def simulate_course(people: People, schedule: DoseSchedule, time_h: npt.ArrayLike) -> Course:
    """Amounts at times. A time at which a dose is given is read just before it, as a lumbar puncture samples before it injects.

    Raises:
        StallpointError: a time that is negative or missing, or a dose of another order of magnitude than those studied.
    """
    model = people.model
    require_usual_doses(schedule, model.dose_range_mg, where=f"model {model.name}")
    times = np.atleast_1d(np.asarray(time_h, dtype=np.float64))
    if not (np.isfinite(times) & (times >= 0)).all():
        raise StallpointError("a time is negative or missing", where="times", do="give hours since the first dose, from 0")
    system = linear_system(rate_matrix(people))
    unit = np.eye(len(model.states) + 1)[model.place(model.dose_state)]
    amounts = np.zeros((people.size, times.size, unit.size))
    for given_h, dose_mg in zip(schedule.time_h, schedule.dose_mg, strict=True):
        later = times > given_h
        amounts[:, later] += dose_mg * response_to_bolus(system, unit, times[later] - given_h)
    # Amounts cannot be negative; what the exponentials leave below 0 is rounding.
    amounts = np.maximum(amounts, 0.0)
    return Course(people, times, amounts[..., :-1], amounts[..., -1])


def concentration(course: Course, state: str) -> Array:
    """Concentrations (n, t) in a state, in its own unit (`conc_unit`).

    Raises:
        StallpointError: there is no such state; the nearest name is given.
    """
    model = course.people.model
    place = model.place(state)
    one = model.states[place]
    per_mg = UNITS_PER_MG[model.parameters[one.volume].unit, one.conc_unit]
    return np.asarray(course.amount_mg[..., place] / course.people.parameters[one.volume][:, None] * per_mg)


def rate_matrix(people: People) -> Array:
    """Rates (n, s + 1, s + 1) per hour from state j to state i; the last state collects what has left for good."""
    model = people.model
    last = len(model.states)
    rates = np.zeros((people.size, last + 1, last + 1))
    for flow in model.flows:
        origin = model.place(flow.origin)
        destination = last if flow.destination == OUT else model.place(flow.destination)
        rate = _rate(people, flow)
        rates[:, destination, origin] += rate
        rates[:, origin, origin] -= rate
    return rates


def cns_half_lives_h(people: People) -> Array:
    """Half-lives (n, c) of the c states of CSF and CNS, in hours, from the shortest. They are of the whole, not of one state."""
    inside = [place for place, state in enumerate(people.model.states) if state.matrix not in OUTSIDE_THE_CNS]
    modes = np.linalg.eigvals(rate_matrix(people)[:, inside][:, :, inside]).real
    return np.sort(np.log(2) / -modes, axis=1)


def _rate(people: People, flow: Flow) -> Array:
    if flow.rate:
        return people.parameters[flow.rate]
    return np.asarray(people.parameters[flow.clearance] / people.parameters[flow.volume])
