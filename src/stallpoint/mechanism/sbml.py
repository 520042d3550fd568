"""One virtual person with treatments as SBML, so that other software can go on (extra `sbml`).

SBML Level 3 Version 2 (Keating et al. 2020 Mol Syst Biol 16:e9110, doi:10.15252/msb.20199110). Time in days; every state is a parameter
with a rate rule, without dimension but for neurofilament in pg/mL; what follows from states is an assignment rule; doses are events.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from stallpoint.core.errors import DrugError
from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.knowledge.mechanism import PATHWAYS, load_mechanism
from stallpoint.mechanism.action import Action
from stallpoint.mechanism.function import DOMAINS, POINTS
from stallpoint.mechanism.neurofilament import apart, serum_at_rest
from stallpoint.mechanism.neurons import CHAIN, REGIONS, SEED, neurons_at, spread_modes
from stallpoint.mechanism.people import People

LEVEL, VERSION = 3, 2
Formulas = dict[str, str]
UNITS = {"speed": "per_day", "hazard": "per_day", "nfl_source": "pg_per_ml", "nfl_serum": "pg_per_ml"}
"""Of what has one; all else is without dimension."""


def render_mechanism_sbml(person: People, actions: Sequence[Action], *, engagement_as_input: bool = False) -> str:
    """The model of one person as SBML text.

    Args:
        person: exactly one.
        actions: treatments of that person.
        engagement_as_input: leave out doses and levels; `engaged_0` and so on are parameters for whoever runs the model to set.

    Raises:
        DrugError: the extra is not installed, or there are several people.
    """
    try:
        import libsbml
    except ImportError as fault:
        raise DrugError("SBML needs python-libsbml", do='install the extra: pip install "stallpoint[sbml]"') from fault
    if person.n != 1:
        raise DrugError(f"an SBML file holds one person, not {person.n}", do="take one of them")
    document = libsbml.SBMLDocument(LEVEL, VERSION)
    model = document.createModel()
    model.setId("virtual_person")
    model.setName("A virtual person with ALS; research use only")
    model.setNotes(_notes(actions))
    _declare_units(model, libsbml)
    rates, rules = _rates(person, actions), _rules(person, actions)
    inputs = [f"engaged_{index}" for index in range(len(actions))] if engagement_as_input else []
    for name in inputs:
        _parameter(model, name, 0.0)
        del rules[name]
    for name, value in _start(person, [] if engagement_as_input else actions).items():
        _parameter(model, name, value)
        rule = model.createRateRule()
        rule.setVariable(name)
        rule.setMath(_math(libsbml, rates[name]))
    for name, formula in rules.items():
        _parameter(model, name, None)
        rule = model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(_math(libsbml, formula))
    for index, action in enumerate([] if engagement_as_input else actions):
        _declare_doses(model, libsbml, index, action)
    text: str = libsbml.writeSBMLToString(document)
    return text


def _start(person: People, actions: Sequence[Action]) -> dict[str, float]:
    modes = spread_modes(person.onset_region, person.spread)
    neurons, serum = neurons_at(modes, person.clock[:, None]), serum_at_rest(person, modes)
    return {
        **{f"log_{_identifier(name)}": 0.0 for name in PATHWAYS},
        "clock": float(person.clock[0]),
        **{f"involved_{name}": float(value) for name, value in zip(REGIONS, neurons.involved[0, :, 0], strict=True)},
        **{f"log_neurons_{name}": float(np.log(value)) for name, value in zip(REGIONS, neurons.left[0, :, 0], strict=True)},
        "nfl_source": float(serum.source[0]),
        "nfl_serum": float(serum.blood[0]),
        "cumulative_hazard": 0.0,
        **{f"{kind}_{index}": 0.0 for index in range(len(actions)) for kind in ("depot", "level")},
    }


def _rates(person: People, actions: Sequence[Action]) -> Formulas:
    network, nfl, group = person.networks[person.group[0]], person.neurofilament, f"speed * {_number(person.spread[0])}"
    rates: Formulas = {}
    for row, name in enumerate(PATHWAYS):
        pushes = [f"({_number(c)}) * log_{_identifier(PATHWAYS[j])}" for j, c in enumerate(network.coupling[row]) if c]
        pushes += [f"drive_{index}_{_identifier(name)}" for index, action in enumerate(actions) if row in action.pathways]
        total = " + ".join(pushes) or "0"
        rates[f"log_{_identifier(name)}"] = f"({total} - log_{_identifier(name)}) / {_number(network.relaxation_days[row])}"
    rates["clock"] = "speed"
    for row, name in enumerate(REGIONS):
        parts = [f"(involved_{REGIONS[j]} - involved_{name})" for j in np.flatnonzero(CHAIN[row])]
        parts += [f"(1 - involved_{name})"] if SEED[person.onset_region[0]][row] else []
        rates[f"involved_{name}"] = f"{group} * ({' + '.join(parts)})"
        rates[f"log_neurons_{name}"] = f"-speed * involved_{name}"
    aim = f"{_number(nfl.healthy[0])} + {_number(nfl.per_loss[0])} * loss_per_month"
    rates["nfl_source"] = f"{_number(nfl.release_per_day)} * ({aim} - nfl_source)"
    rates["nfl_serum"] = f"{_number(apart(nfl.blood_per_day, nfl.release_per_day))} * (nfl_source - nfl_serum)"
    rates["cumulative_hazard"] = "hazard"
    for index, action in enumerate(actions):
        entry, loss = _number(action.entry_per_day[0]), _number(np.log(2) / action.half_life_days[0])
        rates[f"depot_{index}"] = f"-{entry} * depot_{index}"
        rates[f"level_{index}"] = f"{entry} * depot_{index} - {loss} * level_{index}"
    return rates


def _rules(person: People, actions: Sequence[Action]) -> Formulas:
    rules: Formulas = {}
    for index, action in enumerate(actions):
        rules[f"engaged_{index}"] = f"level_{index} / (1 + level_{index})"
        for column, pathway in enumerate(action.pathways):
            shift = _number(action.largest[0, column])
            rules[f"drive_{index}_{_identifier(PATHWAYS[pathway])}"] = f"ln(1 - ({shift}) * engaged_{index})"
    drivers = [f"{_number(weight)} * log_{_identifier(name)}" for name, weight in zip(PATHWAYS, person.weights[0], strict=True)]
    drivers += [f"{_number(action.harm[0])} * engaged_{index}" for index, action in enumerate(actions)]
    rules["speed"] = f"{_number(person.rate_per_day[0])} * exp({' + '.join(drivers)})"
    for name in REGIONS:
        rules[f"neurons_{name}"] = f"exp(log_neurons_{name})"
    lost = " + ".join(f"involved_{name} * neurons_{name}" for name in REGIONS)
    rules["loss_per_month"] = f"speed * ({lost}) / {len(REGIONS)} * {_number(DAYS_PER_MONTH)}"
    reserve, breathing = _number(person.reserve[0]), _number(person.breathing_reserve[0])
    supplies = ("neurons_bulbar", "neurons_cervical", "neurons_lumbar", "(neurons_cervical + neurons_thoracic) / 2")
    for domain, supply in zip(DOMAINS, supplies, strict=True):
        kept = breathing if domain == "breathing" else reserve
        rules[f"points_{_identifier(domain)}"] = f"{POINTS:g} * (1 - (1 - ({supply}))^(1 + {kept}))"
    rules["alsfrs_r"] = " + ".join(f"points_{_identifier(domain)}" for domain in DOMAINS)
    hazard = person.hazard
    lungs = f"{_number(hazard.breathing)} * (1 - points_breathing / {POINTS:g})"
    mouth = f"{_number(hazard.bulbar)} * (1 - points_bulbar / {POINTS:g})"
    rules["hazard"] = f"{_number(hazard.at_full_function[0])} * exp({lungs} + {mouth})"
    return rules


def _declare_doses(model: Any, libsbml: Any, index: int, action: Action) -> None:
    """One event for each loading dose, and one that repeats every interval after the last of them."""
    loss = np.log(2) / action.half_life_days[0]
    dose = float(action.share[0] / (1 - action.share[0]) * loss * action.schedule.interval_days)
    start, stop = float(action.start_days[0]), float(action.stop_days[0])
    ends = f" && time < {_number(stop)}" if np.isfinite(stop) else ""
    for order, day in enumerate(action.schedule.first_days[:-1]):
        if start <= day < stop:
            _event(model, libsbml, f"loading_{index}_{order}", f"time >= {_number(day)}", {f"depot_{index}": _number(dose)})
    interval, first = action.schedule.interval_days, action.schedule.first_days[-1]
    begin = first + interval * max(0.0, np.ceil((start - first) / interval - 1e-9))
    if not np.isfinite(begin):
        return
    _parameter(model, f"next_dose_{index}", float(begin))
    steps = {f"depot_{index}": _number(dose), f"next_dose_{index}": _number(interval)}
    _event(model, libsbml, f"dose_{index}", f"time >= next_dose_{index}{ends}", steps)


def _event(model: Any, libsbml: Any, name: str, trigger: str, added: Formulas) -> None:
    event = model.createEvent()
    event.setId(name)
    event.setUseValuesFromTriggerTime(True)
    made = event.createTrigger()
    made.setInitialValue(False)
    made.setPersistent(True)
    made.setMath(_math(libsbml, trigger))
    for variable, amount in added.items():
        assignment = event.createEventAssignment()
        assignment.setVariable(variable)
        assignment.setMath(_math(libsbml, f"{variable} + {amount}"))


def _parameter(model: Any, name: str, value: float | None) -> None:
    made = model.createParameter()
    made.setId(name)
    made.setConstant(False)
    made.setUnits(UNITS.get(name, "dimensionless"))
    if value is not None:
        made.setValue(value)


def _declare_units(model: Any, libsbml: Any) -> None:
    """Days, per day, and picograms per millilitre."""
    second, gram, litre = libsbml.UNIT_KIND_SECOND, libsbml.UNIT_KIND_GRAM, libsbml.UNIT_KIND_LITRE
    _define_unit(model, "day", [(second, 1, 0, 86400.0)])
    _define_unit(model, "per_day", [(second, -1, 0, 86400.0)])
    _define_unit(model, "pg_per_ml", [(gram, 1, -12, 1.0), (litre, -1, -3, 1.0)])
    model.setTimeUnits("day")


def _define_unit(model: Any, name: str, parts: Sequence[tuple[int, float, int, float]]) -> None:
    """From kinds with their exponents, scales and multipliers."""
    definition = model.createUnitDefinition()
    definition.setId(name)
    for kind, exponent, scale, multiplier in parts:
        unit = definition.createUnit()
        unit.setKind(kind)
        unit.setExponent(float(exponent))
        unit.setScale(scale)
        unit.setMultiplier(multiplier)


def _math(libsbml: Any, formula: str) -> Any:
    return libsbml.parseL3Formula(formula)


def _number(value: object) -> str:
    return repr(float(value))  # type: ignore[arg-type]


def _identifier(name: str) -> str:
    return name.replace(" ", "_")


def _notes(actions: Sequence[Action]) -> str:
    """What the file is, and how well each number of the model is known."""
    lines = [
        f"Treatments: {', '.join(action.name for action in actions) or 'none'}. One virtual person; not anybody.",
        "Research use only, not medical advice. Driven by assumption.",
        *(f"{p.key}: {p.value:g} {p.unit} ({p.evidence}, {p.tag}; {p.source}); {p.note}" for p in load_mechanism().values()),
    ]
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f'<body xmlns="http://www.w3.org/1999/xhtml">{body}</body>'
