"""Every look at one study, over all its runs: a file beside study.toml that runs add to and none takes from.

A question that was put last week, found wanting and dropped from the study file was still put to the outcome.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from typing import Any

import polars as pl

from stallpoint.core.cohort import Modifiers
from stallpoint.core.errors import OutputError, TableError
from stallpoint.core.ledger import Look
from stallpoint.io.export.csv import render_csv
from stallpoint.response.modifier_values import ask_of_slope
from stallpoint.study.json_text import render_json
from stallpoint.study.output_folder import write_whole
from stallpoint.study.study_file import StudyFile

LOOKS_FILE = "looks.tsv"

_COLUMNS = ("question", "kind", "outcome", "prespecified", "effect", "p_value", "p_adjusted", "asked", "estimand", "first_run")


@dataclass(frozen=True)
class RecordedLook:
    """A look, the question of the study file it was made under (`asked`, a hash), its estimand, and the day it was first made."""

    look: Look
    asked: str
    estimand: str
    first_run: str


def hash_question(study: StudyFile) -> str:
    """What the study file asks, as a short hash: runs that ask the same make the same looks."""
    asked = [study.trial, study.estimand, study.modifiers, study.exploration]
    return sha256(render_json(asked)).hexdigest()[:12]


def read_looks(study: StudyFile) -> tuple[RecordedLook, ...]:
    """All looks that runs of this study have recorded.

    Raises:
        TableError: the file was changed so that it cannot be read.
    """
    file = study.path.parent / LOOKS_FILE
    if not file.is_file():
        return ()
    rows = list(csv.DictReader(StringIO(file.read_text(encoding="utf-8")), delimiter="\t"))
    try:
        return tuple(_read_row(row) for row in rows)
    except (KeyError, TypeError, ValueError) as fault:
        raise TableError(
            f"cannot be read as a record of looks: {fault}",
            where=LOOKS_FILE,
            do="restore it, or move it away and begin a new one",
        ) from fault


def earlier_looks(study: StudyFile) -> tuple[RecordedLook, ...]:
    """Looks that were recorded under another question than the study file asks now."""
    asked = hash_question(study)
    return tuple(each for each in read_looks(study) if each.asked != asked)


def late_modifiers(study: StudyFile) -> dict[str, str]:
    """Modifiers that the file now names as pre-specified but an earlier run only explored: name to the day of that run.

    A name that is moved up after its outcome was seen stays what it was; else anyone could type in a confirmatory finding. A learner
    sees the outcome too; a name that was pre-specified before, or in the same run, remains so.
    """
    recorded = [(each.look.question.partition("?")[0] + "?", each) for each in read_looks(study)]
    named = {question for question, each in recorded if each.look.prespecified}
    days = {question: each.first_run for question, each in recorded if question not in named}
    return {name: days[ask_of_slope(name)] for name in study.modifiers.prespecified if ask_of_slope(name) in days}


def asked_modifiers(study: StudyFile) -> Modifiers:
    """The modifiers of the study file, those that were named too late among the explored ones."""
    late = late_modifiers(study)
    kept = tuple(name for name in study.modifiers.prespecified if name not in late)
    return Modifiers(kept, tuple(dict.fromkeys((*late, *study.modifiers.explored))))


def not_among(recorded: Iterable[RecordedLook], looks: Sequence[Look], estimand: str) -> tuple[Look, ...]:
    """Recorded looks that are not made again by `looks` under `estimand`."""
    made = {(look.question, look.outcome, estimand) for look in looks}
    return tuple(each.look for each in recorded if (each.look.question, each.look.outcome, each.estimand) not in made)


def record_looks(study: StudyFile, looks: Sequence[Look], estimand: str) -> bool:
    """Add looks that are not there yet; False where the study's folder cannot be written."""
    known = read_looks(study)
    new = not_among_recorded(looks, known, estimand)
    if not new:
        return True
    today, asked = datetime.now(UTC).date().isoformat(), hash_question(study)
    rows = (*known, *(RecordedLook(look, asked, estimand, today) for look in new))
    try:
        write_whole(study.path.parent / LOOKS_FILE, _render(rows))
    except OutputError:
        return False
    return True


def not_among_recorded(looks: Sequence[Look], known: Sequence[RecordedLook], estimand: str) -> list[Look]:
    """Looks that no earlier run made under the same estimand."""
    held = {(each.look.question, each.look.outcome, each.estimand) for each in known}
    return [look for look in looks if (look.question, look.outcome, estimand) not in held]


def render_ledger(looks: Sequence[Look], earlier: Sequence[Look]) -> bytes:
    """The ledger as a table for a paper's supplement, CSV."""
    names = ("question", "kind", "outcome", "prespecified", "p_value", "p_adjusted")
    rows = [
        {name: _write(asdict(look)[name]) or None for name in names} | {"run": run}
        for run, part in (("this", looks), ("earlier", earlier))
        for look in part
    ]
    return render_csv(pl.DataFrame(rows, schema=dict.fromkeys((*names, "run"), pl.String)))[0]


def _render(rows: Sequence[RecordedLook]) -> bytes:
    buffer = StringIO()
    writer = csv.DictWriter(buffer, _COLUMNS, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    for each in rows:
        said = {**asdict(each.look), "asked": each.asked, "estimand": each.estimand, "first_run": each.first_run}
        writer.writerow({name: _write(said[name]) for name in _COLUMNS})
    return buffer.getvalue().encode()


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _read_row(row: dict[str, str]) -> RecordedLook:
    numbers = [float(row[name]) if row[name] else None for name in ("p_value", "p_adjusted")]
    prespecified = {"yes": True, "no": False}[row["prespecified"]]
    look = Look(row["question"], row["kind"], row["outcome"], prespecified, row["effect"], *numbers)  # type: ignore[arg-type]
    return RecordedLook(look, row["asked"], row["estimand"], row["first_run"])
