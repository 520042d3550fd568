"""A study's people as phenopackets, one JSON file each, and what such a file cannot hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from stallpoint.core.tables import ITEMS, TABLES
from stallpoint.io.phenopackets.read import OWN, Row, Terms
from stallpoint.io.phenopackets.times import duration_of_months

SCHEMA_VERSION = "2.0"
_ASSESSED = {"alsfrs_r": "ALSFRS-R total score", "fvc_percent": "Forced vital capacity, % of predicted"} | {
    item: f"ALSFRS-R item {item[1:]}" for item in ITEMS
}
_HELD = {
    "patients": {"patient", "age_years", "sex", "onset_site", "onset_months"},
    "visits": {"patient", "time_months", *_ASSESSED},
    "events": {"patient", "time_months", "event"},
    "markers": {"patient", "time_months", "marker", "value", "unit", "matrix", "below_limit", "assay_id"},
    "variants": {"patient", "gene", "variant", "call", "zygosity", "repeats", "assay", "gene_id", "acmg", "interpretation"},
    "doses": {"patient", "treatment", "dose_mg", "route"},
    "concentrations": set(),
}
_HGVS = re.compile(r"^\S+:([cgmnpr])\.")

Frames = Mapping[str, pl.DataFrame]


def render_phenopackets(name: str, frames: Frames, terms: Terms, created: str) -> tuple[dict[str, bytes], list[str]]:
    """One file for each person, and sentences on what is lost.

    Args:
        name: the study's name.
        frames: the study's tables.
        terms: ids and labels of ALS and of zygosities.
        created: a timestamp for the metadata.
    """
    by_person = {table: _rows_by_person(frame) for table, frame in frames.items()}
    files = {}
    for index, person in enumerate(frames["patients"].sort("patient").iter_rows(named=True), start=1):
        rows = {table: rows.get(person["patient"], []) for table, rows in by_person.items()}
        packet = _packet(name, person, rows, terms, created)
        safe = re.sub(r"[^A-Za-z0-9_-]+", "_", person["patient"])[:80]
        files[f"{index:05d}_{safe}.json"] = json.dumps(packet, indent=2, ensure_ascii=False).encode() + b"\n"
    return files, list(_losses(frames))


def _rows_by_person(frame: pl.DataFrame) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        rows.setdefault(row["patient"], []).append({key: value for key, value in row.items() if value is not None})
    return rows


def _packet(name: str, person: Row, rows: Mapping[str, list[Row]], terms: Terms, created: str) -> dict[str, Any]:
    age = person.get("age_years")
    variants = [_variant(row, person["patient"], terms) for row in rows.get("variants", []) if row["call"] == "present"]
    disease = {"term": terms["als"], **_onset(person, age)}
    diagnosis = {
        "id": f"{person['patient']}-1",
        "progressStatus": "UNKNOWN_PROGRESS",
        "diagnosis": {"disease": terms["als"], "genomicInterpretations": variants},
    }
    return {
        "id": f"{name}-{person['patient']}",
        "subject": _subject(person, age, rows.get("events", [])),
        "measurements": [*_assessments(rows.get("visits", []), age), *(_marker(row, age) for row in rows.get("markers", []))],
        "interpretations": [diagnosis] if variants else [],
        "diseases": [disease],
        "medicalActions": [*_procedures(rows.get("events", []), age), *(_treatment(row) for row in rows.get("doses", []))],
        "metaData": _meta(created),
    }


def _subject(person: Row, age: float | None, events: list[Row]) -> dict[str, Any]:
    subject: dict[str, Any] = {"id": person["patient"], "sex": str(person.get("sex") or "unknown_sex").upper()}
    times = {row["event"]: row["time_months"] for row in events}
    if "death" in times:
        subject["vitalStatus"] = {"status": "DECEASED", **_at("timeOfDeath", times["death"], age)}
    elif "end" in times:
        subject["vitalStatus"] = {"status": "ALIVE"}
    return subject | _at("timeAtLastEncounter", times.get("end", 0.0), age)


def _at(key: str, months: float, age: float | None) -> dict[str, Any]:
    """A time as the person's age; nothing where the age at time zero is not known."""
    return {} if age is None else {key: {"age": {"iso8601duration": duration_of_months(12 * age + months)}}}


def _onset(person: Row, age: float | None) -> dict[str, Any]:
    months, site = person.get("onset_months"), person.get("onset_site")
    onset = _at("onset", -months, age) if months is not None else {}
    return onset | ({"primarySite": _own(site)} if site else {})


def _assessments(visits: list[Row], age: float | None) -> list[dict[str, Any]]:
    return [
        {
            "assay": {"id": f"{OWN}{column}", "label": label},
            "value": {"quantity": {"unit": _own("percent" if column == "fvc_percent" else "points"), "value": visit[column]}},
            **_at("timeObserved", visit["time_months"], age),
        }
        for visit in visits
        for column, label in _ASSESSED.items()
        if column in visit
    ]


