from __future__ import annotations

import numpy as np
import pytest

from stallpoint.core.errors import FitError
from stallpoint.profile.markers.by_age import fit_age_reference, place_by_age
from stallpoint.profile.markers.read import read_marker


def people(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    age = rng.uniform(30, 80, n)
    return np.exp(2.0 + 0.025 * (age - 55) + rng.normal(0, 0.4, n)), age


def test_scores_of_new_healthy_people_are_standard() -> None:
    """2,000 references of 40 people, one new person each: mean 0, spread that of t with 38 degrees of freedom, 1.027."""
    rng = np.random.default_rng(61)
    scores = []
    for _ in range(2000):
        values, ages = people(40, rng)
        reference = fit_age_reference(values[:-1].tolist(), ages[:-1].tolist(), marker="NfL", matrix="serum", platform="Ella")
        if reference.low_years <= ages[-1] <= reference.high_years:
            new = read_marker("NfL", float(values[-1]), "pg/mL", matrix="serum", platform="ella")
            z = place_by_age(new, float(ages[-1]), reference=reference).z
            assert z is not None
            scores.append(z)
    n = len(scores)
    assert n > 1800
    assert abs(np.mean(scores)) < 3.5 / np.sqrt(n)
    assert np.std(scores) == pytest.approx(np.sqrt(37 / 35), abs=3.5 / np.sqrt(2 * n))


def test_no_score_for_another_platform_age_or_a_censored_value() -> None:
    values, ages = people(60, np.random.default_rng(62))
    reference = fit_age_reference(values.tolist(), ages.tolist(), marker="NfL", matrix="serum", platform="Ella")
    good = read_marker("NfL", 30.0, "pg/mL", matrix="serum", platform="Ella")
    assert place_by_age(good, 60.0, reference=reference).z is not None
    for reading, age in (
        (read_marker("NfL", 30.0, "pg/mL", matrix="serum", platform="Simoa"), 60.0),
        (read_marker("NfL", 30.0, "pg/mL", matrix="plasma", platform="Ella"), 60.0),
        (read_marker("NfL", 30.0, "pg/mL", matrix="serum", platform="Ella", below_limit=True), 60.0),
        (good, 95.0),
        (good, None),
    ):
        assert place_by_age(reading, age, reference=reference).z is None
    assert place_by_age(good, 60.0).z is None


@pytest.mark.parametrize(
    ("value", "age", "platform", "says"),
    [
        (34.0, 75.0, "Simoa", "not above the upper 95% limit"),
        (36.0, 75.0, "simoa", "above the upper 95% limit"),
        (16.0, 60.9, "Simoa", "above"),
        (16.0, 61.0, "Simoa", "not above"),
        (16.0, 60.0, "", "the platform is not stated"),
        (16.0, 60.0, "Ella", "measured on Ella"),
        (16.0, 95.0, "Simoa", "no published limit"),
        (16.0, None, "Simoa", "age is not known"),
    ],
)
def test_published_limits_by_age(value: float, age: float | None, platform: str, says: str) -> None:
    reading = read_marker("NfL", value, "pg/mL", matrix="plasma", platform=platform)
    position = place_by_age(reading, age).position
    assert says in position
    assert says != "above the upper 95% limit" or not position.startswith("not")


def test_a_limit_of_plasma_says_nothing_of_serum_and_a_high_assay_limit_places_nobody() -> None:
    serum = place_by_age(read_marker("NfL", 50.0, "pg/mL", matrix="serum", platform="Simoa"), 60.0)
    assert serum.position == "no published limit by age is recorded for it"
    below = read_marker("NfL", 50.0, "pg/mL", matrix="plasma", platform="Simoa", below_limit=True)
    assert "cannot be placed" in place_by_age(below, 60.0).position


def test_a_poor_reference_is_refused() -> None:
    with pytest.raises(FitError, match="at least 30"):
        fit_age_reference([1.0] * 5, [50.0] * 5, marker="NfL", matrix="serum", platform="Ella")
    with pytest.raises(FitError, match="ages must differ"):
        fit_age_reference([1.0] * 40, [50.0] * 40, marker="NfL", matrix="serum", platform="Ella")
