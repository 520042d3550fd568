"""What passes a link of which nothing was measured: it passes nearly all, or it impedes, and which of both is not known."""

from __future__ import annotations

import numpy as np

from stallpoint.core.link import Array, Transmission, build_transmission
from stallpoint.core.parameter import Link
from stallpoint.knowledge.chain import load_chain_assumptions

WOULD_TELL: dict[Link, str] = {
    "taken": "doses given, missed and stopped, for each person",
    "absorbed": "drug levels in plasma, and the level that was planned",
    "delivered": "unbound drug in CSF beside plasma, and the ratio that was planned",
    "engaged": "a marker of the target itself before and on treatment, in both arms",
    "relevant": "who carries the target's gene or marker, in both arms",
    "timely": "people treated earlier, or function at entry over a wide range",
    "visible": "more people, a longer trial, or an end point with less noise",
}
"""The measurement that would tell of each link."""


def assume_transmission(link: Link, count: int, *, rng: np.random.Generator) -> Transmission:
    """A link of which nothing is known, `count` draws: a mixture of passing and impeding, openly assumed."""
    return build_transmission(
        link,
        assumed_shares(count, rng=rng),
        evidence="assumed",
        tag="assumed",
        ground="nothing was measured: it may pass nearly all or impede",
        sources=("modelling_choice",),
        missing=WOULD_TELL[link],
    )


def assumed_shares(count: int, *, rng: np.random.Generator) -> Array:
    """Shares (count,) of a link of which nothing is known."""
    known = load_chain_assumptions()
    passing = rng.beta(known["passing_first"], known["passing_second"], count)
    impeded = rng.beta(known["impeded_first"], known["impeded_second"], count)
    return np.where(rng.random(count) < known["prior_impeded"], impeded, passing)