def _marker(row: Row, age: float | None) -> dict[str, Any]:
    site = {"procedure": {"code": _own("sampling"), "bodySite": _own(row["matrix"])}} if "matrix" in row else {}
    return {
        **({"description": "below limit"} if row.get("below_limit") else {}),
        "assay": {"id": row.get("assay_id") or _own(row["marker"])["id"], "label": row["marker"]},
        "value": {"quantity": {"unit": _own(row["unit"]), "value": row["value"]}},
        **_at("timeObserved", row["time_months"], age),
        **site,
    }


def _variant(row: Row, patient: str, terms: Terms) -> dict[str, Any]:
    hgvs = _HGVS.match(row["variant"])
    extensions = [{"name": key, "value": str(row[key])} for key in ("repeats", "assay") if key in row]
    descriptor = {
        "id": _own(row["variant"])["id"],
        "label": row["variant"],
        "geneContext": {"valueId": row.get("gene_id", ""), "symbol": row["gene"]},
        "moleculeContext": "unspecified_molecule_context",
        **({"expressions": [{"syntax": f"hgvs.{hgvs.group(1)}", "value": row["variant"]}]} if hgvs else {}),
        **({"allelicState": terms.get(row["zygosity"], _own(row["zygosity"]))} if "zygosity" in row else {}),
        **({"extensions": extensions} if extensions else {}),
    }
    return {
        "subjectOrBiosampleId": patient,
        "interpretationStatus": row.get("interpretation", "unknown status").upper().replace(" ", "_"),
        "variantInterpretation": {
            "acmgPathogenicityClassification": row.get("acmg", "not provided").upper().replace(" ", "_"),
            "variationDescriptor": descriptor,
        },
    }


def _procedures(events: list[Row], age: float | None) -> list[dict[str, Any]]:
    return [
        {"procedure": {"code": _own(row["event"]), **_at("performed", row["time_months"], age)}}
        for row in events
        if row["event"] in ("tracheostomy", "ventilation")
    ]


def _treatment(row: Row) -> dict[str, Any]:
    route = {"routeOfAdministration": _own(row["route"])} if "route" in row else {}
    quantity = {"unit": {"id": "UCUM:mg", "label": "mg"}, "value": row["dose_mg"]}
    return {"treatment": {"agent": _own(row["treatment"]), **route, "doseIntervals": [{"quantity": quantity}]}}


def _own(label: str) -> dict[str, str]:
    return {"id": OWN + re.sub(r"[^A-Za-z0-9_.-]+", "_", label), "label": label}


def _meta(created: str) -> dict[str, Any]:
    resources = [
        (
            "mondo",
            "Mondo Disease Ontology",
            "http://purl.obolibrary.org/obo/mondo.owl",
            "MONDO",
            "http://purl.obolibrary.org/obo/MONDO_",
        ),
        ("geno", "Genotype Ontology", "http://purl.obolibrary.org/obo/geno.owl", "GENO", "http://purl.obolibrary.org/obo/GENO_"),
    ]
    keys = ("id", "name", "url", "namespacePrefix", "iriPrefix")
    return {
        "created": created,
        "createdBy": "stallpoint",
        "resources": [dict(zip(keys, each, strict=True)) for each in resources],
        "phenopacketSchemaVersion": SCHEMA_VERSION,
    }


def _losses(frames: Frames) -> Iterator[str]:
    """What does not go with it, counted."""
    for table, frame in frames.items():
        left = sorted(name for name in frame.columns if name not in _HELD[table] and frame[name].null_count() < frame.height)
        if left and table in TABLES and frame.height:
            yield f"{table}: {', '.join(left)}"
    patients = frames["patients"]
    ageless = patients["age_years"].null_count() if "age_years" in patients.columns else patients.height
    if ageless:
        yield f"all times of {ageless:,} people whose age is not known: a phenopacket counts time by age"
    variants = frames.get("variants")
    if variants is not None and (other := variants.filter(pl.col("call") != "present").height):
        yield f"variants: {other:,} calls absent or not tested; a phenopacket lists what was found"
    yield from _lost_events(frames)


def _lost_events(frames: Frames) -> Iterator[str]:
    events = frames.get("events", pl.DataFrame(schema=TABLES["events"].dtypes))
    died = events.filter(event="death").select("patient")
    lost = events.filter(event="withdrawal").height + events.filter(event="end").join(died, on="patient", how="semi").height
    if lost:
        yield f"events: {lost:,} withdrawals, or ends of follow-up of people who died"
    measured = [frames[name].select("patient", "time_months") for name in ("visits", "markers") if name in frames]
    first = pl.concat(measured).group_by("patient").agg(pl.col("time_months").min()) if measured else events.clear()
    late = first.filter(pl.col("time_months") > 0).height
    if late:
        yield f"time zero of {late:,} people who were first measured later: their time will count from that measurement"
