"""What the literature says, in sentences: the answer first, then what speaks against, link by link. Every number is held to its row."""

from __future__ import annotations

from stallpoint.core.parameter import Link
from stallpoint.explain.benefit import BENEFIT_HEADS, BENEFIT_WORDS, Signal
from stallpoint.explain.from_literature import LiteratureAnswer
from stallpoint.explain.literature_chain import say_ground
from stallpoint.explain.outcomes import Outcome
from stallpoint.explain.stall import Stall
from stallpoint.explain.statement import Statement, state
from stallpoint.knowledge.evidence.base import EvidenceBase

ON_THE_WAY: tuple[Link, ...] = ("taken", "absorbed", "delivered", "engaged")
BEHIND: tuple[Link, ...] = ("relevant", "timely")
EVEN = 0.5
"""Only where an effect is more likely lost than not is it asked on which side of the target."""


def answer_statements(answer: LiteratureAnswer, base: EvidenceBase) -> tuple[Statement, ...]:
    """The answer: benefit, the target, where it stalls, how much to expect."""
    names = (answer.subject, answer.treatment.name)
    said = [_say_benefit(answer), _say_target(answer), _say_stall(answer)]
    if answer.stall is not None and answer.stall.named is None and _lost_early(answer.stall) > EVEN:
        said.append(_say_side(answer.stall))
    if answer.pumps:
        said.extend(Statement(each.barrier_sentence, figures=(each.barrier.why,)) for each in answer.exposure)
    if answer.outcomes and answer.stall is not None:
        low, middle, high = answer.literature.expected
        said.append(
            state(
                "Of the decline in people like those of its trials it takes away {middle:.0%} ({low:.0%} to {high:.0%}), by what is left "
                "possible.",
                middle=middle,
                low=low,
                high=high,
                names=names,
            )
        )
    if base.own_rows:
        said.append(Statement(base.own_text, figures=(f"{base.own_rows:,}",)))
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
    """The way to the target by computation."""
    said = []
    for each in answer.exposure:
        sentence = f"{each.headline} {each.verdict.answer}: {each.verdict.why}."
        said.append(Statement(sentence, figures=(each.verdict.why,), names=(each.drug.name, each.headline)))
    return tuple(said)


def dependence_statements(answer: LiteratureAnswer, base: EvidenceBase) -> tuple[Statement, ...]:
    """What would be said otherwise without one source, and how many sources are idle: without any one of them nothing above changes."""
    deciding = {each.source for each in answer.dependences}
    idle = set(answer.works) - deciding
    told = tuple(_say_dependence(source, answer) for source in answer.works if source in deciding and source in base.sources)
    if not idle:
        return told
    said = state(
        "{n} of {all} works decide nothing alone: without any one of them every standing, status, probability and way stays as it is.",
        n=len(idle),
        all=len(answer.works),
    )
    return (*told, said)


def _say_dependence(source: str, answer: LiteratureAnswer) -> Statement:
    """All that would read otherwise without one work."""
    found = [each for each in answer.dependences if each.source == source]
    said = "; ".join(f"{each.what}: {each.without} instead of {each.said}" for each in found)
    figures = tuple(text for each in found for text in (each.without, each.said))
    return Statement(f"Without {source}, {said}.", figures=figures, names=(source, *(each.what for each in found)))


def _say_benefit(answer: LiteratureAnswer) -> Statement:
    benefit = answer.benefit
    where = f", in people with: {benefit.population}" if benefit.population else ""
    return state(
        "{subject}: {head}{where}. {words}.",
        claims=benefit.claims,
        names=[name for name in (answer.subject, answer.subject[0].upper() + answer.subject[1:], benefit.population) if name],
        subject=answer.subject[0].upper() + answer.subject[1:],
        where=where,
        head=BENEFIT_HEADS[benefit.status],
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


def _lost_early(stall: Stall) -> float:
    """Probability that a link before visible is the bottleneck."""
    return sum(stall.probability[link] for link in (*ON_THE_WAY, *BEHIND))


def _say_side(stall: Stall) -> Statement:
    """Which side of the target the loss lies on, should there be one that no larger trial would undo: a coarser question than the link."""
    share = sum(stall.probability[link] for link in BEHIND) / _lost_early(stall)
    if share >= stall.threshold:
        said = "it lies behind the target, at relevant or timely (probability {share:.2f})"
    elif 1 - share >= stall.threshold:
        said = "it lies on the way to the target or at it (probability {other:.2f})"
    else:
        said = "on which side of the target it lies cannot be told (behind it: {share:.2f})"
    return state(f"If an effect is lost before a trial could see it, {said}.", share=share, other=1 - share)


def _say_outcome(outcome: Outcome, base: EvidenceBase) -> Statement:
    trial = base.trial(outcome.claim.trial)
    name = trial.name if trial is not None else outcome.claim.trial
    low, high = outcome.interval
    return state(
        "{name}: {text} As a share of the decline or hazard taken away: {slowing:.0%} ({low:.0%} to {high:.0%}), from the {ground}.",
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
