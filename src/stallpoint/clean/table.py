"""Rules for a clinic's spreadsheets."""

from __future__ import annotations

import polars as pl

from stallpoint.clean.common import AFTER, BEFORE
from stallpoint.clean.rule import Rule
from stallpoint.core.draft import ROW, Tables


def merge_people(tables: Tables) -> Tables:
    """One row a person: what their rows agree on stands, what they contradict each other in becomes missing."""
    patients = tables["patients"]
    if not patients["patient"].is_duplicated().any():
        return {}
    others = [name for name in patients.columns if name not in ("patient", ROW)]
    agreed = [_only_value(name) for name in others]
    merged = patients.sort(ROW).group_by("patient", maintain_order=True).agg(pl.col(ROW).first(), *agreed)
    return {"patients": merged.select(patients.columns).sort(ROW)}


def _only_value(name: str) -> pl.Expr:
    known = pl.col(name).drop_nulls()
    return pl.when(known.n_unique() == 1).then(known.first()).alias(name)


TABLE_RULES = (
    *BEFORE,
    Rule("several_rows_of_a_person", "a person has one row; what their rows contradict each other in is not known", merge_people),
    *AFTER,
)
"""Two assessments of one day may be two raters': they stay."""
