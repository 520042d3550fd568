"""Small worlds whose defects are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from stallpoint.core.build import build_cohort
from stallpoint.core.cohort import Cohort

MONTHS = (0.0, 3.0, 6.0, 9.0, 12.0)
PEOPLE = 80


def clean_patients(people: int = PEOPLE, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "patient": [f"P{number:03d}" for number in range(people)],
            "arm": ["active" if number % 2 else "placebo" for number in range(people)],
            "age_years": rng.normal(60, 9, people).round().clip(25, 90),
            "sex": rng.choice(["female", "male"], people),
        }
    )


def clean_visits(people: int = PEOPLE, seed: int = 1) -> pl.DataFrame:
    """Three-monthly visits with a jitter of 0.1 months, and a loss of one point a month with noise."""
    rng = np.random.default_rng(seed)
    times = np.array(MONTHS) + rng.normal(0, 0.1, (people, len(MONTHS))).clip(-0.3, 0.3)
    times[:, 0] = 0.0
    scores = rng.normal(38, 3, (people, 1)) - times + rng.normal(0, 1.2, times.shape)
    return pl.DataFrame(
        {
            "patient": np.repeat([f"P{number:03d}" for number in range(people)], len(MONTHS)),
            "time_months": times.ravel(),
            "alsfrs_r": np.rint(scores).clip(0, 48).ravel(),
        }
    )


def clean_cohort(**tables: pl.DataFrame) -> Cohort:
    return build_cohort("SMALL", {"patients": clean_patients(), "visits": clean_visits(), **tables})


@pytest.fixture
def patients() -> pl.DataFrame:
    return clean_patients()


@pytest.fixture
def visits() -> pl.DataFrame:
    return clean_visits()


@pytest.fixture
def cohort() -> Callable[..., Cohort]:
    """The clean cohort; keyword arguments replace its tables."""
    return clean_cohort
