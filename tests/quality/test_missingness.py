import polars as pl

from stallpoint.quality.missingness import measure_missingness
from stallpoint.quality.visit_plan import VisitPlan, estimate_visit_plan


def look(cohort):
    return measure_missingness(cohort, estimate_visit_plan(cohort.visits))


def check(found, name):
    return next(each for each in found.checks if each.name == name)


def test_planted_gaps_are_counted_by_column_and_arm(cohort, patients):
    holes = patients.with_columns(
        age_years=pl.when((pl.col("arm") == "active") & (pl.int_range(pl.len()) < 40)).then(None).otherwise("age_years")
    )
    found = look(cohort(patients=holes))
    age = found.columns.filter(pl.col("column") == "age_years")
    assert dict(age.select("arm", "missing").iter_rows()) == {"everyone": 20, "active": 20, "placebo": 0}
    assert dict(age.select("arm", "share").iter_rows())["active"] == 0.5
    assert check(found, "missing_patients").text == "Missing values in 1 of 2 columns of patients: age_years (25.0%)."
    assert check(found, "missing_by_arm").status == "warning"


def test_equal_gaps_in_both_arms_are_no_difference(cohort, patients):
    holes = patients.with_columns(age_years=pl.when(pl.int_range(pl.len()) < 20).then(None).otherwise("age_years"))
    assert check(look(cohort(patients=holes)), "missing_by_arm").status == "passed"


def test_a_column_without_any_value_is_said(cohort, patients):
    found = look(cohort(patients=patients.with_columns(sex=pl.lit(None, dtype=pl.String))))
    assert "sex (100.0%)" in check(found, "missing_patients").text


def test_item_5_has_two_forms_and_is_missing_only_without_both(cohort, visits):
    items = visits.with_columns(
        q5a=pl.when(pl.int_range(pl.len()) % 2 == 0).then(3.0), q5b=pl.when(pl.int_range(pl.len()) % 2 == 1).then(2.0)
    )
    found = look(cohort(visits=items))
    assert found.columns.filter((pl.col("column") == "q5") & (pl.col("arm") == "everyone"))["missing"].to_list() == [0]
    assert not found.columns["column"].is_in(["q5a", "q5b"]).any()


def test_visits_without_a_total_and_missed_visits_stand_at_their_month(cohort, visits):
    third = pl.col("time_months").is_between(5, 7)
    some = pl.col("patient") < "P010"
    told = visits.with_columns(alsfrs_r=pl.when(third & some).then(None).otherwise("alsfrs_r"))
    told = told.filter(~(pl.col("time_months").is_between(2, 4) & (pl.col("patient") >= "P074")))
    by_month = look(cohort(visits=told)).by_month
    counts = {(month, state): n for month, state, n in by_month.iter_rows()}
    assert counts[6.0, "visit without a total"] == 10
    assert counts[3.0, "no visit"] == 6
    assert counts[6.0, "visit with a total"] == 70


def test_what_no_column_holds_is_named(cohort):
    assert any("onset_site" in note for note in look(cohort()).notes)


def test_without_arms_nothing_is_said_of_them(cohort, patients):
    found = look(cohort(patients=patients.drop("arm")))
    assert set(found.columns["arm"]) == {"everyone"}
    assert all(each.name != "missing_by_arm" for each in found.checks)


def test_without_a_plan_months_are_empty(cohort):
    assert measure_missingness(cohort(), VisitPlan(())).by_month.is_empty()
