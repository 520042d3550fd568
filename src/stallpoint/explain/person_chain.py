"""The chain of a treatment beside one person: what people at large showed, changed only where something sourced is known of this person.

Worlds are those of the literature's chain, so its links stay drawn together. Three links can change: absorbed, by covariates of which it
was measured what they do to the level, and by how far people differ; relevant, where the target is a gene and this person was tested (who
was not is never taken for one who does not carry it); timely, by the person's ALSFRS-R beside that of the people studied. Everything else
is not known of one person and stays that of people at large. Whether a trial can see an effect is no question of a person.

Nobody is called a responder: a probability is of a link in worlds, and that nothing impedes is never said of a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt
from typing import Literal

import numpy as np

from stallpoint.core.drug import CovariateRatio, Drug
from stallpoint.core.link import Array, Chain, build_chain, build_transmission
from stallpoint.core.parameter import LINKS, Link
from stallpoint.core.profile import Profile
from stallpoint.explain.from_literature import draw_treatment
from stallpoint.explain.genotype_match import match_gene, match_repeat
from stallpoint.explain.link_reading import LinkReading
from stallpoint.explain.literature_exposure import as_known, was_published
from stallpoint.explain.person import PersonTreatments
from stallpoint.explain.person_links import PERSONAL
from stallpoint.explain.person_value import read_value
from stallpoint.explain.stall import find_stall, required_probability
from stallpoint.explain.statement import Figure, build_figure
from stallpoint.exposure.person import LEVELS, Person, matching_ratios
from stallpoint.knowledge.chain import load_chain_assumptions
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.knowledge.evidence.records import ArmRecord, Treatment
from stallpoint.knowledge.population import load_population_shares

Basis = Literal["this person", "people at large", "not known"]
PersonAnswer = Literal["stall", "cannot be told for one person"]
MOST_POINTS = 48.0
LOST: dict[Link, str] = {
    "taken": "it is not kept up",
    "absorbed": "too little of it is in the blood",
    "delivered": "too little of it reaches brain and spinal cord",
    "engaged": "its target is not hit",
    "relevant": "its target does not drive the disease, or is not there",
    "timely": "much of what it protects is lost before it begins",
}
"""What a stall at each link would mean beside a person."""

_ALIKE = "what a loss of function costs is assumed to run alike in both"
_CLEARANCES = ("apparent_clearance", "clearance")
_YES_NO = {"yes": "true", "no": "false"}


@dataclass(frozen=True)
class LinkChance:
    """How likely a link is the bottleneck, and what that rests on. `probability` is None where it rests on nothing: cannot be told.

    Every number of `said` is one of `figures`, or stands in `quoted`: words of a row or of the profile that `said` holds as they are.
    """

    link: Link
    basis: Basis
    probability: float | None
    said: str
    sources: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    quoted: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonChain:
    """`answer` names a link only where the draws single it out and it rests on something; else `why` says why it cannot be told."""

    treatment: str
    answer: PersonAnswer
    named: Link | None
    links: tuple[LinkChance, ...]
    why: str = ""

    @property
    def text(self) -> str:
        """One plain sentence or two."""
        if self.named is None:
            return f"Where it would stall cannot be told for one person: {self.why}."
        chance = next(each for each in self.links if each.link == self.named)
        held = "by what is known of this person" if chance.basis == "this person" else "by what people at large showed"
        return (
            f"Likeliest to stall at {self.named}, {held}: {LOST[self.named]} (probability {chance.probability:.2f}). "
            "It is no statement on what it would do in this person."
        )


@dataclass(frozen=True, eq=False)
class _Changed:
    """The share of one link (n,) as it is for this person, on what that rests, and in words; `figures` and `quoted` as in `LinkChance`."""

    share: Array
    basis: Basis
    said: str
    sources: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    quoted: tuple[str, ...] = ()


def add_chains(base: EvidenceBase, told: PersonTreatments, *, seed: int) -> PersonTreatments:
    """The same treatments, each with its chain beside this person."""
    drugs = {drug.name: as_known(drug, base) for drug in load_drugs()}
    treatments = tuple(
        replace(each, chain=judge_person(base, told.profile, each.treatment, drugs=drugs, seed=seed)) for each in told.treatments
    )
    return replace(told, treatments=treatments)


def judge_person(
    base: EvidenceBase, profile: Profile, treatment: Treatment, *, drugs: Mapping[str, Drug], seed: int
) -> PersonChain:
    """The chain of one treatment beside one person.

    Args:
        base: the evidence.
        profile: of the person.
        treatment: one that was tried in people.
        drugs: drug files by name; a treatment of several parts, or without a file, leaves `absorbed` as it is.
        seed: of every draw.
    """
    benefit, readings, literature = draw_treatment(base, treatment, seed=seed)
    if benefit.status == "harm seen":
        return _abstain(treatment, "a trial saw harm, and a chain of shares cannot say where harm comes from")
    rng = np.random.default_rng(seed)
    draws = literature.chain.draws.copy()
    changed: dict[Link, _Changed | None] = {
        "absorbed": _absorbed(drugs.get(treatment.name), profile, draws[:, LINKS.index("absorbed")], rng),
        "relevant": _relevant(base, treatment, profile, draws[:, LINKS.index("relevant")]),
        "timely": _timely(base, treatment, profile, draws[:, LINKS.index("timely")]),
    }
    for link, change in changed.items():
        if change is not None:
            draws[:, LINKS.index(link)] = change.share
    draws[:, LINKS.index("visible")] = 1.0
    stall = find_stall(_chain(treatment.name, draws), threshold=required_probability(None))
    links = tuple(_say(reading, changed.get(reading.link), stall.probability) for reading in readings if reading.link in PERSONAL)
    if all(each.basis == "not known" for each in links):
        return _abstain(treatment, "nothing is known of its links, neither in people at large nor in this person", links)
    named = next((each for each in links if each.link == stall.named and each.probability is not None), None)
    target = next((each for each in links if each.link == "relevant"), None)
    if target is not None and target.basis == "not known" and target.sources:
        return _abstain(
            treatment, "whether its target is there is not known of this person; what stands below holds if it is", links
        )
    if named is None:
        unknown = [each.link for each in links if each.probability is None]
        more = f", and of {', '.join(unknown)} too little is known" if unknown else ""
        return _abstain(treatment, f"no link is singled out{more}", links)
    return PersonChain(treatment.name, "stall", named.link, links)


def _abstain(treatment: Treatment, why: str, links: Sequence[LinkChance] = ()) -> PersonChain:
    return PersonChain(treatment.name, "cannot be told for one person", None, tuple(links), why)


def _say(reading: LinkReading, change: _Changed | None, probability: Mapping[Link, float]) -> LinkChance:
    if change is not None:
        told = change.basis != "not known"
        said = change.said if told else f"cannot be told for one person; {change.said}"
        chance = probability[reading.link] if told else None
        return LinkChance(reading.link, change.basis, chance, said, change.sources, change.figures, change.quoted)
    if reading.human and reading.standing in ("supported", "refuted"):
        sources = tuple(dict.fromkeys(claim.source for claim in reading.claims))
        said = f"not known of this person; {reading.standing} in people at large"
        return LinkChance(reading.link, "people at large", probability[reading.link], said, sources)
    return LinkChance(reading.link, "not known", None, "cannot be told for one person")


def _absorbed(drug: Drug | None, profile: Profile, share: Array, rng: np.random.Generator) -> _Changed | None:
    """The level of this person beside the typical one, as far as covariates and the spread between people tell it.

    The share is (level / typical level)^steepness, as in `passage`; the steepness is that of chain.tsv, log-uniform.
    """
    if drug is None:
        return None
    person = _read_person(profile)
    ratios = [ratio for name in _CLEARANCES for ratio in matching_ratios(drug, person, name)]
    if not ratios:
        return None
    known = load_chain_assumptions()
    differing = next((each for each in drug.parameters if each.name in _CLEARANCES and each.between_cv), None)
    spread = 0.0 if differing is None else differing.between_cv or 0.0
    sd = sqrt(log(1 + spread**2))
    level = np.exp(rng.normal(0, sd, share.size)) / np.prod([ratio.ratio for ratio in ratios])
    steepness = np.exp(rng.uniform(log(known["steepness_low"]), log(known["steepness_high"]), share.size))
    figures = [build_figure(_call(ratio), 1 / ratio.ratio, ".2f", sources=(ratio.source,)) for ratio in ratios]
    factors = ", ".join(f"{each.what}: level times {each.written}" for each in figures)
    about = "; how far people differ beyond that is not held"
    if differing is not None:
        figures.append(build_figure("difference between people", spread, ".0%", sources=(differing.source,)))
        about = f"; people differ by {figures[-1].written} beyond that"
    notes = tuple(ratio.note for ratio in ratios if ratio.note)
    noted = "".join(f"; {note}" for note in notes)
    said = f"no level was measured; {factors} ({', '.join(dict.fromkeys(ratio.tag for ratio in ratios))}){about}{noted}"
    sources = tuple(dict.fromkeys(ratio.source for ratio in ratios))
    return _Changed(np.minimum(share * level**steepness, 1.0), "this person", said, sources, tuple(figures), notes)


def _call(ratio: CovariateRatio) -> str:
    return f"{ratio.column.replace('_', ' ')} {ratio.level}"


def _read_person(profile: Profile) -> Person:
    """Covariates of the history that are one of their words and said but one way; anything else is not known."""
    held: dict[str, str] = {}
    for column, words in LEVELS.items():
        said = {each.value.strip() for each in profile.history if each.name.casefold().replace(" ", "_") == column}
        values = {_YES_NO.get(value.casefold(), value.casefold() if value.casefold() in words else value) for value in said}
        if len(values) == 1 and values <= set(words):
            held[column] = values.pop()
    return Person(**held)


def _relevant(base: EvidenceBase, treatment: Treatment, profile: Profile, share: Array) -> _Changed | None:
    """Where every trial of the treatment took carriers of one gene alone, that gene is its target; else no genotype tells.

    Who was not tested may carry it or not: nothing is drawn for them, and the link cannot be told.
    """
    target = find_target(base, treatment)
    if target is None:
        return None
    measure, gene, sources = target
    answer, said = match_repeat(profile, gene) if measure == "repeat" else match_gene(profile, gene)
    if answer == "inside":
        return _Changed(share, "this person", f"{said}, as in the people studied", sources, quoted=(said,))
    if answer == "outside":
        return _Changed(np.zeros_like(share), "this person", f"{said}, so its target is not there", sources, quoted=(said,))
    shares = [each for each in load_population_shares() if (each.measure, each.level) == ("carriers", gene)]
    shares = [each for each in shares if was_published(each.source, base)]
    if not shares:
        return _Changed(share, "not known", said, sources, quoted=(said,))
    ends = dict.fromkeys((min(shares, key=lambda each: each.share), max(shares, key=lambda each: each.share)))
    figures = tuple(build_figure(f"carriers of {gene}, {each.place}", each.share, ".1%", sources=(each.source,)) for each in ends)
    span = " to ".join(each.written for each in figures)
    registers = tuple(dict.fromkeys(each.source for each in shares))
    whole = f"{said}; by registers {span} of people with ALS carry it"
    return _Changed(share, "not known", whole, (*sources, *registers), figures, quoted=(said,))


def find_target(base: EvidenceBase, treatment: Treatment) -> tuple[str, str, tuple[str, ...]] | None:
    """Gene or repeat that all trials of a treatment asked for, and the sources; None where any trial took people without asking."""
    trials = {each.id for each in base.trials if treatment.name in each.treatments}
    asked = [each for each in base.eligibility if each.trial in trials and each.measure in ("gene", "repeat")]
    if not asked or {each.trial for each in asked} != trials or len({(each.measure, each.value) for each in asked}) > 1:
        return None
    return asked[0].measure, asked[0].value, tuple(dict.fromkeys(each.source for each in asked))


def _timely(base: EvidenceBase, treatment: Treatment, profile: Profile, share: Array) -> _Changed | None:
    """Function left beside that of the people studied: both pass function left to one power, the one that their share implies."""
    score = read_value(profile, "alsfrs_r").value
    arms = [(arm.n, arm.alsfrs_r_mean, arm) for arm in _arms(base, treatment)]
    held = [(n, mean, arm) for n, mean, arm in arms if n is not None and mean is not None]
    if score is None or not held or score <= 0:
        return None
    mean = sum(n * each for n, each, _ in held) / sum(n for n, _, _ in held)
    if mean >= MOST_POINTS:
        return None
    power = log(score / MOST_POINTS) / log(mean / MOST_POINTS)
    sources = tuple(dict.fromkeys(arm.source for _, _, arm in held))
    own = build_figure("ALSFRS-R of this person", score, "g")
    studied = build_figure("ALSFRS-R of the people studied, mean over arms", mean, ".1f", sources=sources)
    said = f"ALSFRS-R {own.written}, of the people studied {studied.written} on average; {_ALIKE}"
    return _Changed(share**power, "this person", said, sources, (own, studied))


def _arms(base: EvidenceBase, treatment: Treatment) -> list[ArmRecord]:
    trials = {each.id for each in base.trials if treatment.name in each.treatments}
    return [arm for arm in base.arms if arm.trial in trials and arm.subset is None]


def _chain(name: str, draws: Array) -> Chain:
    made = [
        build_transmission(
            link,
            draws[:, at],
            evidence="assumed",
            tag="assumed",
            ground="beside one person",
            sources=("modelling_choice",),
            missing="that link measured in this person",
        )
        for at, link in enumerate(LINKS)
    ]
    return build_chain(name, made)
