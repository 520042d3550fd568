import pytest

from stallpoint.clinical.tricals import tricals_linear_predictor
from stallpoint.core.errors import StallpointError

NAMES = ("rate", "diagnosis_months", "age_at_onset_years", "fvc_percent", "bulbar_onset", "definite_el_escorial", "ftd")


def score(*person):
    return float(tricals_linear_predictor(**dict(zip(NAMES, person, strict=True))))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ((0.6, 12, 60, 90, 0, 0, 0), -4.50722956),
        ((1.5, 6, 70, 60, 1, 1, 0), -1.93538242),
        ((0.2, 24, 45, 105, 0, 0, 0), -7.3610529),
        ((1.0, 9, 55, 80, 1, 0, 1), -3.07188419),
        ((0.0, 10, 65, 100, 0, 0, 0), -7.86828069),
    ],
)
def test_reference_people(person, expected):
    assert score(*person) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(
    ("person", "expected"),
    [((0.6, 10, 60, 90, 0, 0, 0), -4.281), ((1.5, 5, 65, 70, 1, 0, 0), -2.277), ((0.2, 24, 50, 100, 0, 0, 0), -7.079)],
)
def test_gold_values_of_the_public_code(person, expected):
    assert score(*person) == pytest.approx(expected, abs=5e-4)


def test_the_negative_slope_of_public_code_is_refused():
    with pytest.raises(StallpointError, match="not the negative slope"):
        score(-0.6, 12, 60, 90, 0, 0, 0)
