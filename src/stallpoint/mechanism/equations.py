"""The model as differential equations of one person: what `follow_people` solves in closed form, stepped by SciPy at a tight tolerance.

It is hundreds of times slower and shares no formula with the fast way but the algebra from neurons to function and hazard. It says how
large the error of the fast way is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.integrate import solve_ivp

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.mechanism.action import Action
from stallpoint.mechanism.follow import WEEK_DAYS, Courses
from stallpoint.mechanism.function import POINTS, domain_function, hazard_per_day
from stallpoint.mechanism.neurofilament import apart, serum_at_rest
from stallpoint.mechanism.neurons import CHAIN, REGIONS, SEED, neurons_at, spread_modes
from stallpoint.mechanism.pathways import COUNT
from stallpoint.mechanism.people import People

Floats = npt.NDArray[np.float64]

CLOCK, INVOLVED, LOGS = COUNT, slice(COUNT + 1, COUNT + 5), slice(COUNT + 5, COUNT + 9)
SOURCE, BLOOD, EVENTS = COUNT + 9, COUNT + 10, COUNT + 11
STATES = COUNT + 12
"""Six log burdens, the clock, involvement and log neurons of four regions, two levels of neurofilament, cumulative hazard."""


def solve_person(person: People, actions: Sequence[Action], *, weeks: int, rtol: float = 1e-10) -> Courses:
    """Weekly reports of one person by stepping the differential equations from dose to dose.

    Args:
        person: exactly one.
        actions: treatments of that person.
        weeks: how long.
        rtol: relative tolerance of the integrator (DOP853).
    """
    state = np.concatenate([start_state(person), np.zeros(2 * len(actions))])
    length = min([1.0, *(action.schedule.step_days() for action in actions)])
    steps = round(WEEK_DAYS / length) * weeks
    doses = np.array([action.schedule.doses(steps, length) for action in actions]).reshape(len(actions), steps)
    losses = np.array([np.log(2) / action.half_life_days[0] for action in actions])
    reported = [state]
    for step in range(steps):
        for index, action in enumerate(actions):
            if action.start_days[0] <= step * length < action.stop_days[0]:
                ratio = action.share[0] / (1 - action.share[0])
                state[STATES + 2 * index] += doses[index, step] * ratio * losses[index] * action.schedule.interval_days
        solved = solve_ivp(
            _slopes,
            (0.0, length),
            state,
            method="DOP853",
            rtol=rtol,
            atol=1e-13,
            args=(person, actions, losses),
            first_step=length / 64,
        )
        state = solved.y[:, -1]
        if (step + 1) % round(WEEK_DAYS / length) == 0:
            reported.append(state)
    return _report(person, np.array(reported).T, weeks)


def start_state(person: People) -> Floats:
    """The states of one person at the start of the trial, shape (STATES,)."""
    modes = spread_modes(person.onset_region, person.spread)
    neurons = neurons_at(modes, person.clock[:, None])
    serum = serum_at_rest(person, modes)
    levels = [serum.source[0], serum.blood[0], 0.0]
    return np.concatenate(
        [np.zeros(COUNT), person.clock, neurons.involved[0, :, 0], np.log(neurons.left[0, :, 0]), np.array(levels)]
    )


def _slopes(_time: float, state: Floats, person: People, actions: Sequence[Action], losses: Floats) -> Floats:
    network, nfl = person.networks[person.group[0]], person.neurofilament
    drive, log_rate = np.zeros(COUNT), float(person.weights[0] @ state[:COUNT])
    slopes = np.empty_like(state)
    for index, action in enumerate(actions):
        depot, level = state[STATES + 2 * index : STATES + 2 * index + 2]
        entry = action.entry_per_day[0]
        slopes[STATES + 2 * index : STATES + 2 * index + 2] = -entry * depot, entry * depot - losses[index] * level
        engaged = level / (1 + level)
        for column, pathway in enumerate(action.pathways):
            drive[pathway] += np.log(1 - action.largest[0, column] * engaged)
        log_rate += float(action.harm[0]) * engaged
    slopes[:COUNT] = (network.coupling @ state[:COUNT] + drive - state[:COUNT]) / network.relaxation_days
    speed = float(person.rate_per_day[0]) * np.exp(log_rate)
    involved, left = state[INVOLVED], np.exp(state[LOGS])
    slopes[CLOCK] = speed
    seeded = SEED[person.onset_region[0]] * (1 - involved)
    slopes[INVOLVED] = speed * person.spread[0] * (CHAIN @ involved - CHAIN.sum(axis=1) * involved + seeded)
    slopes[LOGS] = -speed * involved
    loss = speed * float(involved @ left) / len(REGIONS) * DAYS_PER_MONTH
    aim = nfl.healthy[0] + nfl.per_loss[0] * loss
    slopes[SOURCE] = nfl.release_per_day * (aim - state[SOURCE])
    slopes[BLOOD] = apart(nfl.blood_per_day, nfl.release_per_day) * (state[SOURCE] - state[BLOOD])
    function = domain_function(left[None, :, None], person.reserve, person.breathing_reserve)
    slopes[EVENTS] = hazard_per_day(function, person.hazard)[0, 0]
    return slopes


def _report(person: People, states: Floats, weeks: int) -> Courses:
    left = np.exp(states[None, LOGS])
    return Courses(
        days=WEEK_DAYS * np.arange(weeks + 1.0),
        burdens=np.exp(states[None, :COUNT]),
        clock=states[None, CLOCK],
        neurons=left,
        domains=POINTS * domain_function(left, person.reserve, person.breathing_reserve),
        nfl_serum=states[None, BLOOD],
        nfl_csf=person.neurofilament.csf_ratio * states[None, SOURCE],
        cumulative_hazard=states[None, EVENTS],
    )
