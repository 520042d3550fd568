"""Formulas of a model as functions of arrays: all people at once, nothing run but the operators in this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from stallpoint.core.equation_model import TIME, EquationModel, Expression, Function, Name, Number

Values = dict[str, Any]
"""By name: an array (n,) or a number."""

Evaluate = Callable[[Values], Any]


class Formulas:
    """The rates and rules of a model, ready to be computed."""

    def __init__(self, model: EquationModel) -> None:
        functions: dict[str, Evaluate] = {}
        functions.update({name: _compile(each.body, functions, model.functions) for name, each in model.functions.items()})
        self.rates = {name: _compile(body, functions, model.functions) for name, body in model.rates.items()}
        self.rules = [(name, _compile(body, functions, model.functions)) for name, body in model.rules]
        self.at_start = [(name, _compile(body, functions, model.functions)) for name, body in model.at_start]

    def begin(self, values: Values, time: float) -> None:
        """Put in what is computed at time zero; then the values hold everything."""
        values[TIME] = time
        _follow_rules(self.at_start, values)

    def complete(self, values: Values, time: float) -> None:
        """Put in what follows from states, constants and time."""
        values[TIME] = time
        _follow_rules(self.rules, values)


def _follow_rules(rules: Sequence[tuple[str, Evaluate]], values: Values) -> None:
    with np.errstate(all="ignore"):
        for name, compute in rules:
            values[name] = compute(values)


def _compile(body: Expression, functions: Mapping[str, Evaluate], known: Mapping[str, Function]) -> Evaluate:
    if isinstance(body, Number):
        value = body.value
        return lambda _values: value
    if isinstance(body, Name):
        name = body.id
        return lambda values: values[name]
    arguments = [_compile(each, functions, known) for each in body.arguments]
    if body.of_model:
        names, called = known[body.operator].arguments, body.operator
        return lambda values: functions[called]({name: of(values) for name, of in zip(names, arguments, strict=True)})
    if len(arguments) == 1 and body.operator in ONE:
        one, first = ONE[body.operator], arguments[0]
        return lambda values: one(first(values))
    if body.operator == "piecewise":
        return lambda values: _piecewise([each(values) for each in arguments])
    if len(arguments) == 2 and body.operator in TWO:
        two, left, right = TWO[body.operator], arguments[0], arguments[1]
        return lambda values: two(left(values), right(values))
    start, joined = MANY[body.operator]
    return lambda values: reduce(joined, (each(values) for each in arguments), start)


def _piecewise(parts: list[Any]) -> Any:
    """Pairs of a value and its condition; the last value alone is for all other cases, without which there is none."""
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    result = parts[-1] if len(parts) % 2 else np.nan
    for value, condition in reversed(pairs):
        result = np.where(np.asarray(condition) != 0, value, result)
    return result


def _number(compare: Callable[..., Any]) -> Callable[..., Any]:
    """A comparison as 1 or 0, which is what arithmetic on it sees."""
    return lambda *values: np.asarray(compare(*values), dtype=np.float64)


ONE: Mapping[str, Callable[[Any], Any]] = {
    "minus": np.negative,
    "exp": np.exp,
    "ln": np.log,
    "log": np.log10,
    "root": np.sqrt,
    "abs": np.abs,
    "floor": np.floor,
    "ceiling": np.ceil,
    "not": _number(lambda value: np.asarray(value) == 0),
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "arcsin", "arccos", "arctan")},
    **{name: getattr(np, name) for name in ("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh")},
}
TWO: Mapping[str, Callable[[Any, Any], Any]] = {
    "plus": np.add,
    "times": np.multiply,
    "minus": np.subtract,
    "divide": np.true_divide,
    "power": lambda base, power: np.power(np.asarray(base, dtype=np.float64), power),
    "root": lambda degree, value: np.power(np.asarray(value, dtype=np.float64), 1 / np.asarray(degree, dtype=np.float64)),
    "log": lambda base, value: np.log(value) / np.log(base),
    "quotient": lambda one, other: np.trunc(np.true_divide(one, other)),
    "rem": np.fmod,
    "eq": _number(np.equal),
    "neq": _number(np.not_equal),
    "gt": _number(np.greater),
    "lt": _number(np.less),
    "geq": _number(np.greater_equal),
    "leq": _number(np.less_equal),
    "implies": _number(lambda one, other: (np.asarray(one) == 0) | (np.asarray(other) != 0)),
    "min": np.minimum,
    "max": np.maximum,
}
MANY: Mapping[str, tuple[Any, Callable[[Any, Any], Any]]] = {
    "plus": (0.0, np.add),
    "times": (1.0, np.multiply),
    "and": (1.0, _number(np.logical_and)),
    "or": (0.0, _number(np.logical_or)),
    "xor": (0.0, _number(np.logical_xor)),
    "min": (np.inf, np.minimum),
    "max": (-np.inf, np.maximum),
}
