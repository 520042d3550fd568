"""What the literature says, in sentences: the answer first, then what speaks against, link by link. Every number is held to its row."""

from __future__ import annotations

from stallpoint.explain.benefit import BENEFIT_WORDS, Signal
from stallpoint.explain.from_literature import LiteratureAnswer
from stallpoint.explain.literature_chain import say_ground
from stallpoint.explain.outcomes import Outcome
from stallpoint.explain.statement import Statement, state
from stallpoint.knowledge.evidence.base import EvidenceBase

NOT_CALIBRATED = "A hypothesis from the literature; nothing was measured here."


def answer_statements(answer: LiteratureAnswer, base: EvidenceBase) -> tuple[Statement, ...]:
    """The answer: benefit, the target, where it stalls, how much to expect."""
    names = (answer.subject, answer.treatment.name)
    said = [_say_benefit(answer), _say_target(answer), _say_stall(answer)]
    if answer.outcomes and answer.stall is not None:
        low, middle, high = answer.literature.expected
        said.append(
            state(
                "In people like those of its trials the decline that it takes away is {middle:.0%} ({low:.0%} to {high:.0%}) over the worlds "
                "that are left.",
                middle=middle,
                low=low,
                high=high,
                names=names,
            )
        )
    if base.as_of is not None:
        said.append(
            state(
                "As known on {day}; {undated} claims of the base have no date and are left out.",
                day=base.as_of.isoformat(),
                undated=len(base.undated),
                names=(base.as_of.isoformat(),),
            )
        )
    return tuple(said)


def result_statements(answer: LiteratureAnswer, base: EvidenceBase) -> tuple[Statement, ...]:
    """Results of randomised trials on one scale; what refutes first."""
    order = {claim.id: at for at, claim in enumerate(answer.claims)}
    return tuple(_say_outcome(each, base) for each in sorted(answer.outcomes, key=lambda each: order[each.claim.id]))


def signal_statements(answer: LiteratureAnswer) -> tuple[Statement, ...]:
    """Signals in groups: hypotheses, with what became of them or the chance that such a thing is real."""
    return tuple(_say_signal(signal) for signal in answer.signals)


def link_statements(answer: LiteratureAnswer) -> tuple[Statement, ...]:
    """One sentence for each link: its standing and the finding that speaks against it first."""
    said = []
    for reading, transmission in zip(answer.readings, answer.literature.chain.transmissions, strict=True):
        first = f" {reading.claims[0].text}" if reading.claims else ""
        low, high = transmission.interval
        said.append(
            state(
                "{link}: {ground}; passes {middle:.0%} ({low:.0%} to {high:.0%}).{first}",
                claims=reading.claims[:1],
                link=reading.link,
                ground=transmission.ground if reading.link == "visible" and answer.outcomes else say_ground(reading),
                middle=transmission.middle,
                low=low,
                high=high,
                first=first,
            )
        )
    return tuple(said)


def exposure_statements(answer: LiteratureAnswer) -> tuple[Statement, ...]:
    """The way to the target by computation, and whether pumps could explain a lack of effect."""
    said = []
    for each in answer.exposure:
        sentence = f"{each.headline} {each.verdict.answer}: {each.verdict.why}."
        said.append(Statement(sentence, figures=(each.verdict.why,), names=(each.drug.name, each.headline)))
        if each.drug.name and answer.pumps:
            said.append(Statement(each.barrier_sentence, figures=(each.barrier.why,)))
    return tuple(said)


def dependence_statements(answer: LiteratureAnswer, base: EvidenceBase) -> tuple[Statement, ...]:
    """What would be said otherwise without one source."""
    return tuple(
        state(
            "Without {source}: {what} would read {without} instead of {said}.",
            source=each.source,
            what=each.what,
            without=each.without,
            said=each.said,
            names=(each.source, each.what),
        )
        for each in answer.dependences
        if each.source in base.sources
    )


def _say_benefit(answer: LiteratureAnswer) -> Statement:
    benefit = answer.benefit
    where = f" in {benefit.population}" if benefit.population else ""
    return state(
        "{subject}{where}: {status}. {words}.",
        claims=benefit.claims,
        names=(answer.subject, benefit.population) if benefit.population else (answer.subject,),
        subject=answer.subject,
        where=where,
        status=benefit.status,
        words=BENEFIT_WORDS[benefit.status][0].upper() + BENEFIT_WORDS[benefit.status][1:],
    )


def _say_target(answer: LiteratureAnswer) -> Statement:
    reading = answer.reading("engaged")
    said = {
        "supported": "Its target was engaged",
        "refuted": "Its target was not engaged",
        "divided": "Whether its target was engaged is contested",
        "unknown": "Whether its target was engaged is not known",
    }[reading.standing]
    where = {True: " in people", False: " outside people"}[reading.human] if reading.standing in ("supported", "refuted") else ""
    shown = f": {reading.claims[0].text}" if reading.claims else "; nothing was measured."
    return state("{said}{where}{shown}", claims=reading.claims[:1], said=said, where=where, shown=shown)


def _say_stall(answer: LiteratureAnswer) -> Statement:
    if answer.stall is None:
        return state("Where it stalls is not asked: a trial saw harm, and a chain of shares cannot say where harm comes from.")
    return Statement(answer.stall.text, figures=(answer.stall.text.replace(answer.subject, ""),), names=(answer.subject,))


def _say_outcome(outcome: Outcome, base: EvidenceBase) -> Statement:
    trial = base.trial(outcome.claim.trial)
    name = trial.name if trial is not None else outcome.claim.trial
    low, high = outcome.interval
    return state(
        "{name}: {text} On one scale: {slowing:.0%} slower ({low:.0%} to {high:.0%}), from the {ground}.",
        claims=(outcome.claim,),
        names=(name,),
        name=name,
        text=outcome.claim.text,
        slowing=outcome.slowing,
        low=low,
        high=high,
        ground=outcome.ground,
    )


def _say_signal(signal: Signal) -> Statement:
    claim, chance = signal.claim, signal.chance
    if signal.test is not None:
        return state(
            "A signal in {group}, {status}: {text} Then: {later}",
            claims=(claim, signal.test),
            names=(claim.modifier,),
            group=claim.modifier,
            status=signal.status,
            text=claim.text,
            later=signal.test.text,
        )
    return Statement(
        f"A signal in {claim.modifier}, needs confirmation: {claim.text} {chance.text}",
        (claim.id,),
        (chance.text,),
        (claim.modifier,),
    )
