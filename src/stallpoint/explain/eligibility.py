"""Whether a person meets what a trial asked of its people, condition by condition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stallpoint.clinical.prohibited_uses import is_risk_score
from stallpoint.core.profile import Profile
from stallpoint.explain.genotype_match import Place, match_both_copies, match_gene, match_repeat
from stallpoint.explain.person_value import read_value
from stallpoint.knowledge.evidence.records import Eligibility

NOT_JUDGED = "it rests on a score that foretells the course, by which nobody is taken in or left out here"
"""What is said where a trial asked for a risk score: it does not tell who gains, so it judges no person."""


@dataclass(frozen=True)
class ConditionAnswer:
    """One condition and where the person stands: `said` is the person's value, or why none can be told."""

    condition: Eligibility
    answer: Place
    said: str


@dataclass(frozen=True)
class EligibilityAnswer:
    """All conditions of a trial that are recorded. `answer` is outside where one is not met, inside only where all are."""

    answer: Place
    conditions: tuple[ConditionAnswer, ...]


def judge_eligibility(conditions: Iterable[Eligibility], profile: Profile) -> EligibilityAnswer:
    """Where a person stands by what one trial asked for; a trial of which no condition is recorded cannot tell."""
    told = tuple(_judge(each, profile) for each in conditions)
    alternatives = dict.fromkeys(each.condition.any_of for each in told if each.condition.any_of)
    answers = [each.answer for each in told if not each.condition.any_of]
    answers += [_any([each.answer for each in told if each.condition.any_of == name]) for name in alternatives]
    return EligibilityAnswer(_all(answers), told)


def _all(answers: Sequence[Place]) -> Place:
    if "outside" in answers:
        return "outside"
    return "inside" if answers and set(answers) == {"inside"} else "cannot tell"


def _any(answers: Sequence[Place]) -> Place:
    if "inside" in answers:
        return "inside"
    return "outside" if set(answers) == {"outside"} else "cannot tell"


def _judge(condition: Eligibility, profile: Profile) -> ConditionAnswer:
    if is_risk_score(condition.measure):
        return ConditionAnswer(condition, "cannot tell", NOT_JUDGED)
    match condition.measure:
        case "words":
            return ConditionAnswer(condition, "cannot tell", "the trial said it in words that no value of a profile judges")
        case "gene":
            return ConditionAnswer(condition, *match_gene(profile, condition.value))
        case "repeat":
            return ConditionAnswer(condition, *match_repeat(profile, condition.value))
        case "genotype":
            return ConditionAnswer(condition, *match_both_copies(profile, condition.value))
        case "riluzole":
            return ConditionAnswer(condition, *_riluzole(profile, condition.value))
        case "marker":
            return ConditionAnswer(condition, *_marker(profile, condition))
        case _:
            held = read_value(profile, condition.measure)
            return ConditionAnswer(condition, _within(condition, held.value), held.said or held.why)


def _within(condition: Eligibility, value: float | None) -> Place:
    low, high = condition.low, condition.high
    if value is None or low is high is None:
        return "cannot tell"
    below = low is not None and (value < low or (value == low and condition.excluded == "low"))
    above = high is not None and (value > high or (value == high and condition.excluded == "high"))
    return "outside" if below or above else "inside"


def _riluzole(profile: Profile, asked: str) -> tuple[Place, str]:
    entries = [each for each in profile.history if each.name.casefold() == "riluzole"]
    said = {_YES_NO.get(each.value.strip().casefold(), "") for each in entries}
    if said not in ({"yes"}, {"no"}):
        return "cannot tell", "whether riluzole is taken: not told by the profile"
    taken = said.pop()
    return ("inside" if taken == asked else "outside"), f"riluzole taken: {taken}"


_YES_NO = {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}


def _marker(profile: Profile, condition: Eligibility) -> tuple[Place, str]:
    """A reading below a limit stands below a bound only where the limit does."""
    held = [each for each in profile.markers if each.marker == condition.value and each.quality == "usable"]
    held = [each for each in held if each.unit == condition.unit and each.value is not None]
    if not held:
        return "cannot tell", f"{condition.value}: not measured"
    places = {_within_censored(condition, each.value, bool(each.censored)) for each in held if each.value is not None}
    shown = ", ".join(f"{'<' if each.censored else ''}{each.value:g} {each.unit}" for each in held)
    return (places.pop() if len(places) == 1 else "cannot tell"), f"{condition.value} {shown}"


def _within_censored(condition: Eligibility, value: float, censored: bool) -> Place:
    if not censored:
        return _within(condition, value)
    if condition.low is not None:
        return "outside" if value <= condition.low else "cannot tell"
    return "inside" if condition.high is not None and value <= condition.high else "cannot tell"
