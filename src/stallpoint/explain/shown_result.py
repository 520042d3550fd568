"""A claim as a person's page may show it: no amount given, and nothing of survival or course unless it was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from stallpoint.core.claim import Claim
from stallpoint.knowledge.evidence.base import EvidenceBase

Shown = Literal["words", "numbers alone", "withheld"]

AMOUNTS = re.compile(r"\b(?:mg(?!/L)|ug(?!/L)|g a day|dos(?:e|es|ed|ing|age)|infusions?|daily oral|a day)\b", re.IGNORECASE)
"""Words that say how much was given."""

SURVIVAL = re.compile(r"surviv|mortality|\b(?:alive|die[ds]?|dead|deaths?|lived|life|lives|prognosis)\b", re.IGNORECASE)
"""Words that tell how long people lived."""


@dataclass(frozen=True)
class ShownResult:
    """A claim, what of it is shown, the trial that it is from, and the words."""

    claim: Claim
    shown: Shown
    trial: str
    text: str


def show_result(claim: Claim, base: EvidenceBase, *, prognosis: bool = False) -> ShownResult:
    """The claim in its own words; by its numbers alone where its words name amounts; without either where survival was not asked for.

    A result on function whose words speak of survival too is shown by its numbers, which compare groups and tell nobody's course.
    """
    record = base.trial(claim.trial)
    trial = record.name if record is not None else "No single trial"
    said = {"refutes": "against", "null": "neither", "supports": "for"}[claim.direction]
    parts = (said, claim.standing or "", claim.design, claim.tag, base.owned(claim))
    where = f"{trial} ({', '.join(each for each in parts if each)})"
    if tells_course(claim) and not prognosis:
        return ShownResult(claim, "withheld", trial, f"{where}: a result on survival or course; it is not shown unasked.")
    if AMOUNTS.search(claim.text):
        return ShownResult(claim, "numbers alone", trial, f"{where}: {_numbers(claim)}; how much was given is left out here.")
    if SURVIVAL.search(claim.text) and not prognosis:
        return ShownResult(claim, "numbers alone", trial, f"{where}: {_numbers(claim)}; words on survival are left out unasked.")
    return ShownResult(claim, "words", trial, f"{where}: {claim.text}")


def tells_course(claim: Claim) -> bool:
    """Whether a claim tells how a disease runs or ends in groups of people."""
    if claim.kind == "survival" or claim.role == "prognostic":
        return True
    return claim.kind != "function" and bool(SURVIVAL.search(f"{claim.text} {claim.measure}"))


def _numbers(claim: Claim) -> str:
    about = f"effect by {claim.modifier}" if claim.modifier else claim.kind
    named = [each for each in (claim.measure, about) if each and not AMOUNTS.search(each) and not SURVIVAL.search(each)]
    measure = named[0] if named else claim.kind
    if claim.value is None:
        return f"{measure}, no number that can be told alone"
    scale = f"{claim.scale} " if claim.scale not in (None, "level") else ""
    unit = f" {claim.unit}" if claim.unit and not AMOUNTS.search(claim.unit) else ""
    span = "" if claim.low is None or claim.high is None else f" ({claim.low:g} to {claim.high:g})"
    control = "" if claim.control is None else f", controls {claim.control:g}"
    chance = "" if claim.p is None else f", p = {claim.p:g}"
    people = "" if claim.n is None else f", n = {claim.n:,}"
    return f"{measure}: {scale}{claim.value:g}{unit}{span}{control}{chance}{people}"
