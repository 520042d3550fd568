"""Treatments beside one person as plain values, and the works that they rest on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stallpoint.explain.left_out import LeftOut
from stallpoint.explain.person import Applicability, PersonTreatment, PersonTreatments
from stallpoint.explain.person_chain import PersonChain
from stallpoint.explain.person_text import PERSON_LIMITS, opening_statements, treatment_statements
from stallpoint.explain.shown_result import ShownResult
from stallpoint.knowledge.evidence.base import EvidenceBase

TREATMENTS_SCHEMA = "stallpoint.person_treatments/1"


def treatments_record(told: PersonTreatments) -> dict[str, Any]:
    """What is said of each treatment, for --json and treatments.json; a result that is withheld is named and not told."""
    return {
        "schema": TREATMENTS_SCHEMA,
        "person": told.profile.person,
        "order": "alphabet",
        "context": "research",
        "prognosis": told.prognosis,
        "as_of": None if told.as_of is None else told.as_of.isoformat(),
        "own_evidence": told.own_text,
        "opening": [each.text for each in opening_statements(told)],
        "treatments": [_treatment(each) for each in told.treatments],
        "without_evidence_in_people": list(told.untried),
        "limits": list(PERSON_LIMITS),
    }


def cited_treatment_sources(told: PersonTreatments, base: EvidenceBase) -> tuple[str, ...]:
    """Ids of every work that the treatments rest on, in the order in which they are met."""
    trials = {each.trial.id for one in told.treatments for each in one.applicability}
    found = [each.claim.source for one in told.treatments for each in one.results]
    found += [source for one in told.treatments if one.chain for link in one.chain.links for source in link.sources]
    found += [each.source for each in base.trials if each.id in trials]
    found += [each.source for each in base.eligibility if each.trial in trials]
    found += [source for one in told.treatments for each in one.applicability for source in each.left_out.sources]
    found += [claim.source for id_ in told.exclusion.claims if (claim := base.claim(id_)) is not None]
    found += [each.source for each in base.arms if each.trial in trials]
    return tuple(dict.fromkeys(found))


def _treatment(one: PersonTreatment) -> dict[str, Any]:
    return {
        "treatment": one.treatment.name,
        "evidence": one.evidence,
        "benefit": one.benefit.status,
        "results": [_result(each) for each in one.results],
        "reversals": [
            {"signal": _result(each.signal), "test": _result(each.test), "outcome": each.outcome} for each in one.reversals
        ],
        "applicability": [_applicability(each) for each in one.applicability],
        "links": [{"link": each.link, "people": each.people, "known": each.known, "person": each.person} for each in one.links],
        "chain": None if one.chain is None else _chain(one.chain),
        "statements": {section: [each.text for each in said] for section, said in treatment_statements(one).items()},
    }


def _chain(chain: PersonChain) -> dict[str, Any]:
    return {
        "answer": chain.answer,
        "link": chain.named,
        "why": chain.why,
        "links": [
            {
                "link": each.link,
                "basis": each.basis,
                "probability": each.probability,
                "said": each.said,
                "figures": [asdict(figure) for figure in each.figures],
                "quoted": list(each.quoted),
                "sources": list(each.sources),
            }
            for each in chain.links
        ],
    }


def _result(result: ShownResult) -> dict[str, Any]:
    claim = result.claim
    return {
        "claim": claim.id,
        "trial": result.trial,
        "direction": claim.direction,
        "standing": claim.standing,
        "shown": result.shown,
        "text": result.text,
        "source": claim.source,
        "tag": claim.tag,
    }


def _left_out(found: LeftOut) -> dict[str, Any]:
    return {
        "asked": [{"side": side, "said": said} for side, said in found.asked],
        "not_asked": list(found.silent),
        "gene": found.gene,
        "share_without_the_gene": None if found.without_low is None else [found.without_low, found.without_high],
        "share": None,
        "sources": list(found.sources),
    }


def _applicability(apply: Applicability) -> dict[str, Any]:
    eligibility, distance = apply.eligibility, apply.distance
    return {
        "trial": apply.trial.name,
        "by_eligibility": eligibility.answer,
        "conditions": [
            {
                "measure": each.condition.measure,
                "said": each.condition.said,
                "low": each.condition.low,
                "high": each.condition.high,
                "answer": each.answer,
                "person": each.said,
                "source": each.condition.source,
                "tag": each.condition.tag,
            }
            for each in eligibility.conditions
        ],
        "left_out": _left_out(apply.left_out),
        "by_distance": distance.answer,
        "near_standard_deviations": distance.near,
        "distances": [
            {
                "measure": each.measure,
                "person": each.person.value,
                "mean": each.mean,
                "standard_deviation": each.sd,
                "people": each.people,
                "deviations": each.deviations,
                "why": each.why,
            }
            for each in distance.distances
        ],
    }
