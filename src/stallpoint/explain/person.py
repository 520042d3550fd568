"""Every treatment with evidence in people, beside one person: what trials showed, in whom, and what is not known. Nothing is ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from stallpoint.core.claim import Claim
from stallpoint.core.profile import Profile
from stallpoint.explain.benefit import Benefit, Signal, judge_benefit, judge_signals
from stallpoint.explain.distance import DistanceAnswer, judge_distance
from stallpoint.explain.eligibility import EligibilityAnswer, judge_eligibility
from stallpoint.explain.left_out import LeftOut, find_left_out, say_exclusion
from stallpoint.explain.link_reading import read_links
from stallpoint.explain.outcomes import read_outcomes
from stallpoint.explain.person_links import PersonLink, read_person_links
from stallpoint.explain.shown_result import ShownResult, show_result
from stallpoint.explain.statement import Statement
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.knowledge.evidence.find import claims_of_treatment
from stallpoint.knowledge.evidence.records import Treatment, TrialRecord

if TYPE_CHECKING:
    from stallpoint.explain.person_chain import PersonChain

EvidenceGroup = Literal["randomised people", "people without controls", "no result on function or survival"]
"""The best kind of result on function or survival in people; it describes and ranks nothing."""

GENETIC = ("gene", "repeat", "genotype")
_RESULTS = ("function", "survival", "modifier")


@dataclass(frozen=True)
class Applicability:
    """Whether a person resembles the people of one trial, by what it asked for and by how far the person lies from them.

    The two answers stand beside each other and are never joined into a score. `left_out` says whom the same conditions turned away.
    """

    trial: TrialRecord
    eligibility: EligibilityAnswer
    distance: DistanceAnswer
    left_out: LeftOut


@dataclass(frozen=True)
class Reversal:
    """A signal or a result, the trial that looked for it again, and what came of it."""

    signal: ShownResult
    test: ShownResult
    outcome: str


@dataclass(frozen=True)
class PersonTreatment:
    """One treatment beside one person. `results` stand with what refutes first; `signals` are groups that no trial was made for.

    `chain` is None until `person_chain.add_chains` was asked for it.
    """

    treatment: Treatment
    evidence: EvidenceGroup
    benefit: Benefit
    results: tuple[ShownResult, ...]
    reversals: tuple[Reversal, ...]
    signals: tuple[Signal, ...]
    applicability: tuple[Applicability, ...]
    links: tuple[PersonLink, ...]
    chain: PersonChain | None = None


@dataclass(frozen=True)
class PersonTreatments:
    """All treatments with evidence in people by the alphabet, and the names of those that have none.

    `exclusion` says what share of people criteria of entry leave out. `as_of` is the day up to which evidence was known, None where all
    counts; `own_text` says that rows of a user's own are among it.
    """

    profile: Profile
    treatments: tuple[PersonTreatment, ...]
    untried: tuple[str, ...]
    prognosis: bool
    exclusion: Statement
    as_of: date | None = None
    own_text: str = ""


def judge_treatments(base: EvidenceBase, profile: Profile, *, prognosis: bool = False) -> PersonTreatments:
    """What may be said of each treatment beside this person. The order is that of the alphabet.

    Args:
        base: the evidence.
        profile: of the person.
        prognosis: show results on survival and course too; never unasked.
    """
    single = sorted((each for each in base.treatments if each.kind != "group"), key=lambda each: each.name.casefold())
    told, untried = [], []
    for treatment in single:
        claims = claims_of_treatment(base, treatment.name)
        trials = tuple(trial for trial in base.trials if treatment.name in trial.treatments)
        if not trials and not _results(claims):
            untried.append(treatment.name)
            continue
        told.append(_judge(base, profile, treatment, claims, trials, prognosis=prognosis))
    return PersonTreatments(profile, tuple(told), tuple(untried), prognosis, say_exclusion(base), base.as_of, base.own_text)


def _judge(
    base: EvidenceBase,
    profile: Profile,
    treatment: Treatment,
    claims: Sequence[Claim],
    trials: Sequence[TrialRecord],
    *,
    prognosis: bool,
) -> PersonTreatment:
    applicability = tuple(_apply(base, profile, trial) for trial in trials)
    conditions = [each for one in applicability for each in one.eligibility.conditions]
    genes = [each for each in conditions if each.condition.measure in GENETIC]
    results = _results(claims)
    return PersonTreatment(
        treatment=treatment,
        evidence=_group(results),
        benefit=judge_benefit(base, claims, read_outcomes(base, claims)),
        results=tuple(show_result(claim, base, prognosis=prognosis) for claim in results),
        reversals=_reversals(base, claims, prognosis=prognosis),
        signals=_open_signals(base, claims),
        applicability=applicability,
        links=read_person_links(read_links(claims, None), profile, genes),
    )


def _group(results: Sequence[Claim]) -> EvidenceGroup:
    if not results:
        return "no result on function or survival"
    return "randomised people" if any(claim.design == "randomised" for claim in results) else "people without controls"


def _results(claims: Sequence[Claim]) -> list[Claim]:
    """What people showed of function, survival and who gains; in the order of the claims, which is contrary first.

    A claim on the link relevant that is no modifier speaks of the target, not of a result.
    """
    held = [claim for claim in claims if claim.kind in _RESULTS and claim.human]
    return [claim for claim in held if claim.kind == "modifier" or claim.link != "relevant"]


def _open_signals(base: EvidenceBase, claims: Sequence[Claim]) -> tuple[Signal, ...]:
    """Signals in groups that nobody looked for again: neither a trial made for it, nor another result on the same group against it."""
    refuted = {claim.modifier for claim in claims if claim.direction == "refutes"}
    return tuple(each for each in judge_signals(base, claims) if each.test is None and each.claim.modifier not in refuted)


def _apply(base: EvidenceBase, profile: Profile, trial: TrialRecord) -> Applicability:
    conditions = [each for each in base.eligibility if each.trial == trial.id]
    arms = [each for each in base.arms if each.trial == trial.id]
    return Applicability(
        trial, judge_eligibility(conditions, profile), judge_distance(arms, profile), find_left_out(conditions, base)
    )


def _reversals(base: EvidenceBase, claims: Sequence[Claim], *, prognosis: bool) -> tuple[Reversal, ...]:
    """Signals that were looked for again; those that did not come back first."""
    ids = {claim.id for claim in claims}
    found = []
    for each in sorted(base.replications, key=lambda row: row.outcome == "confirmed"):
        signal, test = base.claim(each.signal), base.claim(each.test)
        if {each.signal, each.test} & ids and signal is not None and test is not None:
            shown = [show_result(claim, base, prognosis=prognosis) for claim in (signal, test)]
            found.append(Reversal(shown[0], shown[1], each.outcome))
    return tuple(found)
