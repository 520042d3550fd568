"""A profile from a person's file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from stallpoint.core.expression import Expression
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.profile import Entry, MarkerReading, PathwayState, Profile, Subtype
from stallpoint.core.tables import CALLS
from stallpoint.core.variant import BUILDS, Answer, Build, RepeatCall, RepeatReading, VariantCall, Zygosity
from stallpoint.io.expansion_hunter import read_expansion_hunter
from stallpoint.io.expression_table import Rows
from stallpoint.io.person_file import PersonFile, PersonFileError, Table
from stallpoint.io.repeat_table import read_count, read_repeat_table
from stallpoint.knowledge.variants import UnknownVariantError, find_variant
from stallpoint.profile.build import build_profile
from stallpoint.profile.expression.read import pathway_states, read_expression, read_gene_sets
from stallpoint.profile.expression.subtype import abstain_from_subtype, place_subtype
from stallpoint.profile.expression.subtype_reference import read_subtype_reference
from stallpoint.profile.genome.read import call_file, call_sample
from stallpoint.profile.markers.by_age import place_by_age
from stallpoint.profile.markers.read import read_marker
from stallpoint.profile.repeats import call_repeat, call_repeats

ZYGOSITIES = ("", "heterozygous", "homozygous", "hemizygous")


def profile_from_file(file: PersonFile) -> Profile:
    """Everything the file names, read and called.

    Raises:
        StallpointError: a part that cannot be read; the message says which and what to do.
    """
    person = file.one["person"]
    age = person.get("age_years")
    repeats, notices = _repeats_of_file(file)
    states, subtype, warnings = _expression(file)
    return build_profile(
        person["id"],
        calls=(*_genome(file), *(_stated_call(each) for each in file.many.get("variant", ()))),
        repeats=(*repeats, *(_stated_repeat(each) for each in file.many.get("repeat", ()))),
        markers=tuple(place_by_age(_marker(each), age) for each in file.many.get("marker", ())),
        pathways=states,
        subtype=subtype,
        stage=tuple(Entry(**each) for each in file.many.get("stage", ())),
        history=(*_told(person), *(Entry(**each) for each in file.many.get("history", ()))),
        notices=(*notices, *warnings),
    )


def _told(person: Table) -> Iterator[Entry]:
    for name in ("age_years", "sex"):
        if name in person:
            yield Entry(name, f"{person[name]}", source="stated")


def _genome(file: PersonFile) -> tuple[VariantCall, ...]:
    said = file.one.get("genome")
    if said is None:
        return ()
    build = said.get("build")
    if build is not None and build not in BUILDS:
        raise PersonFileError(f"build {build!r} is not known", where="[genome]", do=ask_nearest(build, BUILDS))
    path = file.path(said["file"])
    reference = file.path(said["reference"]) if "reference" in said else None
    panel = call_file(path, build=cast("Build | None", build), reference=reference, also=said.get("also", ()))
    return call_sample(
        panel, said.get("sample"), path=path, assay=said.get("assay", f"VCF, {panel.build}"), date=said.get("date", "")
    )


def _repeats_of_file(file: PersonFile) -> tuple[tuple[RepeatCall, ...], tuple[str, ...]]:
    said = file.one.get("repeats")
    if said is None:
        return (), ()
    path = file.path(said["file"])
    readings = read_repeat_table(path) if path.suffix == ".csv" else read_expansion_hunter(path, sample=said.get("sample"))
    calls, others = call_repeats(readings)
    return calls, ((f"repeats that are not recorded here were left out: {', '.join(sorted(set(others)))}",) if others else ())


def _stated_call(said: Table) -> VariantCall:
    """What a laboratory or the person says; a report of the person's own, or one without assay, is kept and not used."""
    where = "[[variant]]"
    if said["call"] not in CALLS:
        raise PersonFileError(f"call {said['call']!r} is not known", where=where, do=f"write one of: {', '.join(CALLS)}")
    if said.get("zygosity", "") not in ZYGOSITIES:
        raise PersonFileError(
            f"zygosity {said['zygosity']!r} is not known", where=where, do=f"write one of: {', '.join(ZYGOSITIES[1:])}"
        )
    try:
        name = find_variant(said["gene"], said["variant"]).name
    except UnknownVariantError:
        name = said["variant"]
    reported, assay = said.get("self_reported", False), said.get("assay", "")
    reason = (
        "reported by the person, not by a laboratory: it stratifies nobody"
        if reported
        else ""
        if assay
        else "no assay was stated"
    )
    return VariantCall(
        gene=said["gene"],
        variant=name,
        call=cast("Answer", said["call"]),
        zygosity=cast("Zygosity", said.get("zygosity", "")),
        reason=reason,
        assay=assay or ("own report" if reported else ""),
        date=said.get("date", ""),
        source="stated",
        usable=not reason,
    )


def _stated_repeat(said: Table) -> RepeatCall:
    counts = [read_count(f"{each}", where="[[repeat]]") for each in said["alleles"]]
    return call_repeat(
        RepeatReading(
            said["gene"],
            tuple(count for count, _ in counts),
            tuple(bounds for _, bounds in counts),
            said.get("assay", ""),
            said.get("date", ""),
            "stated",
            self_reported=said.get("self_reported", False),
        )
    )


def _marker(said: Table) -> MarkerReading:
    return read_marker(
        said["marker"],
        float(said["value"]),
        said["unit"],
        matrix=said.get("matrix", ""),
        below_limit=said.get("below_limit", False),
        platform=said.get("platform", ""),
        date=said.get("date", ""),
        source="stated",
    )


def _expression(file: PersonFile) -> tuple[tuple[PathwayState, ...], Subtype | None, tuple[str, ...]]:
    said = file.one.get("expression")
    if said is None:
        if "subtype" in file.one:
            raise PersonFileError("has nothing to place", where="[subtype]", do="add [expression] with the sample's expression")
        return (), None, ()
    if said["rows"] not in ("samples", "genes"):
        raise PersonFileError(f"rows {said['rows']!r} is not known", where="[expression]", do="write samples or genes")
    path = file.path(said["file"])
    probes = file.path(said["probes"]) if "probes" in said else None
    sets = read_gene_sets([file.path(each) for each in said["gene_sets"]])
    expression = read_expression(path, rows=cast("Rows", said["rows"]), gene_sets=sets, probes=probes)
    states, warnings = pathway_states(
        expression,
        sets,
        sample=said["sample"],
        controls=said["controls"],
        tissue=said.get("tissue", ""),
        place=path.name,
    )
    return states, _subtype(file, expression), warnings


def _subtype(file: PersonFile, expression: Expression) -> Subtype:
    said, sampled = file.one.get("subtype"), file.one["expression"]
    if said is None:
        return abstain_from_subtype()
    reference = read_subtype_reference(
        file.path(said["file"]),
        label=said["label"],
        person=said.get("person"),
        tissue=said["tissue"],
        platform=said["platform"],
        known_genes=frozenset(expression.genes),
    )
    tissue, platform = sampled.get("tissue", ""), sampled.get("platform", "")
    return place_subtype(reference, expression, sampled["sample"], tissue=tissue, platform=platform)
