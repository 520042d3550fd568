"""How often signals came back when somebody looked for them again: the chance that the next one is real."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import beta

from stallpoint.core.claim import Claim
from stallpoint.knowledge.evidence.base import EvidenceBase

_JEFFREYS = 0.5


@dataclass(frozen=True)
class ReplicationChance:
    """Of `tested` signals `confirmed` came back; the chance for the next, middle and 95% interval.

    Source: Jeffreys's interval, Brown, Cai & DasGupta (2001), doi:10.1214/ss/1009213286. The signals are a handful and were not sampled:
    they are those that were thought worth a trial.
    """

    confirmed: int
    tested: int
    low: float
    middle: float
    high: float

    @property
    def text(self) -> str:
        """One plain sentence."""
        if not self.tested:
            return "No signal had been looked for again, so nothing says how often one is real."
        return (
            f"Of {self.tested} signals in ALS that were looked for again {self.confirmed} came back: a chance of {self.middle:.0%} "
            f"({self.low:.0%} to {self.high:.0%})."
        )


def replication_chance(base: EvidenceBase, *, signal: str = "") -> ReplicationChance:
    """The chance that a signal comes back, from all others that were looked for again; a signal's own test says nothing of its chance."""
    outcomes = [each.outcome for each in base.replications if each.signal != signal]
    confirmed, tested = outcomes.count("confirmed"), len(outcomes)
    shape = beta(confirmed + _JEFFREYS, tested - confirmed + _JEFFREYS)
    low, middle, high = (float(each) for each in shape.ppf([0.025, 0.5, 0.975]))
    return ReplicationChance(confirmed, tested, low, middle, high)


def is_signal(claim: Claim, least_p: float) -> bool:
    """A benefit in a group of randomised people that was not the question of its trial: a hypothesis, whatever its p value."""
    found = claim.direction == "supports" and claim.design == "randomised" and claim.kind in ("modifier", "function", "survival")
    grouped = claim.role == "predictive" and claim.standing in ("post hoc", "secondary") and claim.link in (None, "timely")
    return found and grouped and bool(claim.modifier) and (claim.p is None or claim.p <= least_p)
