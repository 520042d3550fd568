import numpy as np
import polars as pl
import pytest

from stallpoint.quality.visit_plan import VisitPlan, estimate_visit_plan
from stallpoint.quality.visit_windows import measure_visit_windows


@pytest.mark.parametrize(
    "months",
    [(0, 1, 2, 4, 6, 8, 10, 12), tuple(0.92 * k for k in range(13)), (0, 3, 6, 9, 12, 18, 24), (0, 0.5, 1, 3, 6, 9, 12)],
    ids=["uneven", "four-weekly", "long", "early"],
)
def test_the_plan_is_read_off_the_visits(months):
    rng = np.random.default_rng(2)
    times = np.array(months) + rng.normal(0, 0.1, (60, len(months)))
    visits = pl.DataFrame({"patient": np.repeat(np.arange(60), len(months)).astype(str), "time_months": times.clip(0).ravel()})
    assert estimate_visit_plan(visits).months == pytest.approx(months, abs=0.06)


def test_windows_are_a_quarter_of_the_shorter_interval():
    assert VisitPlan((0.0, 1.0, 3.0, 9.0)).windows_months.tolist() == [0.25, 0.25, 0.5, 1.5]


def test_nearest_takes_the_closer_month():
    assert VisitPlan((0.0, 1.0, 3.0)).nearest(np.array([0.4, 0.6, 1.9, 2.1, 7.0])).tolist() == [0, 1, 1, 2, 2]


def test_clean_visits_lie_in_their_windows(cohort):
    found = measure_visit_windows(cohort())
    assert found.plan.months == (0.0, 3.0, 6.0, 9.0, 12.0)
    assert [check.status for check in found.checks] == ["passed", "passed"]
    assert found.gaps.is_empty()


def test_planted_visits_off_plan_are_counted(cohort, visits):
    late = (pl.col("time_months").is_between(5, 7)) & (pl.col("patient") < "P060")
    found = measure_visit_windows(
        cohort(visits=visits.with_columns(pl.col("time_months") + pl.when(late).then(1.3).otherwise(0.0)))
    )
    assert found.plan.months[:2] == (0.0, 3.0)
    few = (pl.col("time_months").is_between(5, 7)) & (pl.col("patient") < "P015")
    found = measure_visit_windows(
        cohort(visits=visits.with_columns(pl.col("time_months") + pl.when(few).then(1.3).otherwise(0.0)))
    )
    assert found.plan.months == (0.0, 3.0, 6.0, 9.0, 12.0)
    assert found.checks[0].count == 15
    assert found.visits.filter("outside")["planned_months"].to_list() == [6.0] * 15


def test_two_missed_visits_in_a_row_are_a_long_gap_and_one_is_not(cohort, visits):
    gone = ((pl.col("patient") == "P007") & pl.col("time_months").is_between(2, 7)) | (
        (pl.col("patient") == "P008") & pl.col("time_months").is_between(2, 4)
    )
    found = measure_visit_windows(cohort(visits=visits.filter(~gone)))
    assert found.gaps.select("patient", "missed").rows() == [("P007", 2)]
    assert found.checks[1].text.startswith("1 gap in 1 person")


def test_visits_without_a_common_schedule_are_not_judged(cohort, visits):
    rng = np.random.default_rng(3)
    found = measure_visit_windows(cohort(visits=visits.with_columns(time_months=pl.Series(rng.uniform(0, 24, visits.height)))))
    assert found.checks == ()
    assert found.plan.months == ()
    assert "No common schedule" in found.notes[0]


def test_too_few_visits_have_no_plan(visits):
    assert estimate_visit_plan(visits.head(19)).months == ()
    assert estimate_visit_plan(visits.clear()).months == ()
