"""Does it help? What the randomised trials of one treatment allow to be said, and what each signal in a group is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stallpoint.core.claim import Claim
from stallpoint.core.known_from import last_day
from stallpoint.explain.outcomes import Outcome, harms, is_result
from stallpoint.explain.replication import ReplicationChance, is_signal, replication_chance
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.knowledge.evidence.records import Replication
from stallpoint.knowledge.literature import load_literature_assumptions

BenefitStatus = Literal[
    "harm seen",
    "contradicted",
    "not confirmed",
    "confirmed",
    "replicated",
    "not established",
    "cannot tell yet",
    "no benefit seen",
    "not tested",
]
SignalStatus = Literal["needs confirmation", "confirmed", "not confirmed"]

BENEFIT_HEADS: dict[BenefitStatus, str] = {
    "harm seen": "harm seen",
    "contradicted": "benefit contradicted",
    "not confirmed": "benefit not confirmed",
    "confirmed": "benefit confirmed once",
    "replicated": "benefit replicated",
    "not established": "benefit not established",
    "cannot tell yet": "whether it helps cannot be told yet",
    "no benefit seen": "no benefit seen",
    "not tested": "not tested",
}
"""Each status as the head of a sentence."""

BENEFIT_WORDS: dict[BenefitStatus, str] = {
    "harm seen": "a trial saw harm",
    "contradicted": "trials that were made to show it contradict each other",
    "not confirmed": "a trial saw benefit and the trial made to confirm it did not",
    "confirmed": "a signal was confirmed by a trial made for it, and nothing later speaks against it",
    "replicated": "more than one randomised trial saw benefit, and none of the same kind of people speaks against it",
    "not established": "one randomised trial saw benefit, and none has repeated it",
    "cannot tell yet": "no trial saw benefit, and their intervals do not exclude one worth having",
    "no benefit seen": "no trial saw benefit, and what they report leaves little room for one worth having",
    "not tested": "no result of a randomised trial was found",
}
"""What each status means, in words."""


@dataclass(frozen=True)
class Benefit:
    """What may be said of benefit in people like those of the trials. `claims` are what decides it, contrary ones first."""

    status: BenefitStatus
    claims: tuple[Claim, ...]
    population: str = ""


@dataclass(frozen=True)
class Signal:
    """A benefit that was found afterwards in a group, whether a trial was made for it, and the chance that such a thing is real."""

    claim: Claim
    status: SignalStatus
    chance: ReplicationChance
    test: Claim | None = None


def judge_benefit(base: EvidenceBase, claims: Sequence[Claim], outcomes: Sequence[Outcome]) -> Benefit:
    """The status of benefit, from planned results of randomised people alone; groups found afterwards never enter."""
    results = [claim for claim in claims if is_result(claim)]
    if not results:
        return Benefit("not tested", ())
    against = [claim for claim in results if claim.direction == "refutes"]
    harm = [claim for claim in results if harms(claim)]
    if harm:
        return Benefit("harm seen", tuple(harm))
    gained = [claim for claim in results if claim.direction == "supports"]
    if not gained:
        return _without_gain(results, outcomes)
    tests = [each for each in base.replications if {each.signal, each.test} & {claim.id for claim in results}]
    confirmed = _named(base, tests, "confirmed")
    refuted = _named(base, [each for each in tests if each.signal in {claim.id for claim in gained}], "not confirmed")
    if confirmed and refuted:
        return Benefit("contradicted", (*refuted, *confirmed))
    if refuted:
        return Benefit("not confirmed", (*refuted, *gained))
    if confirmed:
        later = [claim for claim in against if _after(claim, confirmed) and claim.population in ("", confirmed[-1].population)]
        if later:
            return Benefit("contradicted", (*later, *confirmed))
        return Benefit("confirmed", tuple(confirmed), confirmed[-1].population)
    general = [claim for claim in against if not claim.population]
    if general:
        return Benefit("contradicted", (*general, *gained))
    if len({claim.trial for claim in gained}) > 1:
        return Benefit("replicated", (*against, *gained))
    return Benefit("not established", (*against, *gained), gained[0].population)


def judge_signals(base: EvidenceBase, claims: Sequence[Claim]) -> tuple[Signal, ...]:
    """Every signal in a group: what a trial made for it showed, or that it needs one."""
    least_p = load_literature_assumptions()["signal_p"]
    return tuple(_judge_signal(base, claim) for claim in claims if is_signal(claim, least_p))


def _judge_signal(base: EvidenceBase, claim: Claim) -> Signal:
    test = next((each for each in base.replications if each.signal == claim.id), None)
    chance = replication_chance(base, signal=claim.id)
    if test is None:
        return Signal(claim, "needs confirmation", chance)
    return Signal(claim, test.outcome, chance, base.claim(test.test))


def _without_gain(results: Sequence[Claim], outcomes: Sequence[Outcome]) -> Benefit:
    """No benefit was seen; whether one worth having is excluded follows from the pooled interval."""
    told = [each for each in outcomes if each.ground != "size of the trial, no number" or each.claim.direction == "refutes"]
    if not told:
        against = all(claim.direction == "refutes" for claim in results)
        return Benefit("no benefit seen" if against else "cannot tell yet", tuple(results))
    weights = [each.std_error**-2 for each in told]
    pooled = sum(weight * each.slowing for weight, each in zip(weights, told, strict=True)) / sum(weights)
    highest = pooled + 1.96 / sum(weights) ** 0.5
    worth = load_literature_assumptions()["relevant_slowing"]
    status: BenefitStatus = "cannot tell yet" if highest > worth else "no benefit seen"
    return Benefit(status, tuple(each.claim for each in outcomes))


def _named(base: EvidenceBase, tests: Sequence[Replication], outcome: str) -> list[Claim]:
    found = (base.claim(each.test) for each in tests if each.outcome == outcome)
    return [claim for claim in found if claim is not None]


def _after(claim: Claim, confirmed: Sequence[Claim]) -> bool:
    """Whether a result came after the last confirmation."""
    return bool(claim.known_from) and last_day(claim.known_from) > max(last_day(each.known_from) for each in confirmed)
