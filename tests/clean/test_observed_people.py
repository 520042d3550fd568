import polars as pl
import pytest

from stallpoint.clean.observed_people import believe_untested, fill_from_time_zero, keep_one_event_of_a_kind, settle_calls


def events(*rows):
    return pl.DataFrame(
        [(index, "A", time, event) for index, (time, event) in enumerate(rows, start=1)],
        schema={"row": pl.Int64, "patient": pl.String, "time_months": pl.Float64, "event": pl.String},
        orient="row",
    )


def test_the_first_of_an_event_and_the_last_end_stand():
    tables = {"events": events((5.0, "tracheostomy"), (3.0, "tracheostomy"), (9.0, "end"), (12.0, "end"), (None, "end"))}
    kept = keep_one_event_of_a_kind(tables)["events"]
    assert kept.select("time_months", "event").rows() == [(3.0, "tracheostomy"), (12.0, "end"), (None, "end")]


@pytest.mark.parametrize(
    ("calls", "left"),
    [
        (("present",), ["present"]),
        (("present", "present"), ["present"]),
        (("present", "absent"), []),
        (("not tested", "absent"), ["absent"]),
        (("not tested", "not tested"), ["not tested"]),
    ],
)
def test_agreeing_calls_stand_once_and_contradicting_ones_not_at_all(calls, left):
    rows = [(index, "A", "SOD1", "any variant", call) for index, call in enumerate(calls)]
    frame = pl.DataFrame(rows, schema=["row", "patient", "gene", "variant", "call"], orient="row")
    assert settle_calls({"variants": frame})["variants"]["call"].to_list() == left


def test_what_is_said_untested_is_not_absent():
    frame = pl.DataFrame({"row": [1, 2], "call": ["absent", "present"], "_said_untested": [True, False]})
    assert believe_untested({"variants": frame})["variants"]["call"].to_list() == ["not tested", "present"]


def test_the_nearest_measurement_within_a_month_fills_what_is_not_known():
    people = pl.DataFrame({"row": [1, 2, 3], "patient": ["A", "B", "C"], "weight_kg": [None, None, 50.0]})
    visits = pl.DataFrame(
        {
            "row": [1, 2, 3, 4, 5],
            "patient": ["A", "A", "A", "B", "C"],
            "time_months": [-0.5, 0.2, 0.9, 1.5, 0.0],
            "weight_kg": [70.0, 71.0, 72.0, 80.0, 60.0],
        }
    )
    filled = fill_from_time_zero({"patients": people, "visits": visits})["patients"]
    assert filled["weight_kg"].to_list() == [71.0, None, 50.0]
