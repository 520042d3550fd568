import polars as pl
import pytest

from stallpoint.io.cdisc.study_time import choose_time_zero, place_in_time

NAMES = {"rand": "randomisation", "first": "first dose"}


def people(*rows):
    return pl.DataFrame(rows, schema={"patient": pl.String, "rand": pl.String, "first": pl.String}, orient="row")


def days_of(zero, date, day, patient="A"):
    rows = pl.DataFrame([(patient, date, day)], schema={"patient": pl.String, "date": pl.String, "day": pl.String}, orient="row")
    return place_in_time(rows, zero, date="date", day="day").row(0, named=True)


@pytest.mark.parametrize(("day", "days"), [("1", 0.0), ("2", 1.0), ("-1", -1.0), ("-14", -14.0), ("57.0", 56.0)])
def test_there_is_no_study_day_zero(day, days):
    zero = choose_time_zero(people(("A", None, "2019-01-10")), NAMES, day_one="first")
    assert days_of(zero, None, day)["days"] == days


def test_study_day_zero_cannot_be_read():
    zero = choose_time_zero(people(("A", None, "2019-01-10")), NAMES, day_one="first")
    found = days_of(zero, None, "0")
    assert found["days"] is None
    assert not found["readable"]


def test_a_partial_date_needs_its_study_day():
    zero = choose_time_zero(people(("A", None, "2019-01-10")), NAMES, day_one="first")
    assert days_of(zero, "2019-02", None)["days"] is None
    assert not days_of(zero, "2019-02", None)["readable"]
    assert days_of(zero, "2019-02", "40")["days"] == 39.0


def test_days_from_the_first_dose_are_counted_from_randomisation():
    zero = choose_time_zero(people(("A", "2019-01-05", "2019-01-10")), NAMES, day_one="first")
    assert "randomisation" in zero.note
    assert days_of(zero, None, "1")["days"] == 5.0
    assert days_of(zero, "2019-01-10", None)["days"] == 5.0


def test_without_the_first_dose_study_days_cannot_be_placed_after_randomisation():
    zero = choose_time_zero(people(("A", "2019-01-05", None)), NAMES, day_one="first")
    assert days_of(zero, None, "1")["days"] is None


def test_the_date_that_most_people_have_is_taken():
    rows = (("A", None, "2019-01-10"), ("B", "2019-01-05", "2019-01-10"))
    assert "first dose" in choose_time_zero(people(*rows), NAMES, day_one="first").note
    assert "study day 1" in choose_time_zero(people(("A", "2019", None)), NAMES, day_one="first").note
