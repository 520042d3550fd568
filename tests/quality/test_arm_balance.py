import numpy as np
import polars as pl
import pytest

from stallpoint.quality.arm_balance import measure_arm_balance


def difference(found, column):
    return found.differences.filter(pl.col("column") == column).row(0, named=True)


def test_differences_against_their_definition(cohort, patients):
    found = measure_arm_balance(cohort(), control="placebo")
    one, other = (patients.filter(pl.col("arm") == arm) for arm in ("active", "placebo"))
    age = [part["age_years"].to_numpy() for part in (one, other)]
    pooled = np.sqrt((age[0].var(ddof=1) + age[1].var(ddof=1)) / 2)
    row = difference(found, "age_years")
    assert row["difference"] == pytest.approx((age[0].mean() - age[1].mean()) / pooled)
    assert row["chance"] == pytest.approx(1.96 * np.sqrt(2 / 40))
    share = [(part["sex"] == "female").mean() for part in (one, other)]
    spread = np.sqrt(sum(p * (1 - p) * 40 / 39 for p in share) / 2)
    assert difference(found, "sex")["difference"] == pytest.approx((share[0] - share[1]) / spread)


def test_a_planted_imbalance_is_named(cohort, patients):
    older = patients.with_columns(pl.col("age_years") + pl.when(pl.col("arm") == "active").then(12.0).otherwise(0.0))
    (check,) = measure_arm_balance(cohort(patients=older), control="placebo").checks
    assert check.status == "warning"
    assert "age_years" in check.text


def test_randomised_arms_raise_an_alarm_in_few_trials_and_cover_as_said(cohort, patients):
    """50 allocations by chance: 95% of differences within their interval, at most 2 trials with an alarm."""
    rng = np.random.default_rng(11)
    inside, alarms, study = [], 0, cohort()
    for _ in range(50):
        arms = patients.with_columns(arm=pl.Series(rng.permutation(patients["arm"].to_numpy())))
        found = measure_arm_balance(type(study)(**{**vars(study), "patients": arms}))
        inside += (found.differences["difference"].abs() <= found.differences["chance"]).to_list()
        alarms += found.checks[0].status == "warning"
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)
    assert alarms <= 2


def test_the_sign_follows_the_control(cohort):
    one = difference(measure_arm_balance(cohort(), control="placebo"), "age_years")
    other = difference(measure_arm_balance(cohort(), control="active"), "age_years")
    assert one["difference"] == pytest.approx(-other["difference"])
    assert (one["arm"], one["against"]) == ("active", "placebo")


def test_three_arms_stand_against_the_first(cohort, patients):
    three = patients.with_columns(arm=pl.Series([("a", "b", "c")[number % 3] for number in range(patients.height)]))
    found = measure_arm_balance(cohort(patients=three))
    assert set(found.differences.select("arm", "against").rows()) == {("b", "a"), ("c", "a")}


def test_levels_of_text_yes_or_no_and_constants(cohort, patients):
    n = patients.height
    more = patients.with_columns(
        onset_site=pl.Series([("bulbar", "limb", "other")[number % 3] for number in range(n)]),
        riluzole=pl.Series([number % 5 > 0 for number in range(n)]),
        weight_kg=pl.lit(70.0),
        site=pl.Series([f"site {number}" for number in range(n)]),
    )
    found = measure_arm_balance(cohort(patients=more)).differences
    assert found.filter(pl.col("column") == "onset_site")["level"].to_list() == ["bulbar", "limb", "other"]
    assert found.filter(pl.col("column") == "riluzole")["level"].to_list() == ["yes"]
    assert found.filter(pl.col("column") == "weight_kg")["difference"].to_list() == [None]
    assert "site" not in found["column"]
    assert "alsfrs_r" in found["column"]


def test_arms_that_were_not_randomised_are_described_only(cohort):
    found = measure_arm_balance(cohort(), randomised=False)
    assert found.checks == ()
    assert any("balance is not expected" in note for note in found.notes)


def test_without_arms_it_is_said(cohort, patients):
    found = measure_arm_balance(cohort(patients=patients.drop("arm")))
    assert found.notes == ("There are no arms to compare.",)
    assert found.differences.is_empty()
