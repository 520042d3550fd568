"""Phenopackets to a draft."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from stallpoint.core.draft import CELLS, Draft, number_rows
from stallpoint.core.tables import ITEMS, SEXES, TABLES
from stallpoint.io.phenopackets.files import Packet, read_packets
from stallpoint.io.phenopackets.times import months_of, months_of_date
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.transcribe import clean_identifier

OWN = "stallpoint:"
"""Prefix of the terms for columns of a study that no ontology names."""

_ASSESSED = ("alsfrs_r", "fvc_percent", *ITEMS)
_ALSFRS = re.compile(r"^(revised )?(alsfrs|als functional rating scale)[- ]?(r|revised)?( (total|total score|score))?$")
_NOT_HELD = ("phenotypicFeatures", "biosamples", "files")
_HGVS = re.compile(r"^hgvs", re.IGNORECASE)

Row = dict[str, Any]
Terms = Mapping[str, Mapping[str, str]]


@dataclass
class _Rows:
    """Rows of each table as they come, and how often something was met that a study does not hold."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    treatments: list[Row] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Clock:
    """One person's time: whether it counts ages or dates, and where time zero is on it."""

    kind: str
    zero: float | None
    birth: float | None

    def since_zero(self, element: Any) -> float | None:
        """Months since time zero."""
        time = months_of(element, self.birth)
        known = time is not None and self.zero is not None and time[0] == self.kind
        return round(time[1] - self.zero, 9) if known else None  # type: ignore[index, operator]


def read_phenopackets(files: SourceFiles, terms: Terms) -> Draft:
    """People, function, events, markers, variants and doses.

    Time zero is a person's first dated measurement; without one, the last encounter.

    Args:
        files: JSON files of version 2.
        terms: ids and labels of ALS and of zygosities.

    Raises:
        TableError: a file that is no phenopacket.
    """
    rows = _Rows()
    for _, packet in read_packets(files):
        _read_person(packet, rows, terms)
    tables = {name: _frame(name, said) for name, said in rows.tables.items() if said}
    beside = {"treatments": pl.DataFrame(rows.treatments, infer_schema_length=None)} if rows.treatments else {}
    return Draft(tables, beside=beside, unreadable=pl.DataFrame(schema=CELLS), notes=tuple(_notes(rows)))


def _read_person(packet: Packet, rows: _Rows, terms: Terms) -> None:
    subject = _dict(packet.get("subject"))
    patient = str(subject.get("id") or "").strip() or None
    clock = _start(packet, subject)
    rows.tables["patients"].append(_person(packet, subject, clock, terms) | {"patient": patient})
    rows.tables["visits"] += [row | {"patient": patient} for row in _visits(packet, clock)]
    rows.tables["markers"] += [row | {"patient": patient} for row in _markers(packet, clock, rows)]
    rows.tables["events"] += [row | {"patient": patient} for row in _events(packet, subject, clock)]
    rows.tables["variants"] += [row | {"patient": patient} for row in _variants(packet, terms, rows)]
    for dose in _doses(packet, clock):
        held = dose["dose_mg"] is not None and dose["time_months"] is not None
        (rows.tables["doses"] if held else rows.treatments).append(dose | {"patient": patient})
    for name in _NOT_HELD:
        rows.left_out[name] += len(_list(packet.get(name)))


def _start(packet: Packet, subject: Mapping[str, Any]) -> _Clock:
    birth = months_of_date(str(subject.get("dateOfBirth") or ""))
    measured = [months_of(_dict(each).get("timeObserved"), birth) for each in _list(packet.get("measurements"))]
    known = [time for time in measured if time] or [
        time for time in [months_of(subject.get("timeAtLastEncounter"), birth)] if time
    ]
    kind = "age" if any(time[0] == "age" for time in known) else "date"
    return _Clock(kind, min((time[1] for time in known if time[0] == kind), default=None), birth)


