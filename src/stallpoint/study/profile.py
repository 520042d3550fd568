"""A person's profile, from what they name, shown and written down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from stallpoint.core.errors import PathError
from stallpoint.core.known_from import last_day
from stallpoint.core.profile import Profile
from stallpoint.core.source import Source
from stallpoint.explain.person import PersonTreatments, judge_treatments
from stallpoint.explain.person_chain import add_chains
from stallpoint.io.export.csv import render_csv
from stallpoint.io.person_file import read_person_file
from stallpoint.io.phenopackets.read import read_phenopackets
from stallpoint.io.profile_json import SCHEMA, profile_from_record, profile_record, read_json_object
from stallpoint.io.source_files import open_source
from stallpoint.io.study_folder import require_path
from stallpoint.knowledge.evidence.base import EvidenceBase, known_on
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.knowledge.phenopacket_terms import load_phenopacket_terms
from stallpoint.knowledge.sources import load_sources
from stallpoint.profile.covariates import covariate_table
from stallpoint.profile.from_file import profile_from_file
from stallpoint.profile.from_tables import profile_from_tables
from stallpoint.profile.view import ProfileView, view_profile
from stallpoint.study.cohort_of_study import read_cohort
from stallpoint.study.json_text import render_json
from stallpoint.study.limits import SIMULATED
from stallpoint.study.output_folder import write_whole
from stallpoint.study.person_treatments import cited_treatment_sources, treatments_record
from stallpoint.study.study_file import read_study_file

SEED = 1
"""Of the worlds drawn for treatments."""


@dataclass(frozen=True)
class Profiled:
    """A profile, sorted for reading, its sources, and the page; None where nothing was asked to be written.

    `treatments` stand beside it where they were asked for.
    """

    view: ProfileView
    sources: tuple[Source, ...]
    report: Path | None
    treatments: PersonTreatments | None = None


@dataclass(frozen=True)
class CohortProfiled:
    """How many people and covariates were written, and where; None where nothing was asked to be written."""

    people: int
    covariates: tuple[str, ...]
    path: Path | None
    simulated: bool


def profile_person(
    person: Path,
    *,
    patient: str | None = None,
    prognosis: bool = False,
    treatments: bool = False,
    folder: Path | None = None,
    as_of: str | None = None,
    out: Path | None = None,
) -> Profiled:
    """The profile of one person.

    Args:
        person: a person's file (.toml), a profile that was written before or a phenopacket (.json), or a study's folder.
        patient: which patient of a study, or of a file that holds several.
        prognosis: show what is known of the course of groups with such a genotype or marker; never unasked.
        treatments: beside it, every treatment with evidence in people, and where each would stall as far as that can be told.
        folder: evidence of the user's own for the treatments, added to what is bundled.
        as_of: of the treatments only what was known by this year, month or day.
        out: folder for profile.json and profile.html, and treatments.json.

    Raises:
        StallpointError: what cannot be read, or a patient that is not there.
    """
    view = view_profile(_read(require_path(person), patient), prognosis=prognosis)
    base, told = _judge(view.profile, folder, as_of, prognosis=prognosis) if treatments else (None, None)
    known = load_sources() if base is None else base.sources
    cited = () if base is None or told is None else cited_treatment_sources(told, base)
    sources = tuple(known[each] for each in dict.fromkeys([*view.sources, *cited]) if each in known)
    return Profiled(view, sources, None if out is None else _write(view, sources, told, out), told)


def _judge(profile: Profile, folder: Path | None, as_of: str | None, *, prognosis: bool) -> tuple[EvidenceBase, PersonTreatments]:
    base = load_evidence(folder)
    base = base if as_of is None else known_on(base, last_day(as_of))
    return base, add_chains(base, judge_treatments(base, profile, prognosis=prognosis), seed=SEED)


def profile_cohort(study: Path, *, out: Path | None = None) -> CohortProfiled:
    """Covariates of everybody in a study, for the analysis of response: covariates.csv in `out`.

    Raises:
        StallpointError: a study that cannot be read, a folder that cannot be written.
    """
    cohort = read_cohort(read_study_file(study))
    table = covariate_table(cohort.patients, cohort.variants, cohort.markers)
    path = None
    if out is not None:
        path = out / "covariates.csv"
        write_whole(path, render_csv(table)[0])
    return CohortProfiled(table.height, tuple(name for name in table.columns if name != "patient"), path, cohort.simulated)


def is_study(person: Path) -> bool:
    """Whether what was named is a study rather than a person."""
    return person.is_dir() or person.name == "study.toml"


def _read(person: Path, patient: str | None) -> Profile:
    if is_study(person):
        cohort = read_cohort(read_study_file(person))
        tables = {"patients": cohort.patients, "visits": cohort.visits, "markers": cohort.markers, "variants": cohort.variants}
        found = profile_from_tables(tables, str(patient))
        return replace(found, notices=(*SIMULATED, *found.notices)) if cohort.simulated else found
    if person.suffix == ".toml":
        return profile_from_file(read_person_file(person))
    if person.suffix != ".json":
        raise PathError(
            f"cannot be read: its ending is {person.suffix or 'missing'}", where=str(person), do="give .toml, .json or a study"
        )
    said = read_json_object(person)
    if said.get("schema") == SCHEMA:
        return profile_from_record(said, place=person.name)
    with open_source(person) as files:
        draft = read_phenopackets(files, load_phenopacket_terms())
    people = draft.tables["patients"]["patient"].to_list()
    return profile_from_tables(draft.tables, patient or str(people[0]))


def _write(view: ProfileView, sources: tuple[Source, ...], told: PersonTreatments | None, out: Path) -> Path:
    from stallpoint.report.profile import render_profile

    page = render_profile(view, sources, told)
    write_whole(out / "profile.json", render_json(profile_record(view.profile)))
    if told is not None:
        write_whole(out / "treatments.json", render_json(treatments_record(told)))
    write_whole(out / "profile.html", page.encode())
    return out / "profile.html"
