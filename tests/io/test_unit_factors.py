import polars as pl
import pytest

from stallpoint.io.unit_factors import in_unit


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "text"),
    [
        ("70", "kg", "kg", "70"),
        ("200", "LBS", "kg", str(200 * 0.45359237)),
        ("0.1", "g", "mg", "100.0"),
        ("100", "\u00b5g", "mg", "0.1"),
        ("70", None, "kg", "70 (unit not said)"),
        ("3.1", "L", "%?", "3.1 L"),
        ("81", None, "%?", "81"),
        ("3", "points", "", "3"),
        ("heavy", "kg", "kg", "heavy"),
    ],
)
def test_values_come_in_the_wanted_unit_or_stay_with_their_own(value, unit, wanted, text):
    frame = pl.DataFrame({"value": [value], "unit": [unit]}, schema={"value": pl.String, "unit": pl.String})
    assert frame.select(in_unit(pl.col("value"), pl.col("unit"), wanted)).item() == text
