"""The audit finds every difference, and rebuilds the cleaned tables from it."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.core.audit import find_changes, replay_audit
from stallpoint.core.draft import ROW

COLUMNS = {ROW: pl.Int64, "patient": pl.String, "time_months": pl.Float64, "sex": pl.String, "riluzole": pl.Boolean}

cells = st.fixed_dictionaries(
    {
        "patient": st.sampled_from(["a", "b", "007"]),
        "time_months": st.none() | st.floats(-1e6, 1e6),
        "sex": st.none() | st.sampled_from(["female", "male"]),
        "riluzole": st.none() | st.booleans(),
    }
)


def table(rows: dict[int, dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame([{ROW: number, **row} for number, row in rows.items()], schema=COLUMNS)


rows = st.dictionaries(st.integers(1, 12), cells, max_size=8)


@given(before=rows, after=rows)
def test_the_audit_rebuilds_whatever_was_made_of_a_table(
    before: dict[int, dict[str, object]], after: dict[int, dict[str, object]]
) -> None:
    after = {number: row | {"patient": before[number]["patient"]} if number in before else row for number, row in after.items()}
    old, new = {"patients": table(before)}, {"patients": table(after)}
    audit = find_changes(old, new).with_columns(step=pl.lit(1))
    wanted = {name: dtype() for name, dtype in COLUMNS.items() if name != ROW}
    rebuilt = replay_audit(old, audit, {"patients": wanted})["patients"]
    assert rebuilt.sort(ROW).equals(new["patients"].sort(ROW))


@given(rows)
def test_the_same_tables_have_no_changes(made: dict[int, dict[str, object]]) -> None:
    assert find_changes({"patients": table(made)}, {"patients": table(made).clone()}).is_empty()


def test_each_kind_of_change_is_described() -> None:
    one = {"patient": "a", "time_months": 1.0, "sex": None, "riluzole": None}
    audit = find_changes({"t": table({1: one, 2: one})}, {"t": table({1: one | {"sex": "male"}, 3: one})})
    said = audit.select("action", "row", "column", "before", "after").rows()
    assert said == [
        ("drop", 2, None, '{"patient":"a","time_months":1.0}', None),
        ("add", 3, "patient", None, "a"),
        ("add", 3, "time_months", None, "1.0"),
        ("change", 1, "sex", None, "male"),
    ]


def test_working_columns_are_not_compared() -> None:
    frame = table({1: {"patient": "a", "time_months": 1.0, "sex": None, "riluzole": None}})
    assert find_changes({"t": frame.with_columns(_note=pl.lit(1))}, {"t": frame.with_columns(_note=pl.lit(2))}).is_empty()


def test_later_steps_win() -> None:
    frame = table({1: {"patient": "a", "time_months": 1.0, "sex": None, "riluzole": None}})
    second, third = (frame.with_columns(time_months=pl.lit(value)) for value in (2.0, 3.0))
    audit = pl.concat(
        [
            find_changes({"t": second}, {"t": third}).with_columns(step=pl.lit(2)),
            find_changes({"t": frame}, {"t": second}).with_columns(step=pl.lit(1)),
        ]
    )
    rebuilt = replay_audit({"t": frame}, audit, {"t": {"time_months": pl.Float64()}})
    assert rebuilt["t"]["time_months"].to_list() == [3.0]
