"""A person's treatments in sentences. Every number is that of the profile, of a row of evidence, or computed from both."""

from __future__ import annotations

from stallpoint.core.numbers import format_number
from stallpoint.core.wording import counted
from stallpoint.explain.benefit import BENEFIT_HEADS, BENEFIT_WORDS
from stallpoint.explain.distance import Distance, DistanceAnswer
from stallpoint.explain.eligibility import ConditionAnswer, EligibilityAnswer
from stallpoint.explain.helpful_trials import helpful_trials, unknown_conditions
from stallpoint.explain.left_out import say_left_out
from stallpoint.explain.person import Applicability, PersonTreatment, PersonTreatments, Reversal
from stallpoint.explain.person_chain import LinkChance
from stallpoint.explain.person_value import MEASURE_WORDS
from stallpoint.explain.shown_result import ShownResult
from stallpoint.explain.statement import Statement, state

SECTIONS: dict[str, str] = {
    "results": "What people showed, what speaks against first",
    "reversals": "What came of signals that were looked for again",
    "applicability": "Does this person resemble the people studied?",
    "links": "The links for this person",
    "chain": "Where it would stall, as far as that can be told for one person",
    "unknown": "What is not known",
    "trials": "Trials of a kind that would help",
}
"""Parts of one treatment, in their order, and what each is called."""

PERSON_LIMITS = (
    "No trial shows what a treatment does to one person, so whether any of these will help this person cannot be told.",
    "Treatments stand by the alphabet: the order says nothing of merit, and none is recommended.",
    "Conditions are those that are recorded here; trials set more of them, so inside means inside of what is recorded.",
    "A person unlike the people studied may gain as much, less or nothing: that is not known, and it is no verdict on the person.",
    "Being like the people of a trial says whom its result speaks of; it does not say that the treatment helps.",
    "Probabilities of links come from worlds drawn on stated assumptions: they say where evidence points, and nothing of one person.",
    "Amounts given are left out. Results on survival and course are left out unless --prognosis asks for them.",
)
"""What no such page can know, said on each."""

_DISTANCE_WORDS = {"inside": "near", "outside": "far", "cannot tell": "cannot tell"}


def opening_statements(told: PersonTreatments) -> tuple[Statement, ...]:
    """What the page is, before any treatment."""
    withheld = sum(each.shown == "withheld" for one in told.treatments for each in one.results)
    said = [
        state(
            "{count} treatments were tried in people with ALS, as recorded here; they stand by the alphabet, in no order of merit.",
            count=len(told.treatments),
        ),
        Statement(
            "Whether any of them will help this person cannot be told: no trial shows what a treatment does to one person."
        ),
    ]
    said.append(told.exclusion)
    if told.as_of is not None:
        said.append(_plain(f"Treatments stand as they were known on {told.as_of}.", figures=(str(told.as_of),)))
    if told.own_text:
        said.append(_plain(told.own_text, figures=(told.own_text,)))
    if withheld:
        said.append(state("{n} results on survival and course are not shown unasked; --prognosis shows them.", n=withheld))
    if told.untried:
        names = ", ".join(told.untried)
        said.append(Statement(f"No result in people with ALS is held of: {names}.", names=told.untried))
    return tuple(said)


def treatment_statements(one: PersonTreatment) -> dict[str, tuple[Statement, ...]]:
    """Every part of one treatment by the keys of `SECTIONS`, and its `head`."""
    return {
        "head": (_head(one),),
        "results": tuple(_say_result(each) for each in one.results) or (Statement("No result is held."),),
        "reversals": tuple(_say_reversal(each) for each in one.reversals),
        "applicability": tuple(each for apply in one.applicability for each in _say_applicability(apply))
        or (Statement("Cannot tell: no trial of it with people of its own is recorded here."),),
        "links": tuple(Statement(f"{each.link}: {each.people}; of this person, {each.person}.") for each in one.links),
        "chain": _say_chain(one),
        "unknown": _say_unknown(one),
        "trials": tuple(_plain(f"{each[0].upper()}{each[1:]}.", names=_groups(one)) for each in helpful_trials(one)),
    }


def _head(one: PersonTreatment) -> Statement:
    status, population = one.benefit.status, one.benefit.population
    where = f", in people with: {population}" if population else ""
    words = BENEFIT_WORDS[status]
    text = f"{one.treatment.name} [{one.evidence}]: {BENEFIT_HEADS[status]}{where}. {words[0].upper()}{words[1:]}."
    return Statement(
        text, tuple(each.id for each in one.benefit.claims), names=tuple(filter(None, (one.treatment.name, population)))
    )


def _say_result(result: ShownResult) -> Statement:
    figures = (*(f"{each:,g}" for each in result.claim.numbers), result.claim.measure) if result.shown == "numbers alone" else ()
    return Statement(
        result.text, (result.claim.id,), figures, tuple(each for each in (result.trial, result.claim.modifier) if each)
    )


