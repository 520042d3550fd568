"""In which order formulas can be computed, and whether everything that they name is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stallpoint.core.equation_model import TIME, Expression, Function, calls_in, names_in
from stallpoint.io.sbml.errors import SbmlError

MOST_OPERATIONS = 100_000
"""In one look at all formulas: functions that call functions can double it line by line."""

Formulas = Mapping[str, Expression]


def order_formulas(formulas: Formulas, *, place: str, kind: str) -> tuple[tuple[str, Expression], ...]:
    """The formulas so that each comes after those that it uses.

    Raises:
        SbmlError: some use each other in a circle.
    """
    uses = {name: {each for each in names_in(body) if each in formulas} for name, body in formulas.items()}
    ordered: list[tuple[str, Expression]] = []
    while uses:
        ready = [name for name, needed in uses.items() if not needed]
        if not ready:
            shown = ", ".join(list(uses)[:5])
            raise SbmlError(f"{kind} use each other in a circle: {shown}", where=place, do="break the circle")
        ordered += [(name, formulas[name]) for name in ready]
        uses = {name: needed - set(ready) for name, needed in uses.items() if name not in ready}
    return tuple(ordered)


def require_known(formulas: Iterable[tuple[str, Expression]], known: set[str], *, place: str) -> None:
    """Every name in the formulas is among those known.

    Raises:
        SbmlError: one is not.
    """
    for where, body in formulas:
        absent = [name for name in names_in(body) if name not in known and name != TIME]
        if absent:
            raise SbmlError(
                f"names {absent[0]}, which has no value", where=f"{place}, {where}", do="declare it, or give it a value"
            )


def require_sound_functions(functions: Mapping[str, Function], formulas: Iterable[tuple[str, Expression]], *, place: str) -> None:
    """Functions exist, have as many arguments as they are given, do not call themselves, and do not multiply beyond bounds.

    Raises:
        SbmlError: otherwise.
    """
    bodies = [(f"function {name}", each.body) for name, each in functions.items()]
    for where, body in (*bodies, *formulas):
        for call in calls_in(body):
            if call.of_model and call.operator not in functions:
                raise SbmlError(f"calls {call.operator}, which is not defined", where=f"{place}, {where}", do="define it")
            if call.of_model and len(call.arguments) != len(functions[call.operator].arguments):
                raise SbmlError(f"{call.operator} with {len(call.arguments)} arguments", where=f"{place}, {where}", do="mend it")
    cost: dict[str, int] = {}
    waiting = dict(functions)
    while waiting:
        ready = [name for name, each in waiting.items() if all(call in cost for call in _called(each.body))]
        if not ready:
            raise SbmlError(f"functions call each other in a circle: {', '.join(list(waiting)[:5])}", where=place, do="break it")
        cost.update({name: _operations(functions[name].body, cost) for name in ready})
        waiting = {name: each for name, each in waiting.items() if name not in ready}
    if sum(_operations(body, cost) for _, body in formulas) > MOST_OPERATIONS:
        raise SbmlError(f"needs more than {MOST_OPERATIONS} operations at every step", where=place, do="make the model smaller")


def _called(body: Expression) -> list[str]:
    return [call.operator for call in calls_in(body) if call.of_model]


def _operations(body: Expression, cost: Mapping[str, int]) -> int:
    return 1 + sum(1 + (cost[call.operator] if call.of_model else 0) for call in calls_in(body))
