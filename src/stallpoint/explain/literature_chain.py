"""A treatment's chain from the literature alone: worlds drawn over what is not known, weighted by what trials and markers showed.

Each world has a potential slowing and a share for every link. It foretells the slowing that each trial saw (the potential times what passes
up to timely) and whether a downstream marker fell (what passes up to relevant). Worlds that foretell what was seen count more, so links
depend on each other as the results make them depend; no point values are multiplied.

Source: sampling-importance-resampling, Rubin (1988); Smith & Gelfand (1992), doi:10.1080/00031305.1992.10475856.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import norm

from stallpoint.core.claim import Claim
from stallpoint.core.link import Array, Chain, Transmission, build_chain, build_transmission
from stallpoint.core.parameter import LINKS
from stallpoint.core.source import Tag
from stallpoint.explain.draw_chain import count_effective, resample
from stallpoint.explain.link_reading import LinkReading, draw_shares
from stallpoint.explain.outcomes import Outcome
from stallpoint.explain.transmission import WOULD_TELL
from stallpoint.knowledge.chain import load_chain_assumptions
from stallpoint.knowledge.literature import load_literature_assumptions

DRAWS = 40_000
KEPT = 4_000
RELEVANT = LINKS.index("relevant") + 1
VISIBLE = LINKS.index("visible")


@dataclass(frozen=True, eq=False)
class LiteratureChain:
    """The chain, the potential slowing of each world that was kept (n,), and how many equal draws the weighted worlds were worth."""

    chain: Chain
    potential: Array
    effective: float

    @property
    def expected(self) -> tuple[float, float, float]:
        """Slowing to expect in people like those of the trials: low, middle and high of 95%."""
        slowing = self.potential * self.chain.draws[:, :VISIBLE].prod(axis=1)
        low, middle, high = np.quantile(slowing, [0.025, 0.5, 0.975])
        return float(low), float(middle), float(high)


def draw_literature_chain(
    subject: str,
    readings: Sequence[LinkReading],
    outcomes: Sequence[Outcome],
    markers: Iterable[Claim],
    *,
    rng: np.random.Generator,
) -> LiteratureChain:
    """The chain of one treatment.

    Args:
        subject: what it is the chain of.
        readings: one for each link, in their order.
        outcomes: results of randomised trials.
        markers: claims on downstream markers in randomised people.
        rng: source of randomness.
    """
    known = load_chain_assumptions()
    potential = rng.uniform(known["potential_low"], known["potential_high"], DRAWS)
    shares = np.column_stack([draw_shares(reading, DRAWS, rng=rng) for reading in readings])
    if outcomes:
        shares[:, VISIBLE] = see_chance(potential, outcomes)
    log_weight = _weigh(potential, shares, outcomes, tuple(markers))
    rows = resample(log_weight, KEPT, rng)
    transmissions = [_transmit(reading, shares[rows, at], outcomes) for at, reading in enumerate(readings)]
    return LiteratureChain(build_chain(subject, transmissions), potential[rows], count_effective(log_weight))


def see_chance(potential: Array, outcomes: Sequence[Outcome]) -> Array:
    """Chance (n,) that these trials together would have shown the potential effect, had all of it arrived (two-sided 5%)."""
    error = 1 / sqrt(sum(each.std_error**-2 for each in outcomes))
    return np.asarray(norm.cdf(potential / error - norm.isf(0.025)))


def _weigh(potential: Array, shares: Array, outcomes: Sequence[Outcome], markers: Sequence[Claim]) -> Array:
    known = load_literature_assumptions()
    slowing = potential * shares[:, :VISIBLE].prod(axis=1)
    total = np.zeros_like(potential)
    for each in outcomes:
        total -= 0.5 * (each.slowing - slowing) ** 2 / (each.std_error**2 + known["between_trials_sd"] ** 2)
    passed = shares[:, :RELEVANT].prod(axis=1)
    falls = known["marker_falls_if_not"] + (known["marker_falls_if_passed"] - known["marker_falls_if_not"]) * passed
    for claim in markers:
        total += np.log(falls if claim.direction == "supports" else 1 - falls)
    return total


def _transmit(reading: LinkReading, draws: Array, outcomes: Sequence[Outcome]) -> Transmission:
    if reading.link == "visible" and outcomes:
        ground = "what the trials could have shown together, from their intervals or sizes"
        return build_transmission(
            "visible", draws, evidence="human", tag="derived", ground=ground, sources=[each.claim.source for each in outcomes]
        )
    sources = list(dict.fromkeys(claim.source for claim in reading.claims)) or ["modelling_choice"]
    told = reading.standing != "unknown" and all(claim.tag == "seen" for claim in reading.claims)
    tag: Tag = "seen" if told and reading.claims else "assumed"
    return build_transmission(
        reading.link,
        draws,
        evidence=reading.evidence,
        tag=tag,
        ground=say_ground(reading),
        sources=sources,
        missing="" if reading.human and reading.standing in ("supported", "refuted") else WOULD_TELL[reading.link],
    )


def say_ground(reading: LinkReading) -> str:
    """What a link's standing rests on, in a few words."""
    if reading.through is not None:
        return f"the target was seen to answer in people, so it passed ({reading.through})"
    where = "in people" if reading.human else "outside people"
    said = {
        "supported": f"supported {where}",
        "refuted": f"refuted {where}",
        "divided": f"evidence {where} is divided",
        "unknown": "nothing was found that decides it" if reading.claims else "nothing was found that speaks for or against",
    }[reading.standing]
    return f"{said}; by computation" if reading.computed is not None else said
