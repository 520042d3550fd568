"""Two drugs together: what is known, harm first; what each does to the other's exposure; whether studies show more than their parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stallpoint.combine.additivity import Additivity, judge_study
from stallpoint.combine.exposure_interaction import ExposureInteraction, judge_exposure_interaction
from stallpoint.combine.regimens import RegimenOption, describe_regimen, evidence_on
from stallpoint.core.drug import Drug
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest
from stallpoint.knowledge.combinations import CombinationEvidence, load_combination_studies
from stallpoint.knowledge.drugs import UnknownDrugError, load_drug
from stallpoint.knowledge.interaction_pathways import load_pathway_roles

CHANGES = ("raises", "may raise", "lowers", "may lower")


class PairOfDrugsError(DrugError):
    """Two names that make no pair."""


@dataclass(frozen=True)
class DrugPairAnswer:
    """Everything that is said of two drugs together. `drugs` may hold the name of a partner of which only its interactions are known."""

    drugs: tuple[str, str]
    evidence: tuple[CombinationEvidence, ...]
    exposure: tuple[ExposureInteraction, ...]
    studies: tuple[Additivity, ...]
    regimen: RegimenOption | None

    @property
    def headline(self) -> str:
        """The answer in one sentence, harm first."""
        said = []
        if any(each.direction == "harm" for each in self.evidence):
            said.append("harm was seen")
        elif any(each.direction == "refutes" and each.evidence == "human" for each in self.evidence):
            said.append("no benefit was confirmed in people")
        said += [f"{each.partner} {each.answer} the level of {each.victim}" for each in self.exposure if each.answer in CHANGES]
        said += [_say_study(each) for each in self.studies]
        if not self.evidence and not self.studies:
            said.append("no study of both together is known here")
        return f"{' + '.join(self.drugs)}: {'; '.join(said) or 'nothing was found that one does to the other'}."


def _say_study(study: Additivity) -> str:
    if study.verdict == "cannot be identified":
        return f"in {study.study.setting} {study.why}"
    return f"in {study.study.setting} both together are {study.verdict}"


def answer_drug_pair(first: str, second: str, *, seed: int) -> DrugPairAnswer:
    """What is known of two drugs together.

    Args:
        first: a drug's name, or that of a partner with known interactions, such as tobacco smoke.
        second: likewise; at least one must be a drug that comes with the software.
        seed: of every draw.

    Raises:
        PairOfDrugsError: the same drug twice, or two names of which neither is a drug here.
        UnknownDrugError: a name that is neither.
    """
    found = [_find(name) for name in (first, second)]
    names = [each.name if isinstance(each, Drug) else each for each in found]
    drugs = [each for each in found if isinstance(each, Drug)]
    if names[0] == names[1]:
        raise PairOfDrugsError(f"{names[0]} twice is no combination", do="name two drugs")
    if not drugs:
        raise PairOfDrugsError(
            f"neither {names[0]} nor {names[1]} is a drug here", do="name at least one that `stallpoint expose` knows"
        )
    pair = (names[0], names[1])
    rng = np.random.default_rng(seed)
    exposure = [
        judge_exposure_interaction(each, other, rng=rng)
        for each, other in zip(found, reversed(names), strict=True)
        if isinstance(each, Drug)
    ]
    return DrugPairAnswer(
        drugs=pair,
        evidence=evidence_on(pair),
        exposure=tuple(exposure),
        studies=tuple(judge_study(study) for study in load_combination_studies() if {study.first, study.second} == set(pair)),
        regimen=describe_regimen(drugs) if len(drugs) == len(names) else None,
    )


def _find(name: str) -> Drug | str:
    """A drug, or the name of a partner of which only interactions are known."""
    partners = {role.drug for role in load_pathway_roles()}
    try:
        return load_drug(name)
    except UnknownDrugError:
        known = next((partner for partner in partners if partner.lower() == name.lower()), None)
        if known is None:
            near = ask_nearest(name, partners)
            raise PairOfDrugsError(
                f"no drug or partner called {name!r}", do=f"{near} or a name that `stallpoint expose` knows"
            ) from None
        return known
