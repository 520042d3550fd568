"""Small SBML models by their formulas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

Formulas = dict[str, str]


def sbml_text(
    *,
    states: dict[str, float] | None = None,
    constants: dict[str, float] | None = None,
    rates: Formulas | None = None,
    rules: Formulas | None = None,
    starts: Formulas | None = None,
    functions: Formulas | None = None,
    species: dict[str, tuple[float, bool]] | None = None,
    reactions: dict[str, tuple[list[str], list[str], str]] | None = None,
    volume: float = 1.0,
    time_unit: str = "day",
) -> str:
    """An SBML Level 3 document. Species are (amount, by amount); reactions are (reactants, products, law)."""
    import libsbml

    document = libsbml.SBMLDocument(3, 2)
    model = document.createModel()
    model.setId("hand_written")
    if time_unit == "day":
        definition = model.createUnitDefinition()
        definition.setId("day")
        unit = definition.createUnit()
        unit.setKind(libsbml.UNIT_KIND_SECOND)
        unit.setExponent(1.0)
        unit.setScale(0)
        unit.setMultiplier(86400.0)
        model.setTimeUnits("day")
    for name, formula in (functions or {}).items():
        made = model.createFunctionDefinition()
        made.setId(name)
        made.setMath(libsbml.parseL3Formula(formula))
    if species:
        home = model.createCompartment()
        home.setId("home")
        home.setSize(volume)
        home.setConstant(True)
    for name, (amount, by_amount) in (species or {}).items():
        one = model.createSpecies()
        one.setId(name)
        one.setCompartment("home")
        one.setInitialAmount(amount)
        one.setHasOnlySubstanceUnits(by_amount)
        one.setBoundaryCondition(False)
        one.setConstant(False)
    for name in {**(rules or {})}:
        _parameter(model, name, None)
    for name, value in {**(states or {}), **(constants or {})}.items():
        _parameter(model, name, value, constant=name in (constants or {}))
    _formulas(model, libsbml, "createRateRule", rates)
    _formulas(model, libsbml, "createAssignmentRule", rules)
    for name, formula in (starts or {}).items():
        made = model.createInitialAssignment()
        made.setSymbol(name)
        made.setMath(libsbml.parseL3Formula(formula))
    for name, (reactants, products, law) in (reactions or {}).items():
        _reaction(model, libsbml, name, reactants, products, law)
    return str(libsbml.writeSBMLToString(document))


def write_mapped(folder: Path, text: str, mapping: str) -> Path:
    """The model and a mapping file beside it; the path of the latter."""
    (folder / "model.xml").write_text(text, encoding="utf-8")
    path = folder / "own.toml"
    path.write_text('model = "model.xml"\n' + mapping, encoding="utf-8")
    return path


def _parameter(model: Any, name: str, value: float | None, *, constant: bool = False) -> None:
    made = model.createParameter()
    made.setId(name)
    made.setConstant(constant)
    if value is not None:
        made.setValue(value)


def _formulas(model: Any, libsbml: Any, create: str, formulas: Formulas | None) -> None:
    for name, formula in (formulas or {}).items():
        rule = getattr(model, create)()
        rule.setVariable(name)
        rule.setMath(libsbml.parseL3Formula(formula))


def _reaction(model: Any, libsbml: Any, name: str, reactants: list[str], products: list[str], law: str) -> None:
    reaction = model.createReaction()
    reaction.setId(name)
    reaction.setReversible(False)
    for create, names in (("createReactant", reactants), ("createProduct", products)):
        for each in names:
            reference = getattr(reaction, create)()
            reference.setSpecies(each)
            reference.setStoichiometry(1.0)
            reference.setConstant(True)
    reaction.createKineticLaw().setMath(libsbml.parseL3Formula(law))
