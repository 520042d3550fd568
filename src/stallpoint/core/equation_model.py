"""A model as differential equations that somebody else wrote: names, numbers and formulas, with nothing of ALS in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TIME = "<time>"
"""The name of time in formulas; no identifier of a file can be like it."""


@dataclass(frozen=True)
class Number:
    """A number in a formula."""

    value: float


@dataclass(frozen=True)
class Name:
    """The current value of something that has an identifier, or of time."""

    id: str


@dataclass(frozen=True)
class Call:
    """An operator, by its MathML name, or a function of the model, by its identifier, with its arguments."""

    operator: str
    arguments: tuple[Expression, ...]
    of_model: bool = False


Expression = Number | Name | Call


@dataclass(frozen=True)
class Function:
    """A function that the model defines: names of its arguments and its formula."""

    arguments: tuple[str, ...]
    body: Expression


@dataclass(frozen=True)
class Unit:
    """A unit by its size in SI base units and its powers of them; dimensionless where there are none."""

    factor: float
    powers: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class EquationModel:
    """Ordinary differential equations with everything that they need.

    Attributes:
        name: of the model, as its author gave it.
        states: value at time zero of what has a rate; a formula in `at_start` outranks it.
        constants: parameters, compartments and species that do not change by themselves.
        rates: of each state, per unit of time.
        rules: what follows from states and constants at any time, in an order in which each can be computed.
        at_start: `rules` and what is computed once at time zero, in such an order.
        functions: by identifier.
        units: as declared, by identifier; what is missing is not declared.
        time_unit: None where it is not declared.
    """

    name: str
    states: Mapping[str, float]
    constants: Mapping[str, float]
    rates: Mapping[str, Expression]
    rules: tuple[tuple[str, Expression], ...]
    at_start: tuple[tuple[str, Expression], ...]
    functions: Mapping[str, Function]
    units: Mapping[str, Unit]
    time_unit: Unit | None

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything that has a value."""
        return (*self.states, *self.constants, *(name for name, _ in self.rules))


def names_in(expression: Expression) -> Iterator[str]:
    """Every name that a formula uses, without those of functions."""
    if isinstance(expression, Name):
        yield expression.id
    elif isinstance(expression, Call):
        for each in expression.arguments:
            yield from names_in(each)


def calls_in(expression: Expression) -> Iterator[Call]:
    """Every operator and function that a formula uses."""
    if isinstance(expression, Call):
        yield expression
        for each in expression.arguments:
            yield from calls_in(each)
