"""Where a treatment stalls by the literature alone: benefit, links, chain, signals, ways past, and what the answer hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from stallpoint.core.claim import Claim, contrary_first
from stallpoint.core.finding import Finding
from stallpoint.core.nearest import nearest_names
from stallpoint.core.parameter import LINKS, Link
from stallpoint.explain.benefit import Benefit, Signal, judge_benefit, judge_signals
from stallpoint.explain.link_reading import LinkReading, read_links
from stallpoint.explain.literature_chain import LiteratureChain, draw_literature_chain
from stallpoint.explain.literature_exposure import follow_parts, passes_pumps
from stallpoint.explain.outcomes import Outcome, read_outcomes
from stallpoint.explain.shares import LossShare, passing_of, share_loss, summarise_loss
from stallpoint.explain.stall import Stall, find_stall, required_probability
from stallpoint.explain.ways import Way, find_ways, remaining_links
from stallpoint.exposure.answer import ExposureAnswer
from stallpoint.knowledge.evidence.base import EvidenceBase, without_source
from stallpoint.knowledge.evidence.find import UnknownFactError, claims_of_treatment, fact_names
from stallpoint.knowledge.evidence.records import Treatment, TrialRecord


@dataclass(frozen=True)
class Dependence:
    """What would be said differently without one source."""

    source: str
    what: str
    said: str
    without: str


@dataclass(frozen=True, eq=False)
class LiteratureAnswer:
    """Everything that the literature lets one say of where a treatment stalls. It is a hypothesis, whatever it says.

    `stall` is None where a trial saw harm: a chain of shares cannot say where harm comes from. `loss` are Shapley's shares. `pumps` are
    claims on efflux, for drugs that pumps carry. `exposure` follows the parts that have a drug file. `trial` is set where a trial was
    asked about.
    """

    treatment: Treatment
    trial: TrialRecord | None
    claims: tuple[Claim, ...]
    outcomes: tuple[Outcome, ...]
    benefit: Benefit
    signals: tuple[Signal, ...]
    readings: tuple[LinkReading, ...]
    literature: LiteratureChain
    stall: Stall | None
    loss: tuple[LossShare, ...]
    possible: tuple[Link, ...]
    exposure: tuple[ExposureAnswer, ...]
    pumps: tuple[Claim, ...]
    ways: tuple[Way, ...]
    dependences: tuple[Dependence, ...] = ()

    @property
    def subject(self) -> str:
        """The trial or the treatment."""
        return self.treatment.name if self.trial is None else self.trial.name

    def reading(self, link: Link) -> LinkReading:
        """What is said of one link."""
        return next(each for each in self.readings if each.link == link)

    @property
    def works(self) -> tuple[str, ...]:
        """Every work whose claims bear on the answer or on a way past."""
        claims = (*self.claims, *(claim for way in self.ways for claim in way.claims))
        return tuple(dict.fromkeys(claim.source for claim in claims))

    @property
    def finding(self) -> Finding:
        """The answer as a finding; its basis is literature, so its status is hypothesis."""
        text = "A trial saw harm; where that comes from a chain of shares cannot say." if self.stall is None else self.stall.text
        decisive = self.stall is not None and self.stall.named is not None
        return Finding(
            f"Where does {self.subject} stall?", text, "literature", prespecified=False, controlled=False, decisive=decisive
        )


def explain_literature(base: EvidenceBase, name: str, *, seed: int) -> LiteratureAnswer:
    """The answer for a drug, a combination, a group of drugs, or one trial.

    Args:
        base: the evidence; `known_on` makes one as of a day.
        name: of a treatment or a trial, or another name of it.
        seed: of every draw.

    Raises:
        UnknownFactError: no treatment and no trial of this name; names the nearest.
    """
    treatment, trial = find_subject(base, name)
    exposure = follow_parts(base, treatment, seed=seed)
    answer = _answer(base, treatment, trial, exposure, seed=seed)
    return replace(answer, dependences=_depend(base, answer, seed=seed))


def _answer(
    base: EvidenceBase, treatment: Treatment, trial: TrialRecord | None, exposure: tuple[ExposureAnswer, ...], *, seed: int
) -> LiteratureAnswer:
    """Everything but what it hangs on."""
    claims = claims_of_treatment(base, treatment.name)
    outcomes, benefit, signals, readings = _judge(base, claims, trial, exposure)
    markers = [claim for claim in claims if _is_randomised_marker(claim) and (trial is None or claim.trial == trial.id)]
    subject = treatment.name if trial is None else trial.name
    literature = draw_literature_chain(subject, readings, outcomes, markers, rng=np.random.default_rng(seed))
    stall = None if benefit.status == "harm seen" else find_stall(literature.chain, threshold=required_probability(None))
    possible = remaining_links(stall.possible if stall else [reading.link for reading in readings], readings)
    delivery = [gain for each in exposure for gain in each.delivery]
    return LiteratureAnswer(
        treatment=treatment,
        trial=trial,
        claims=claims,
        outcomes=outcomes,
        benefit=benefit,
        signals=signals,
        readings=readings,
        literature=literature,
        stall=stall,
        loss=summarise_loss(share_loss(passing_of(literature.chain))),
        possible=possible,
        exposure=exposure,
        pumps=_pump_claims(base, exposure),
        ways=find_ways(base, treatment.name, claims, possible, delivery),
    )


def draw_treatment(
    base: EvidenceBase, treatment: Treatment, *, seed: int
) -> tuple[Benefit, tuple[LinkReading, ...], LiteratureChain]:
    """Benefit, links and worlds of one treatment, as `explain_literature` has them, and nothing of what it says further."""
    claims = claims_of_treatment(base, treatment.name)
    outcomes, benefit, _, readings = _judge(base, claims, None, follow_parts(base, treatment, seed=seed))
    markers = [claim for claim in claims if _is_randomised_marker(claim)]
    return benefit, readings, draw_literature_chain(treatment.name, readings, outcomes, markers, rng=np.random.default_rng(seed))


def find_subject(base: EvidenceBase, name: str) -> tuple[Treatment, TrialRecord | None]:
    """The treatment that is meant, and the trial where a trial is.

    Raises:
        UnknownFactError: neither; names the nearest treatment.
    """
    trials = {said.casefold(): found for said, found in fact_names(base, "trial").items()}
    drugs = {said.casefold(): found for said, found in fact_names(base, "drug").items()}
    if name.casefold() not in drugs and name.casefold() in trials:
        trial = next(each for each in base.trials if each.name == trials[name.casefold()])
        return _named(base, trial.treatments[0]), trial
    if name.casefold() not in drugs:
        near = nearest_names(name, [*fact_names(base, "drug"), *fact_names(base, "trial")])
        raise UnknownFactError(
            f"no treatment or trial called {name!r}",
            do=f"did you mean {' or '.join(near)}?" if near else "list the names: stallpoint facts drug",
        )
    return _named(base, drugs[name.casefold()]), None


def _named(base: EvidenceBase, name: str) -> Treatment:
    return next(each for each in base.treatments if each.name == name)


def _judge(
    base: EvidenceBase, claims: Sequence[Claim], trial: TrialRecord | None, exposure: Sequence[ExposureAnswer]
) -> tuple[tuple[Outcome, ...], Benefit, tuple[Signal, ...], tuple[LinkReading, ...]]:
    within = [claim for claim in claims if trial is None or claim.trial == trial.id]
    outcomes = read_outcomes(base, within)
    verdict = exposure[0].verdict if len(exposure) == 1 else None
    return outcomes, judge_benefit(base, within, outcomes), judge_signals(base, within), read_links(claims, verdict)


def _is_randomised_marker(claim: Claim) -> bool:
    return claim.kind == "marker" and claim.role == "downstream" and claim.design == "randomised" and claim.standing != "post hoc"


def _pump_claims(base: EvidenceBase, exposure: Sequence[ExposureAnswer]) -> tuple[Claim, ...]:
    if not any(passes_pumps(answer.drug) for answer in exposure):
        return ()
    return contrary_first(claim for claim in base.claims if claim.mechanism == "efflux")


def _depend(base: EvidenceBase, answer: LiteratureAnswer, *, seed: int) -> tuple[Dependence, ...]:
    """What the answer hangs on: all of it is judged and drawn anew without each work, with the same seed."""
    found = []
    for source in answer.works:
        less = _answer(without_source(base, source), answer.treatment, answer.trial, answer.exposure, seed=seed)
        found += [Dependence(source, what, said, without) for what, said, without in _differences(answer, less)]
    return tuple(found)


def _differences(whole: LiteratureAnswer, less: LiteratureAnswer) -> list[tuple[str, str, str]]:
    """What is stated, as it is and as it would read; of the probabilities of a stall the one that moves most."""
    told, other = _stated(whole), _stated(less)
    found = [
        (what, told.get(what, _NOT_TOLD), other.get(what, _NOT_TOLD))
        for what in dict.fromkeys([*told, *other])
        if told.get(what, _NOT_TOLD) != other.get(what, _NOT_TOLD)
    ]
    if whole.stall is None or less.stall is None:
        return found
    before, after = whole.stall.probability, less.stall.probability
    moved = max(LINKS, key=lambda link: abs(before[link] - after[link]))
    said, without = f"{before[moved]:.2f}", f"{after[moved]:.2f}"
    return [*found, *([(f"the probability that it stalls at {moved}", said, without)] if said != without else [])]


def _stated(answer: LiteratureAnswer) -> dict[str, str]:
    """Every standing and status, where it stalls, what to expect, and the ways past with their evidence."""
    links = {f"link {reading.link}": reading.standing for reading in answer.readings}
    groups = {f"signal in {signal.claim.modifier}": signal.status for signal in answer.signals}
    ways = {f"way past: {way.kind.label}": way.ground for way in answer.ways}
    expected = {"what it takes away of the decline": f"{answer.literature.expected[1]:.0%}"} if answer.outcomes else {}
    return {"benefit": answer.benefit.status, **links, **groups, "where it stalls": _say_where(answer.stall), **expected, **ways}


def _say_where(stall: Stall | None) -> str:
    if stall is None:
        return "not asked"
    if stall.answer != "cannot be told apart":
        return stall.named or "nowhere"
    nowhere = ["nowhere"] if stall.none_possible else []
    return f"one of {', '.join([*(link for link in LINKS if link in stall.possible), *nowhere])}"


_NOT_TOLD = "not told"
