import polars as pl
import pytest

from stallpoint.clean.cdisc import bring_baseline_to_zero, drop_not_randomised


@pytest.mark.parametrize(
    ("times", "flags", "moved"),
    [
        ((-3 / 30, 2.0), (True, False), [0.0, 2.0]),
        ((-3 / 30, 2.0), (False, False), [-3 / 30, 2.0]),
        ((-3 / 30, 0.0), (True, False), [-3 / 30, 0.0]),
        ((None, -3 / 30), (False, True), [None, 0.0]),
    ],
)
def test_the_baseline_stands_at_time_zero_where_nothing_else_does(times, flags, moved):
    frame = pl.DataFrame({"row": [1, 2], "patient": ["A", "A"], "time_months": times, "_baseline": flags})
    assert bring_baseline_to_zero({"visits": frame})["visits"]["time_months"].to_list() == moved


def test_who_was_randomised_and_not_treated_stays():
    people = pl.DataFrame(
        {
            "row": [1, 2, 3, 4],
            "patient": ["A", "B", "C", "D"],
            "arm": ["Placebo", "Screen Failure", None, None],
            "_not_randomised": [None, None, "NOT ASSIGNED", None],
        }
    )
    visits = people.select("row", "patient")
    kept = drop_not_randomised({"patients": people, "visits": visits})
    assert kept["patients"]["patient"].to_list() == ["A", "D"]
    assert kept["visits"]["patient"].to_list() == ["A", "D"]
