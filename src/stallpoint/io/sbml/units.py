"""Units that an SBML model declares, in SI base units."""

from __future__ import annotations

from typing import Any

from stallpoint.core.equation_model import Unit

PURE = ("dimensionless", "item", "radian", "steradian")


def declared_units(model: Any, libsbml: Any, ids: tuple[str, ...]) -> dict[str, Unit]:
    """The unit of each identifier that has one.

    Args:
        model: as libsbml holds it.
        libsbml: the module.
        ids: of parameters, species and compartments.
    """
    found = {}
    for each in ids:
        element = model.getElementBySId(each)
        unit = None if element is None else _unit(element.getDerivedUnitDefinition(), libsbml)
        if unit is not None:
            found[each] = unit
    return found


def time_unit(model: Any, libsbml: Any) -> Unit | None:
    """The unit of time; None where the model declares none."""
    said = model.getTimeUnits()
    if said == "second":
        return Unit(1.0, (("second", 1.0),))
    return _unit(model.getUnitDefinition(said), libsbml) if said else None


def _unit(definition: Any, libsbml: Any) -> Unit | None:
    if definition is None or not definition.getNumUnits():
        return None
    basic = libsbml.UnitDefinition.convertToSI(definition)
    if basic is None:
        return None
    factor, powers = 1.0, dict[str, float]()
    for index in range(basic.getNumUnits()):
        unit = basic.getUnit(index)
        kind = libsbml.UnitKind_toString(unit.getKind())
        if kind == "(Invalid UnitKind)":
            return None
        power = unit.getExponentAsDouble()
        factor *= (unit.getMultiplier() * 10.0 ** unit.getScale()) ** power
        if kind not in PURE:
            powers[kind] = powers.get(kind, 0.0) + power
    return Unit(factor, tuple(sorted((kind, power) for kind, power in powers.items() if power)))
