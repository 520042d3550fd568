"""From what a drug file says to a Drug: the checking constructor.

A drug file is TOML. `docs/drug_file.md` describes it; every table it may hold has its builder here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, get_args

from stallpoint.core.drug import CovariateRatio, DosePattern, Drug, DrugKind, Evidence, Gap, Route, Site
from stallpoint.core.drug_entry import (
    DrugFileError,
    Entry,
    build_each,
    read_choice,
    read_positive,
    read_table,
    read_text,
    read_texts,
    require_keys,
    require_known,
)
from stallpoint.core.drug_tables import DRUG_TABLES
from stallpoint.core.nearest import nearest_name
from stallpoint.core.parameter import LINKS, PARAMETER_KINDS, Parameter, ParameterKind
from stallpoint.core.quantity import read_quantity
from stallpoint.core.source import Direction, EvidenceClass, Source, SourceKind, Tag

LARGEST_DOSE_MG = 100_000.0
"""The largest single dose of an ALS drug was trehalose, some 50 g by vein; one twice as large is asked back as a slip of the unit."""

LARGEST_CYCLE_DAYS = 3653.0
"""Ten years; a longer time on or off, or a later first dose, is no pattern of doses."""


def build_drug(said: Entry, *, where: str) -> Drug:
    """A checked Drug.

    Args:
        said: the tables of a drug file as read from TOML.
        where: the file, for messages.

    Raises:
        DrugFileError: an unknown table or key, a missing key, a value outside what it can be.
        QuantityError: a number whose unit does not fit.
    """
    require_known(said, DRUG_TABLES, where)
    drug = _build_head(read_table(said, "drug", where), f"{where}: [drug]")
    return replace(
        drug,
        patterns=build_each(said, "dose", _build_dose, where),
        parameters=build_each(said, "parameter", _build_parameter, where),
        covariates=build_each(said, "covariate", _build_covariate, where),
        evidence=build_each(said, "evidence", _build_evidence, where),
        gaps=build_each(said, "gap", _build_gap, where),
        sources=build_each(said, "source", _build_source, where),
    )


def check_cited(drug: Drug, known: Iterable[str], *, where: str) -> None:
    """Every number and finding cites a work that is known to the software or listed in the file.

    Raises:
        DrugFileError: a source id that nobody knows, or one that the file lists twice.
    """
    own = [source.id for source in drug.sources]
    twice = sorted({name for name in own if own.count(name) > 1})
    if twice:
        raise DrugFileError(f"source {twice[0]!r} is listed twice", where=where, do="give each work an id of its own")
    ids = {*known, *own}
    cited: list[DosePattern | Parameter | CovariateRatio | Evidence] = [*drug.patterns, *drug.parameters]
    cited += [*drug.covariates, *drug.evidence]
    for each in cited:
        if each.source not in ids:
            nearest = nearest_name(each.source, ids)
            do = f"add a [[source]] with id {each.source!r}" + (f", or write {nearest!r} if that was meant" if nearest else "")
            raise DrugFileError(f"source {each.source!r} is not known", where=where, do=do)


def _build_head(said: Entry, where: str) -> Drug:
    require_keys(said, DRUG_TABLES["drug"], where)
    return Drug(
        name=read_text(said, "name", where),
        kind=read_choice(said, "kind", get_args(DrugKind), where),
        also=read_texts(said, "also", where),
        molar_mass_g_mol=read_positive(said, "molar_mass", "g/mol", where) if "molar_mass" in said else None,
        smiles=read_text(said, "smiles", where),
        inchikey=read_text(said, "inchikey", where),
        drug_class=read_text(said, "class", where),
        targets=read_texts(said, "targets", where),
        pathways=read_texts(said, "pathways", where),
    )


def _build_dose(said: Entry, where: str) -> DosePattern:
    require_keys(said, DRUG_TABLES["dose"], where)
    dose, interval = read_positive(said, "dose", "mg", where), read_positive(said, "interval", "h", where)
    infusion = read_positive(said, "infusion", "h", where) if "infusion" in said else 0.0
    if dose > LARGEST_DOSE_MG:
        what = f"a dose of {dose / 1000:g} g is larger than any that was given"
        raise DrugFileError(what, where=where, do="check the unit: was mg or ug meant?")
    if infusion > interval:
        what = f"an infusion of {infusion:g} h does not end before the next, {interval:g} h later"
        raise DrugFileError(what, where=where, do="check infusion and interval, and their units")
    return DosePattern(
        name=read_text(said, "name", where),
        dose_mg=dose,
        interval_h=interval,
        route=read_choice(said, "route", get_args(Route), where),
        infusion_h=infusion,
        cycles=_read_cycles(said.get("cycles", []), f"{where} cycles"),
        first_days=_read_first_days(said.get("first_days", []), f"{where} first_days"),
        tag=read_choice(said, "tag", get_args(Tag), where),
        source=read_text(said, "source", where),
        note=read_text(said, "note", where),
    )


def _read_cycles(said: object, where: str) -> tuple[tuple[float, float], ...]:
    """Pairs of days on, above 0, and days off, 0 or more."""
    pairs: list[Any] = said if isinstance(said, list) else [said]
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and _are_days(pair) and pair[0] > 0):
            do = "write days on and days off, such as [[14, 14], [10, 18]]"
            raise DrugFileError(f"{pair!r} is not a cycle", where=where, do=do)
    return tuple((float(on), float(off)) for on, off in pairs)


def _read_first_days(said: object, where: str) -> tuple[float, ...]:
    """Days of doses in order, none before day 0."""
    if not isinstance(said, list) or not _are_days(said) or sorted(set(said)) != said:
        do = "write the days of the first doses in order, such as [0, 14, 28]"
        raise DrugFileError(f"{said!r} are not days in order", where=where, do=do)
    return tuple(float(day) for day in said)


def _are_days(said: list[Any]) -> bool:
    numbers = all(isinstance(day, int | float) and not isinstance(day, bool) for day in said)
    return numbers and all(0 <= day <= LARGEST_CYCLE_DAYS for day in said)


def _build_parameter(said: Entry, where: str) -> Parameter:
    require_keys(said, DRUG_TABLES["parameter"], where)
    name = read_choice(said, "name", PARAMETER_KINDS, where)
    kind = PARAMETER_KINDS[name]
    place = f"{where} {name}"
    value, low, high = (_read_within(said, key, kind, place) for key in ("value", "low", "high"))
    if value is None or not (value if low is None else low) <= value <= (value if high is None else high):
        raise DrugFileError("low, value and high are not in order", where=place, do="check which is which, and their units")
    species, evidence = read_text(said, "species", place), read_choice(said, "evidence", get_args(EvidenceClass), place)
    _require_species(species, evidence, place)
    return Parameter(
        name=name,
        value=value,
        unit=kind.unit,
        low=low,
        high=high,
        between_cv=read_positive(said, "between_cv", "fraction", place) if "between_cv" in said else None,
        within_cv=read_positive(said, "within_cv", "fraction", place) if "within_cv" in said else None,
        species=species,
        evidence=evidence,
        tag=read_choice(said, "tag", get_args(Tag), place),
        source=read_text(said, "source", place),
        note=read_text(said, "note", place),
    )


def _require_species(species: str, evidence: EvidenceClass, where: str) -> None:
    """A number of an animal never counts as one of people."""
    if evidence == "human" and species not in ("", "human"):
        raise DrugFileError(f"a number of {species} is called human evidence", where=where, do='write evidence = "animal"')


def _read_within(said: Entry, key: str, kind: ParameterKind, where: str) -> float | None:
    """A value of a parameter that it can have at all; None where the key is absent."""
    if key not in said:
        return None
    if kind.least == 0 and kind.unit not in ("fraction", "ratio"):
        return read_positive(said, key, kind.unit, where)
    value = read_quantity(said[key], kind.unit, where=f"{where} {key}")
    if not kind.least <= value <= kind.most:
        what = f"{value:g} is outside {kind.least:g} to {kind.most:g}"
        raise DrugFileError(what, where=f"{where} {key}", do="check the number and its unit")
    return value


def _build_covariate(said: Entry, where: str) -> CovariateRatio:
    require_keys(said, DRUG_TABLES["covariate"], where)
    return CovariateRatio(
        parameter=read_choice(said, "parameter", PARAMETER_KINDS, where),
        column=read_text(said, "column", where),
        level=read_text(said, "level", where),
        ratio=read_positive(said, "ratio", "ratio", where),
        evidence=read_choice(said, "evidence", get_args(EvidenceClass), where),
        tag=read_choice(said, "tag", get_args(Tag), where),
        source=read_text(said, "source", where),
        note=read_text(said, "note", where),
    )


def _build_evidence(said: Entry, where: str) -> Evidence:
    require_keys(said, DRUG_TABLES["evidence"], where)
    return Evidence(
        link=read_choice(said, "link", LINKS, where),
        direction=read_choice(said, "direction", get_args(Direction), where),
        claim=read_text(said, "claim", where),
        evidence=read_choice(said, "evidence", get_args(EvidenceClass), where),
        tag=read_choice(said, "tag", get_args(Tag), where),
        source=read_text(said, "source", where),
        site=read_choice(said, "site", get_args(Site), where) if "site" in said else None,
    )


def _build_gap(said: Entry, where: str) -> Gap:
    require_keys(said, DRUG_TABLES["gap"], where)
    return Gap(
        link=read_choice(said, "link", LINKS, where),
        what=read_text(said, "what", where),
        measure=read_text(said, "measure", where),
    )


def _build_source(said: Entry, where: str) -> Source:
    require_keys(said, DRUG_TABLES["source"], where)
    year = said.get("year")
    if year is not None and type(year) is not int:
        raise DrugFileError(f"year {year!r} is not a whole number", where=where, do="write the year without quotes, such as 2009")
    texts = {key: read_text(said, key, where) for key in ("id", "title", "authors", "venue", "doi", "url")}
    kind: SourceKind = read_choice(said, "kind", get_args(SourceKind), where) if "kind" in said else "article"
    return Source(**texts, year=year, kind=kind)
