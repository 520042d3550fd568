from math import log

import polars as pl
import pytest

from stallpoint.core.cohort import Cohort
from stallpoint.core.tables import TABLES
from stallpoint.response.baseline_nfl import baseline_log_nfl


def cohort(rows):
    empty = {name: pl.DataFrame(schema=table.dtypes) for name, table in TABLES.items()}
    markers = pl.DataFrame(
        rows,
        schema={
            "patient": pl.String,
            "time_months": pl.Float64,
            "marker": pl.String,
            "value": pl.Float64,
            "unit": pl.String,
            "matrix": pl.String,
            "below_limit": pl.Boolean,
        },
        orient="row",
    )
    return Cohort("c", **{**empty, "patients": pl.DataFrame({"patient": ["A", "B", "C"]}), "markers": markers})


def levels(rows):
    return dict(baseline_log_nfl(cohort(rows)).iter_rows())


def test_the_earliest_value_at_baseline_counts_whatever_the_case_of_its_name():
    rows = [("A", 0.4, "nfl", 90.0, "pg/mL", "serum", False), ("A", 0.0, "NfL", 80.0, "pg/mL", "serum", False)]
    assert levels(rows) == {"A": pytest.approx(log(80)), "B": None, "C": None}


def test_later_values_other_assays_and_values_below_the_limit_are_not_known():
    rows = [
        ("A", 0.0, "NfL", 80.0, "pg/mL", "serum", False),
        ("B", 0.0, "NfL", 3000.0, "pg/mL", "CSF", False),
        ("C", 0.0, "NfL", 5.0, "pg/mL", "serum", True),
        ("A", 6.0, "NfL", 70.0, "pg/mL", "serum", False),
        ("C", 3.0, "NfL", 70.0, "pg/mL", "serum", False),
    ]
    assert levels(rows) == {"A": pytest.approx(log(80)), "B": None, "C": None}


def test_nobody_measured():
    assert levels([]) == {"A": None, "B": None, "C": None}
