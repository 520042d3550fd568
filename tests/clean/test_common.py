"""Rules that hold for every source."""

from __future__ import annotations

import polars as pl
import pytest

from stallpoint.clean.common import (
    drop_before_time_zero,
    drop_empty_visits,
    drop_repeated_rows,
    drop_undated,
    drop_unknown_people,
    drop_without_patient,
    drop_without_value,
    empty_conflicts,
    empty_out_of_range,
)
from stallpoint.core.tables import TABLES

VISITS = pl.DataFrame(
    {
        "row": [1, 2, 3, 4],
        "patient": ["a", "a", "b", None],
        "time_months": [0.0, 0.0, -1.0, None],
        "q1": [3.0, 3.0, 9.0, 1.0],
        "q2": [4.0, None, None, None],
    }
)


def test_rows_without_person_time_or_before_time_zero_are_dropped() -> None:
    tables = {"visits": VISITS}
    assert drop_without_patient(tables)["visits"]["row"].to_list() == [1, 2, 3]
    assert drop_undated(tables)["visits"]["row"].to_list() == [1, 2, 3]
    assert drop_before_time_zero(tables)["visits"]["row"].to_list() == [1, 2, 4]


def test_values_outside_the_declared_limits_are_emptied() -> None:
    assert empty_out_of_range({"visits": VISITS})["visits"]["q1"].to_list() == [3.0, 3.0, None, 1.0]


@pytest.mark.parametrize(
    ("column", "good", "bad"), [("onset_months", 0.1, 0.0), ("age_years", 120.0, 121.0), ("sex", "male", "man")]
)
def test_limits_are_those_of_the_tables(column: str, good: object, bad: object) -> None:
    people = pl.DataFrame({"row": [1, 2], "patient": ["a", "b"], column: [good, bad]})
    assert empty_out_of_range({"patients": people})["patients"][column].to_list() == [good, None]


def test_every_declared_check_is_understood() -> None:
    for name, table in TABLES.items():
        frame = pl.DataFrame(schema=table.dtypes).with_columns(row=pl.lit(1))
        empty_out_of_range({name: frame})


def test_conflicts_keep_what_rows_agree_on() -> None:
    merged = empty_conflicts({"visits": VISITS.with_columns(q3=pl.Series([1.0, 2.0, 0.0, 0.0]))})["visits"]
    assert merged.filter(pl.col("patient") == "a").row(0) == (1, "a", 0.0, 3.0, 4.0, None)


def test_repeats_are_dropped_and_the_first_stands() -> None:
    doubled = pl.concat([VISITS, VISITS.with_columns(pl.col("row") + 10)])
    assert drop_repeated_rows({"visits": doubled})["visits"]["row"].to_list() == [1, 2, 3, 4]


def test_visits_at_which_nothing_was_measured_are_dropped() -> None:
    empty = VISITS.with_columns(q1=pl.lit(None, dtype=pl.Float64))
    assert drop_empty_visits({"visits": empty})["visits"]["row"].to_list() == [1]


def test_measurements_need_a_value_and_a_unit() -> None:
    markers = pl.DataFrame({"row": [1, 2, 3], "patient": "a", "value": [1.0, None, 2.0], "unit": ["g", "g", None]})
    assert drop_without_value({"markers": markers})["markers"]["row"].to_list() == [1]


def test_people_must_be_known() -> None:
    tables = {"patients": pl.DataFrame({"row": [1], "patient": ["a"]}), "visits": VISITS}
    assert drop_unknown_people(tables)["visits"]["row"].to_list() == [1, 2]
