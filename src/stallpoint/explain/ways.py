"""Ways past a stall: each with what would have to be true, what speaks against it and the study that would test it. Never ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stallpoint.core.claim import DESIGNS, Claim, contrary_first
from stallpoint.core.parameter import Link
from stallpoint.explain.link_reading import LinkReading
from stallpoint.exposure.delivery import DeliveryGain
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.knowledge.evidence.find import claims_of_treatment
from stallpoint.knowledge.ways import WayKind, load_ways

Ground = Literal["randomised people", "people without controls", "animals", "dishes", "scenario only"]
GROUNDS: tuple[Ground, ...] = ("randomised people", "people without controls", "animals", "dishes", "scenario only")


@dataclass(frozen=True)
class Way:
    """One way past a stall for one treatment.

    `ground` is the best kind of evidence that bears on it, for or against: it groups ways and ranks none. `claims` are that evidence,
    contrary ones first; `computed` says what the models of delivery make of it. The label is never stronger than worth a study.
    """

    kind: WayKind
    ground: Ground
    claims: tuple[Claim, ...]
    computed: tuple[str, ...] = ()


def find_ways(
    base: EvidenceBase, name: str, claims: Sequence[Claim], possible: Sequence[Link], delivery: Sequence[DeliveryGain]
) -> tuple[Way, ...]:
    """Ways past the links at which it may stall, by kind of evidence and then by the alphabet."""
    found = []
    for kind in load_ways():
        if not set(kind.links) & set(possible):
            continue
        own = [claim for claim in claims if _bears(kind.id, claim, base)]
        bearing = contrary_first(dict.fromkeys([*own, *_elsewhere(base, name, kind.id)]))
        computed = tuple(f"{each.option.label}: {each.label}; {each.why}" for each in delivery) if kind.id == "delivery" else ()
        found.append(Way(kind, _ground(bearing), bearing, computed))
    return tuple(sorted(found, key=lambda way: (GROUNDS.index(way.ground), way.kind.label)))


def _elsewhere(base: EvidenceBase, name: str, kind: str) -> list[Claim]:
    """Results of treatments that hold this one as a part, for partner drugs."""
    if kind != "partner":
        return []
    combined = [each.name for each in base.treatments if name in each.parts and each.kind == "combination"]
    return [claim for other in combined for claim in claims_of_treatment(base, other)]


def _ground(claims: Sequence[Claim]) -> Ground:
    if not claims:
        return "scenario only"
    best = min(DESIGNS.index(claim.design) for claim in claims)
    by_design: dict[str, Ground] = {
        "randomised": "randomised people",
        "human observational": "people without controls",
        "post-mortem": "people without controls",
        "animal": "animals",
        "in vitro": "dishes",
        "assumed": "scenario only",
    }
    return by_design[DESIGNS[best]]


def _bears(kind: str, claim: Claim, base: EvidenceBase) -> bool:
    """Whether a claim is evidence for or against a kind of way."""
    if kind == "target":
        genes = {row.gene for row in base.variants}
        return claim.link == "relevant" or (claim.role == "predictive" and bool(genes & set(claim.modifier.split())))
    return {
        "dose": claim.link in ("taken", "absorbed") and claim.human,
        "delivery": claim.mechanism in ("delivery", "efflux"),
        "partner": "concomitant" in claim.modifier,
        "gene": claim.mechanism == "RNA silencing",
        "earlier": claim.link == "timely" or claim.modifier in _EARLY,
        "trial": claim.link == "visible",
    }[kind]


_EARLY = ("earlier start", "onset within 12 months", "early stage", "baseline ALSFRS-R")
"""Modifiers that mean an earlier start."""


def remaining_links(possible: Sequence[Link], readings: Sequence[LinkReading]) -> tuple[Link, ...]:
    """Links at which it may stall: those that the draws leave possible, and those that people refuted."""
    refuted = [reading.link for reading in readings if reading.standing == "refuted" and reading.human]
    return tuple(dict.fromkeys([*refuted, *possible]))
