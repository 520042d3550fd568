"""From what a drug file says to a Drug: the checking constructor.

A drug file is TOML. `docs/drug_file.md` describes it; every table it may hold has its builder here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, get_args

from stallpoint.core.drug import CovariateRatio, Direction, DosePattern, Drug, DrugKind, Evidence, Gap, Route, Site
from stallpoint.core.errors import DrugError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.parameter import LINKS, PARAMETER_KINDS, Parameter, ParameterKind
from stallpoint.core.quantity import read_quantity
from stallpoint.core.source import EvidenceClass, Source, SourceKind, Tag

Made = TypeVar("Made")
Entry = Mapping[str, Any]

TABLES = ("drug", "dose", "parameter", "covariate", "evidence", "gap", "source")
LARGEST_DOSE_MG = 100_000.0
"""The largest single dose of an ALS drug was trehalose, some 50 g by vein; one twice as large is asked back as a slip of the unit."""


class DrugFileError(DrugError):
    """A drug file that cannot be understood, or holds a value that cannot be."""


def build_drug(said: Entry, *, where: str) -> Drug:
    """A checked Drug.

    Args:
        said: the tables of a drug file as read from TOML.
        where: the file, for messages.

    Raises:
        DrugFileError: an unknown table or key, a missing key, a value outside what it can be.
        QuantityError: a number whose unit does not fit.
    """
    _require_known(said, TABLES, where)
    head = said.get("drug", {})
    drug = _build_head(head, f"{where}: [drug]")
    return replace(
        drug,
        patterns=_each(said, "dose", _build_dose, where),
        parameters=_each(said, "parameter", _build_parameter, where),
        covariates=_each(said, "covariate", _build_covariate, where),
        evidence=_each(said, "evidence", _build_evidence, where),
        gaps=_each(said, "gap", _build_gap, where),
        sources=_each(said, "source", _build_source, where),
    )


def check_cited(drug: Drug, known: Iterable[str], *, where: str) -> None:
    """Every number and finding cites a work that is known to the software or listed in the file.

    Raises:
        DrugFileError: a source id that nobody knows.
    """
    ids = set(known) | {source.id for source in drug.sources}
    cited = [*drug.patterns, *drug.parameters, *drug.covariates, *drug.evidence]
    for each in cited:
        if each.source not in ids:
            do = f"add a [[source]] with id {each.source!r}, or " + ask_nearest(each.source, ids).split("choose one of")[0]
            raise DrugFileError(f"source {each.source!r} is not known", where=where, do=do.removesuffix(", or "))


def _build_head(said: Entry, where: str) -> Drug:
    keys = ("name", "kind", "also", "molar_mass", "smiles", "inchikey", "class", "targets", "pathways")
    _require(said, keys, ("name", "kind"), where)
    return Drug(
        name=str(said["name"]),
        kind=_choice(said, "kind", get_args(DrugKind), where),
        also=tuple(said.get("also", ())),
        molar_mass_g_mol=_read_positive(said, "molar_mass", "g/mol", where) if "molar_mass" in said else None,
        smiles=said.get("smiles", ""),
        inchikey=said.get("inchikey", ""),
        drug_class=said.get("class", ""),
        targets=tuple(said.get("targets", ())),
        pathways=tuple(said.get("pathways", ())),
    )


def _build_dose(said: Entry, where: str) -> DosePattern:
    keys = ("name", "dose", "interval", "route", "infusion", "cycles", "first_days", "tag", "source", "note")
    _require(said, keys, ("name", "dose", "interval", "route", "tag", "source"), where)
    dose = _read_positive(said, "dose", "mg", where)
    if dose > LARGEST_DOSE_MG:
        what = f"a dose of {dose / 1000:g} g is larger than any that was given"
        raise DrugFileError(what, where=where, do="check the unit: was mg or ug meant?")
    return DosePattern(
        name=str(said["name"]),
        dose_mg=dose,
        interval_h=_read_positive(said, "interval", "h", where),
        route=_choice(said, "route", get_args(Route), where),
        infusion_h=read_quantity(said["infusion"], "h", where=f"{where} infusion") if "infusion" in said else 0.0,
        cycles=tuple((float(on), float(off)) for on, off in said.get("cycles", ())),
        first_days=tuple(float(day) for day in said.get("first_days", ())),
        tag=_choice(said, "tag", get_args(Tag), where),
        source=str(said["source"]),
        note=said.get("note", ""),
    )


def _build_parameter(said: Entry, where: str) -> Parameter:
    keys = ("name", "value", "low", "high", "between_cv", "within_cv", "species", "evidence", "tag", "source", "note")
    _require(said, keys, ("name", "value", "evidence", "tag", "source"), where)
    name = _choice(said, "name", PARAMETER_KINDS, where)
    kind = PARAMETER_KINDS[name]
    place = f"{where} {name}"

    def read(key: str) -> float | None:
        return (
            None
            if key not in said
            else _within(read_quantity(said[key], kind.unit, where=f"{place} {key}"), kind, f"{place} {key}")
        )

    def spread(key: str) -> float | None:
        return _read_positive(said, key, "fraction", place) if key in said else None

    value, low, high = read("value"), read("low"), read("high")
    if value is None or not (value if low is None else low) <= value <= (value if high is None else high):
        raise DrugFileError("low, value and high are not in order", where=place, do="check which is which, and their units")
    return Parameter(
        name=name,
        value=value,
        unit=kind.unit,
        low=low,
        high=high,
        between_cv=spread("between_cv"),
        within_cv=spread("within_cv"),
        species=said.get("species", ""),
        evidence=_choice(said, "evidence", get_args(EvidenceClass), place),
        tag=_choice(said, "tag", get_args(Tag), place),
        source=str(said["source"]),
        note=said.get("note", ""),
    )


def _build_covariate(said: Entry, where: str) -> CovariateRatio:
    keys = ("parameter", "column", "level", "ratio", "evidence", "tag", "source", "note")
    _require(said, keys, keys[:-1], where)
    return CovariateRatio(
        parameter=_choice(said, "parameter", PARAMETER_KINDS, where),
        column=str(said["column"]),
        level=str(said["level"]),
        ratio=_read_positive(said, "ratio", "ratio", where),
        evidence=_choice(said, "evidence", get_args(EvidenceClass), where),
        tag=_choice(said, "tag", get_args(Tag), where),
        source=str(said["source"]),
        note=said.get("note", ""),
    )


def _build_evidence(said: Entry, where: str) -> Evidence:
    keys = ("link", "direction", "claim", "evidence", "tag", "source", "site")
    _require(said, keys, keys[:-1], where)
    return Evidence(
        link=_choice(said, "link", LINKS, where),
        direction=_choice(said, "direction", get_args(Direction), where),
        claim=str(said["claim"]),
        evidence=_choice(said, "evidence", get_args(EvidenceClass), where),
        tag=_choice(said, "tag", get_args(Tag), where),
        source=str(said["source"]),
        site=_choice(said, "site", get_args(Site), where) if "site" in said else None,
    )


def _build_gap(said: Entry, where: str) -> Gap:
    keys = ("link", "what", "measure")
    _require(said, keys, keys, where)
    return Gap(link=_choice(said, "link", LINKS, where), what=str(said["what"]), measure=str(said["measure"]))


def _build_source(said: Entry, where: str) -> Source:
    keys = ("id", "title", "authors", "year", "venue", "doi", "url", "kind")
    _require(said, keys, ("id", "title"), where)
    if "kind" in said:
        _choice(said, "kind", get_args(SourceKind), where)
    return Source(**said)


def _each(said: Entry, table: str, build: Callable[[Entry, str], Made], where: str) -> tuple[Made, ...]:
    """Every entry of an array of tables, built."""
    entries = said.get(table, [])
    if not isinstance(entries, list):
        raise DrugFileError(f"[{table}] must be written [[{table}]]", where=where, do="double the brackets: there may be several")
    return tuple(build(entry, f"{where}: [[{table}]] {number}") for number, entry in enumerate(entries, start=1))


def _require(said: Entry, keys: tuple[str, ...], needed: tuple[str, ...], where: str) -> None:
    """No unknown key, and none of the needed ones missing."""
    _require_known(said, keys, where)
    missing = [key for key in needed if key not in said]
    if missing:
        raise DrugFileError(f"{', '.join(missing)} missing", where=where, do="add it; every number needs its tag and source")


def _require_known(said: Entry, keys: Iterable[str], where: str) -> None:
    for key in said:
        if key not in keys:
            raise DrugFileError(f"unknown key {key}", where=where, do=ask_nearest(key, keys))


def _choice(said: Entry, key: str, known: Iterable[str], where: str) -> Any:
    """The value of a key that must be one of the known words."""
    value = said[key]
    if value not in known:
        raise DrugFileError(f"{key} {value!r} is not known", where=where, do=ask_nearest(str(value), known))
    return value


def _read_positive(said: Entry, key: str, unit: str, where: str) -> float:
    """A quantity above 0."""
    return _positive(read_quantity(said[key], unit, where=f"{where} {key}"), f"{where} {key}")


def _positive(value: float, where: str) -> float:
    if not value > 0:
        raise DrugFileError(f"{value:g} is not above 0", where=where, do="leave the entry out if it is not known")
    return value


def _within(value: float, kind: ParameterKind, where: str) -> float:
    """A value of a parameter that it can have at all."""
    if kind.least == 0 and value <= 0 and kind.unit not in ("fraction", "ratio"):
        return _positive(value, where)
    if not kind.least <= value <= kind.most:
        raise DrugFileError(
            f"{value:g} is outside {kind.least:g} to {kind.most:g}", where=where, do="check the number and its unit"
        )
    return value
