"""stallpoint profile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stallpoint.cli.arguments import AsJson
from stallpoint.cli.errors import plainly
from stallpoint.cli.facts import AsOf, OwnFolder
from stallpoint.cli.show import show_json

if TYPE_CHECKING:
    from stallpoint.explain.person import PersonTreatments
    from stallpoint.profile.view import ProfileView

WITHHELD = "What is known of course and survival of groups like this is not shown unasked: --prognosis shows it."
Person = Annotated[
    Path,
    typer.Argument(
        metavar="PERSON", help="A person's file (.toml), a profile or phenopacket (.json), a study's folder, or a cohort's VCF."
    ),
]
Patient = Annotated[
    str | None, typer.Option("--patient", metavar="ID", help="One patient of a study; without it, covariates of everybody.")
]
Prognosis = Annotated[
    bool,
    typer.Option("--prognosis", help="Show what is known of the course and survival of groups like this; never shown unasked."),
]
Treatments = Annotated[
    bool,
    typer.Option(
        "--treatments",
        help="Beside the person, every treatment with evidence in people: by the alphabet, none ranked or recommended.",
    ),
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Where to write profile.html and profile.json, covariates.csv or variants.csv."),
]
Assay = Annotated[str, typer.Option("--assay", metavar="TEXT", help="Of a cohort's VCF: how it was made; kept with every call.")]
OfStudy = Annotated[
    Path | None,
    typer.Option("--study", metavar="STUDY", help="Of a cohort's VCF: the study that gets its calls as data/variants.csv."),
]
OfBuild = Annotated[
    str | None, typer.Option("--build", metavar="BUILD", help="Of a cohort's VCF: GRCh37 or GRCh38, where it does not tell.")
]
Reference = Annotated[
    Path | None,
    typer.Option("--reference", metavar="FASTA", help="Of a cohort's VCF: the reference genome, to find every indel."),
]


@plainly
def profile(
    person: Person,
    patient: Patient = None,
    folder: OwnFolder = None,
    as_of: AsOf = None,
    out: OutFolder = None,
    *,
    prognosis: Prognosis = False,
    treatments: Treatments = False,
    assay: Assay = "",
    study: OfStudy = None,
    build: OfBuild = None,
    reference: Reference = None,
    as_json: AsJson = False,
) -> None:
    """What is known of a person: genotype, repeats, markers, molecular state; what is not tested, and what conflicts."""
    from stallpoint.core.errors import PathError
    from stallpoint.study.cohort_variants import is_genome

    if is_genome(person):
        _call_cohort(person, assay=assay, study=study, out=out, build=build, reference=reference, as_json=as_json)
        return
    from stallpoint.io.profile_json import profile_record
    from stallpoint.study.person_treatments import treatments_record
    from stallpoint.study.profile import is_study, profile_person

    if assay or study or build or reference:
        raise PathError(
            "is no VCF, and --assay, --study, --build and --reference speak of one", where=str(person), do="leave them out"
        )
    if not treatments and (folder is not None or as_of is not None):
        raise PathError("--folder and --as-of are for treatments", where="profile", do="add --treatments, or leave them out")
    if is_study(person) and patient is None:
        if treatments:
            raise PathError("names a study, and treatments stand beside one person", where=str(person), do="add --patient ID")
        _show_cohort(person, out, as_json=as_json)
        return
    profiled = profile_person(
        person, patient=patient, prognosis=prognosis, treatments=treatments, folder=folder, as_of=as_of, out=out
    )
    told = profiled.treatments
    if as_json:
        record = profile_record(profiled.view.profile)
        record |= {} if told is None else {"treatments": treatments_record(told)}
        view, report = profiled.view, None if profiled.report is None else str(profiled.report)
        show_json({**record, "headline": view.headline, "prohibited_uses": view.prohibited_uses, "report": report})
        return
    show_view(profiled.view)
    if told is not None:
        show_treatments(told)
    if profiled.report is not None:
        typer.echo(f"\nReport: {profiled.report}")


def _call_cohort(
    vcf: Path, *, assay: str, study: Path | None, out: Path | None, build: str | None, reference: Path | None, as_json: bool
) -> None:
    from dataclasses import asdict

    from stallpoint.study.cohort_variants import call_cohort

    found = call_cohort(vcf, assay=assay, study=study, out=out, build=build, reference=reference)
    if as_json:
        show_json({**asdict(found), "path": None if found.path is None else str(found.path)})
        return
    typer.echo("Research use only, not medical advice.\n")
    typer.echo(
        f"{found.people:,} people, {found.variants} variants each, {found.build}; not tested is a call of its own, never absent."
    )
    for answer in ("present", "absent", "not tested"):
        typer.echo(f"  {answer}: {found.calls.get(answer, 0):,}")
    _show("Why not tested", [f"{count:,}: {reason}" for reason, count in found.reasons.items()])
    _show("Samples that are no patient, left out", [", ".join(found.strangers)] if found.strangers else [])
    _show("Patients without a sample, of whom nothing is said", [", ".join(found.silent)] if found.silent else [])
    if found.path is None:
        typer.echo("\nWith --study STUDY or --out FOLDER they are written as variants.csv.")
    else:
        typer.echo(f"\nWritten: {found.path}\nCovariates of everybody come from: stallpoint profile STUDY --out FOLDER")


def _show_cohort(study: Path, out: Path | None, *, as_json: bool) -> None:
    from stallpoint.study.profile import profile_cohort

    found = profile_cohort(study, out=out)
    if as_json:
        show_json(
            {
                "people": found.people,
                "covariates": found.covariates,
                "simulated": found.simulated,
                "path": None if found.path is None else str(found.path),
            }
        )
        return
    typer.echo(f"Research use only, not medical advice.{' Simulated data.' if found.simulated else ''}\n")
    typer.echo(f"{found.people:,} people, {len(found.covariates)} covariates; empty means not tested, never absent.")
    for name in found.covariates:
        typer.echo(f"  {name}")
    typer.echo(
        f"\nWritten: {found.path}" if found.path is not None else "\nWith --out FOLDER they are written as covariates.csv."
    )


def show_view(view: ProfileView) -> None:
    """Conflicts, what is present with what refutes first, repeats, markers, state, and what is not tested."""
    profile = view.profile
    typer.echo("Research use only, not medical advice.\n")
    typer.echo(f"{profile.person}: {view.headline}")
    _show("What conflicts", [f"{each.about}: {each.text}" for each in profile.conflicts])
    for each in view.present:
        label = each.variant.label if each.variant else f"{each.call.gene} {each.call.variant}"
        typer.echo(f"\nPresent: {label}{f', {each.call.zygosity}' if each.call.zygosity else ''}")
        for finding in each.findings:
            typer.echo(f"  {finding.about}, {finding.direction} ({finding.evidence}, {finding.tag}): {finding.claim}")
    _show("Repeats", [_say_repeat(each.gene, each.locus, each.call, each.meaning, each.reason) for each in view.repeats])
    _show("Markers", [f"{each.reading.marker} {each.reading.said}: {each.reading.quality}" for each in view.markers])
    _show(
        "Molecular state",
        [f"{each.label}: {each.answer}{f'; {each.reason}' if each.reason else ''}" for each in profile.pathways],
    )
    if profile.subtype is not None:
        typer.echo(f"  subtype: {profile.subtype.answer}; {profile.subtype.reason}. {profile.subtype.caution}")
        for name, probability in profile.subtype.probabilities:
            typer.echo(f"    {name} {probability:.2f}")
    _show("Stage and history", [f"{each.name} {each.value}" for each in (*profile.stage, *profile.history)])
    _show("Not tested", [f"{reason}: {', '.join(names)}" for reason, names in view.untested])
    _show("Recorded, and not used to stratify", list(view.unusable))
    _show("Looked for and not found", [", ".join(view.absent)] if view.absent else [])
    _show("What a forecast must not be used for", list(view.prohibited_uses))
    if view.withheld:
        typer.echo(f"\n{WITHHELD}")
    _show("To be known", list(profile.notices))


def show_treatments(told: PersonTreatments) -> None:
    """Treatments by the alphabet, each with its parts, and what no such list can know."""
    from stallpoint.explain.person_text import PERSON_LIMITS, SECTIONS, opening_statements, treatment_statements

    typer.echo("\nTreatments with evidence in people, by the alphabet")
    for each in opening_statements(told):
        typer.echo(f"  {each.text}")
    for one in told.treatments:
        said = treatment_statements(one)
        typer.echo(f"\n{said['head'][0].text}")
        for key, title in SECTIONS.items():
            if said[key]:
                typer.echo(f"  {title}")
            for each in said[key]:
                typer.echo(f"    {each.text}")
    _show("What this cannot know", list(PERSON_LIMITS))


def _say_repeat(gene: str, locus: str, call: str, meaning: str, reason: str) -> str:
    return f"{gene} {locus}: {call}, {meaning}{f'; {reason}' if reason else ''}"


def _show(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {line}")
