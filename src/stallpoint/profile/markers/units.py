"""A value in the marker's own unit, or a refusal."""

from __future__ import annotations

from functools import cache

from stallpoint.core.quantity import QuantityError, read_quantity

_MASS_CONCENTRATION = "g/L"
_MOLAR_CONCENTRATION = "mol/L"


@cache
def factor_between(unit: str, wanted: str, molar_mass_g_mol: float | None) -> float:
    """How many of the wanted unit one of the unit is; mass and amount are exchanged where the molar mass is known.

    Raises:
        QuantityError: an unknown unit, or one of another kind.
    """
    try:
        return _convert(1.0, unit, wanted)
    except QuantityError:
        if molar_mass_g_mol is None:
            raise
    try:
        return _convert(_convert(1.0, unit, _MASS_CONCENTRATION) / molar_mass_g_mol, _MOLAR_CONCENTRATION, wanted)
    except QuantityError:
        return _convert(_convert(1.0, unit, _MOLAR_CONCENTRATION) * molar_mass_g_mol, _MASS_CONCENTRATION, wanted)


def _convert(value: float, unit: str, wanted: str) -> float:
    return read_quantity(f"{value!r} {unit}", wanted, where="unit")
