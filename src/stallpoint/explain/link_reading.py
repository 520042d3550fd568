"""What the literature says of one link: supported, refuted, divided or unknown, and in whom that was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from stallpoint.core.claim import Claim, contrary_first
from stallpoint.core.link import Array
from stallpoint.core.parameter import LINKS, Link
from stallpoint.core.source import Direction, EvidenceClass
from stallpoint.exposure.verdict import Verdict
from stallpoint.knowledge.chain import load_chain_assumptions
from stallpoint.knowledge.literature import load_literature_assumptions

Standing = Literal["supported", "refuted", "divided", "unknown"]

PASSED_BY_ENGAGEMENT: tuple[Link, ...] = ("taken", "absorbed", "delivered")
"""A target that was seen to answer in people was reached: what lies before it passed."""


@dataclass(frozen=True)
class LinkReading:
    """One link: its standing, in whom (`human` or not), the claims, contrary ones first, and how likely it impedes beforehand.

    `through` is the later link by which it is known to pass; `computed` is the verdict of the way to the target, where it counts.
    """

    link: Link
    standing: Standing
    human: bool
    claims: tuple[Claim, ...]
    impeded: float
    through: Link | None = None
    computed: Verdict | None = None

    @property
    def evidence(self) -> EvidenceClass:
        """The class that its transmission carries."""
        if self.standing == "unknown":
            return "assumed"
        if self.human:
            return "human"
        told = {claim.evidence for claim in self.claims}
        return "animal" if "animal" in told else "in vitro" if "in vitro" in told else "assumed"


def read_links(claims: Iterable[Claim], verdict: Verdict | None) -> tuple[LinkReading, ...]:
    """Every link from the claims on it. Results of trials speak of the whole chain and are not among them.

    Args:
        claims: on one treatment.
        verdict: whether too little reaches the target by computation; it speaks of `delivered` where no person does.
    """
    held = [claim for claim in claims if claim.link is not None and claim.mechanism != "delivery"]
    by_link = {link: contrary_first(claim for claim in held if claim.link == link) for link in LINKS}
    engaged = _read("engaged", by_link["engaged"], None)
    least = load_literature_assumptions()["impeded_supported_in_people"]
    answered = engaged.standing == "supported" and engaged.impeded == least
    readings = []
    for link in LINKS:
        reading = engaged if link == "engaged" else _read(link, by_link[link], verdict if link == "delivered" else None)
        if answered and link in (*PASSED_BY_ENGAGEMENT, "engaged") and reading.standing != "refuted":
            # one finding speaks for all of them together, so its doubt is shared out
            through: Link | None = None if link == "engaged" else "engaged"
            reading = LinkReading(link, "supported", True, reading.claims, least / (len(PASSED_BY_ENGAGEMENT) + 1), through)
        readings.append(reading)
    return tuple(readings)


def draw_shares(reading: LinkReading, count: int, *, rng: np.random.Generator) -> Array:
    """Shares (count,) that a link passes: it passes nearly all or impedes, and how likely it impedes follows from its standing."""
    known = load_chain_assumptions()
    passing = rng.beta(known["passing_first"], known["passing_second"], count)
    impeded = rng.beta(known["impeded_first"], known["impeded_second"], count)
    return np.where(rng.random(count) < reading.impeded, impeded, passing)


def _read(link: Link, claims: tuple[Claim, ...], verdict: Verdict | None) -> LinkReading:
    """People with controls outrank people without, and these animals and dishes; a computation counts where nobody showed anything.

    What was found afterwards decides nothing, and neither does a downstream marker: its fall is weighed with the results of trials.
    """
    deciding = [claim for claim in claims if claim.standing != "post hoc" and claim.kind != "marker"]
    firm = _directions(claim for claim in deciding if claim.human and claim.standing != "uncontrolled")
    if firm:
        return _stand(link, claims, firm, human=True, place="in_people")
    loose = _directions(claim for claim in deciding if claim.human)
    if loose:
        return _stand(link, claims, loose, human=True, place="elsewhere")
    computed = None if verdict is None or verdict.limited is None or verdict.answer == "unknown" else verdict
    if computed is not None:
        said: set[Direction] = {"refutes" if computed.answer == "exposure-limited" else "supports"}
        return replace(_stand(link, claims, said, human=False, place="elsewhere"), computed=computed)
    return _stand(link, claims, _directions(deciding), human=False, place="elsewhere")


def _directions(claims: Iterable[Claim]) -> set[Direction]:
    return {claim.direction for claim in claims} - {"null"}


def _stand(link: Link, claims: tuple[Claim, ...], said: set[Direction], *, human: bool, place: str) -> LinkReading:
    if len(said) != 1:
        unknown = load_chain_assumptions()["prior_impeded"]
        return LinkReading(link, "divided" if said else "unknown", human, claims, unknown)
    standing: Standing = "refuted" if said == {"refutes"} else "supported"
    return LinkReading(link, standing, human, claims, load_literature_assumptions()[f"impeded_{standing}_{place}"])
