import numpy as np
import polars as pl
import pytest

from stallpoint.quality.digit_preference import measure_digit_preference


def fvc_cohort(cohort, visits, values):
    return cohort(visits=visits.with_columns(fvc_percent=pl.Series(values)))


def found_for(measured, label):
    row = measured.summary.filter(pl.col("measure") == label).row(0, named=True)
    check = next(check for check in measured.checks if check.text.startswith(label))
    return row, check


def smooth(n, seed=5):
    return np.random.default_rng(seed).normal(80, 15, n).round()


@pytest.mark.parametrize("heaped", [0.25, 0.5, 1.0])
def test_planted_heaping_is_measured_as_large_as_it_is(cohort, visits, heaped):
    values = smooth(visits.height)
    rounded = np.random.default_rng(6).random(visits.height) < heaped
    values[rounded] = 5 * np.round(values[rounded] / 5)
    row, check = found_for(measure_digit_preference(fvc_cohort(cohort, visits, values)), "FVC at visits, %")
    assert row["moved"] == pytest.approx(0.8 * heaped, abs=0.06)
    assert row["at_0_or_5"] == pytest.approx(0.2 + 0.8 * heaped, abs=0.05)
    assert row["expected_at_0_or_5"] == pytest.approx(0.2, abs=0.03)
    assert check.status == "warning"


def test_smooth_values_raise_no_alarm_and_stay_within_chance(cohort, visits):
    """Eight smooth samples: none beyond what chance is said to reach."""
    judged = [measure_digit_preference(fvc_cohort(cohort, visits, smooth(visits.height, seed))) for seed in range(8)]
    rows = [found_for(each, "FVC at visits, %") for each in judged]
    assert all(row["moved"] <= row["chance"] for row, _ in rows)
    assert {check.status for _, check in rows} == {"passed"}


def test_a_narrow_distribution_has_uneven_digits_that_are_no_preference(cohort, visits):
    """Totals between 30 and 47 do not fall evenly on the ten digits; the smooth part knows."""
    totals = np.random.default_rng(7).normal(40, 4, visits.height).round().clip(20, 48)
    measured = measure_digit_preference(cohort(visits=visits.with_columns(alsfrs_r=pl.Series(totals))))
    row, check = found_for(measured, "ALSFRS-R at visits")
    digits = measured.digits.filter(pl.col("measure") == "ALSFRS-R at visits")
    assert (digits["observed"] - 0.1).abs().sum() / 2 > 0.06
    assert row["moved"] < row["chance"]
    assert check.status == "passed"


def test_tenths_have_last_digits_too(cohort, visits):
    values = np.round(np.random.default_rng(8).normal(70, 12, visits.height) * 2) / 2
    row, check = found_for(
        measure_digit_preference(cohort(visits=visits.with_columns(weight_kg=pl.Series(values)))), "Weight at visits, kg"
    )
    assert row["at_0_or_5"] == 1.0
    assert check.status == "warning"


def test_computed_values_and_few_values_are_not_judged(cohort, visits):
    computed = np.random.default_rng(9).normal(80, 10, visits.height)
    measured = measure_digit_preference(fvc_cohort(cohort, visits, computed))
    assert "FVC at visits, %" not in measured.summary["measure"]
    assert any(note.startswith("FVC at visits, %: not judged") for note in measured.notes)
    assert any(note == "Age, years: 80 values, too few to judge last digits." for note in measured.notes)


def test_times_that_are_plans_are_noticed(cohort, visits):
    def status(frame):
        return next(check for check in measure_digit_preference(cohort(visits=frame)).checks if check.name == "whole_months")

    assert status(visits).status == "passed"
    planned = status(visits.with_columns(pl.col("time_months").round()))
    assert planned.status == "warning"
    assert planned.text.startswith("100% of visit times after time zero are whole months")


def test_chance_covers_what_smooth_samples_reach_narrow_and_wide(cohort, visits):
    """Twenty narrow samples without a preference: none beyond chance, which one in a thousand should be."""
    rng = np.random.default_rng(10)
    for _ in range(20):
        totals = pl.Series(rng.normal(40, 5, visits.height).round().clip(18, 48))
        measured = measure_digit_preference(cohort(visits=visits.with_columns(alsfrs_r=totals)))
        row, check = found_for(measured, "ALSFRS-R at visits")
        assert row["moved"] < row["chance"]
        assert check.status == "passed"


def test_heaping_of_a_narrow_distribution_is_still_seen(cohort, visits):
    rng = np.random.default_rng(12)
    totals = rng.normal(40, 5, visits.height).round().clip(18, 48)
    heaped = np.where(rng.random(visits.height) < 0.6, (5 * np.round(totals / 5)).clip(None, 45), totals)
    row, check = found_for(
        measure_digit_preference(cohort(visits=visits.with_columns(alsfrs_r=pl.Series(heaped)))), "ALSFRS-R at visits"
    )
    assert row["moved"] == pytest.approx(0.48, abs=0.12)
    assert check.status == "warning"
