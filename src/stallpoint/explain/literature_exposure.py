"""The way to the target of a treatment's parts, with what drug files knew on the day that is asked for."""

from __future__ import annotations

from dataclasses import replace

from stallpoint.core.drug import Drug
from stallpoint.core.known_from import was_known
from stallpoint.exposure.answer import ExposureAnswer, answer_exposure
from stallpoint.exposure.person import Person
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.knowledge.evidence.records import Treatment
from stallpoint.knowledge.exposure_scenarios import load_scenario

_PUMP_NUMBERS = ("efflux_index_pgp", "efflux_index_bcrp")
_SCENARIO = "healthy"


def follow_parts(base: EvidenceBase, treatment: Treatment, *, seed: int) -> tuple[ExposureAnswer, ...]:
    """One answer for each part that has a drug file, in a person of whom nothing is known."""
    drugs = {drug.name: drug for drug in load_drugs()}
    scenario = load_scenario(_SCENARIO)
    known = [as_known(drugs[part], base) for part in treatment.parts if part in drugs]
    return tuple(answer_exposure(drug, person=Person(), scenario=scenario, seed=seed) for drug in known)


def passes_pumps(drug: Drug) -> bool:
    """Whether pumps at the barrier are known to carry the drug."""
    return any(drug.parameter(name) is not None for name in _PUMP_NUMBERS)


def as_known(drug: Drug, base: EvidenceBase) -> Drug:
    """The drug without numbers and findings of later works; works without a year (labels) stay."""
    if base.as_of is None:
        return drug
    return replace(
        drug,
        parameters=tuple(each for each in drug.parameters if was_published(each.source, base)),
        covariates=tuple(each for each in drug.covariates if was_published(each.source, base)),
        evidence=tuple(each for each in drug.evidence if was_published(each.source, base)),
        patterns=tuple(each for each in drug.patterns if was_published(each.source, base)) or drug.patterns,
    )


def was_published(source: str, base: EvidenceBase) -> bool:
    """Whether a work was there on the day that is asked for; one without a year always was."""
    year = base.sources[source].year if source in base.sources else None
    return base.as_of is None or year is None or was_known(str(year), base.as_of)
