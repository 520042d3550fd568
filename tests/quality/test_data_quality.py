"""All looks together: rows in any order, and cohorts with hardly anything in them."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.build import build_cohort
from stallpoint.knowledge.quality_limits import load_quality_limits
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_rows
from stallpoint.quality.data_quality import SOURCES, measure_data_quality

FRAMES = {
    "missingness": ("columns", "by_month"),
    "visit_windows": ("visits", "gaps"),
    "jumps": ("worst", "items"),
    "digits": ("digits", "summary"),
    "balance": ("differences",),
}


@settings(max_examples=4)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(seed):
    tables = defective_tables()
    plain = measure_data_quality(build_cohort("X", tables))
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in tables.items()}
    again = measure_data_quality(build_cohort("X", shuffled))
    assert again.checks == plain.checks
    assert again.notes == plain.notes
    for topic, names in FRAMES.items():
        for name in names:
            assert getattr(getattr(again, topic), name).equals(getattr(getattr(plain, topic), name)), (topic, name)


def defective_tables():
    people, months = 40, (0.0, 2.0, 4.0, 6.0)
    rows = [
        {
            "patient": f"P{person}",
            "time_months": month + (0.9 if person % 9 == 2 and month == 4 else 0.07 * (person % 3)) * (month > 0),
            "alsfrs_r": None
            if person % 11 == 3 and month == 2
            else 45.0 - person % 4 - month - 30 * (person == 5 and month == 4),
            "fvc_percent": 60.0 + 5 * ((7 * person + 3 * int(month)) % 9),
        }
        for person in range(people)
        for month in months
    ]
    patients = [
        {"patient": f"P{person}", "arm": "ab"[person % 2], "age_years": None if person % 7 == 0 else 50.0 + person % 13}
        for person in range(people)
    ]
    return {"patients": pl.DataFrame(patients), "visits": pl.DataFrame(rows)}


def one_person():
    return {
        "patients": pl.DataFrame({"patient": ["P1"]}),
        "visits": pl.DataFrame({"patient": ["P1"], "time_months": [0.0], "alsfrs_r": [40.0]}),
    }


def test_one_person_is_described_and_nothing_else_is_judged():
    quality = measure_data_quality(build_cohort("ONE", one_person()))
    assert {check.status for check in quality.checks} <= {"passed"}
    assert quality.visit_windows.checks == quality.jumps.checks == quality.digits.checks == quality.balance.checks == ()


def test_a_cohort_that_lost_everybody_is_not_an_error():
    cohort = build_cohort("ONE", one_person())
    nobody = type(cohort)(**{**vars(cohort), "patients": cohort.patients.clear(), "visits": cohort.visits.clear()})
    assert measure_data_quality(nobody).checks == ()


def test_missing_totals_everywhere_are_said_and_judge_nothing():
    tables = defective_tables()
    cohort = build_cohort("X", tables)
    without = cohort.visits.with_columns(alsfrs_r=pl.lit(None, dtype=pl.Float64))
    quality = measure_data_quality(type(cohort)(**{**vars(cohort), "visits": without}))
    assert any("alsfrs_r (100.0%)" in check.text for check in quality.checks)
    assert "ALSFRS-R" not in quality.jumps.steps["measure"]


def test_the_built_in_study_raises_one_alarm_for_what_is_missing():
    """Nothing is wrong in it: 15 checks, of which one says that some variants have no assay."""
    from stallpoint.simulate.demo import simulate_demo

    quality = measure_data_quality(simulate_demo().trial.cohort, control="placebo")
    assert [check.name for check in quality.checks if check.status != "passed"] == ["missing_variants"]
    assert quality.visit_windows.plan.months == (0, 1, 2, 4, 6, 8, 10, 12)


@pytest.mark.parametrize("row", read_bundled_rows("quality_limits.tsv"), ids=lambda row: row["key"])
def test_every_limit_says_what_it_means_and_that_it_is_assumed(row):
    assert row["tag"] == "assumed"
    assert row["note"]
    assert load_quality_limits()[row["key"]] > 0


def test_the_cited_works_are_known():
    assert set(SOURCES) <= set(load_sources())
