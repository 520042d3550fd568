"""An export of PRO-ACT to a draft."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from stallpoint.core.draft import CELLS, Draft, number_rows
from stallpoint.io.proact.deaths import transcribe_deaths
from stallpoint.io.proact.files import Export, read_export
from stallpoint.io.proact.measurements import join_measurements, read_labs, read_neurofilament, read_strength, read_vital_signs
from stallpoint.io.proact.medication import read_riluzole
from stallpoint.io.proact.people import People, transcribe_people
from stallpoint.io.proact.visits import CAPACITIES, capacity_conflicts, join_visits, transcribe_alsfrs, transcribe_capacity
from stallpoint.io.source_files import SourceFiles

NOT_RANDOMISED = (
    "PRO-ACT pools many unnamed trials of unnamed drugs: active against placebo is not the effect of one drug, and pooling breaks the "
    "randomisation within each trial. A difference between its arms is an association."
)

NOTICES = (
    "PRO-ACT names neither trials nor drugs nor sites. People in it met the entry criteria of trials and are not all people with ALS.",
    "In some of its trials only deaths, or only people on riluzole, were recorded: either can stand for membership of a trial.",
)

BESIDE = ("adverse_events", "medication", "family_history", "history", "demographics")
"""Tables that are kept in their own words too, because a study cannot hold all of them."""


def read_proact(source: SourceFiles, *, units: Mapping[str, str]) -> Draft:
    """A draft of everything that a study can hold; time zero is the baseline of each person's trial.

    Args:
        source: the files of one release.
        units: spellings of units, in lower case, to one spelling.

    Raises:
        TableError: a file that cannot be read, or no ALSFRS table.
    """
    export = read_export(source)
    tables = export.tables
    people = transcribe_people(tables)
    visits, unreadable, conflicting = _read_visits(tables)
    drafts = {
        "patients": _with_medication(people.frame, tables),
        "visits": visits,
        "events": transcribe_deaths(tables["death"]) if "death" in tables else _no_deaths(),
        "markers": _read_markers(tables, units),
    }
    return Draft(
        drafts,
        beside={name: tables[name] for name in BESIDE if name in tables},
        unreadable=pl.concat([people.unreadable, unreadable]),
        conflicting=pl.concat([people.conflicting, conflicting]),
        not_randomised=NOT_RANDOMISED,
        notices=NOTICES,
        notes=_notes(export, people),
    )


def _read_visits(tables: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Visits, the cells that could not be read, and those that contradict each other."""
    alsfrs = transcribe_alsfrs(tables["alsfrs"])
    capacities = [transcribe_capacity(tables[name], name) for name in CAPACITIES if name in tables]
    frames = [each.frame for each in capacities]
    conflicting = pl.concat([pl.DataFrame(schema=CELLS), *map(capacity_conflicts, frames)])
    return (
        join_visits(alsfrs.frame, frames),
        _renumbered([alsfrs.unreadable, *(each.unreadable for each in capacities)]),
        conflicting,
    )


def _renumbered(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Rows of the files are no rows of the joined table: the cells keep their person and text only."""
    return pl.concat(parts).with_columns(row=pl.lit(None, dtype=pl.Int64))


def _read_markers(tables: Mapping[str, pl.DataFrame], units: Mapping[str, str]) -> pl.DataFrame:
    parts = []
    if "vital_signs" in tables:
        parts.append(read_vital_signs(tables["vital_signs"], units=units))
    if "labs" in tables:
        parts.append(read_labs(tables["labs"], units=units))
    if "neurofilament" in tables:
        parts.append(read_neurofilament(tables["neurofilament"]))
    for name, what in (("grip", "grip strength"), ("strength", "muscle strength")):
        if name in tables:
            parts.append(read_strength(tables[name], what=what))
    return number_rows(join_measurements(parts))


def _with_medication(people: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    if "medication" not in tables:
        return people
    return people.join(read_riluzole(tables["medication"]), on="patient", how="left", maintain_order="left")


def _no_deaths() -> pl.DataFrame:
    return number_rows(pl.DataFrame(schema={"patient": pl.String, "time_months": pl.Float64, "event": pl.String}))


def _notes(export: Export, people: People) -> tuple[str, ...]:
    absent = [name for name in ("demographics", "history", "death", "treatment", "riluzole", "fvc") if name not in export.tables]
    return (
        *export.notes,
        *([f"tables that the export does not have: {', '.join(absent)}"] if absent else []),
        f"people named anywhere: {people.frame.height}",
    )
