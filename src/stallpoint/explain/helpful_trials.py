"""Kinds of trials and measurements that would help: what each status of benefit asks for next. None is called promising."""

from __future__ import annotations

from stallpoint.explain.benefit import BenefitStatus
from stallpoint.explain.person import PersonTreatment
from stallpoint.explain.shown_result import AMOUNTS

NEXT_TRIAL: dict[BenefitStatus, str] = {
    "harm seen": "none is called for by what trials showed: one saw harm",
    "contradicted": "a randomised trial that takes both kinds of people of the trials that contradict each other",
    "not confirmed": "only with a new reason: the trial made to confirm the first did not",
    "confirmed": "a randomised trial in people of other kinds than those in whom it was confirmed",
    "replicated": "a randomised trial that asks, planned, whether people differ in what they gain",
    "not established": "a randomised trial made to confirm the one that saw benefit",
    "cannot tell yet": "a randomised trial large enough to show or exclude a benefit worth having",
    "no benefit seen": "only with a new reason: what trials report leaves little room for a benefit worth having",
    "not tested": "a first randomised trial with function as its planned question",
}


ENDED: tuple[BenefitStatus, ...] = ("harm seen", "not confirmed", "no benefit seen")
"""Where trials gave their answer, neither a group found afterwards nor people who were left out are a reason for another."""


def helpful_trials(one: PersonTreatment) -> tuple[str, ...]:
    """Kinds of trials that would tell more of this treatment, for people like this one too."""
    said = [NEXT_TRIAL[one.benefit.status]]
    if one.benefit.status in ENDED:
        return tuple(said)
    groups = dict.fromkeys(each.claim.modifier for each in one.signals if not AMOUNTS.search(each.claim.modifier))
    said += [f"a randomised trial made for the group in which a signal stands: {group}" for group in groups]
    if _outside_all(one):
        said.append("a trial that takes people like this one: every trial whose conditions can be judged left such people out")
    return tuple(said)


def unknown_conditions(one: PersonTreatment) -> tuple[str, ...]:
    """Why it cannot be told whether this person meets a condition, each reason once."""
    conditions = (each for apply in one.applicability for each in apply.eligibility.conditions)
    return tuple(dict.fromkeys(each.said for each in conditions if each.answer == "cannot tell"))


def _outside_all(one: PersonTreatment) -> bool:
    answers = [each.eligibility.answer for each in one.applicability if each.eligibility.answer != "cannot tell"]
    return bool(answers) and set(answers) == {"outside"}
