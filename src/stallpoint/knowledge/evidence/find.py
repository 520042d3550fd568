"""Looks a thing up in the evidence base by kind and name: the rows that tell of it, contrary evidence first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stallpoint.core.claim import Claim, contrary_first
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest, nearest_names
from stallpoint.core.source import DIRECTIONS
from stallpoint.knowledge.barrier import load_barrier_facts
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.evidence.base import EvidenceBase
from stallpoint.knowledge.evidence.records import Approval, ArmRecord, Replication, TrialRecord, VariantRecord
from stallpoint.knowledge.natural_history import load_natural_history
from stallpoint.knowledge.variants import VariantFinding, findings_of


class UnknownFactError(DrugError):
    """A kind of fact or a name that the evidence base does not hold."""


@dataclass(frozen=True)
class FactSheet:
    """Everything the base tells under one name.

    `about` are pairs of a label and what is said; `claims` stand with what refutes first. `sources` are ids of every work cited here.
    """

    kind: str
    name: str
    curie: str = ""
    about: tuple[tuple[str, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    trials: tuple[TrialRecord, ...] = ()
    arms: tuple[ArmRecord, ...] = ()
    variants: tuple[VariantRecord, ...] = ()
    findings: tuple[VariantFinding, ...] = ()
    approvals: tuple[Approval, ...] = ()
    replications: tuple[Replication, ...] = ()
    numbers: tuple[Any, ...] = ()
    undated: int = 0
    sources: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        rows = (
            *self.claims,
            *self.trials,
            *self.arms,
            *self.variants,
            *self.findings,
            *self.approvals,
            *self.replications,
            *self.numbers,
        )
        object.__setattr__(self, "sources", tuple(dict.fromkeys(row.source for row in rows)))


def find_fact(base: EvidenceBase, kind: str, name: str) -> FactSheet:
    """The sheet of one thing; upper and lower case count as the same.

    Args:
        base: the evidence.
        kind: one of `KINDS`.
        name: a name, another name, or an identifier.

    Raises:
        UnknownFactError: no such kind or name; names the nearest ones.
    """
    names = fact_names(base, kind)
    found = next((key for said, key in names.items() if said.casefold() == name.casefold()), None)
    if found is None:
        near = nearest_names(name, names)
        do = f"did you mean {' or '.join(near)}?" if near else f"list the names: stallpoint facts {kind}"
        raise UnknownFactError(f"no {kind} called {name!r}", do=do)
    return _SHEETS[kind](base, found)


def fact_names(base: EvidenceBase, kind: str) -> dict[str, str]:
    """Every name by which something of this kind is found, and the name that it stands under.

    Raises:
        UnknownFactError: no such kind.
    """
    if kind not in _NAMES:
        raise UnknownFactError(f"no kind of fact called {kind!r}", do=ask_nearest(kind, _NAMES))
    return _NAMES[kind](base)


def search_facts(base: EvidenceBase, words: str) -> tuple[Claim, ...]:
    """Claims that hold every one of these words anywhere, what refutes first."""
    wanted = words.casefold().split()
    return contrary_first(claim for claim in base.claims if all(word in _everything(claim, base) for word in wanted))


def claims_of_treatment(base: EvidenceBase, name: str) -> tuple[Claim, ...]:
    """Claims on a treatment, and on the members of a group of treatments."""
    treatment = base.treatment(name)
    names = {name, *(treatment.parts if treatment is not None and treatment.kind == "group" else ())}
    return contrary_first(claim for claim in base.claims if names & set(claim.treatments))


def _everything(claim: Claim, base: EvidenceBase) -> str:
    trial = base.trial(claim.trial)
    held = (
        claim.id,
        claim.text,
        *claim.treatments,
        claim.modifier,
        claim.mechanism,
        claim.population,
        trial.name if trial else "",
    )
    return " ".join(held).casefold()


def _aliases(rows: Iterable[Any], key: str) -> dict[str, str]:
    """Own names win over other names of something else."""
    listed = list(rows)
    also = {said: getattr(row, key) for row in listed for said in row.also}
    return also | {getattr(row, key): getattr(row, key) for row in listed}


def _trial_names(base: EvidenceBase) -> dict[str, str]:
    registries = {trial.registry.split(":", 1)[-1]: trial.name for trial in base.trials if trial.registry}
    ids = {trial.id: trial.name for trial in base.trials}
    return registries | ids | _aliases(base.trials, "name")


def _variant_names(base: EvidenceBase) -> dict[str, str]:
    names: dict[str, str] = {}
    for row in base.variants:
        full = f"{row.gene} {row.variant}"
        for said in (*row.also, *(f"{row.gene} {other}" for other in row.also), row.variant):
            names.setdefault(said, full)
        names[full] = full
    return names


def _plain(values: Iterable[str]) -> dict[str, str]:
    return {value: value for value in sorted(set(values)) if value}


def _trial_sheet(base: EvidenceBase, name: str) -> FactSheet:
    trial = next(each for each in base.trials if each.name == name)
    sizes = f"{_or_unknown(trial.n_active)} treated, {_or_unknown(trial.n_control)} controls"
    about = (
        ("treatment", ", ".join(trial.treatments)),
        ("dose", trial.dose),
        ("population", trial.population),
        ("size", f"{sizes} ({trial.n_tag})" if trial.n_tag else sizes),
        ("weeks", f"{trial.weeks:g}" if trial.weeks else ""),
        ("question", trial.endpoint),
        ("verdict", trial.verdict),
        ("why, as said", f"{trial.reason} [{trial.reason_basis}]" if trial.reason else ""),
        ("identifier", f"{trial.registry} ({trial.registry_tag})" if trial.registry else "none"),
        ("note", trial.note),
        ("public sources", trial.check),
    )
    claims = contrary_first(claim for claim in base.claims if claim.trial == trial.id)
    ids = {claim.id for claim in claims}
    return FactSheet(
        "trial",
        name,
        trial.registry,
        _said(about),
        claims,
        trials=(trial,),
        arms=tuple(arm for arm in base.arms if arm.trial == trial.id),
        replications=tuple(each for each in base.replications if ids & {each.signal, each.test}),
        undated=len(base.undated),
    )


def _drug_sheet(base: EvidenceBase, name: str) -> FactSheet:
    treatment = next(each for each in base.treatments if each.name == name)
    drug = next((each for each in load_drugs() if each.name == name), None)
    within = [each for each in base.treatments if name in each.parts and each.name != name]
    about = (
        ("kind", treatment.kind),
        ("parts", ", ".join(part for part in treatment.parts if part != name)),
        ("part of", ", ".join(each.name for each in within)),
        ("class", drug.drug_class if drug else ""),
        ("acts on", ", ".join(drug.targets) if drug else ""),
        ("also called", ", ".join(treatment.also)),
        ("note", treatment.note),
        ("way to its target", f"stallpoint expose {name!r}" if drug else "not computed: it has no drug file"),
    )
    names = {name, *(each.name for each in within)}
    claims = contrary_first(
        [*claims_of_treatment(base, name), *(c for each in within for c in claims_of_treatment(base, each.name))]
    )
    claims = tuple(dict.fromkeys(claims))
    ids = {claim.id for claim in claims}
    return FactSheet(
        "drug",
        name,
        base.curie(name),
        _said(about),
        claims,
        trials=tuple(trial for trial in base.trials if names & set(trial.treatments)),
        approvals=tuple(each for each in base.approvals if each.treatment in names),
        replications=tuple(each for each in base.replications if ids & {each.signal, each.test}),
        numbers=drug.parameters if drug and base.as_of is None else (),
        undated=len(base.undated),
    )


def _variant_sheet(base: EvidenceBase, name: str) -> FactSheet:
    row = next(each for each in base.variants if f"{each.gene} {each.variant}" == name)
    about = (
        ("ClinVar", row.classification),
        ("HGVS", ", ".join(each for each in (row.hgvs_c, row.hgvs_p) if each)),
        ("also called", ", ".join(row.also)),
        ("gene", base.curie(row.gene)),
        ("cited", row.cited),
        ("coordinates", row.coordinates),
    )
    claims = contrary_first(claim for claim in base.claims if row.gene in f"{claim.modifier} {claim.population}".split())
    found = findings_of(row.gene, row.variant) if base.as_of is None else ()  # they carry no dates
    findings = tuple(sorted(found, key=lambda each: (DIRECTIONS.index(each.direction), each.variant == "any")))
    return FactSheet(
        "variant", name, row.curie, _said(about), claims, variants=(row,), findings=findings, undated=len(base.undated)
    )


def _gene_sheet(base: EvidenceBase, name: str) -> FactSheet:
    rows = tuple(each for each in base.variants if each.gene == name)
    claims = contrary_first(claim for claim in base.claims if name in f"{claim.modifier} {claim.population}".split())
    return FactSheet("gene", name, base.curie(name), (), claims, variants=rows, undated=len(base.undated))


def _mechanism_sheet(base: EvidenceBase, name: str) -> FactSheet:
    topic = next(each for each in base.mechanisms if each.id == name)
    trials = tuple(trial for trial in base.trials if name in trial.mechanisms)
    ids = {trial.id for trial in trials}
    claims = contrary_first(claim for claim in base.claims if claim.mechanism == name or claim.trial in ids)
    about = (("question", topic.question), ("link", topic.link), ("also called", ", ".join(topic.also)))
    return FactSheet("mechanism", name, "", _said(about), claims, trials=trials, undated=len(base.undated))


def _modifier_sheet(base: EvidenceBase, name: str) -> FactSheet:
    claims = contrary_first(claim for claim in base.claims if claim.modifier == name)
    ids = {claim.id for claim in claims}
    roles = sorted({claim.role for claim in claims if claim.role})
    said = {
        "prognostic": "prognostic: it foretells the course, which says nothing of an effect",
        "predictive": "predictive: it is said to change an effect",
        "exposure": "exposure: it is said to change the level of the drug",
        "downstream": "downstream: it follows the disease; a change is not benefit",
    }
    return FactSheet(
        "modifier",
        name,
        "",
        tuple(("role", said[role]) for role in roles),
        claims,
        replications=tuple(each for each in base.replications if ids & {each.signal, each.test}),
        undated=len(base.undated),
    )


def _source_sheet(base: EvidenceBase, name: str) -> FactSheet:
    source = base.sources[name]
    return FactSheet(
        "source",
        name,
        "",
        (("work", source.text),),
        contrary_first(claim for claim in base.claims if claim.source == name),
        trials=tuple(each for each in base.trials if each.source == name),
        variants=tuple(each for each in base.variants if each.source == name),
        approvals=tuple(each for each in base.approvals if each.source == name),
        undated=len(base.undated),
    )


def _parameter_sheet(base: EvidenceBase, name: str) -> FactSheet:
    row = _parameters()[name]
    interval = "" if row.low is None or row.high is None else f" ({row.low:g} to {row.high:g})"
    about = (("value", f"{row.value:g}{interval} {row.unit}".strip()), ("note", row.note))
    return FactSheet("parameter", name, "", _said(about), numbers=(row,), undated=len(base.undated))


def _parameters() -> dict[str, Any]:
    return {**load_natural_history(), **load_barrier_facts()}


def _or_unknown(number: int | None) -> str:
    return "not seen" if number is None else f"{number:,}"


def _said(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, text) for label, text in pairs if text)


_NAMES: Mapping[str, Callable[[EvidenceBase], dict[str, str]]] = {
    "drug": lambda base: _aliases(base.treatments, "name"),
    "trial": _trial_names,
    "variant": _variant_names,
    "gene": lambda base: _plain(row.gene for row in base.variants),
    "mechanism": lambda base: _aliases(base.mechanisms, "id"),
    "modifier": lambda base: _plain(claim.modifier for claim in base.claims),
    "parameter": lambda _: _plain(_parameters()),
    "source": lambda base: _plain(base.sources),
}
_SHEETS: Mapping[str, Callable[[EvidenceBase, str], FactSheet]] = {
    "drug": _drug_sheet,
    "trial": _trial_sheet,
    "variant": _variant_sheet,
    "gene": _gene_sheet,
    "mechanism": _mechanism_sheet,
    "modifier": _modifier_sheet,
    "parameter": _parameter_sheet,
    "source": _source_sheet,
}
KINDS = tuple(_NAMES)
"""Every kind of thing that can be looked up."""
