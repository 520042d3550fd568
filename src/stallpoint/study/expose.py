"""One drug's way to its target, answered and written down."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from stallpoint.core.drug import Drug
from stallpoint.core.drug_entry import DrugFileError
from stallpoint.core.errors import OutputError
from stallpoint.core.source import Source
from stallpoint.exposure.answer import ExposureAnswer, answer_exposure
from stallpoint.exposure.course import typical_person
from stallpoint.exposure.from_structure import CAUTION, StructureSuggestion, suggest_from_structure
from stallpoint.exposure.person import Person, build_person
from stallpoint.exposure.sbml import render_sbml
from stallpoint.exposure.structure.cache import find_model, load_model
from stallpoint.exposure.structure.extra import require_chem
from stallpoint.io.drug_file import read_drug
from stallpoint.io.profile_file import read_person
from stallpoint.knowledge.drugs import load_drug, load_drugs
from stallpoint.knowledge.exposure_scenarios import load_scenario
from stallpoint.knowledge.sources import load_sources
from stallpoint.report.exposure import render_exposure
from stallpoint.study.json_text import render_json

SEED = 1
METHOD_SOURCES = ("hammarlund2008", "holford1981", "saltelli2010", "bruno1997")


@dataclass(frozen=True)
class Exposed:
    """The answer, what the structure alone suggests, and where both were written; None where nothing was asked to be written."""

    answer: ExposureAnswer
    structure: StructureSuggestion
    sources: tuple[Source, ...]
    report: Path | None


def expose_drug(
    drug: str,
    *,
    profile: Path | None = None,
    scenario: str = "healthy",
    dose: str | None = None,
    structure: bool = False,
    out: Path | None = None,
) -> Exposed:
    """Follow a drug from dose to target.

    Args:
        drug: a name, or the path of a drug file (ending in .toml).
        profile: a profile with a table [person].
        scenario: id of the circumstances.
        dose: name of one of the drug's dose patterns; the first where None.
        structure: train the model of structures where it is not in the cache; without this it is only used where it is.
        out: folder for exposure.html, exposure.json and, with the extra `sbml`, model.xml.

    Raises:
        StallpointError: an unknown drug, scenario or dose, a file that cannot be read, a folder that cannot be written,
            a SMILES that is none, or the extra `chem` missing where `structure` asks for it.
    """
    found = find_drug(drug)
    if structure:
        require_chem()
    person = Person() if profile is None else build_person(read_person(profile), where=str(profile))
    answer = answer_exposure(found, person=person, scenario=load_scenario(scenario), seed=SEED, dose=dose)
    suggestion = suggest_from_structure(found, model=load_model if structure else find_model)
    sources = cited_sources(answer, suggestion)
    report = None if out is None else _write(answer, suggestion, sources, out)
    return Exposed(answer, suggestion, sources, report)


def find_drug(name: str) -> Drug:
    """A drug by name, or from the user's own file, which must not pass for a bundled one.

    Raises:
        DrugError: an unknown drug, a file that cannot be understood, or one that bears the name of a bundled drug.
    """
    if not name.endswith(".toml"):
        return load_drug(name)
    drug = read_drug(Path(name), known_sources=load_sources())
    bundled = {said.casefold() for each in load_drugs() for said in (each.name, *each.also)}
    taken = [said for said in (drug.name, *drug.also) if said.casefold() in bundled]
    if taken:
        raise DrugFileError(f"{taken[0]} is a drug that comes with the software", where=name, do="give yours a name of its own")
    return drug


def cited_sources(answer: ExposureAnswer, structure: StructureSuggestion) -> tuple[Source, ...]:
    """The works that the answer rests on, in the order in which it names them."""
    drug = answer.drug
    known = load_sources() | {source.id: source for source in drug.sources}
    named = [each.source for each in drug.patterns] + [each.source for each in drug.parameters]
    named += [each.source for each in drug.covariates] + [each.source for each in answer.evidence]
    named += [gain.option.source for gain in answer.delivery] + [answer.scenario.source, *METHOD_SOURCES]
    named += [*(() if answer.fluids is None else answer.fluids.sources), *structure.sources]
    return tuple(known[each] for each in dict.fromkeys(named) if each in known)


def _write(answer: ExposureAnswer, structure: StructureSuggestion, sources: tuple[Source, ...], out: Path) -> Path:
    page = render_exposure(answer, structure, sources)
    record = render_json(record_of(answer, structure))
    model = _render_model(answer)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "exposure.json").write_bytes(record)
        (out / "exposure.html").write_text(page, encoding="utf-8")
        if model is not None:
            (out / "model.xml").write_text(model, encoding="utf-8")
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault}", where=str(out), do="name a folder that you can write") from fault
    return out / "exposure.html"


def _render_model(answer: ExposureAnswer) -> str | None:
    """The kinetics of the typical person as SBML; None where they are not known or the extra `sbml` is not installed."""
    if answer.pattern is None or find_spec("libsbml") is None:
        return None
    model = typical_person(answer.drug, answer.pattern, answer.person, answer.scenario)
    return None if model is None else render_sbml(answer.drug, answer.pattern, model, answer.person)


def record_of(answer: ExposureAnswer, structure: StructureSuggestion) -> dict[str, object]:
    """The answer as plain values, for --json and exposure.json."""
    return {
        "schema": "stallpoint.exposure/1",
        "drug": answer.drug.name,
        "dose": answer.pattern,
        "person": answer.person,
        "scenario": answer.scenario,
        "headline": answer.headline,
        "verdict": answer.verdict,
        "barrier": answer.barrier,
        "barrier_sentence": answer.barrier_sentence,
        "contradiction": answer.contradiction,
        "steps": answer.steps,
        "levels": answer.levels.to_dicts(),
        "swings": answer.swings,
        "delivery": answer.delivery,
        "course": None if answer.course is None else answer.course.to_dicts(),
        "fluids": answer.fluids,
        "structure": structure_record(structure),
        "parameters": answer.drug.parameters,
        "evidence": answer.evidence,
        "gaps": answer.gaps,
        "unknown_of_person": answer.unknown_of_person,
    }


def structure_record(structure: StructureSuggestion) -> dict[str, object]:
    """What the structure alone suggests as plain values; `prediction` is null where `silent` says why."""
    predicted = structure.prediction
    return {
        "silent": structure.silent,
        "known": structure.known,
        "contested": structure.contested,
        "scores": [
            {"name": s.name, "low": s.low, "high": s.high, "most": s.most, "missing": s.missing} for s in structure.scores
        ],
        "prediction": None
        if predicted is None
        else {
            "answer": predicted.answer,
            "probability": predicted.probability,
            "labels": predicted.labels,
            "log_bb": dict(zip(("middle", "low", "high"), predicted.log_bb, strict=True)),
            "level": predicted.level,
            "domain": predicted.domain,
            "neighbours": predicted.neighbours,
            "text": predicted.text,
            "limits": predicted.limits,
        },
        "caution": CAUTION,
    }
