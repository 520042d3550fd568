"""Claims that stand elsewhere: the findings of drug files, and what is known of pumps at the barriers."""

from __future__ import annotations

from collections.abc import Collection

from stallpoint.core.claim import Claim, ClaimKind, Design
from stallpoint.core.drug import Drug, Evidence
from stallpoint.core.parameter import Link
from stallpoint.core.source import EvidenceClass, Source
from stallpoint.knowledge.barrier import BarrierFinding

_KINDS: dict[Link, ClaimKind] = {
    "taken": "exposure",
    "absorbed": "exposure",
    "delivered": "exposure",
    "engaged": "engagement",
    "relevant": "function",
    "timely": "modifier",
    "visible": "mechanism",
}


def claims_of_drug(
    drug: Drug, sources: dict[str, Source], *, told: Collection[tuple[str, str, Link | None]], trials: Collection[str]
) -> list[Claim]:
    """The findings of a drug file as claims.

    A finding is left out where the base tells it already: `told` are (source, drug, link) of such claims, and whatever the base tells of a
    source stands for what the file says of relevant, timely or visible. `trials` are the sources that report a randomised trial.
    """
    found = [(number, each) for number, each in enumerate(drug.evidence, start=1) if not _is_told(drug.name, each, told)]
    return [_from_drug(drug, number, each, sources, randomised=each.source in trials) for number, each in found]


def _is_told(drug: str, finding: Evidence, told: Collection[tuple[str, str, Link | None]]) -> bool:
    late = finding.link in ("relevant", "timely", "visible")
    return any((source, name) == (finding.source, drug) and (link == finding.link or late) for source, name, link in told)


def claims_of_barrier(findings: tuple[BarrierFinding, ...], sources: dict[str, Source]) -> list[Claim]:
    """Findings on the barriers as claims; each says of what tissue it is. They speak of whether drug gets in at all."""
    return [
        Claim(
            id=f"barrier_{number}",
            kind="mechanism",
            direction=each.direction,
            text=f"{each.tissue[:1].upper()}{each.tissue[1:]}: {each.claim}" if each.tissue else each.claim,
            design="post-mortem" if each.stage == "after death" else _design(each.evidence, randomised=False),
            tag=each.tag,
            source=each.source,
            link="delivered",
            treatments=(each.drug,) if each.drug else (),
            mechanism=each.topic,
            modifier=_modifier(each),
            role="exposure" if _modifier(each) else None,
            population=each.genotype,
            known_from=_year(sources, each.source),
        )
        for number, each in enumerate(findings, start=1)
    ]


def _from_drug(drug: Drug, number: int, finding: Evidence, sources: dict[str, Source], *, randomised: bool) -> Claim:
    design = _design(finding.evidence, randomised=randomised)
    outcome = finding.link in ("relevant", "timely", "visible") and design == "randomised"
    # a target that answers in blood shows that the drug is in blood; of the neuron it says nothing
    peripheral = finding.link == "engaged" and finding.site == "periphery" and finding.direction == "supports"
    return Claim(
        id=f"{drug.name.lower().replace(' ', '-')}_file_{number}",
        kind=_KINDS[finding.link],
        direction=finding.direction,
        text=finding.claim,
        design=design,
        tag=finding.tag,
        source=finding.source,
        link=None if outcome else "absorbed" if peripheral else finding.link,
        treatments=(drug.name,),
        standing="secondary" if outcome else None,
        known_from=_year(sources, finding.source),
    )


def _design(evidence: EvidenceClass, *, randomised: bool) -> Design:
    if evidence in ("human", "measured here"):
        return "randomised" if randomised else "human observational"
    return "animal" if evidence == "animal" else "in vitro" if evidence == "in vitro" else "assumed"


def _modifier(finding: BarrierFinding) -> str:
    """What the finding makes efflux depend on: whose astrocytes they were, or how far the disease had come."""
    if finding.evidence == "in vitro" and finding.genotype:
        return "genotype of astrocytes"
    return "disease stage" if finding.stage and finding.stage != "after death" else ""


def _year(sources: dict[str, Source], source: str) -> str:
    found = sources.get(source)
    return str(found.year) if found is not None and found.year else ""