def _person(packet: Packet, subject: Mapping[str, Any], clock: _Clock, terms: Terms) -> Row:
    sex = str(subject.get("sex") or "").lower()
    row: Row = {"sex": sex if sex in SEXES else None}
    row["age_years"] = round(clock.zero / 12, 9) if clock.zero is not None and clock.kind == "age" else None
    disease = _als(packet, terms)
    onset = clock.since_zero(disease.get("onset"))
    row["onset_months"] = -onset if onset is not None else None
    row["onset_site"] = str(_dict(disease.get("primarySite")).get("label") or "").lower() or None
    return row | {name[1:]: packet[name] for name in ("_family", "_relation") if packet.get(name)}


def _als(packet: Packet, terms: Terms) -> Mapping[str, Any]:
    """The disease that is ALS; the only one where no term says so."""
    diseases = [each for each in map(_dict, _list(packet.get("diseases"))) if not each.get("excluded")]
    als = [each for each in diseases if _dict(each.get("term")).get("id") == terms["als"]["id"]]
    als = als or [each for each in diseases if "amyotrophic" in _label(each.get("term")).lower()]
    return (als or (diseases if len(diseases) == 1 else []) or [{}])[0]


def _visits(packet: Packet, clock: _Clock) -> list[Row]:
    visits: list[Row] = []
    for each in map(_dict, _list(packet.get("measurements"))):
        column, amount = _assessed(each.get("assay")), _amount(_dict(each.get("value")).get("quantity"))
        if column is None or amount is None:
            continue
        time = clock.since_zero(each.get("timeObserved"))
        same = next(
            (visit for visit in visits if visit["time_months"] == time and column not in visit and time is not None), None
        )
        if same is None:
            same = {"time_months": time}
            visits.append(same)
        same[column] = amount
    return visits


def _assessed(assay: Any) -> str | None:
    name = str(_dict(assay).get("id") or "").removeprefix(OWN)
    if name in _ASSESSED:
        return name
    return "alsfrs_r" if _ALSFRS.match(_label(assay).lower()) and "r" in _label(assay).lower()[6:] else None


def _markers(packet: Packet, clock: _Clock, rows: _Rows) -> Iterator[Row]:
    for each in map(_dict, _list(packet.get("measurements"))):
        if _assessed(each.get("assay")):
            continue
        value = _dict(each.get("value"))
        parts = map(_dict, _list(_dict(each.get("complexValue")).get("typedQuantities")))
        typed = [(part.get("type"), part.get("quantity")) for part in parts]
        quantities = [(each.get("assay"), value["quantity"])] if "quantity" in value else typed
        rows.left_out["measurements that are no quantities"] += not quantities
        for assay, quantity in quantities:
            yield {
                "time_months": clock.since_zero(each.get("timeObserved")),
                "marker": _label(assay) or str(_dict(assay).get("id") or "") or None,
                "assay_id": str(_dict(assay).get("id") or "") or None,
                "value": _amount(quantity),
                "unit": _label(_dict(quantity).get("unit")) or str(_dict(_dict(quantity).get("unit")).get("id") or "") or None,
                "matrix": _label(_dict(_dict(each.get("procedure")).get("bodySite"))) or None,
                "below_limit": True if each.get("description") == "below limit" else None,
            }


def _events(packet: Packet, subject: Mapping[str, Any], clock: _Clock) -> Iterator[Row]:
    status = _dict(subject.get("vitalStatus"))
    if status.get("status") == "DECEASED":
        yield {"time_months": clock.since_zero(status.get("timeOfDeath")), "event": "death"}
    elif status.get("status") == "ALIVE":
        yield {"time_months": clock.since_zero(subject.get("timeAtLastEncounter")), "event": "end"}
    for action in map(_dict, _list(packet.get("medicalActions"))):
        procedure = _dict(action.get("procedure"))
        label = _label(procedure.get("code")).lower()
        if label in ("tracheostomy", "ventilation"):
            yield {"time_months": clock.since_zero(procedure.get("performed")), "event": label}


