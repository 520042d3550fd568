"""Rules are applied in order, and what each did is on record."""

from __future__ import annotations

import polars as pl
import pytest

from stallpoint.clean.rule import CONFLICTING, UNREADABLE, Rule, apply_rules
from stallpoint.core.draft import CELLS, Draft, Tables
from stallpoint.core.errors import StudyFileError


def visits(**columns: object) -> Draft:
    frame = pl.DataFrame({"row": [1, 2], "patient": ["a", "b"], **columns})
    return Draft({"visits": frame})


def double(tables: Tables) -> Tables:
    return {"visits": tables["visits"].with_columns(pl.col("q1") * 2)}


def cap(tables: Tables) -> Tables:
    return {"visits": tables["visits"].with_columns(pl.when(pl.col("q1") <= 4).then("q1"))}


DOUBLE, CAP = Rule("double", "twice", double), Rule("cap", "at most 4", cap)


def test_the_order_is_the_order_of_the_list() -> None:
    draft = visits(q1=[1.0, 3.0])
    assert apply_rules(draft, [DOUBLE, CAP]).tables["visits"]["q1"].to_list() == [2.0, None]
    assert apply_rules(draft, [CAP, DOUBLE]).tables["visits"]["q1"].to_list() == [2.0, 6.0]


def test_counts_and_audit_agree() -> None:
    cleaned = apply_rules(visits(q1=[1.0, 3.0]), [DOUBLE, CAP])
    assert cleaned.counts == {UNREADABLE: 0, CONFLICTING: 0, "double": 2, "cap": 1}
    assert cleaned.audit.select("step", "rule", "before", "after", "why").rows() == [
        (1, "double", "1.0", "2.0", "twice"),
        (1, "double", "3.0", "6.0", "twice"),
        (2, "cap", "6.0", None, "at most 4"),
    ]


def test_a_rule_can_be_left_out() -> None:
    cleaned = apply_rules(visits(q1=[1.0, 3.0]), [DOUBLE, CAP], off=["double"])
    assert cleaned.tables["visits"]["q1"].to_list() == [1.0, 3.0]
    assert "double" not in cleaned.counts


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(StudyFileError, match="did you mean double"):
        apply_rules(visits(q1=[1.0, 3.0]), [DOUBLE, CAP], off=["dubble"])


def test_the_draft_stays_as_it_was() -> None:
    draft = visits(q1=[1.0, 3.0])
    apply_rules(draft, [DOUBLE, CAP])
    assert draft.tables["visits"]["q1"].to_list() == [1.0, 3.0]


def test_unreadable_cells_stand_first() -> None:
    cells = pl.DataFrame({"table": ["visits"], "row": [2], "patient": ["b"], "column": ["q1"], "text": ["abc"]}, schema=CELLS)
    cleaned = apply_rules(Draft(visits(q1=[1.0, None]).tables, unreadable=cells), [DOUBLE])
    first = cleaned.audit.row(0, named=True)
    assert (first["step"], first["rule"], first["before"], first["after"]) == (0, UNREADABLE, "abc", None)
