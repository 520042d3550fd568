"""A profile of one patient from the tables of a study, as an importer makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import polars as pl

from stallpoint.core.errors import TableError
from stallpoint.core.nearest import ask_nearest
from stallpoint.core.profile import Entry, MarkerReading, Profile
from stallpoint.core.variant import Answer, RepeatCall, RepeatReading, VariantCall, Zygosity
from stallpoint.knowledge.repeats import load_repeats
from stallpoint.knowledge.variants import UnknownVariantError, find_variant
from stallpoint.profile.build import build_profile
from stallpoint.profile.markers.by_age import place_by_age
from stallpoint.profile.markers.read import read_marker
from stallpoint.profile.repeats import call_repeat

Row = dict[str, Any]
_STAGE = ("alsfrs_r", "fvc_percent")
_HISTORY = ("sex", "age_years", "onset_site", "onset_months", "diagnosis_months", "smoker", "riluzole")


def profile_from_tables(tables: Mapping[str, pl.DataFrame], patient: str) -> Profile:
    """The profile of one patient of a study.

    A call without an assay is recorded and not used, as is one whose assay says that the person reported it. Names of variants are
    brought to the present ones.

    Raises:
        TableError: no such patient.
    """
    patients = tables["patients"]
    if patient not in patients["patient"].to_list():
        known = patients["patient"].to_list()
        raise TableError(f"no patient {patient}", where="patients", do=ask_nearest(patient, map(str, known)))
    person = patients.row(by_predicate=pl.col("patient") == patient, named=True)
    variants = _rows(tables, "variants", patient)
    age = person.get("age_years")
    return build_profile(
        patient,
        calls=[_call(row) for row in variants if not _is_repeat(row)],
        repeats=[_repeat(row) for row in variants if _is_repeat(row)],
        markers=[place_by_age(_marker(row), None if age is None else float(age)) for row in _rows(tables, "markers", patient)],
        stage=_stage(_rows(tables, "visits", patient), person),
        history=[Entry(name, f"{person[name]}", source="patients") for name in _HISTORY if person.get(name) is not None],
    )


def is_usable(assay: str | None) -> bool:
    """Whether a call may stratify: its assay was stated, and it is not the person's own report."""
    return bool(assay) and "self" not in str(assay).lower() and "reported" not in str(assay).lower()


def _rows(tables: Mapping[str, pl.DataFrame], name: str, patient: str) -> list[Row]:
    frame = tables.get(name)
    return [] if frame is None or frame.is_empty() else list(frame.filter(pl.col("patient") == patient).iter_rows(named=True))


def _is_repeat(row: Row) -> bool:
    return row.get("repeats") is not None and row["gene"] in load_repeats()


def _call(row: Row) -> VariantCall:
    try:
        name = find_variant(row["gene"], row["variant"]).name
    except UnknownVariantError:
        name = row["variant"]
    usable = is_usable(row.get("assay"))
    return VariantCall(
        gene=row["gene"],
        variant=name,
        call=cast("Answer", row["call"]),
        zygosity=cast("Zygosity", row.get("zygosity") or ""),
        reason="" if usable else "no assay was stated, or the person reported it: it stratifies nobody",
        assay=row.get("assay") or "",
        source="variants",
        usable=usable,
    )


def _repeat(row: Row) -> RepeatCall:
    assay = row.get("assay") or ""
    reported = bool(assay) and not is_usable(assay)
    return call_repeat(
        RepeatReading(row["gene"], (float(row["repeats"]),), assay=assay, source="variants", self_reported=reported)
    )


def _marker(row: Row) -> MarkerReading:
    return read_marker(
        row["marker"],
        float(row["value"]),
        row["unit"],
        matrix=row.get("matrix") or "",
        below_limit=bool(row.get("below_limit")),
        platform=row.get("platform") or "",
        time_months=row.get("time_months"),
        source="markers",
    )


def _stage(visits: list[Row], person: Row) -> Iterator[Entry]:
    """The last known value of each score, with its month; what stands in the table of patients is of time zero."""
    for name in _STAGE:
        known = [row for row in visits if row.get(name) is not None]
        if known:
            last = max(known, key=lambda row: float(row["time_months"]))
            yield Entry(name, f"{float(last[name]):g}", f"month {float(last['time_months']):g}", "visits")
        elif person.get(name) is not None:
            yield Entry(name, f"{float(person[name]):g}", "month 0", "patients")
