"""An SDTM package to a draft."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from stallpoint.core.draft import Draft
from stallpoint.io.cdisc.concentrations import take_sdtm_concentrations
from stallpoint.io.cdisc.datasets import Package, first_of, read_package
from stallpoint.io.cdisc.doses import take_doses
from stallpoint.io.cdisc.events import dated_events, dispositions, take_events
from stallpoint.io.cdisc.findings import require_scores, sdtm_findings, take_markers, take_visits
from stallpoint.io.cdisc.people import say_arms, take_people
from stallpoint.io.cdisc.study_time import TimeZero, choose_time_zero
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.terms import Term, read_terms
from stallpoint.io.transcribe import Transcribed
from stallpoint.io.unmapped import say_unmapped

DOMAINS = ("finding", "disposition", "time to event", "description", "sex", "subject")
FINDINGS = ("qs", "vs", "re", "lb")
READ = ("dm", *FINDINGS, "ds", "ex", "pc", "ae")


def read_sdtm(files: SourceFiles, bundled: Sequence[Term], *, mapping: Path | None = None) -> Draft:
    """The tables of a study as an SDTM package holds them.

    Args:
        files: the package, datasets as XPT, CSV or Parquet.
        bundled: terms that come with the software.
        mapping: a user's own terms, which go before the bundled ones.

    Raises:
        TableError: a dataset that is missing or cannot be read.
        StudyFileError: a mapping that cannot be used.
    """
    terms = (*(read_terms(mapping, domains=DOMAINS) if mapping else ()), *bundled)
    package = read_package(files, READ)
    data, dm = package.datasets, package.datasets["dm"]
    zero = _time_zero(data)
    found = [sdtm_findings(data[name], name, terms, zero) for name in FINDINGS if name in data]
    findings = require_scores(found, package.place)
    disposed = [dispositions(data["ds"], terms, zero)] if "ds" in data else []
    events = [dated_events(dm, "death", ("DTHDTC",), zero), dated_events(dm, "end", ("RFPENDTC",), zero)]
    taken = {"patients": take_people(dm, terms, arm=("ARM",), flag="RANDFL")}
    taken["events"] = take_events([*events, *(part.drop_nulls("event") for part in disposed)])
    taken |= {"visits": take_visits(findings), "markers": take_markers(findings)}
    taken |= {"doses": take_doses(data["ex"], zero)} if "ex" in data else {}
    taken |= {"concentrations": take_sdtm_concentrations(data["pc"], data.get("ex"))} if "pc" in data else {}
    left = _say_left(package, [part.filter(pl.col("dataset") != "LB") for part in found], disposed)
    arms = say_arms(dm, planned=("ARM",), actual=("ACTARM",))
    return build_draft(package, taken, (zero.note, *arms, *left), adverse="ae")


def build_draft(package: Package, taken: dict[str, Transcribed], notes: tuple[str, ...], *, adverse: str) -> Draft:
    """A draft of what was taken; adverse events go beside it in the source's own words."""
    beside = {"adverse_events": package.datasets[adverse].drop("patient")} if adverse in package.datasets else {}
    return Draft(
        {name: each.frame for name, each in taken.items() if name == "patients" or each.frame.height},
        beside={name: frame.select(sorted(frame.columns)).sort(pl.all(), nulls_last=True) for name, frame in beside.items()},
        unreadable=pl.concat([each.unreadable for each in taken.values()]),
        notes=(*package.notes, *notes),
    )


def _time_zero(data: dict[str, pl.DataFrame]) -> TimeZero:
    """Randomisation in DS, else the reference start date RFSTDTC, else the first treatment RFXSTDTC."""
    dm = data["dm"]
    people = dm.select("patient", rfstdtc=first_of(dm, "RFSTDTC"), rfxstdtc=first_of(dm, "RFXSTDTC")).join(
        _randomised(data.get("ds")), on="patient", how="left", maintain_order="left"
    )
    candidates = {
        "randomised": "the date of randomisation in DS",
        "rfstdtc": "the reference start date RFSTDTC",
        "rfxstdtc": "the first treatment RFXSTDTC",
    }
    return choose_time_zero(people, candidates, day_one="rfstdtc")


def _randomised(ds: pl.DataFrame | None) -> pl.DataFrame:
    if ds is None:
        return pl.DataFrame(schema={"patient": pl.String, "randomised": pl.String})
    rows = ds.filter(first_of(ds, "DSDECOD").str.to_uppercase().is_in(["RANDOMIZED", "RANDOMISED"]))
    return rows.group_by("patient").agg(randomised=first_of(ds, "DSSTDTC", "DSDTC").min())


def _say_left(package: Package, found: list[pl.DataFrame], disposed: list[pl.DataFrame]) -> tuple[str, ...]:
    findings = say_unmapped(pl.concat(found), by="dataset", shown=["code", "text"], place=package.place) if found else ()
    kinds = [say_unmapped(part, by="category", shown=["scope", "code"], place="DS") for part in disposed]
    return (*findings, *(note for notes in kinds for note in notes))
