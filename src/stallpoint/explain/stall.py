"""Where it stalls: the link that the draws single out, or the links that cannot be told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stallpoint.core.link import LINK_STALLS, Chain
from stallpoint.core.parameter import LINKS, Link
from stallpoint.knowledge.chain import load_chain_assumptions

StallAnswer = Literal["stall", "no stall", "cannot be told apart"]


@dataclass(frozen=True)
class Stall:
    """Where a chain stalls.

    `probability` of each link is the share of draws in which it passes least of all, and less than the limit; `no_stall` the share in
    which no link passes less than the limit. `named` is a link only where its probability reaches what `required_probability` asks of
    it; `threshold` is what is asked of any answer. `possible` are the links that remain, the likeliest first; `none_possible` says whether
    that no link impedes remains possible too. `unfit` is the reason why no chain can speak of the subject, empty where it can.
    """

    subject: str
    probability: Mapping[Link, float]
    no_stall: float
    named: Link | None
    possible: tuple[Link, ...]
    none_possible: bool
    threshold: float
    limit: float
    unfit: str = ""

    @property
    def answer(self) -> StallAnswer:
        """A stall, none, or that it cannot be told."""
        if self.unfit:
            return "cannot be told apart"
        if self.named is not None:
            return "stall"
        return "no stall" if self.no_stall >= self.threshold else "cannot be told apart"

    @property
    def text(self) -> str:
        """One plain sentence."""
        if self.unfit:
            return f"Where the treatment stalls in {self.subject} cannot be told. {self.unfit}"
        if self.named is not None:
            why = LINK_STALLS[self.named]
            return (
                f"In {self.subject} the treatment stalls at {self.named}: {why} (probability {self.probability[self.named]:.2f})."
            )
        if self.answer == "no stall":
            return f"In {self.subject} no link takes away more than {1 - self.limit:.0%} (probability {self.no_stall:.2f})."
        return f"Where the treatment stalls in {self.subject} cannot be told: {self._say_possible()}"

    def _say_possible(self) -> str:
        """What remains, the likeliest first; that nothing impedes is one of the answers."""
        said: list[tuple[float, str]] = [(self.probability[link], link) for link in self.possible]
        said += [(self.no_stall, "that nothing impedes it")] if self.none_possible else []
        listed = ", ".join(f"{what} ({share:.2f})" for share, what in sorted(said, key=lambda each: -each[0]))
        return f"{'possible are' if len(said) > 1 else 'likeliest is'} {listed}."


def required_probability(link: Link | None) -> float:
    """Probability from which it is said that a link is the stall, or (None) that none is.

    More is asked of `relevant` in a trial: a chance difference between its carriers and others looks like it, where little of any effect is
    left. Literature is read without such a difference; there any answer is asked the same.
    """
    known = load_chain_assumptions()
    return known.get(f"stall_probability_{link}", known["stall_probability"])


def find_stall(chain: Chain, *, threshold: float | None = None) -> Stall:
    """The bottleneck over the joint draws of a chain; no point values are multiplied.

    Args:
        chain: seven transmissions, drawn together.
        threshold: probability from which any answer is given; the calibrated ones where None.
    """
    known = load_chain_assumptions()
    limit = known["stall_share"]
    draws = chain.draws
    least = draws.argmin(axis=1)
    impeded = draws.min(axis=1) < limit
    counts = np.bincount(least[impeded], minlength=len(LINKS)) / len(draws)
    probability = {link: float(share) for link, share in zip(LINKS, counts, strict=True)}
    no_stall = float(1 - impeded.mean())
    likeliest = max(LINKS, key=lambda link: probability[link])
    needed = required_probability(likeliest) if threshold is None else threshold
    possible, none_possible = _remaining(probability, no_stall, known["set_probability"])
    return Stall(
        subject=chain.subject,
        probability=probability,
        no_stall=no_stall,
        named=likeliest if probability[likeliest] >= needed else None,
        possible=possible,
        none_possible=none_possible,
        threshold=required_probability(None) if threshold is None else threshold,
        limit=limit,
    )


def _remaining(probability: Mapping[Link, float], no_stall: float, needed: float) -> tuple[tuple[Link, ...], bool]:
    """The fewest answers that together hold the needed probability."""
    answers: list[tuple[float, Link | None]] = [(share, link) for link, share in probability.items()]
    answers.append((no_stall, None))
    kept: list[Link | None] = []
    held = 0.0
    for share, link in sorted(answers, key=lambda each: -each[0]):
        if held >= needed or share == 0:
            break
        kept.append(link)
        held += share
    return tuple(link for link in kept if link is not None), None in kept
