"""What an SBML model may hold that differential equations without jumps cannot: each refused by the element that holds it."""

from __future__ import annotations

from typing import Any

from stallpoint.io.sbml.errors import SbmlError

LEVEL = 3
OWN_PACKAGE = "l3v2extendedmath"
"""As which libsbml holds what Version 2 adds to formulas; the operators are judged one by one."""


def require_level(document: Any, place: str) -> None:
    """Level 3 core, no package that changes what the model means.

    Raises:
        SbmlError: otherwise.
    """
    if document.getLevel() != LEVEL:
        raise SbmlError(f"is SBML Level {document.getLevel()}", where=place, do="convert it to Level 3; libsbml and COPASI can")
    for index in range(document.getNumPlugins()):
        package = document.getPlugin(index).getPackageName()
        if package != OWN_PACKAGE and document.getPackageRequired(package):
            raise SbmlError(f"needs the package {package}", where=place, do="flatten the model to Level 3 core")


def refuse_beyond_equations(model: Any, place: str) -> None:
    """No events, delays of reactions, algebraic rules, fast reactions, sizes that change, conversion factors, variable stoichiometry.

    Raises:
        SbmlError: names the first element of that kind.
    """
    if model.getNumEvents():
        _refuse(f"event {_label(model.getEvent(0))}", "events", place, "export doses as an input that the mapping file names")
    if model.isSetConversionFactor():
        _refuse("the model", "a conversion factor", place, "write rates in the units of the species")
    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            _refuse(f"algebraic rule {_label(rule)}", "algebraic rules", place, "solve it for one variable")
    for reaction in model.getListOfReactions():
        _refuse_in_reaction(reaction, model, place)
    for compartment in model.getListOfCompartments():
        if model.getRateRule(compartment.getId()) or model.getAssignmentRule(compartment.getId()):
            _refuse(f"compartment {compartment.getId()}", "sizes that change", place, "keep the size and change amounts")
    for species in model.getListOfSpecies():
        if species.isSetConversionFactor():
            _refuse(f"species {species.getId()}", "a conversion factor", place, "write rates in the units of the species")


def _refuse_in_reaction(reaction: Any, model: Any, place: str) -> None:
    where = f"reaction {_label(reaction)}"
    if reaction.isSetFast() and reaction.getFast():
        _refuse(where, "fast reactions", place, "write its balance as an assignment rule")
    for reference in (*reaction.getListOfReactants(), *reaction.getListOfProducts()):
        own = reference.getId()
        changed = own and (model.getInitialAssignment(own) or model.getRateRule(own) or model.getAssignmentRule(own))
        if changed or not reference.isSetStoichiometry():
            _refuse(where, "a stoichiometry that is not a number", place, "write the number")


def _refuse(where: str, what: str, place: str, do: str) -> None:
    raise SbmlError(f"{what} cannot be followed here", where=f"{place}, {where}", do=do)


def _label(element: Any) -> str:
    return element.getId() or element.getMetaId() or f"in line {element.getLine()}"
