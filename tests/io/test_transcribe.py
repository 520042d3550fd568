"""Renaming and units; nothing else, and nothing lost in silence."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.months import DAYS_PER_MONTH
from stallpoint.io.transcribe import Taken, transcribe


def read(cells: list[str | None], taken: Taken) -> tuple[list[object], list[str]]:
    raw = pl.DataFrame({"id": ["1"] * len(cells), "c": cells}, schema={"id": pl.String, "c": pl.String})
    made = transcribe(raw, "visits", "id", [taken])
    return made.frame[taken.column].to_list(), made.unreadable["text"].to_list()


@pytest.mark.parametrize(
    ("taken", "cells", "values", "lost"),
    [
        (Taken("x", "c", "number"), ["1.5", " 2 ", "NA", "abc", None, "3,5"], [1.5, 2.0, None, None, None, None], ["abc", "3,5"]),
        (Taken("x", "c", "yes or no"), ["Yes", "0", "maybe", ""], [True, False, None, None], ["maybe"]),
        (Taken("x", "c", "word", {"m": "male"}), ["M", "z"], ["male", None], ["z"]),
        (Taken("x", "c"), ["a", "N/A", None], ["a", None, None], []),
        (Taken("x", "c", "number", factor=12.0), ["2"], [24.0], []),
        (Taken("x", "c", "number"), ["inf", "nan"], [None, None], ["inf"]),
    ],
)
def test_kinds(taken: Taken, cells: list[str | None], values: list[object], lost: list[str]) -> None:
    assert read(cells, taken) == (values, lost)


@given(st.integers(-5000, 5000))
def test_days_become_months(days: int) -> None:
    assert read([str(days)], Taken("t", "c", "days to months"))[0] == [days / DAYS_PER_MONTH]


@pytest.mark.parametrize(("written", "meant"), [("123.0", "123"), ("007", "007"), (" 12 ", "12"), ("A1.0", "A1.0")])
def test_identifiers(written: str, meant: str) -> None:
    raw = pl.DataFrame({"id": [written]})
    assert transcribe(raw, "visits", "id", []).frame["patient"].to_list() == [meant]


def test_columns_that_are_not_there_are_left_out() -> None:
    assert transcribe(pl.DataFrame({"id": ["1"]}), "visits", "id", [Taken("x", "c", "number")]).frame.columns == [
        "row",
        "patient",
    ]
