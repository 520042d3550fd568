"""An OMOP release to a draft."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from stallpoint.core.draft import Draft
from stallpoint.io.omop.doses import count_without_amount, take_doses
from stallpoint.io.omop.events import take_events
from stallpoint.io.omop.facts import collect_facts, place_in_time
from stallpoint.io.omop.findings import take_markers, take_visits
from stallpoint.io.omop.people import take_people
from stallpoint.io.omop.tables import read_release
from stallpoint.io.omop.time_zero import NOT_RANDOMISED, NOTICE, find_time_zero
from stallpoint.io.omop.variants import take_variants
from stallpoint.io.source_files import SourceFiles
from stallpoint.io.terms import Term, read_terms
from stallpoint.io.unmapped import say_unmapped

DOMAINS = ("finding", "condition", "procedure", "drug", "sex", "person", "value", "site", "unit", "operator", "assay")

YEARS_NOTICE = (
    "Such records often give a year or month as its first day; times of onset, diagnosis and treatment may be off by months, "
    "and a gene result that is marked as self-reported was not confirmed."
)


def read_omop(files: SourceFiles, bundled: Sequence[Term], *, mapping: Path | None = None) -> Draft:
    """The tables of a study as an OMOP 5.4 release holds them.

    Args:
        files: the release.
        bundled: terms that come with the software.
        mapping: a user's own terms, which go before the bundled ones.

    Raises:
        TableError: a table that is missing or cannot be read, or nobody with an assessment.
        StudyFileError: a mapping that cannot be used.
    """
    terms = (*(read_terms(mapping, domains=DOMAINS) if mapping else ()), *bundled)
    release = read_release(files)
    recorded = collect_facts(release.tables, terms)
    zero = find_time_zero(recorded, release.place)
    facts = place_in_time(recorded, zero)
    taken = {
        "patients": take_people(release.tables["person"], facts, zero, terms),
        "visits": take_visits(facts, terms),
        "events": take_events(facts, release.tables, zero, terms),
        "markers": take_markers(facts, terms),
        "variants": take_variants(facts, terms),
        "doses": take_doses(facts),
    }
    unmapped = say_unmapped(facts, by="origin", shown=["code", "name", "text"], place=release.place)
    return Draft(
        {name: each.frame for name, each in taken.items() if name == "patients" or each.frame.height},
        unreadable=pl.concat([each.unreadable for each in taken.values()]),
        not_randomised=NOT_RANDOMISED,
        notices=(NOTICE, YEARS_NOTICE),
        notes=(*release.notes, *count_without_amount(facts), *unmapped),
    )
