"""Quantities as people write them, `51.4 L/h` or `50 mg`, turned into numbers of a stated unit."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

from stallpoint.core.errors import DrugError

PURE = ("fraction", "ratio")
"""Units of numbers without a dimension."""

NUMBER_FIRST = re.compile(r"\s*[-+]?(\d|\.\d)")


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
    said = str(text).strip()
    try:
        return float(said[:-1]) / 100 if said.endswith("%") else float(said)
    except ValueError:
        do = "write a number without a unit, such as 0.6"
        raise QuantityError(f"{text!r} is not a plain number", where=where, do=do) from None


def _with_unit(text: object, unit: str, where: str) -> float:
    do = f'write a number with its unit, such as "1.5 {unit}"'
    if not isinstance(text, str) or not NUMBER_FIRST.match(text):
        raise QuantityError(f"{text!r} is not a number with its unit", where=where, do=do)
    import pint

    try:
        return float(_registry().Quantity(text).to(unit).magnitude)
    except pint.DimensionalityError as fault:
        what = f"{text!r} cannot be turned into {unit}: {fault.dim1 or 'a plain number'} is not {fault.dim2}"
        raise QuantityError(what, where=where, do=do) from None
    except Exception as fault:  # pint's parser lets errors of many kinds through, an assertion among them
        raise QuantityError(f"{text!r} is not a quantity ({fault})", where=where, do=do) from None


@cache
def _registry() -> Any:
    """The registry of units; made once, since reading its definitions takes a good part of a second."""
    import pint

    return pint.UnitRegistry()
