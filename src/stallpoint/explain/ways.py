"""Ways past a stall: each with what would have to be true, what speaks against it and the study that would test it. Never ranked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    `ground` is the best kind of evidence that bears on it, for or against: it groups ways and ranks none. `claims` are that evidence, contrary
    ones first; `computed` says what the models of delivery make of it. The label is never stronger than worth a study.
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
        bearing = contrary_first(dict.fromkeys([*filter(_BEARS[kind.id], claims), *_elsewhere(base, name, kind.id)]))
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


_BEARS: dict[str, Callable[[Claim], bool]] = {
    "dose": lambda claim: claim.link in ("taken", "absorbed") and claim.human,
    "delivery": lambda claim: claim.mechanism in ("delivery", "efflux") and claim.link == "delivered",
    "partner": lambda claim: "concomitant" in claim.modifier,
    "target": lambda claim: claim.role == "predictive" and claim.link in (None, "relevant"),
    "gene": lambda claim: claim.mechanism == "RNA silencing" or claim.kind == "engagement",
    "earlier": lambda claim: claim.link == "timely",
    "trial": lambda claim: claim.link == "visible",
}


def remaining_links(possible: Sequence[Link], readings: Sequence[LinkReading]) -> tuple[Link, ...]:
    """Links at which it may stall: those that the draws leave possible, and those that people refuted."""
    refuted = [reading.link for reading in readings if reading.standing == "refuted" and reading.human]
    return tuple(dict.fromkeys([*refuted, *possible]))
