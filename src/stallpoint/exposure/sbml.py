"""A drug's plasma kinetics as SBML, so that other software can go on (extra `sbml`).

SBML Level 3 Version 2 (Keating et al. 2020 Mol Syst Biol 16:e9110, doi:10.15252/msb.20199110). Amounts in mg, volumes in L, time in h.
Species are amounts; each passage is a first-order reaction; doses are an event that repeats every interval.
"""

from __future__ import annotations

from typing import Any

from stallpoint.core.drug import DosePattern, Drug
from stallpoint.core.errors import DrugError
from stallpoint.exposure.person import Person
from stallpoint.exposure.plasma import PlasmaModel

LEVEL, VERSION = 3, 2


def render_sbml(drug: Drug, pattern: DosePattern, model: PlasmaModel, person: Person) -> str:
    """The typical person's model as SBML text.

    Args:
        drug: its name and the notes of its parameters.
        pattern: what the dosing event gives.
        model: the kinetics of one person.
        person: for the notes.

    Raises:
        DrugError: the extra is not installed, or the model is of several people.
    """
    libsbml = _library()
    if model.people != 1:
        raise DrugError(f"an SBML file holds one person, not {model.people}", do="give the typical person's model")
    document = libsbml.SBMLDocument(LEVEL, VERSION)
    made = document.createModel()
    made.setId(_identifier(drug.name))
    made.setName(f"{drug.name} in plasma; research use only")
    made.setNotes(_notes(drug, pattern, person))
    _declare_units(made, libsbml)
    _declare_states(made, model)
    _declare_passages(made, model)
    _declare_doses(made, model, pattern)
    text: str = libsbml.writeSBMLToString(document)
    return text


def _library() -> Any:
    try:
        import libsbml
    except ImportError as fault:
        raise DrugError("SBML needs python-libsbml", do='install the extra: pip install "stallpoint[sbml]"') from fault
    return libsbml


def _declare_units(made: Any, libsbml: Any) -> None:
    """mg, L and h as the units of the whole model."""
    for name, kind, scale, multiplier in (("mg", libsbml.UNIT_KIND_GRAM, -3, 1.0), ("hour", libsbml.UNIT_KIND_SECOND, 0, 3600.0)):
        definition = made.createUnitDefinition()
        definition.setId(name)
        unit = definition.createUnit()
        unit.setKind(kind)
        unit.setScale(scale)
        unit.setMultiplier(multiplier)
        unit.setExponent(1.0)
    made.setSubstanceUnits("mg")
    made.setExtentUnits("mg")
    made.setTimeUnits("hour")
    made.setVolumeUnits("litre")


def _states(model: PlasmaModel) -> dict[str, float]:
    """Volume, L, of each state by name. A depot has no volume of its own; 1 L stands for it."""
    depot = {} if model.absorption_per_h is None else {"depot": 1.0}
    outer = {f"peripheral_{index}": float(volume) for index, volume in enumerate(model.peripheral_l[0], start=1)}
    return {**depot, "central": float(model.central_l[0]), **outer}


def _declare_states(made: Any, model: PlasmaModel) -> None:
    for name, volume in _states(model).items():
        compartment = made.createCompartment()
        compartment.setId(f"volume_{name}")
        compartment.setSize(volume)
        compartment.setSpatialDimensions(3)
        compartment.setConstant(True)
        species = made.createSpecies()
        species.setId(name)
        species.setCompartment(f"volume_{name}")
        species.setInitialAmount(0.0)
        species.setSubstanceUnits("mg")
        species.setHasOnlySubstanceUnits(True)
        species.setBoundaryCondition(False)
        species.setConstant(False)


def _declare_passages(made: Any, model: PlasmaModel) -> None:
    """Absorption, elimination and exchange, each with its rate constant per hour."""
    central = float(model.central_l[0])
    if model.absorption_per_h is not None:
        _passage(made, "absorption", "depot", "central", float(model.absorption_per_h[0]))
    _passage(made, "elimination", "central", None, float(model.clearance_l_h[0]) / central)
    for index, (volume, flow) in enumerate(zip(model.peripheral_l[0], model.intercompartmental_l_h[0], strict=True), start=1):
        _passage(made, f"to_peripheral_{index}", "central", f"peripheral_{index}", float(flow) / central)
        _passage(made, f"from_peripheral_{index}", f"peripheral_{index}", "central", float(flow) / float(volume))


def _passage(made: Any, name: str, source: str, target: str | None, rate_per_h: float) -> None:
    import libsbml

    constant = made.createParameter()
    constant.setId(f"rate_{name}")
    constant.setValue(rate_per_h)
    constant.setConstant(True)
    reaction = made.createReaction()
    reaction.setId(name)
    reaction.setReversible(False)
    _take_part(reaction.createReactant(), source)
    if target is not None:
        _take_part(reaction.createProduct(), target)
    reaction.createKineticLaw().setMath(libsbml.parseL3Formula(f"rate_{name} * {source}"))


def _take_part(reference: Any, species: str) -> None:
    reference.setSpecies(species)
    reference.setStoichiometry(1.0)
    reference.setConstant(True)


def _declare_doses(made: Any, model: PlasmaModel, pattern: DosePattern) -> None:
    """A dose every interval, from time 0. An infusion is given at once: its course within the interval is not kept."""
    import libsbml

    target = "central" if pattern.route == "intravenous" else "depot"
    absorbed = pattern.dose_mg * (1.0 if target == "central" else float(model.bioavailability[0]))
    clock = made.createParameter()
    clock.setId("next_dose_h")
    clock.setValue(0.0)
    clock.setConstant(False)
    event = made.createEvent()
    event.setId("dose")
    event.setUseValuesFromTriggerTime(True)
    trigger = event.createTrigger()
    trigger.setInitialValue(False)
    trigger.setPersistent(True)
    trigger.setMath(libsbml.parseL3Formula("time >= next_dose_h"))
    for variable, formula in ((target, f"{target} + {absorbed!r}"), ("next_dose_h", f"next_dose_h + {pattern.interval_h!r}")):
        assignment = event.createEventAssignment()
        assignment.setVariable(variable)
        assignment.setMath(libsbml.parseL3Formula(formula))


def _notes(drug: Drug, pattern: DosePattern, person: Person) -> str:
    """What the file is, and where each number comes from."""
    from html import escape

    known = ", ".join(f"{name} {value}" for name, value in vars(person).items() if value is not None) or "typical person"
    lines = [
        f"{drug.name}, {pattern.dose_mg:g} mg every {pattern.interval_h:g} h, {pattern.route}; {known}.",
        "Research use only, not medical advice.",
        *(f"{each.name}: {each.value:g} {each.unit} ({each.evidence}, {each.tag}; {each.source})" for each in drug.parameters),
    ]
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f'<body xmlns="http://www.w3.org/1999/xhtml">{body}</body>'


def _identifier(name: str) -> str:
    """A name that SBML allows: letters, digits and underscores, a letter first."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)
    return plain if plain[0].isalpha() else f"drug_{plain}"
