import numpy as np
import polars as pl
import pytest

from stallpoint.quality.impossible_jumps import find_impossible_jumps


def test_clean_courses_have_no_impossible_change(cohort):
    found = find_impossible_jumps(cohort())
    assert [check.status for check in found.checks] == ["passed"]
    assert found.worst.is_empty()


def test_planted_jumps_are_found_and_listed_worst_first(cohort, visits):
    wrong = {12: 3.0, 101: 4.0}
    changed = visits.with_row_index().with_columns(
        alsfrs_r=pl.col("index").replace_strict(wrong, default=pl.col("alsfrs_r"), return_dtype=pl.Float64)
    )
    found = find_impossible_jumps(cohort(visits=changed.drop("index")))
    people = {visits["patient"][12], visits["patient"][101]}
    assert found.worst.height == 4
    assert set(found.worst["patient"]) == people
    assert found.worst["distance"].is_sorted(descending=True)
    assert found.checks[0].text.startswith("ALSFRS-R: 4 impossible changes among 320 (2 rises, 2 falls) in 2 people")


def test_fvc_and_weight_of_visits_are_judged_too(cohort, visits):
    rng = np.random.default_rng(4)
    fvc = (90 - visits["time_months"] + pl.Series(rng.normal(0, 3, visits.height))).round()
    more = visits.with_columns(fvc_percent=fvc, weight_kg=pl.lit(70.0)).with_row_index()
    more = more.with_columns(weight_kg=pl.when(pl.col("index") == 52).then(170.0).otherwise("weight_kg")).drop("index")
    found = find_impossible_jumps(cohort(visits=more))
    assert {check.name: check.status for check in found.checks} == {
        "jumps_alsfrs_r": "passed",
        "jumps_fvc_percent": "passed",
        "jumps_weight_kg": "warning",
    }
    assert set(found.worst["measure"]) == {"Weight"}
    assert sorted(found.worst["change"]) == [-100.0, 100.0]


def test_the_limit_is_five_robust_standard_deviations(cohort):
    """Half the changes are 1 and half -1 around no slope, so each side has a median deviation of 1 and a limit of 5 x 1.4826."""
    change = np.tile([1.0, -1.0], 20)
    values = np.column_stack([np.full(40, 20.0), 20.0 + change])
    visits = pl.DataFrame(
        {
            "patient": np.repeat([f"P{number:03d}" for number in range(40)], 2),
            "time_months": [0.0, 3.0] * 40,
            "alsfrs_r": values.ravel(),
        }
    )
    steps = find_impossible_jumps(cohort(visits=visits)).steps
    assert steps["high"].to_numpy() == pytest.approx(5 * 1.4826)
    assert steps["low"].to_numpy() == pytest.approx(-5 * 1.4826)


def test_items_that_jump_are_listed(cohort, visits):
    items = visits.with_columns(q1=pl.lit(4.0), q2=pl.lit(1.0)).with_row_index()
    items = items.with_columns(q2=pl.when(pl.col("index") == 31).then(4.0).otherwise("q2")).drop("index")
    found = find_impossible_jumps(cohort(visits=items))
    assert found.items.select("item", "change").rows() == [("q2", 3.0), ("q2", -3.0)]
    assert "1 rise and 1 fall among 640 changes" in found.checks[-1].text


def test_two_raters_at_one_time_count_as_their_mean(cohort, visits):
    second = visits.head(1).with_columns(pl.col("alsfrs_r") - 2)
    found = find_impossible_jumps(cohort(visits=pl.concat([visits, second])))
    first = found.steps.filter(pl.col("patient") == "P000").sort("from_months")["from_value"][0]
    assert first == visits["alsfrs_r"][0] - 1
    assert found.steps.height == find_impossible_jumps(cohort()).steps.height


def test_few_changes_are_not_judged(cohort, visits):
    found = find_impossible_jumps(cohort(visits=visits.head(20)))
    assert found.checks == ()
    assert "ALSFRS-R has 16 changes, too few to judge." in found.notes
