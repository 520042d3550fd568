"""What recorded doses become at the points of observation."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.errors import TableError
from stallpoint.exposure.compartment_curves import Dosing, one_compartment, oral_mg_l
from stallpoint.exposure.dosing_records import HOURS_PER_MONTH, courses_of, dosing_at

DECAY = one_compartment(np.array([[50.0]]), np.array([[400.0]]))
ABSORPTION = np.array([[1.3]])


def doses(*rows):
    return pl.DataFrame(rows, schema=["patient", "time_months", "dose_mg", "stop_months"], orient="row").with_columns(
        pl.col("time_months", "dose_mg", "stop_months").cast(pl.Float64)
    )


def points(*rows, columns=("patient", "time_h")):
    return pl.DataFrame(rows, schema=list(columns), orient="row").with_columns(pl.exclude("patient").cast(pl.Float64))


def level(dosing):
    return oral_mg_l(DECAY, ABSORPTION, Dosing(*(column[None] for column in dosing)))[0]


def test_a_course_is_its_doses_one_by_one():
    """Twice a day for three days, given as a course and as six rows."""
    course = courses_of(doses(("A", 0.0, 50.0, 72 / HOURS_PER_MONTH)), interval_h=12.0)
    rows = courses_of(doses(*(("A", 12 * dose / HOURS_PER_MONTH, 50.0, None) for dose in range(6))), interval_h=None)
    seen = points(("A", 5.0), ("A", 12.0), ("A", 40.0), ("A", 71.0), ("A", 90.0))
    once, each = (level(dosing_at(seen, given, clock="time zero")) for given in (course, rows))
    assert once == pytest.approx(each, rel=1e-6)


def test_a_new_dose_ends_the_course_before_it():
    courses = courses_of(doses(("A", 0.0, 50.0, None), ("A", 1.0, 100.0, None)), interval_h=12.0)
    assert courses["stop_h"].to_list() == [HOURS_PER_MONTH, np.inf]
    found = dosing_at(points(("A", HOURS_PER_MONTH + 3.0)), courses, clock="time zero")
    assert found.amount_mg.tolist() == [[50.0, 100.0]]
    assert found.doses.tolist() == [[np.ceil(HOURS_PER_MONTH / 12), 1.0]]


def test_since_the_last_dose_is_steady_state_or_a_single_dose():
    seen = points(("A", 5.0))
    steady = dosing_at(seen, courses_of(doses(("A", 0.0, 50.0, None)), interval_h=12.0), clock="last dose")
    single = dosing_at(seen, courses_of(doses(("A", 0.0, 50.0, None)), interval_h=None), clock="last dose")
    assert [column.item() for column in steady] == [50.0, 5.0, 12.0, np.inf, 0.0]
    assert [column.item() for column in single] == [50.0, 5.0, 1.0, 1.0, 0.0]


def test_the_month_of_a_level_tells_the_course_and_its_length():
    courses = courses_of(doses(("A", 0.0, 50.0, None), ("A", 1.0, 100.0, None)), interval_h=12.0)
    drawn = (HOURS_PER_MONTH + 29.0) / HOURS_PER_MONTH
    found = dosing_at(points(("A", 5.0, drawn), columns=("patient", "time_h", "time_months")), courses, clock="last dose")
    assert [column.item() for column in found] == [100.0, 5.0, 12.0, 3.0, 0.0]


def test_before_the_first_dose_there_is_nothing():
    courses = courses_of(doses(("A", 1.0, 50.0, None), ("B", 0.0, 50.0, None)), interval_h=12.0)
    found = dosing_at(points(("A", 5.0), ("B", 5.0)), courses, clock="time zero")
    assert found.amount_mg.tolist() == [[0.0], [50.0]]


@given(order=st.permutations(range(5)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_matter(order):
    given_doses = doses(*(("AB"[k % 2], k / 10, 10.0 * (k + 1), None) for k in range(5)))
    seen = points(("A", 400.0), ("B", 300.0))
    plain, mixed = (
        dosing_at(seen, courses_of(rows, interval_h=None), clock="time zero") for rows in (given_doses, given_doses[order])
    )
    assert level(plain) == pytest.approx(level(mixed), rel=1e-14)


def test_several_doses_and_no_month_is_an_error():
    courses = courses_of(doses(("A", 0.0, 50.0, None), ("A", 1.0, 100.0, None)), interval_h=12.0)
    with pytest.raises(TableError, match="several doses"):
        dosing_at(points(("A", 5.0)), courses, clock="last dose")


@pytest.mark.parametrize(
    ("rows", "extra", "interval_h", "says"),
    [
        ((("A", 0.0, 50.0, 2.0),), {}, None, "needs the interval"),
        ((("A", 0.0, 50.0, None),), {}, -1.0, "above 0"),
        ((("A", 3.0, 50.0, 2.0),), {}, 12.0, "ends before"),
        ((("A", 0.0, 50.0, None),), {"duration_h": 13.0}, 12.0, "longer than"),
        ((("A", 0.0, 50.0, None),), {"duration_h": -1.0}, 12.0, "negative"),
    ],
)
def test_courses_that_cannot_be(rows, extra, interval_h, says):
    with pytest.raises(TableError, match=says):
        courses_of(doses(*rows).with_columns(**{name: pl.lit(value) for name, value in extra.items()}), interval_h=interval_h)
