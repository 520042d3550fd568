"""MathML of SBML to formulas of our own: what is not in the list is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stallpoint.core.equation_model import TIME, Call, Expression, Name, Number
from stallpoint.io.sbml.errors import SbmlError

AVOGADRO = 6.02214179e23
"""As SBML Level 3 Version 1 fixes it."""

OPERATORS = {
    **dict.fromkeys(("plus", "times", "and", "or", "xor", "min", "max"), (0, None)),
    **dict.fromkeys(("minus", "log", "root"), (1, 2)),
    **dict.fromkeys(("divide", "power", "quotient", "rem", "eq", "neq", "gt", "lt", "geq", "leq", "implies"), (2, 2)),
    **dict.fromkeys(("exp", "ln", "abs", "floor", "ceiling", "not"), (1, 1)),
    **dict.fromkeys(("sin", "cos", "tan", "arcsin", "arccos", "arctan"), (1, 1)),
    **dict.fromkeys(("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"), (1, 1)),
    "piecewise": (1, None),
}
"""Least and most arguments of each."""

CONSTANTS = {"PI": 3.141592653589793, "E": 2.718281828459045, "TRUE": 1.0, "FALSE": 0.0}


class FormulaReader:
    """Reads the formulas of one model; a formula's own names (arguments, local parameters) are given with it."""

    def __init__(self, libsbml: Any, place: str) -> None:
        self._place = place
        self._numbers = {getattr(libsbml, f"AST_{name}") for name in ("INTEGER", "REAL", "REAL_E", "RATIONAL")}
        self._constants = {getattr(libsbml, f"AST_CONSTANT_{name}"): value for name, value in CONSTANTS.items()}
        self._constants[libsbml.AST_NAME_AVOGADRO] = AVOGADRO
        self._name, self._time, self._function = libsbml.AST_NAME, libsbml.AST_NAME_TIME, libsbml.AST_FUNCTION
        self._operators = _operators(libsbml)

    def read(self, node: Any, where: str, *, local: Mapping[str, str] | None = None) -> Expression:
        """A formula.

        Args:
            node: its MathML, as libsbml holds it; None where the file has none.
            where: the element that it belongs to, for messages.
            local: names that mean something else here.

        Raises:
            SbmlError: there is none, or an operator that is not understood or has a wrong number of arguments.
        """
        if node is None:
            raise SbmlError("has no formula", where=f"{self._place}, {where}", do="give it one, or take it out")
        kind = node.getType()
        if kind in self._numbers:
            return Number(float(node.getValue()))
        if kind in self._constants:
            return Number(self._constants[kind])
        if kind == self._time:
            return Name(TIME)
        if kind == self._name:
            return Name((local or {}).get(node.getName(), node.getName()))
        arguments = tuple(self.read(node.getChild(i), where, local=local) for i in range(node.getNumChildren()))
        if kind == self._function:
            return Call(node.getName(), arguments, of_model=True)
        return self._call(node, kind, arguments, where)

    def _call(self, node: Any, kind: int, arguments: tuple[Expression, ...], where: str) -> Expression:
        operator = self._operators.get(kind)
        if operator is None:
            said = node.getOperatorName() or node.getName() or "something that is not a number or a known operator"
            raise SbmlError(f"uses {said}, which is not understood", where=f"{self._place}, {where}", do="write it without")
        least, most = OPERATORS[operator]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            raise SbmlError(f"{operator} with {len(arguments)} arguments", where=f"{self._place}, {where}", do="mend the formula")
        return Call(operator, arguments)


def _operators(libsbml: Any) -> dict[int, str]:
    """By libsbml's code; a minus is an operator, a sine a function, a comparison a relation."""
    found = {}
    for name in OPERATORS:
        for form in ("", "FUNCTION_", "RELATIONAL_", "LOGICAL_"):
            code = getattr(libsbml, f"AST_{form}{name.upper()}", None)
            if code is not None:
                found[code] = name
    return {**found, libsbml.AST_FUNCTION_POWER: "power"}