def _variants(packet: Packet, terms: Terms, rows: _Rows) -> Iterator[Row]:
    """Variants that were found. A rejected one was found as well: it is the cause that was rejected, and the interpretation says so."""
    interpretations = [
        _dict(each)
        for said in _list(packet.get("interpretations"))
        for each in _list(_dict(_dict(said).get("diagnosis")).get("genomicInterpretations"))
    ]
    zygosities = {terms[name]["id"]: name for name in ("heterozygous", "homozygous", "hemizygous")}
    for each in interpretations:
        found = _dict(each.get("variantInterpretation"))
        descriptor = _dict(found.get("variationDescriptor"))
        name = _variant_name(descriptor)
        if name is None:
            rows.left_out["genes without a variant"] += 1
            continue
        gene = _dict(descriptor.get("geneContext"))
        state = _dict(descriptor.get("allelicState"))
        said = {str(_dict(extra).get("name")): _dict(extra).get("value") for extra in _list(descriptor.get("extensions"))}
        yield {
            "gene": gene.get("symbol") or gene.get("valueId"),
            "variant": name,
            "call": "present",
            "zygosity": zygosities.get(str(state.get("id"))) or _label(state) or None,
            "repeats": _number(said.get("repeats")),
            "assay": said.get("assay"),
            "gene_id": gene.get("valueId") or None,
            "acmg": _known(found.get("acmgPathogenicityClassification"), "NOT_PROVIDED"),
            "interpretation": _known(each.get("interpretationStatus"), "UNKNOWN_STATUS"),
        }


def _variant_name(descriptor: Mapping[str, Any]) -> str | None:
    expressions = [_dict(each) for each in _list(descriptor.get("expressions"))]
    hgvs = [str(each.get("value")) for each in expressions if _HGVS.match(str(each.get("syntax") or "")) and each.get("value")]
    vcf = _dict(descriptor.get("vcfRecord"))
    written = " ".join(str(vcf[key]) for key in ("genomeAssembly", "chrom", "pos", "ref", "alt") if vcf.get(key))
    return next((name for name in (*hgvs, descriptor.get("label"), written, descriptor.get("id")) if name), None)


def _doses(packet: Packet, clock: _Clock) -> Iterator[Row]:
    for action in map(_dict, _list(packet.get("medicalActions"))):
        treatment = _dict(action.get("treatment"))
        if not treatment:
            continue
        for each in map(_dict, _list(treatment.get("doseIntervals")) or [{}]):
            interval, quantity = _dict(each.get("interval")), _dict(each.get("quantity"))
            unit = _label(quantity.get("unit")).lower() or str(_dict(quantity.get("unit")).get("id") or "").lower()
            yield {
                "treatment": _label(treatment.get("agent")) or _dict(treatment.get("agent")).get("id"),
                "time_months": clock.since_zero({"timestamp": interval.get("start")}),
                "dose_mg": _amount(quantity) if unit in ("mg", "milligram", "milligrams", "ucum:mg") else None,
                "route": _label(treatment.get("routeOfAdministration")) or None,
                "stop_months": clock.since_zero({"timestamp": interval.get("end")}),
                "amount": _amount(quantity),
                "unit": unit or None,
                "frequency": _label(each.get("scheduleFrequency")) or None,
            }


def _frame(table: str, said: list[Row]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in said for name in row))
    types = {name: TABLES[table].dtypes.get(name, pl.Float64 if name == "amount" else pl.String) for name in names}
    frame = pl.DataFrame([{name: row.get(name) for name in names} for row in said], schema=types, strict=False)
    return number_rows(frame.with_columns(clean_identifier("patient").alias("patient")))


def _notes(rows: _Rows) -> Iterator[str]:
    yield "time zero is each person's first dated measurement, or the last encounter where nothing was measured"
    for name, count in rows.left_out.items():
        if count:
            yield f"not held by a study and left out: {count:,} {name}"
    if rows.treatments:
        yield f"{len(rows.treatments):,} treatments without an amount in mg or a start lie in beside/treatments.parquet"


def _amount(quantity: Any) -> float | None:
    return _number(_dict(quantity).get("value"))


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) != float("inf") and number == number else None


def _known(word: Any, unknown: str) -> str | None:
    return str(word).lower().replace("_", " ") if word and word != unknown else None


def _label(said: Any) -> str:
    return str(_dict(said).get("label") or "").strip()


def _dict(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []
