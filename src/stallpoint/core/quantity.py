"""Quantities as people write them, `51.4 L/h` or `50 mg`, turned into numbers of a stated unit."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

from stallpoint.core.errors import DrugError

PURE = ("fraction", "ratio")
"""Units of numbers without a dimension."""

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
POWER = r"(?:\s?(?:\^|\*\*)\s?-?\d)?"
NAME = rf"[^\W\d_]+{POWER}"
UNIT = rf"(?:1?\s?/\s?)?{NAME}(?:(?:\s?[/*]\s?|\s){NAME})*"
NUMBER_WITH_UNIT = re.compile(rf"({NUMBER})\s*({UNIT})?")
"""Only this shape reaches pint, whose parser computes whatever expression it is given, `2**3**4**5` for as long as it takes."""


class QuantityError(DrugError):
    """A quantity that cannot be read, or whose unit does not fit."""


def read_quantity(text: object, unit: str, *, where: str) -> float:
    """The number that a quantity is in the unit asked for.

    Args:
        text: a number with its unit (`"0.5 L/min"`); where the unit asked for is pure, a bare number or one with a percent sign.
        unit: the unit of the result, in pint's notation, or one of `PURE`.
        where: what is being read, for the message.

    Raises:
        QuantityError: no number, not finite, no unit, an unknown unit, or a unit of another dimension.
    """
    value = _pure(text, where) if unit in PURE else _with_unit(text, unit, where)
    if not math.isfinite(value):
        raise QuantityError(f"{text!r} is not a finite number", where=where, do="leave out what is not known")
    return value


def _pure(text: object, where: str) -> float:
    said = "" if isinstance(text, bool) else str(text).strip()
    try:
        return float(said[:-1]) / 100 if said.endswith("%") else float(said)
    except ValueError:
        do = "write a number without a unit, such as 0.6"
        raise QuantityError(f"{text!r} is not a plain number", where=where, do=do) from None


def _with_unit(text: object, unit: str, where: str) -> float:
    do = f'write a number with its unit and a point for decimals, such as "1.5 {unit}"'
    parts = NUMBER_WITH_UNIT.fullmatch(text.strip()) if isinstance(text, str) else None
    if parts is None:
        raise QuantityError(f"{text!r} is not a number with its unit", where=where, do=do)
    number, said_unit = parts.groups()
    if said_unit is None:
        raise QuantityError(f"{text!r} has no unit", where=where, do=do)
    return float(number) * _size(said_unit, unit, f"{text!r}", where, do)


def _size(said_unit: str, unit: str, quoted: str, where: str, do: str) -> float:
    """How many of the unit asked for one of the unit said is."""
    import pint

    _registry()  # outside the try: a broken installation is no slip of the user
    try:
        return _ratio(said_unit, unit)
    except pint.DimensionalityError as fault:
        what = f"{quoted} cannot be turned into {unit}: {fault.dim1 or 'a plain number'} is not {fault.dim2}"
        raise QuantityError(what, where=where, do=do) from None
    except Exception as fault:  # pint's parser lets errors of many kinds through, an assertion among them
        raise QuantityError(f"{quoted} is not a quantity ({fault})", where=where, do=do) from None


@cache
def _ratio(said_unit: str, unit: str) -> float:
    text = f"1{said_unit}" if said_unit.startswith("/") else said_unit
    return float(_registry().Quantity(1.0, _registry().parse_units(text)).to(unit).magnitude)


@cache
def _registry() -> Any:
    """The registry of units; made once, since reading its definitions takes a good part of a second."""
    import pint

    return pint.UnitRegistry()
