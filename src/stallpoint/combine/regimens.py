"""Which combinations touch which pathways: a table without ranks, grouped by what is known of the drugs together.

No expected slowing is computed. A pathway that a drug is said to touch is a hypothesis about its target, not an effect; the sum of such
hypotheses is no forecast, so combinations are not set against each other on it. The strongest label is `worth a study`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from stallpoint.core.drug import Drug
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest
from stallpoint.knowledge.combinations import CombinationEvidence, load_combination_evidence, load_toxicities
from stallpoint.knowledge.interaction_pathways import load_pathway_roles

Group = Literal["given together to people", "given together to animals", "never studied together, so far as is known here"]
Label = Literal["worth a study", "harm was seen", "refuted in people", "too little speaks for it"]

GROUPS: tuple[Group, ...] = (
    "given together to people",
    "given together to animals",
    "never studied together, so far as is known here",
)
NO_PATHWAY = "other"


class RegimenError(DrugError):
    """A pathway that no drug names."""


@dataclass(frozen=True)
class RegimenOption:
    """One combination.

    Attributes:
        drugs: in alphabetical order.
        covers: pathways asked for that at least one drug touches.
        uncovered: pathways asked for that none touches.
        overlap: pathways that more than one drug touches, where they may add or be redundant.
        shared_toxicities: organs on which the known toxicities of more than one fall. What is not listed is not known to be absent.
        toxicity_unknown: drugs of which no toxicity is on record here.
        exposure: pathways through which one may change the other's level.
        cns_seen: drugs whose target was seen to answer in the CNS of people.
        group: what is known of them together.
        evidence: findings on pairs among them, harm first.
        label: at most `worth a study`.
        why: what the label rests on.
    """

    drugs: tuple[str, ...]
    covers: tuple[str, ...]
    uncovered: tuple[str, ...]
    overlap: tuple[str, ...]
    shared_toxicities: tuple[str, ...]
    toxicity_unknown: tuple[str, ...]
    exposure: tuple[str, ...]
    cns_seen: tuple[str, ...]
    group: Group
    evidence: tuple[CombinationEvidence, ...]
    label: Label
    why: str


def cover_pathways(wanted: Sequence[str], drugs: Sequence[Drug], *, size: int = 2) -> tuple[RegimenOption, ...]:
    """Every combination that touches all pathways asked for and in which no drug is idle, by group and name; not by merit.

    Args:
        wanted: pathways, such as those that a profile burdens.
        drugs: the drugs to choose among.
        size: how many drugs a combination has.

    Raises:
        RegimenError: a pathway that none of the drugs touches.
    """
    known = {pathway for drug in drugs for pathway in drug.pathways if pathway != NO_PATHWAY}
    for pathway in wanted:
        if pathway not in known:
            raise RegimenError(f"no drug touches {pathway!r}", do=ask_nearest(pathway, known))
    asked = set(wanted)
    useful = [drug for drug in drugs if asked & set(drug.pathways)]
    found = [
        describe_regimen(chosen, wanted)
        for chosen in combinations(useful, size)
        if asked <= {pathway for drug in chosen for pathway in drug.pathways}
    ]
    return tuple(sorted(found, key=lambda each: (GROUPS.index(each.group), each.drugs)))


def describe_regimen(drugs: Sequence[Drug], wanted: Sequence[str] = ()) -> RegimenOption:
    """One combination; without pathways asked for, those that the drugs touch."""
    touched = [pathway for drug in drugs for pathway in drug.pathways if pathway != NO_PATHWAY]
    asked = tuple(wanted) or tuple(sorted(set(touched)))
    names = tuple(sorted((drug.name for drug in drugs), key=str.lower))
    evidence = evidence_on(names)
    group = _group(evidence)
    seen = tuple(sorted(drug.name for drug in drugs if _answers_in_cns(drug)))
    label, why = _label(evidence, seen)
    shared, unknown = _toxicities(names)
    return RegimenOption(
        drugs=names,
        covers=tuple(pathway for pathway in asked if pathway in touched),
        uncovered=tuple(pathway for pathway in asked if pathway not in touched),
        overlap=tuple(sorted({pathway for pathway in touched if touched.count(pathway) > 1})),
        shared_toxicities=shared,
        toxicity_unknown=unknown,
        exposure=_exposure(names),
        cns_seen=seen,
        group=group,
        evidence=evidence,
        label=label,
        why=why,
    )


def evidence_on(names: Sequence[str]) -> tuple[CombinationEvidence, ...]:
    """Findings on pairs among these drugs, harm first."""
    return tuple(each for each in load_combination_evidence() if each.first in names and each.second in names)


def _answers_in_cns(drug: Drug) -> bool:
    return any(
        each.link == "engaged" and each.evidence == "human" and each.site == "CNS" and each.direction == "supports"
        for each in drug.evidence
    )


def _group(evidence: tuple[CombinationEvidence, ...]) -> Group:
    outcomes = [each for each in evidence if each.direction != "null" or each.kind == "outcome"]
    if any(each.evidence == "human" for each in outcomes):
        return GROUPS[0]
    return GROUPS[1] if any(each.evidence == "animal" for each in outcomes) else GROUPS[2]


def _toxicities(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Organs that more than one of them harms, and drugs of which nothing is on record."""
    of_drug = {name: {each.toxicity for each in load_toxicities() if each.drug == name} for name in names}
    organs = [organ for organs in of_drug.values() for organ in organs]
    shared = tuple(sorted({organ for organ in organs if organs.count(organ) > 1}))
    return shared, tuple(name for name in names if not of_drug[name])


def _exposure(names: Sequence[str]) -> tuple[str, ...]:
    roles = [role for role in load_pathway_roles() if role.drug in names]
    return tuple(
        f"{acts.drug} {acts.role} {acts.pathway}, a way of {own.drug}"
        for acts in roles
        for own in roles
        if acts.role != "substrate" and own.role == "substrate" and acts.pathway == own.pathway and acts.drug != own.drug
    )


def _label(evidence: tuple[CombinationEvidence, ...], cns_seen: tuple[str, ...]) -> tuple[Label, str]:
    """Harm and refutation first. Two targets that were never seen to answer in people are no ground for a study of both."""
    if any(each.direction == "harm" for each in evidence):
        return "harm was seen", "harm was seen with both, which outweighs whatever speaks for them"
    if any(each.direction == "refutes" and each.evidence == "human" and each.kind == "outcome" for each in evidence):
        return "refuted in people", "people who took both did no better"
    supported = [each for each in evidence if each.direction == "supports"]
    if supported and cns_seen:
        return "worth a study", "something speaks for both together, and a target was seen to answer in the CNS of people"
    if supported:
        return "too little speaks for it", "animals alone, and no target was seen to answer in the CNS of people"
    return "too little speaks for it", "no study of them together is known here"
