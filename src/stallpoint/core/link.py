"""The chain from dose to life: its links, and what share of an effect passes each, as a checked distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.core.parameter import LINKS, Link
from stallpoint.core.source import EvidenceClass, Tag

Array = npt.NDArray[np.float64]

LINK_QUESTIONS: dict[Link, str] = {
    "taken": "Was the dose given and kept up?",
    "absorbed": "Is plasma exposure what was planned?",
    "delivered": "Does unbound drug reach brain and spinal cord?",
    "engaged": "Is the target hit?",
    "relevant": "Does that target drive the disease in these people?",
    "timely": "Are enough neurons left, for long enough?",
    "visible": "Could this trial and end point have seen it?",
}
"""What each link asks, in the order of the chain."""

LINK_STALLS: dict[Link, str] = {
    "taken": "it was not kept up",
    "absorbed": "too little of it is in the blood",
    "delivered": "too little of it reaches brain and spinal cord",
    "engaged": "its target is not hit",
    "relevant": "its target does not drive the disease in these people",
    "timely": "it comes too late",
    "visible": "this trial could not have seen it work",
}
"""What a stall at each link means, in plain words."""

ALL_LINKS: tuple[Link, ...] = get_args(Link)


@dataclass(frozen=True, eq=False)
class Transmission:
    """The share of the potential effect that passes one link. Build it with `build_transmission`, which checks it.

    `draws` (n,) lie from 0 to 1; the draws of one chain belong together row by row, which is how dependence is kept. `evidence` is the
    class of what it rests on, `ground` says that in a sentence, `sources` are ids, and `missing` is what would have to be measured to
    know better; empty where that was done.
    """

    link: Link
    draws: Array
    evidence: EvidenceClass
    tag: Tag
    ground: str
    sources: tuple[str, ...] = ()
    missing: str = ""

    @property
    def middle(self) -> float:
        """The median share."""
        return float(np.median(self.draws))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the share."""
        low, high = np.quantile(self.draws, [0.025, 0.975])
        return float(low), float(high)


@dataclass(frozen=True, eq=False)
class Chain:
    """Seven transmissions of one subject (a trial, a group in it, a drug), their draws row by row. Build it with `build_chain`.

    Each transmission is the share that passes its link of what passed those before, so that products along a row are what arrives.
    """

    subject: str
    transmissions: tuple[Transmission, ...]

    @property
    def draws(self) -> Array:
        """Shares (n, 7), links in their order."""
        return np.column_stack([each.draws for each in self.transmissions])

    @property
    def arriving(self) -> Array:
        """Share of the potential effect that is left after each link (n, 7)."""
        return np.asarray(np.cumprod(self.draws, axis=1))

    def of(self, link: Link) -> Transmission:
        """The transmission of one link."""
        return self.transmissions[LINKS.index(link)]


def build_transmission(
    link: Link,
    draws: Array,
    *,
    evidence: EvidenceClass,
    tag: Tag,
    ground: str,
    sources: Sequence[str] = (),
    missing: str = "",
) -> Transmission:
    """A transmission, once its draws are shares and it says what it rests on.

    Raises:
        StallpointError: an unknown link, draws that are no shares, no ground, or evidence from elsewhere without a source.
    """
    if link not in ALL_LINKS:
        raise StallpointError(f"{link!r} is no link", where="transmission", do=f"choose one of: {', '.join(ALL_LINKS)}")
    values = np.array(draws, dtype=np.float64)
    if values.ndim != 1 or not values.size or not np.all((values >= 0) & (values <= 1)):
        raise StallpointError("draws are not shares from 0 to 1", where=f"link {link}", do="give a row of shares, none missing")
    if not ground:
        raise StallpointError("nothing is said of what it rests on", where=f"link {link}", do="give a ground")
    if evidence != "measured here" and not sources:
        raise StallpointError(f"{evidence} evidence has no source", where=f"link {link}", do="give the id of its source")
    values.flags.writeable = False
    return Transmission(link, values, evidence, tag, ground, tuple(sources), missing)


def build_chain(subject: str, transmissions: Sequence[Transmission]) -> Chain:
    """A chain, once every link is there, in its place, with as many draws as the others.

    Raises:
        StallpointError: a link is absent, twice there or out of its order, or numbers of draws differ.
    """
    if tuple(each.link for each in transmissions) != LINKS:
        raise StallpointError("links are not the seven in their order", where=subject, do=f"give: {', '.join(LINKS)}")
    if len({each.draws.size for each in transmissions}) != 1:
        raise StallpointError("links differ in their number of draws", where=subject, do="draw them together")
    return Chain(subject, tuple(transmissions))
