"""Plasma over time: concentrations, areas under them, and where every milligram is. Exact at the times that are asked for.

A regular regimen taken in full is summed as a geometric series; cycles and irregular taking are walked from dose to dose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.adherence import Adherence, Intakes, draw_intakes, take_all
from stallpoint.exposure.plasma import PlasmaModel, absorption_lag_h, dose_amounts, plasma_system, take_people
from stallpoint.exposure.regimen import Floats, Regimen
from stallpoint.numerics.irregular_doses import area_of_doses, response_to_doses
from stallpoint.numerics.linear_system import LinearSystem, area_of_regular_doses, linear_system, response_to_regular_doses

PEOPLE_AT_ONCE = 4096
"""So many people's states stay in a processor's cache, and memory does not grow with the number of people."""


@dataclass(frozen=True)
class PlasmaAmounts:
    """Where the drug is, mg, shape (n, t); `peripheral` is (n, t, p). The parts sum to `given`.

    `unabsorbed` is the share of doses outside the blood that never reaches it. `depot` holds what still waits for absorption.
    """

    given: Floats
    unabsorbed: Floats
    depot: Floats
    central: Floats
    peripheral: Floats
    eliminated: Floats


def plasma_concentrations(
    model: PlasmaModel, regimen: Regimen, times_h: npt.ArrayLike, *, intakes: Intakes | None = None
) -> Floats:
    """Total concentrations in plasma, mg/L, shape (n, t), at times (t,) or (n, t).

    At the time of a dose into the blood they hold that dose. `intakes` say what is taken; without, everything is.

    Raises:
        StallpointError: times that are missing, negative or not in order; a dose without a depot; intakes of other people.
    """
    return _in_parts(model, checked_times(times_h), intakes, lambda part, times, own: _central(part, regimen, times, own))


def simulate_concentrations(
    model: PlasmaModel, regimen: Regimen, adherence: Adherence, times_h: npt.ArrayLike, *, rng: np.random.Generator
) -> Floats:
    """As `plasma_concentrations` under intakes that are drawn for each person, and kept no longer than needed.

    Raises:
        StallpointError: as `plasma_concentrations`.
    """
    times = checked_times(times_h)
    until = float(times.max())
    missed, stop = (np.broadcast_to(value, model.people) for value in (adherence.missed_probability, adherence.stop_h))

    found = []
    blocks = _blocks(model.people)
    for who, stream in zip(blocks, rng.spawn(len(blocks)), strict=True):
        some = take_people(model, who)
        own = replace(adherence, missed_probability=missed[who], stop_h=stop[who])
        found.append(_central(some, regimen, _own(times, who), draw_intakes(regimen, own, until, some.people, stream)))
    return np.concatenate(found)


def plasma_areas(model: PlasmaModel, regimen: Regimen, times_h: npt.ArrayLike, *, intakes: Intakes | None = None) -> Floats:
    """Areas under the total concentration from time 0 to each time, mg h/L, shape (n, t). Over an interval: subtract two.

    Raises:
        StallpointError: as `plasma_concentrations`; a clearance of 0 together with intakes or cycles.
    """
    if (intakes is not None or regimen.interval_h is None) and (model.clearance_l_h == 0).any():
        raise StallpointError("a clearance of 0", where="plasma model", do="give a clearance above 0, or a regular regimen")

    def part(some: PlasmaModel, times: Floats, own: Intakes | None) -> Floats:
        lag = absorption_lag_h(some, regimen)
        areas = _respond(plasma_system(some), dose_amounts(some, regimen), lag, regimen, times, own, area=True)
        return np.asarray(areas[..., some.central] / some.central_l[:, None], dtype=np.float64)

    return _in_parts(model, checked_times(times_h), intakes, part)


def plasma_amounts(
    model: PlasmaModel, regimen: Regimen, times_h: npt.ArrayLike, *, intakes: Intakes | None = None
) -> PlasmaAmounts:
    """Where the drug is at each time, mg.

    Raises:
        StallpointError: as `plasma_areas`.
    """
    times = checked_times(times_h)
    into, system, lag = dose_amounts(model, regimen), plasma_system(model), absorption_lag_h(model, regimen)
    counter, one = linear_system(np.zeros((model.people, 1, 1))), np.ones((model.people, 1))
    states = _respond(system, into, lag, regimen, times, intakes, area=False)
    given, begun = (
        regimen.dose_mg * _respond(counter, one, wait, regimen, times, intakes, area=False)[..., 0] for wait in (0 * lag, lag)
    )
    absorbed_share = (into.sum(axis=1) / regimen.dose_mg if regimen.dose_mg else np.ones(model.people))[:, None]
    waiting = (given - begun) * absorbed_share
    return PlasmaAmounts(
        given=given,
        unabsorbed=given * (1 - absorbed_share),
        depot=waiting + (states[..., 0] if model.central else 0.0),
        central=states[..., model.central],
        peripheral=states[..., model.central + 1 :],
        eliminated=plasma_areas(model, regimen, times, intakes=intakes) * model.clearance_l_h[:, None],
    )


def checked_times(times_h: npt.ArrayLike) -> Floats:
    """Times (t,) or (n, t) that can be answered.

    Raises:
        StallpointError: times that are missing, negative or not in order.
    """
    times = np.atleast_1d(np.asarray(times_h, dtype=np.float64))
    faults = {
        "there are none": times.size == 0,
        "some are missing or not finite": not np.isfinite(times).all(),
        "some are negative": bool((times < 0).any()),
        "they are not in order": bool((np.diff(times, axis=-1) < 0).any()),
    }
    for what, holds in faults.items():
        if holds:
            raise StallpointError(what, where="times_h", do="give hours of 0 or more, in rising order")
    return times


def _central(model: PlasmaModel, regimen: Regimen, times: Floats, intakes: Intakes | None) -> Floats:
    """Concentrations of a block of people. Where there is nothing, modes cancel to rounding, which may be negative."""
    lag = absorption_lag_h(model, regimen)
    states = _respond(plasma_system(model), dose_amounts(model, regimen), lag, regimen, times, intakes, area=False)
    return np.asarray(np.maximum(states[..., model.central] / model.central_l[:, None], 0.0), dtype=np.float64)


def _respond(
    system: LinearSystem,
    into: Floats,
    lag: Floats,
    regimen: Regimen,
    times: Floats,
    intakes: Intakes | None,
    *,
    area: bool,
) -> Floats:
    """States or their areas (n, t, s). A lag moves the answer, by one step for all where it is the same."""
    common = bool((lag == lag[0]).all())
    moved = times - (lag[0] if common else lag[:, None])
    if intakes is None and regimen.interval_h is not None:
        count = len(take_all(regimen, float(times.max())).times_h)
        regular = area_of_regular_doses if area else response_to_regular_doses
        return regular(system, into, regimen.interval_h, count, moved, infusion_h=regimen.infusion_h)
    taken = take_all(regimen, float(times.max())) if intakes is None else intakes
    walked = area_of_doses if area else response_to_doses
    return walked(system, into, taken.multiples, taken.times_h, moved, infusion_h=regimen.infusion_h)


def _in_parts(
    model: PlasmaModel,
    times: Floats,
    intakes: Intakes | None,
    answer: Callable[[PlasmaModel, Floats, Intakes | None], Floats],
) -> Floats:
    """Answers for blocks of people, one below the other."""
    if times.ndim == 2 and len(times) not in (1, model.people):
        raise StallpointError(
            f"{len(times)} rows of times for {model.people} people", where="times_h", do="give one row, or one a person"
        )
    if intakes is not None and len(intakes.multiples) not in (1, model.people):
        raise StallpointError(
            f"intakes of {len(intakes.multiples)} people for {model.people}", where="intakes", do="draw them for these people"
        )
    blocks = _blocks(model.people)
    return np.concatenate([answer(take_people(model, who), _own(times, who), _taken_by(intakes, who)) for who in blocks])


def _blocks(people: int) -> list[slice]:
    return [slice(start, min(start + PEOPLE_AT_ONCE, people)) for start in range(0, people, PEOPLE_AT_ONCE)]


def _own(times: Floats, who: slice) -> Floats:
    return times[who] if times.ndim == 2 and len(times) > 1 else times


def _taken_by(intakes: Intakes | None, who: slice) -> Intakes | None:
    if intakes is None or len(intakes.multiples) == 1:
        return intakes
    times = intakes.times_h
    return Intakes(times[who] if times.ndim == 2 else times, intakes.multiples[who])
