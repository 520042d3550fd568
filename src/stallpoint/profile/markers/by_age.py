"""Where a value stands among people of the same age.

Two references: published upper limits by age, which give no more than above or not above; and people of one's own, measured on the same
platform, which give a standard score. No published reference with a spread was found, so no score is made from the literature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log, sqrt

import numpy as np

from stallpoint.core.errors import FitError
from stallpoint.core.profile import MarkerReading
from stallpoint.knowledge.markers import load_age_limits
from stallpoint.knowledge.variants import load_profile_limits


@dataclass(frozen=True)
class AgeReference:
    """Log of a marker as a straight line in age among healthy people: mean a + b (age - centre), residual standard deviation.

    It speaks of the marker, matrix and platform it was fitted to, and of ages from `low_years` to `high_years`, and of nothing else.
    """

    marker: str
    matrix: str
    platform: str
    intercept: float
    per_year: float
    centre_years: float
    residual_sd: float
    n: int
    age_spread: float
    low_years: float
    high_years: float


def fit_age_reference(
    values: Sequence[float], ages_years: Sequence[float], *, marker: str, matrix: str, platform: str
) -> AgeReference:
    """A reference from healthy people of one's own, by least squares on the log scale.

    Args:
        values: above 0, all in the marker's standard unit.
        ages_years: of the same people.
        marker: name as in `knowledge.markers`.
        matrix: what was sampled.
        platform: assay platform; a score is given for the same platform only.

    Raises:
        FitError: too few people, no spread in age, or a value that is not above 0.
    """
    y, age = np.asarray(values, dtype=float), np.asarray(ages_years, dtype=float)
    least = int(load_profile_limits()["reference_people"])
    if len(y) != len(age) or len(y) < least:
        raise FitError(f"a reference needs at least {least} people with age", where=marker, do="measure more healthy people")
    if not (np.isfinite(y).all() and np.isfinite(age).all() and (y > 0).all() and np.ptp(age) > 0):
        raise FitError(
            "values must be above 0, and ages must differ", where=marker, do="leave out values below the limit knowingly"
        )
    centre = float(age.mean())
    per_year, intercept = np.polyfit(age - centre, np.log(y), 1)
    residual = np.log(y) - intercept - per_year * (age - centre)
    sd = float(np.sqrt((residual**2).sum() / (len(y) - 2)))
    spread = float(((age - centre) ** 2).sum())
    bounds = float(age.min()), float(age.max())
    return AgeReference(marker, matrix, platform, float(intercept), float(per_year), centre, sd, len(y), spread, *bounds)


def place_by_age(reading: MarkerReading, age_years: float | None, *, reference: AgeReference | None = None) -> MarkerReading:
    """The reading with what its age tells: a standard score from one's own reference, and a place against published limits.

    A censored, implausible or unconverted value, an unknown age, and another platform give none, and say so. The score allows for the
    uncertainty of the reference: its spread is sd sqrt(1 + 1/n + (age - mean)^2 / sum).
    """
    if reading.value is None or reading.quality != "usable":
        return reading
    if age_years is None:
        return replace(reading, position="not placed by age: the age is not known")
    position, upper_95 = _against_limits(reading, age_years)
    return replace(reading, z=_score(reading, age_years, reference), position=position, upper_95=upper_95)


def _score(reading: MarkerReading, age_years: float, reference: AgeReference | None) -> float | None:
    if reference is None or reading.censored or reading.value is None or reading.value <= 0:
        return None
    same = (reference.marker, reference.matrix, reference.platform.lower()) == (
        reading.marker,
        reading.matrix,
        reading.platform.lower(),
    )
    if not same or not reference.low_years <= age_years <= reference.high_years:
        return None
    away = age_years - reference.centre_years
    expected = reference.intercept + reference.per_year * away
    spread = reference.residual_sd * sqrt(1 + 1 / reference.n + away**2 / reference.age_spread)
    return (log(reading.value) - expected) / spread


def _against_limits(reading: MarkerReading, age_years: float) -> tuple[str, float | None]:
    """Where a reading lies, in words, and the limit that it was held against; None where it could not be placed."""
    limits = [each for each in load_age_limits() if (each.marker, each.matrix) == (reading.marker, reading.matrix)]
    found = next((each for each in limits if each.age_from_years <= age_years < each.age_below_years), None)
    if found is None or reading.value is None:
        return "no published limit by age is recorded for it", None
    if not reading.platform:
        limit = f"the limit of {found.upper_95:g} {found.unit} is of {found.platform}"
        return f"not placed by age: the platform is not stated, and {limit}", None
    if reading.platform.lower() != found.platform.lower():
        return f"not placed by age: measured on {reading.platform}, and the limit is of {found.platform}", None
    if reading.censored and reading.value > found.upper_95:
        return f"cannot be placed: the limit of the assay lies above {found.upper_95:g} {found.unit}", None
    side = "above" if reading.value > found.upper_95 else "not above"
    return (
        f"{side} the upper 95% limit of healthy people of this age, {found.upper_95:g} {found.unit} ({found.source})",
        found.upper_95,
    )
