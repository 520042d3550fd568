from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.quantity import QuantityError, read_quantity


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("51.4 L/h", "L/h", 51.4),
        ("170 mL/min", "L/h", 10.2),
        ("2 1/h", "1/h", 2),
        ("2 /h", "1/h", 2),
        ("4 weeks", "h", 672),
        ("0.5 g", "mg", 500),
        ("5mcg", "mg", 0.005),
        ("1000 ng/mL", "mg/L", 1),
        ("2 uM", "umol/L", 2),
        ("2 µmol/L", "umol/L", 2),
        (".5e1 mg / day", "mg/day", 5),
        ("1 mg*h/L", "mg*h/L", 1),
        ("-3 mg", "mg", -3),
        ("1 mg/cm^3", "mg/mL", 1),
        ("60%", "fraction", 0.6),
        (0.6, "fraction", 0.6),
        (2, "ratio", 2),
    ],
)
def test_quantities_are_read_in_any_unit_of_the_same_dimension(text: object, unit: str, value: float) -> None:
    assert read_quantity(text, unit, where="here") == pytest.approx(value, rel=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.floats(min_value=1e-9, max_value=1e9))
def test_a_number_comes_back_as_it_was_written(number: float) -> None:
    assert read_quantity(f"{number!r} L/h", "L/h", where="here") == number
    assert read_quantity(f"{number!r} mL/h", "L/h", where="here") == pytest.approx(number / 1000, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "what"),
    [
        ("51.4", "L/h", "has no unit"),
        (51.4, "L/h", "is not a number with its unit"),
        ("51,4 L/h", "L/h", "is not a number with its unit"),
        ("L/h", "L/h", "is not a number with its unit"),
        ("", "L/h", "is not a number with its unit"),
        ("nan L/h", "L/h", "is not a number with its unit"),
        (True, "L/h", "is not a number with its unit"),
        ("5 L", "L/h", "cannot be turned into L/h"),
        ("5 mmol", "mg", "cannot be turned into mg"),
        ("5 L/h/kg", "L/h", "cannot be turned into L/h"),
        ("5 florps", "mg", "'florps' is not defined"),
        ("170 mL/min/1.73 m^2", "L/h", "is not a number with its unit"),
        ("1e999 L/h", "L/h", "is not a finite number"),
        ("a lot", "fraction", "is not a plain number"),
        ("0.6 L", "fraction", "is not a plain number"),
        (True, "fraction", "is not a plain number"),
        (float("nan"), "fraction", "is not a finite number"),
        ("inf", "ratio", "is not a finite number"),
        (None, "ratio", "is not a plain number"),
    ],
)
def test_what_is_no_quantity_is_refused_with_place_and_remedy(text: object, unit: str, what: str) -> None:
    with pytest.raises(QuantityError) as caught:
        read_quantity(text, unit, where="drug.toml: clearance")
    assert what in caught.value.what
    assert caught.value.where == "drug.toml: clearance"
    assert caught.value.do


@pytest.mark.parametrize(
    "text", ["2**3**4**5 L/h", "9**9**9**9 L", "(2) L/h", "1 L/h; import os", "1 L**99999999/h", "1 + 1 L/h"]
)
def test_an_expression_is_never_computed(text: str) -> None:
    with pytest.raises(QuantityError, match="is not a number with its unit"):
        read_quantity(text, "L/h", where="here")