def _say_reversal(reversal: Reversal) -> Statement:
    signal, test = _say_result(reversal.signal), _say_result(reversal.test)
    return Statement(
        f"{reversal.outcome[0].upper()}{reversal.outcome[1:]}. First, {signal.text} Then, {test.text}",
        (*signal.claims, *test.claims),
        (*signal.figures, *test.figures),
        (*signal.names, *test.names),
    )


def _say_applicability(apply: Applicability) -> tuple[Statement, ...]:
    """By what it asked for and whom that left out, then by distance."""
    name, conditions = apply.trial.name, apply.eligibility.conditions
    beside = (say_left_out(name, apply.left_out),) if conditions else ()
    return _say_eligibility(name, apply.eligibility), *beside, _say_distance(name, apply.distance)


def _say_eligibility(trial: str, told: EligibilityAnswer) -> Statement:
    """How many conditions are recorded is said beside the answer: inside of one is not inside of ten."""
    if not told.conditions:
        return Statement(f"{trial}, by what it asked for: cannot tell. No condition of it is recorded here.", names=(trial,))
    count = counted(len(told.conditions), "recorded condition")
    parts = [_say_condition(each) for each in told.conditions]
    figures = (count, *(f"{each.condition.said} {each.said}" for each in told.conditions))
    text = f"{trial}, by what it asked for ({count}): {told.answer}. {'; '.join(parts)}."
    return Statement(text, figures=figures, names=(trial,))


def _say_condition(told: ConditionAnswer) -> str:
    either = "either, " if told.condition.any_of else ""
    return f"{either}{told.condition.said} ({told.condition.tag}): {told.answer}, {told.said}"


def _say_distance(trial: str, told: DistanceAnswer) -> Statement:
    held = [each for each in told.distances if each.deviations is not None]
    lacking = [each for each in told.distances if each.deviations is None]
    if not any(each.people for each in told.distances):
        return Statement(f"{trial}, by distance: cannot tell. No mean and spread of its people is held here.", names=(trial,))
    parts = [_say_measure(each) for each in held]
    not_printed = [MEASURE_WORDS[each.measure] for each in lacking if not each.people]
    parts += [each.why for each in lacking if each.people]
    parts += [f"not held of its people: {', '.join(not_printed)}"] if not_printed else []
    near = f", near meaning within {told.near:g} SD (assumed)" if held else ""
    answer = _DISTANCE_WORDS[told.answer]
    text = f"{trial}, by distance{near}: {answer}, compared in {len(held)} of {len(told.distances)} measures. {'; '.join(parts)}."
    figures = (f"{told.near:g}", f"{len(held)} {len(told.distances)}", *(number for each in held for number in _numbers_of(each)))
    return Statement(text, figures=figures, names=(trial,))


def _say_measure(distance: Distance) -> str:
    person, mean, sd, people, apart = _numbers_of(distance)
    return f"{MEASURE_WORDS[distance.measure]} {person} against a mean of {mean} (SD {sd}, {people} people): {apart} SD apart"


def _numbers_of(distance: Distance) -> tuple[str, str, str, str, str]:
    """The person's value as the profile says it, mean, standard deviation, people and distance, as they are written."""
    mean, sd, apart = (format_number(each, 1) for each in (distance.mean or 0.0, distance.sd or 0.0, distance.deviations or 0.0))
    return distance.person.said, mean, sd, f"{distance.people:,}", apart


def _say_chain(one: PersonTreatment) -> tuple[Statement, ...]:
    """The answer, then each link with its probability, or that it cannot be told; what rests on this person is said to."""
    if one.chain is None:
        return ()
    said = [_plain(one.chain.text, figures=tuple(_write(each) for each in one.chain.links if each.link == one.chain.named))]
    for each in one.chain.links:
        chance = "" if each.probability is None else f"probability {_write(each)} that it stalls there, by {each.basis}: "
        figures = (_write(each), *(figure.written for figure in each.figures))
        said.append(_plain(f"{each.link}: {chance}{each.said}.", figures=figures, names=each.quoted))
    return tuple(said)


def _write(chance: LinkChance) -> str:
    return "" if chance.probability is None else f"{chance.probability:.2f}"


def _say_unknown(one: PersonTreatment) -> tuple[Statement, ...]:
    said = [Statement("What it would do to this person.")]
    links = [each.link for each in one.links if not each.known]
    if links:
        said.append(Statement(f"For this person: {', '.join(links)}."))
    said += [_plain(f"Whether a condition is met: {each}.", figures=(each,)) for each in unknown_conditions(one)]
    unread = [each.trial.name for each in one.applicability if not each.eligibility.conditions]
    if unread:
        said.append(Statement(f"Whom these trials took: {', '.join(unread)}.", names=tuple(unread)))
    return tuple(said)


def _groups(one: PersonTreatment) -> tuple[str, ...]:
    return tuple(each.claim.modifier for each in one.signals)


def _plain(text: str, *, figures: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Statement:
    return Statement(text, figures=figures, names=names)
