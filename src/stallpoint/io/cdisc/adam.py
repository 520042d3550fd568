"""An ADaM package to a draft."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from stallpoint.core.draft import Draft
from stallpoint.io.cdisc.concentrations import take_adam_concentrations
from stallpoint.io.cdisc.datasets import first_of, read_package
from stallpoint.io.cdisc.events import dated_events, take_events, times_to_event
from stallpoint.io.cdisc.findings import adam_findings, require_scores, take_markers, take_visits
from stallpoint.io.cdisc.people import say_arms, take_people
from stallpoint.io.cdisc.sdtm import DOMAINS, build_draft
from stallpoint.io.cdisc.study_time import TimeZero, choose_time_zero
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.terms import Term, read_terms
from stallpoint.io.unmapped import say_unmapped

FINDINGS = ("adqs", "advs", "adre")
READ = ("adsl", *FINDINGS, "adtte", "adpc", "adae")


def read_adam(files: SourceFiles, bundled: Sequence[Term], *, mapping: Path | None = None) -> Draft:
    """The tables of a study as an ADaM package holds them; arguments and errors as for `read_sdtm`."""
    terms = (*(read_terms(mapping, domains=DOMAINS) if mapping else ()), *bundled)
    package = read_package(files, READ)
    data, adsl = package.datasets, package.datasets["adsl"]
    zero = _time_zero(adsl)
    found = [adam_findings(data[name], name, terms, zero) for name in FINDINGS if name in data]
    findings = require_scores(found, package.place)
    timed = [times_to_event(data["adtte"], terms, zero)] if "adtte" in data else []
    events = [dated_events(adsl, "death", ("DTHDT", "DTHDTC"), zero), dated_events(adsl, "end", ("EOSDT",), zero)]
    taken = {"patients": take_people(adsl, terms, arm=("TRT01P", "ARM"), flag="RANDFL")}
    taken["events"] = take_events([*events, *(part.drop_nulls("event") for part in timed)])
    taken |= {"visits": take_visits(findings), "markers": take_markers(findings)}
    taken |= {"concentrations": take_adam_concentrations(data["adpc"])} if "adpc" in data else {}
    left = [
        *(say_unmapped(part, by="dataset", shown=["code", "text"], place=package.place) for part in found),
        *(say_unmapped(part, by="code", shown=["text"], place="ADTTE") for part in timed),
    ]
    arms = say_arms(adsl, planned=("TRT01P", "ARM"), actual=("TRT01A", "ACTARM"))
    return build_draft(package, taken, (zero.note, *arms, *(note for notes in left for note in notes)), adverse="adae")


def _time_zero(adsl: pl.DataFrame) -> TimeZero:
    """Randomisation RANDDT, else the start of treatment TRTSDT; ADaM counts days from the latter."""
    people = adsl.select("patient", randdt=first_of(adsl, "RANDDT"), trtsdt=first_of(adsl, "TRTSDT"))
    candidates = {"randdt": "the date of randomisation RANDDT", "trtsdt": "the start of treatment TRTSDT"}
    return choose_time_zero(people, candidates, day_one="trtsdt")
