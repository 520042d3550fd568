from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallpoint.knowledge.markers import load_marker_standards
from stallpoint.profile.markers.read import read_marker


@pytest.mark.parametrize(
    ("marker", "value", "unit", "matrix", "expected", "standard"),
    [
        ("Neurofilament light chain", 72.4, "pg/mL", "Serum", 72.4, "pg/mL"),
        ("sNfL", 0.0724, "ng/mL", "serum", 72.4, "pg/mL"),
        ("NfL", 72.4, "ng/L", "plasma", 72.4, "pg/mL"),
        ("creatinine", 0.8, "mg/dL", "serum", 0.8 * 1e4 / 113.12, "umol/L"),
        ("creatinine", 70.0, "umol/L", "plasma", 70.0, "umol/L"),
        ("urate", 5.0, "mg/dL", "serum", 5e4 / 168.11, "umol/L"),
        ("hs-CRP", 0.113, "mg/dL", "serum", 1.13, "mg/L"),
        ("8-OHdG", 10.0, "nmol/L", "urine", 2.8324, "ng/mL"),
        ("YKL-40", 200.0, "ug/L", "cerebrospinal fluid", 200.0, "ng/mL"),
        ("p75ECD", 4.0, "ug/g", "urine per creatinine", 4.0, "ng/mg"),
    ],
)
def test_units_are_converted(marker: str, value: float, unit: str, matrix: str, expected: float, standard: str) -> None:
    found = read_marker(marker, value, unit, matrix=matrix)
    assert (found.unit, found.quality) == (standard, "usable")
    assert found.value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("marker", "unit", "matrix", "quality", "says"),
    [
        ("NfL", "mmHg", "serum", "unknown unit", "cannot be turned into"),
        ("NfL", "bananas", "serum", "unknown unit", "not a quantity"),
        ("NfL", "pmol/L", "serum", "unknown unit", "cannot be turned into"),
        ("CHIT1", "nmol/hour/mL", "CSF", "unknown unit", "cannot be turned into"),
        ("NfL", "pg/mL", "", "unknown marker", "without a matrix"),
        ("NfL", "pg/mL", "saliva", "unknown marker", "known in serum, plasma, CSF"),
        ("TDP-43", "pg/mL", "serum", "unknown marker", "no such marker"),
    ],
)
def test_what_cannot_be_converted_is_kept_as_said_and_refused(
    marker: str, unit: str, matrix: str, quality: str, says: str
) -> None:
    found = read_marker(marker, 5.0, unit, matrix=matrix)
    assert (found.value, found.quality, found.said) == (None, quality, f"5 {unit}")
    assert says in found.reason


def test_a_slip_of_unit_is_implausible() -> None:
    assert read_marker("NfL", 72.4, "ng/mL", matrix="serum").quality == "implausible"
    assert read_marker("creatinine", 0.8, "umol/L", matrix="serum").quality == "implausible"
    assert read_marker("NfL", -3.0, "pg/mL", matrix="serum", below_limit=True).quality == "implausible"


def test_a_value_below_the_limit_stays_below_it() -> None:
    found = read_marker("poly-GP", 0.005, "pg/mL", matrix="CSF", below_limit=True)
    assert (found.censored, found.quality, found.said) == ("below limit", "usable", "<0.005 pg/mL")


@given(st.sampled_from(sorted(load_marker_standards())), st.floats(0.01, 0.99))
def test_a_standard_unit_is_left_as_it_is(key: tuple[str, str], share: float) -> None:
    standard = load_marker_standards()[key]
    value = standard.plausible_low + share * (standard.plausible_high - standard.plausible_low)
    found = read_marker(standard.marker, value, standard.unit, matrix=standard.matrix)
    assert found.value == pytest.approx(value)
    assert found.quality == "usable"


def test_what_is_no_number_is_no_value() -> None:
    found = read_marker("NfL", float("nan"), "pg/mL", matrix="plasma")
    assert (found.value, found.quality, found.reason) == (None, "implausible", "the value is not a number")
    assert read_marker("NfL", float("inf"), "pg/mL", matrix="plasma").quality == "implausible"
