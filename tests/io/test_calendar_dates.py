from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.io.calendar_dates import as_date, as_instant, as_sas_date

DATES = st.dates(min_value=date(1901, 1, 1), max_value=date(2100, 12, 31))


def read(text, how=as_date):
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(how(pl.col("text"))).item()


@given(DATES, st.sampled_from(("%Y-%m-%d", "%Y%m%d", "%d%b%Y", "%Y-%m-%dT10:30", "%d-%b-%Y", "%Y-%m-%d 00:00:00")))
def test_every_unambiguous_way_of_writing_a_date_is_read(day, form):
    assert read(day.strftime(form)) == day
    assert read(day.strftime(form).upper()) == day


@pytest.mark.parametrize("text", ["03/04/2019", "2019-03", "2019", "1900-01-01", "0001-01-01", "2019-13-01", "soon", "", None])
def test_what_can_be_read_in_two_ways_or_none_is_not_a_date(text):
    assert read(text) is None


@given(st.integers(min_value=10000, max_value=60000))
def test_five_digits_are_days_of_sas(days):
    assert read(str(days), as_sas_date) == date(1960, 1, 1) + timedelta(days=days)
    assert read(f"{days}.0", as_sas_date) == read(str(days), as_sas_date)
    assert read(str(days)) is None


def test_an_instant_needs_its_minutes():
    assert read("2019-03-04T10:30", as_instant) == datetime(2019, 3, 4, 10, 30)
    assert read("2019-03-04T10:30:15", as_instant) == datetime(2019, 3, 4, 10, 30, 15)
    assert read("2019-03-04", as_instant) is None
    assert read("2019-03-04T10", as_instant) is None
