"""Sentences whose every number is held to a row of evidence or to a computed result."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter

from stallpoint.core.claim import Claim
from stallpoint.knowledge.evidence.base import EvidenceBase

_NUMBER = re.compile(r"(?<![\w.-])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w])(?!\.\d)")


@dataclass(frozen=True)
class Statement:
    """A sentence, the ids of the claims that it rests on, the figures that were computed for it, and the names that it uses."""

    text: str
    claims: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A number that a sentence says: what it is, its value, as it is written there, and the works that it stands in or follows from."""

    what: str
    value: float
    written: str
    sources: tuple[str, ...] = ()


def build_figure(what: str, value: float, shape: str, *, sources: tuple[str, ...] = ()) -> Figure:
    """A figure as it is written in a format such as ".1%"."""
    return Figure(what, value, format(value, shape), sources)


def state(template: str, *, claims: Iterable[Claim] = (), names: Iterable[str] = (), **values: object) -> Statement:
    """A sentence from a template such as "{share:.0%} of {n} trials". Numbers given by name are the computed ones.

    Text given by name enters as it is; its numbers must stand in the claims.
    """
    figures = []
    for _, name, shape, _ in Formatter().parse(template):
        if name and isinstance(values[name], int | float):
            figures.append(format(values[name], shape or ""))
    return Statement(template.format(**values), tuple(each.id for each in claims), tuple(figures), tuple(names))


def unresolved_numbers(statement: Statement, base: EvidenceBase) -> list[str]:
    """Numbers of a sentence that stand in none of its claims and were not computed for it."""
    rest = statement.text
    for name in sorted(statement.names, key=len, reverse=True):
        rest = rest.replace(name, " ")
    held = {number for figure in statement.figures for number in _numbers(figure)}
    for id_ in statement.claims:
        claim = base.claim(id_)
        if claim is not None:
            held |= set(_numbers(claim.text)) | set(_numbers(f"{claim.population} {claim.modifier} {claim.known_from}"))
    return [number for number in _numbers(rest) if number not in held]


def _numbers(text: str) -> list[str]:
    return [each.lstrip("-−") for each in _NUMBER.findall(text)]
