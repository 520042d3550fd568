"""A rule of cleaning, and the application of a list of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import polars as pl

from stallpoint.core.audit import SCHEMA, find_changes
from stallpoint.core.draft import Draft, Tables
from stallpoint.core.errors import StudyFileError
from stallpoint.core.nearest import ask_nearest

UNREADABLE = "unreadable_values"
CONFLICTING = "conflicting_records"
_LOST_WHY = {
    UNREADABLE: "not a number, date or word that this column can hold; the cell counts as missing",
    CONFLICTING: "the source says this more than once, and not the same; the cell counts as missing",
}


@dataclass(frozen=True)
class Rule:
    """What is done to tables, under which name, and why.

    `apply` returns new tables; it may leave tables out that it does not touch. Rows keep their number; new rows get numbers below 0, which
    no transcribed row ever had.
    """

    name: str
    why: str
    apply: Callable[[Tables], Tables]


@dataclass(frozen=True)
class Cleaned:
    """Tables after the rules, the audit of what changed, and how many changes each rule made, in the order of application."""

    tables: Tables
    audit: pl.DataFrame
    counts: dict[str, int]


def apply_rules(draft: Draft, rules: Sequence[Rule], *, off: Collection[str] = ()) -> Cleaned:
    """Apply rules one after the other and record every change.

    Args:
        draft: tables as transcribed.
        rules: in the order of application.
        off: names of rules that are not applied.

    Raises:
        StudyFileError: a name in `off` that is no rule.
    """
    _require_known(off, rules)
    tables = dict(draft.tables)
    audits = [_audit_lost(UNREADABLE, draft.unreadable), _audit_lost(CONFLICTING, draft.conflicting)]
    counts = {UNREADABLE: draft.unreadable.height, CONFLICTING: draft.conflicting.height}
    for step, rule in enumerate(rules, start=1):
        if rule.name in off:
            continue
        cleaned = tables | dict(rule.apply(tables))
        changes = find_changes(tables, cleaned).select(
            pl.lit(step, dtype=pl.Int32).alias("step"), pl.lit(rule.name).alias("rule"), pl.all(), pl.lit(rule.why).alias("why")
        )
        counts[rule.name] = changes.height
        audits.append(changes)
        tables = cleaned
    return Cleaned(tables, pl.concat(audits), counts)


def _audit_lost(rule: str, cells: pl.DataFrame) -> pl.DataFrame:
    """Cells that were empty from the start, because of what the source held."""
    return cells.select(
        step=pl.lit(0),
        rule=pl.lit(rule),
        action=pl.lit("change"),
        table="table",
        row="row",
        patient="patient",
        column="column",
        before="text",
        after=pl.lit(None),
        why=pl.lit(_LOST_WHY[rule]),
    ).cast(SCHEMA)  # type: ignore[arg-type]


def _require_known(off: Collection[str], rules: Sequence[Rule]) -> None:
    names = [rule.name for rule in rules]
    for name in off:
        if name not in names:
            raise StudyFileError(f"there is no rule {name}", where="[cleaning] off", do=ask_nearest(name, names))
