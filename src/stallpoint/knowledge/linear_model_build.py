"""The checking constructor of linear models."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import get_args

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.knowledge.linear_model import OUT, UNITS_PER_MG, CovariateEffect, Flow, Form, LinearModel, Parameter, State

_RATE_UNITS = {"1/h"}
_CLEARANCE_UNITS = {"L/h": "L", "mL/h": "mL"}


def linear_model(
    name: str,
    *,
    species: str,
    dose_state: str,
    dose_range_mg: tuple[float, float],
    states: Iterable[State],
    flows: Iterable[Flow],
    parameters: Iterable[Parameter],
    effects: Iterable[CovariateEffect] = (),
    source: str = "modelling_choice",
) -> LinearModel:
    """Check the parts of a model against each other and build it.

    Raises:
        StallpointError: a name used twice or not at hand, a parameter that is not above 0, units that do not fit, or a form of
            covariate that does not exist.
    """
    given = tuple(parameters)
    model = LinearModel(
        name,
        species,
        dose_state,
        dose_range_mg,
        tuple(states),
        tuple(flows),
        {one.key: one for one in given},
        tuple(effects),
        source,
    )
    _require_once(model, "parameter", [one.key for one in given])
    _require_once(model, "compartment", [one.key for one in model.states])
    model.place(dose_state)
    _require_doses(model)
    _require_values(model)
    for state in model.states:
        _require_conc_unit(model, state)
    for flow in model.flows:
        _require_flow(model, flow)
    for effect in model.effects:
        _parameter(model, effect.parameter)
        if effect.form not in get_args(Form):
            raise StallpointError(f"no form {effect.form!r}", where=f"model {name}", do=ask_nearest(effect.form, get_args(Form)))
    return model


def _require_once(model: LinearModel, what: str, keys: list[str]) -> None:
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise StallpointError(f"{what} {twice[0]} is there twice", where=f"model {model.name}", do="keep one of them")


def _require_doses(model: LinearModel) -> None:
    low, high = model.dose_range_mg
    if not (0 < low <= high < math.inf):
        raise StallpointError(
            f"doses of {low:g} to {high:g} mg", where=f"model {model.name}", do="give the lowest and the highest that was studied"
        )


def _require_values(model: LinearModel) -> None:
    for one in model.parameters.values():
        scales = ("cv", "log_sd") if one.between > 0 else ("cv", "log_sd", "")
        if not (0 < one.value < math.inf and 0 <= one.between < math.inf and one.between_scale in scales):
            raise StallpointError(
                f"parameter {one.key} is {one.value:g} {one.unit} with variability {one.between:g} {one.between_scale}".rstrip(),
                where=f"model {model.name}",
                do="give a value above 0, a variability of 0 or more, and its scale: cv or log_sd",
            )


def _require_conc_unit(model: LinearModel, state: State) -> None:
    volume = _parameter(model, state.volume)
    if (volume.unit, state.conc_unit) not in UNITS_PER_MG:
        raise StallpointError(
            f"{state.conc_unit} cannot be had from a volume in {volume.unit}",
            where=f"model {model.name}, compartment {state.key}",
            do=f"use one of {', '.join(f'{conc} with {unit}' for unit, conc in UNITS_PER_MG)}",
        )


def _require_flow(model: LinearModel, flow: Flow) -> None:
    model.place(flow.origin)
    if flow.destination != OUT:
        model.place(flow.destination)
    if flow.rate:
        fits = _parameter(model, flow.rate).unit in _RATE_UNITS
    else:
        fits = _CLEARANCE_UNITS.get(_parameter(model, flow.clearance).unit) == _parameter(model, flow.volume).unit
    if not fits:
        raise StallpointError(
            f"the units of the flow from {flow.origin} to {flow.destination} do not make a rate per hour",
            where=f"model {model.name}",
            do="give a rate in 1/h, or a clearance in L/h with a volume in L, or in mL/h with mL",
        )


def _parameter(model: LinearModel, key: str) -> Parameter:
    if key not in model.parameters:
        raise StallpointError(f"no parameter {key!r}", where=f"model {model.name}", do=ask_nearest(key, model.parameters))
    return model.parameters[key]
