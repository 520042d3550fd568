"""Plasma of a drug that is eliminated by a saturable route beside, or instead of, a linear one. Integrated in steps.

The saturable route takes Vmax C / (Km + C) mg per hour from the central compartment. Integration begins anew at every dose and end of
infusion, where the course has a kink. The area under the concentration and what the route has taken are integrated along.

Source: Michaelis-Menten elimination, Gibaldi & Perrier (1982) Pharmacokinetics, 2nd edition, chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.adherence import Intakes, take_all
from stallpoint.exposure.plasma import PlasmaModel, absorption_lag_h, dose_amounts, plasma_system
from stallpoint.exposure.plasma_course import checked_times
from stallpoint.exposure.regimen import Floats, Regimen
from stallpoint.numerics.runge_kutta import Derivative, advance

FLOOR = 1e-3
"""Errors are relative down to this share of a dose, and absolute below."""

FIRST_STEP_H = 0.01


@dataclass(frozen=True)
class SaturableRoute:
    """Vmax, mg/h, and Km, mg/L, of the total concentration; one number, or one per person, shape (n,).

    Raises:
        StallpointError: a Vmax that is negative or missing, a Km that is not above 0.
    """

    vmax_mg_h: npt.ArrayLike
    km_mg_l: npt.ArrayLike

    def __post_init__(self) -> None:
        vmax, km = np.asarray(self.vmax_mg_h, dtype=np.float64), np.asarray(self.km_mg_l, dtype=np.float64)
        if not ((vmax >= 0) & np.isfinite(vmax)).all() or not ((km > 0) & np.isfinite(km)).all():
            raise StallpointError(
                "vmax_mg_h is negative or missing, or km_mg_l is not above 0", where="saturable route", do="give finite values"
            )


@dataclass(frozen=True)
class SaturableCourse:
    """The course at the times asked for, shape (n, t) each.

    Attributes:
        concentration_mg_l: total concentration in plasma.
        area_mg_h_l: area under it from time 0.
        amount_mg: all the drug in the body, the depot included.
        saturably_mg, linearly_mg: eliminated by the saturable and by the linear route.
        error_mg_l: the estimated errors of all steps so far, added up, in the concentration.
    """

    concentration_mg_l: Floats
    area_mg_h_l: Floats
    amount_mg: Floats
    saturably_mg: Floats
    linearly_mg: Floats
    error_mg_l: Floats


def saturable_course(
    model: PlasmaModel,
    route: SaturableRoute,
    regimen: Regimen,
    times_h: npt.ArrayLike,
    *,
    intakes: Intakes | None = None,
    tolerance: float = 1e-9,
) -> SaturableCourse:
    """Integrate all people together over times (t,); `model` holds the linear route, whose clearance may be 0.

    Raises:
        StallpointError: times as in `plasma_concentrations`, or people with times or lags of their own; a tolerance that cannot be held.
    """
    times, taken = checked_times(times_h), intakes
    taken = take_all(regimen, float(times.max())) if taken is None else taken
    lag = absorption_lag_h(model, regimen)
    if times.ndim > 1 or taken.times_h.ndim > 1 or (lag != lag[0]).any():
        raise StallpointError(
            "people with times, dose times or lags of their own", where="saturable route", do="integrate them one at a time"
        )
    states, errors = _integrate(model, route, regimen, taken, float(lag[0]), times, tolerance)
    central = model.central
    return SaturableCourse(
        concentration_mg_l=states[..., central] / model.central_l[:, None],
        area_mg_h_l=states[..., -2],
        amount_mg=states[..., :-2].sum(axis=-1),
        saturably_mg=states[..., -1],
        linearly_mg=states[..., -2] * model.clearance_l_h[:, None],
        error_mg_l=errors[..., central] / model.central_l[:, None],
    )


def _integrate(
    model: PlasmaModel, route: SaturableRoute, regimen: Regimen, taken: Intakes, lag: float, times: Floats, tolerance: float
) -> tuple[Floats, Floats]:
    """States and their summed errors (n, t, s + 2) at the times: amounts, then area, then what the saturable route took."""
    into = np.pad(dose_amounts(model, regimen), ((0, 0), (0, 2)))
    starts, infusion_h = taken.times_h + lag, regimen.infusion_h
    multiples = np.broadcast_to(taken.multiples, (model.people, len(starts)))
    state, error, step = np.zeros_like(into), np.zeros_like(into), FIRST_STEP_H
    floor = FLOOR * np.maximum(np.repeat(into.sum(axis=1, keepdims=True), into.shape[1], axis=1), np.finfo(float).tiny)
    floor[:, -2] /= model.central_l
    found, now = np.zeros((2, len(times), *into.shape)), 0.0
    for then in np.unique(np.concatenate([starts, starts + infusion_h, times])):
        running = (starts < then) & (then <= starts + infusion_h)
        rate = into * (multiples[:, running].sum(axis=1, keepdims=True) / infusion_h) if running.any() else np.zeros_like(into)
        state, added, step = _carry(_slopes(model, route, rate), state, then - now, step, tolerance, floor)
        error, now = error + added, float(then)
        if infusion_h == 0:
            state = state + into * multiples[:, starts == then].sum(axis=1, keepdims=True)
        found[:, times == then] = np.stack([state, error])[:, None]
    states, errors = np.swapaxes(found, 1, 2)
    return states, errors


def _carry(
    slopes: Derivative, state: Floats, hours: float, step: float, tolerance: float, floor: Floats
) -> tuple[Floats, Floats, float]:
    """The state after some hours, the error made, and the step to go on with.

    Raises:
        StallpointError: the tolerance cannot be held.
    """
    try:
        ahead = advance(slopes, state, hours, step_h=step, tolerance=tolerance, floor=floor)
    except ArithmeticError as fault:
        raise StallpointError(str(fault), where="saturable route", do="give a looser tolerance, or check the rates") from None
    return ahead.state, ahead.error, ahead.step_h


def _slopes(model: PlasmaModel, route: SaturableRoute, rate: Floats) -> Derivative:
    """d/dt of amounts, area and what the saturable route took, with a constant rate coming in."""
    rates, central = plasma_system(model).rates, model.central
    vmax, km = (np.broadcast_to(np.asarray(value, dtype=np.float64), model.people) for value in (route.vmax_mg_h, route.km_mg_l))

    def slopes(state: Floats) -> Floats:
        change = np.empty_like(state)
        concentration = state[:, central] / model.central_l
        taken = vmax * concentration / (km + concentration)
        change[:, :-2] = np.matmul(rates, state[:, :-2, None])[..., 0] + rate[:, :-2]
        change[:, central] -= taken
        change[:, -2], change[:, -1] = concentration, taken
        return change

    return slopes
