"""Assessments that the tests of several scores read."""

import polars as pl
import pytest

ITEMS = ("q1", "q2", "q3", "q4", "q5a", "q5b", "q6", "q7", "q8", "q9", "q10", "q11", "q12")
FULL = dict.fromkeys(ITEMS, 4.0) | {"q5b": None}


@pytest.fixture(scope="session")
def assess():
    """One row per given change from an assessment with 4 everywhere (item 5 as q5a), further columns beside."""

    def build(*changes, **columns):
        table = pl.DataFrame([FULL | change for change in changes], schema=dict.fromkeys(ITEMS, pl.Float64))
        return table.with_columns(**{name: pl.Series(values) for name, values in columns.items()})

    return build


@pytest.fixture(scope="session")
def moderate():
    """Total 34: bulbar 10, fine motor 6, gross motor 6, respiratory 12."""
    return {"q1": 3, "q2": 4, "q3": 3, "q4": 2, "q5a": 2, "q6": 2, "q7": 3, "q8": 2, "q9": 1, "q10": 4, "q11": 4, "q12": 4}
