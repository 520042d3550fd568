"""What must hold between the tables of a study; nothing can be computed where it does not."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from stallpoint.core.coerce import describe_row
from stallpoint.core.errors import TableError
from stallpoint.core.tables import ITEMS
from stallpoint.core.wording import counted, listed

Frames = Mapping[str, pl.DataFrame]
Places = Mapping[str, str]


def require_people_and_visits(frames: Frames, places: Places) -> None:
    """Both tables are there and neither is empty; visits may be absent where events tell of survival."""
    for name in ("patients", "visits"):
        if name == "visits" and name not in frames and "events" in frames and frames["events"].height:
            continue
        if name not in frames:
            raise TableError(
                f"there is no {name} table", where=places[name], do=f"add {name}; a study needs patients, and visits or events"
            )
        if frames[name].is_empty():
            raise TableError("0 rows: only a header", where=places[name], do="add the data below the header")


def require_each_patient_once(frames: Frames, places: Places) -> None:
    """One row a person in patients."""
    patients = frames["patients"]
    repeated = patients.with_row_index("row").filter(pl.col("patient").is_duplicated())
    if repeated.height:
        raise TableError(
            f"{counted(repeated['patient'].n_unique(), 'patient')} in more than one row",
            where=f"{places['patients']}, column patient",
            rows=[describe_row(patients, row) for row in repeated["row"]],
            do="keep one row for each person; what changes over time belongs in visits or markers",
        )


def require_known_patients(frames: Frames, places: Places) -> None:
    """Nobody appears in another table who is not in patients."""
    known = frames["patients"]["patient"].unique()
    for name, frame in frames.items():
        unknown = frame.filter(~pl.col("patient").is_in(known.implode()))["patient"].unique(maintain_order=True).to_list()
        if unknown:
            raise TableError(
                f"{counted(len(unknown), 'patient')} not in {places['patients']}: {listed(unknown)}",
                where=f"{places[name]}, column patient",
                do=f"add them to {places['patients']}, or spell them as there (upper and lower case differ)",
            )


def require_one_event_of_a_kind(frames: Frames, places: Places) -> None:
    """A person dies once; no kind of event happens twice to a person at different times."""
    events = frames["events"]
    distinct = events.with_row_index("row").unique(["patient", "time_months", "event"], keep="first", maintain_order=True)
    conflicts = distinct.filter(pl.len().over("patient", "event") > 1)
    if conflicts.height:
        raise TableError(
            f"more than one {conflicts['event'][0]} at different times for one person",
            where=f"{places['events']}, column event",
            rows=[
                describe_row(events, row, f"{kind} at {time:g} months")
                for row, kind, time in conflicts.select("row", "event", "time_months").iter_rows()
            ],
            do="keep the one that is true",
        )


def require_scores(frames: Frames, places: Places) -> None:
    """Every visits table has totals, or the items to compute them from."""
    visits = frames["visits"]
    if visits.is_empty():
        return
    filled = {name for name in visits.columns if visits[name].null_count() < visits.height}
    items = [item for item in ITEMS if item not in ("q5a", "q5b")]
    if "alsfrs_r" in filled or (filled.issuperset(items) and filled.intersection(("q5a", "q5b"))):
        return
    absent = [item for item in items if item not in filled]
    partly = [f"items missing: {', '.join(absent)}"] if len(absent) < len(items) else []
    raise TableError(
        "no ALSFRS-R total and not all of its items",
        where=f"{places['visits']}, column alsfrs_r",
        rows=partly,
        do="give alsfrs_r (0 to 48), or all items q1 to q12 (with q5a or q5b)",
    )
