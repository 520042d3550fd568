"""An SBML Level 3 core file to a model of differential equations (extra `sbml`).

Read are compartments of constant size, species, parameters, initial assignments, assignment and rate rules, function definitions and
reactions (Hucka et al. 2019 J Integr Bioinform 16:20190021, doi:10.1515/jib-2019-0021). Everything else is refused by name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stallpoint.core.equation_model import Call, EquationModel, Expression, Function, Name, Number
from stallpoint.io.sbml.errors import SbmlError
from stallpoint.io.sbml.formula import FormulaReader
from stallpoint.io.sbml.order import order_formulas, require_known, require_sound_functions
from stallpoint.io.sbml.refuse import refuse_beyond_equations, require_level
from stallpoint.io.sbml.safe_text import read_safe_text
from stallpoint.io.sbml.units import declared_units, time_unit

INSTALL = 'install the extra: pip install "stallpoint[sbml]"'
MOST_QUANTITIES = 2000


@dataclass
class _Draft:
    """What has been read so far."""

    numbers: dict[str, float | None] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)
    rates: dict[str, Expression] = field(default_factory=dict)
    rules: dict[str, Expression] = field(default_factory=dict)
    at_start: dict[str, Expression] = field(default_factory=dict)
    flows: dict[str, list[Expression]] = field(default_factory=dict)


def read_sbml(path: Path) -> EquationModel:
    """The model in a file.

    Raises:
        PathError: no such file.
        SbmlError: not SBML Level 3, or something in it that is missing, circular, or cannot be followed here.
    """
    try:
        import libsbml
    except ImportError as fault:
        raise SbmlError("SBML needs python-libsbml", do=INSTALL) from fault
    place = path.name
    document = libsbml.readSBMLFromString(read_safe_text(path))
    require_level(document, place)
    _require_clean(document, libsbml, place)
    model = document.getModel()
    if model is None:
        raise SbmlError("holds no model", where=place, do="name a file with a <model>")
    refuse_beyond_equations(model, place)
    reader, draft = FormulaReader(libsbml, place), _Draft()
    functions = {each.getId(): _function(each, reader) for each in model.getListOfFunctionDefinitions()}
    _read_quantities(model, draft, place)
    _read_rules(model, reader, draft, place)
    for reaction in model.getListOfReactions():
        _read_reaction(reaction, model, reader, draft, place)
    draft.rates.update({name: Call("plus", tuple(flows)) for name, flows in draft.flows.items()})
    return _build(model, libsbml, draft, functions, place)


def _require_clean(document: Any, libsbml: Any, place: str) -> None:
    log = document.getErrorLog()
    faults = (log.getError(index) for index in range(log.getNumErrors()))
    worst = next((each for each in faults if each.getSeverity() >= libsbml.LIBSBML_SEV_ERROR), None)
    if worst is not None:
        said = " ".join(worst.getMessage().split())
        raise SbmlError(f"is not sound SBML: {said}", where=f"{place}, line {worst.getLine()}", do="mend that element")


def _function(element: Any, reader: FormulaReader) -> Function:
    arguments = tuple(element.getArgument(index).getName() for index in range(element.getNumArguments()))
    where = f"function {element.getId()}"
    body = reader.read(element.getBody(), where)
    require_known([(where, body)], set(arguments), place="")
    return Function(arguments, body)


def _read_quantities(model: Any, draft: _Draft, place: str) -> None:
    """Numbers of compartments, parameters and species as they are used in formulas: a species by its concentration, or by its amount."""
    for element in model.getListOfCompartments():
        _add(draft, element.getId(), element.getSize() if element.isSetSize() else None, place, fixed=element.getConstant())
    for element in model.getListOfParameters():
        _add(draft, element.getId(), element.getValue() if element.isSetValue() else None, place, fixed=element.getConstant())
    for species in model.getListOfSpecies():
        name, home = species.getId(), species.getCompartment()
        if home not in draft.numbers:
            raise SbmlError(
                f"lies in {home or 'no compartment'}, which is not there", where=f"{place}, species {name}", do="add it"
            )
        amount = species.getInitialAmount() if species.isSetInitialAmount() else None
        level = species.getInitialConcentration() if species.isSetInitialConcentration() else None
        by_amount = species.getHasOnlySubstanceUnits()
        _add(draft, name, amount if by_amount else level, place, fixed=species.getConstant())
        if by_amount and amount is None and level is not None:
            draft.at_start[name] = Call("times", (Number(level), Name(home)))
        if not by_amount and level is None and amount is not None:
            draft.at_start[name] = Call("divide", (Number(amount), Name(home)))
    if len(draft.numbers) > MOST_QUANTITIES:
        raise SbmlError(f"has {len(draft.numbers)} quantities, more than {MOST_QUANTITIES}", where=place, do="make it smaller")


def _add(draft: _Draft, name: str, value: float | None, place: str, *, fixed: bool) -> None:
    if not name:
        raise SbmlError("a compartment, parameter or species has no id", where=place, do="give it one")
    if name in draft.numbers:
        raise SbmlError(f"{name} is declared twice", where=place, do="rename one of them")
    if value is not None and not math.isfinite(value):
        value = None
    draft.numbers[name] = value
    if fixed:
        draft.fixed.add(name)


def _read_rules(model: Any, reader: FormulaReader, draft: _Draft, place: str) -> None:
    for rule in model.getListOfRules():
        name, where = rule.getVariable(), f"rule for {rule.getVariable()}"
        if name not in draft.numbers:
            raise SbmlError(f"changes {name}, which is not there", where=f"{place}, {where}", do="declare it")
        if name in draft.fixed:
            raise SbmlError(
                f"changes {name}, which is constant", where=f"{place}, {where}", do='declare it with constant="false"'
            )
        if name in draft.rates or name in draft.rules:
            raise SbmlError(f"{name} has two rules", where=f"{place}, {where}", do="keep one")
        target = draft.rates if rule.isRate() else draft.rules
        target[name] = reader.read(rule.getMath(), where)
    for element in model.getListOfInitialAssignments():
        name = element.getSymbol()
        if name not in draft.numbers or name in draft.rules:
            raise SbmlError(
                "starts what is not there or has a rule", where=f"{place}, initial assignment for {name}", do="mend it"
            )
        draft.at_start[name] = reader.read(element.getMath(), f"initial assignment for {name}")


def _read_reaction(reaction: Any, model: Any, reader: FormulaReader, draft: _Draft, place: str) -> None:
    """Adds what a reaction makes of each species per unit of time; its own parameters become constants with its name before theirs."""
    where, law = f"reaction {reaction.getId()}", reaction.getKineticLaw()
    if law is None:
        raise SbmlError("has no kinetic law", where=f"{place}, {where}", do="give it one")
    local = {}
    for element in law.getListOfLocalParameters():
        own = f"{reaction.getId()}.{element.getId()}"
        local[element.getId()] = own
        _add(draft, own, element.getValue() if element.isSetValue() else None, place, fixed=True)
    speed = f"{reaction.getId()}"
    if speed in draft.numbers or not speed:
        raise SbmlError(f"{speed or 'a reaction'} is declared twice or has no id", where=place, do="rename one of them")
    draft.numbers[speed] = None
    draft.rules[speed] = reader.read(law.getMath(), where, local=local)
    for sign, references in ((-1.0, reaction.getListOfReactants()), (1.0, reaction.getListOfProducts())):
        for reference in references:
            species = model.getSpecies(reference.getSpecies())
            if species is None:
                raise SbmlError(f"uses {reference.getSpecies()}, which is not there", where=f"{place}, {where}", do="declare it")
            _add_flow(species, Call("times", (Number(sign * reference.getStoichiometry()), Name(speed))), draft, place)


def _add_flow(species: Any, flow: Expression, draft: _Draft, place: str) -> None:
    name = species.getId()
    if species.getBoundaryCondition() or species.getConstant():
        return
    if name in draft.rules or name in draft.rates:
        raise SbmlError(f"{name} has a rule and takes part in reactions", where=place, do="declare it as a boundary, or keep one")
    if not species.getHasOnlySubstanceUnits():
        flow = Call("divide", (flow, Name(species.getCompartment())))
    draft.flows.setdefault(name, []).append(flow)


def _build(model: Any, libsbml: Any, draft: _Draft, functions: dict[str, Function], place: str) -> EquationModel:
    at_start = {**draft.rules, **draft.at_start}
    formulas = [*((f"rate of {name}", body) for name, body in draft.rates.items()), *at_start.items()]
    valued = {name for name, value in draft.numbers.items() if value is not None} | set(at_start)
    require_known(formulas, valued, place=place)
    require_sound_functions(functions, formulas, place=place)
    lost = [name for name in draft.rates if name not in valued]
    if lost:
        raise SbmlError(f"{lost[0]} has a rate and no value to start from", where=place, do="give it one")
    numbers = {name: math.nan if value is None else value for name, value in draft.numbers.items() if name in valued}
    states = {name: numbers[name] for name in draft.rates}
    constants = {name: value for name, value in numbers.items() if name not in draft.rates and name not in draft.rules}
    return EquationModel(
        name=model.getName() or model.getId() or place,
        states=states,
        constants=constants,
        rates=draft.rates,
        rules=order_formulas(draft.rules, place=place, kind="assignment rules"),
        at_start=order_formulas(at_start, place=place, kind="assignment rules and initial assignments"),
        functions=functions,
        units=declared_units(model, libsbml, tuple(numbers)),
        time_unit=time_unit(model, libsbml),
    )
