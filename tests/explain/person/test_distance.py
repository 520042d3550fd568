"""Distances against closed forms; values of a profile, their days, and why there is none."""

from __future__ import annotations

from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from person_world import person

from stallpoint.core.profile import Entry
from stallpoint.explain.distance import judge_distance, pool_arms
from stallpoint.explain.person_value import read_value
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.knowledge.evidence.records import ArmRecord
from stallpoint.profile.build import build_profile

BASE = load_evidence()


def arm(**values) -> ArmRecord:
    return ArmRecord("t", "a", "phoenix", "seen", **{"n": 50, **values})


@given(st.lists(st.lists(st.floats(-100, 100), min_size=2, max_size=8), min_size=1, max_size=4))
def test_arms_taken_together_are_their_people_taken_together(groups):
    people = [each for group in groups for each in group]
    centre, spread, n = pool_arms([(len(group), mean(group), stdev(group)) for group in groups])
    assert n == len(people)
    np.testing.assert_allclose((centre, spread), (mean(people), stdev(people)), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("age", "answer", "deviations"), [(60, "inside", 0), (80, "inside", 2), (80.1, "outside", 2.01), (39, "outside", -2.1)]
)
def test_near_is_within_two_standard_deviations(age, answer, deviations):
    told = judge_distance([arm(age_years_mean=60.0, age_years_sd=10.0)], person(age_years=age))
    assert told.answer == answer
    assert told.distances[0].deviations == pytest.approx(deviations)


def test_one_far_measure_is_far_and_none_is_cannot_tell():
    arms = [arm(age_years_mean=60.0, age_years_sd=10.0, alsfrs_r_mean=40.0, alsfrs_r_sd=2.0)]
    assert judge_distance(arms, person(age_years=60, alsfrs_r=30)).answer == "outside"
    assert judge_distance(arms, person()).answer == "cannot tell"
    assert judge_distance([], person(age_years=60)).answer == "cannot tell"
    assert judge_distance([arm(age_years_mean=60.0)], person(age_years=60)).answer == "cannot tell"


def test_duration_from_diagnosis_is_not_one_from_onset_and_subsets_count_once():
    near = {"duration_months_mean": 10.0, "duration_months_sd": 5.0}
    assert judge_distance([arm(**near)], person(onset_months=10)).answer == "inside"
    assert judge_distance([arm(**near, duration_from="diagnosis")], person(onset_months=10)).answer == "cannot tell"
    whole = {arm.n for arm in BASE.arms if arm.trial == "ab10015" and arm.subset is None}
    assert whole == {133, 130}
    told = judge_distance([each for each in BASE.arms if each.trial == "ab10015"], person(age_years=55, fvc_percent=88))
    assert {each.measure: each.people for each in told.distances if each.deviations is not None} == {
        "age_years": 263,
        "fvc_percent": 263,
    }


@pytest.mark.parametrize(
    ("entries", "value"),
    [
        ([Entry("ALSFRS-R", "38")], 38),
        ([Entry("alsfrs_r", "40", "2025-01-01"), Entry("ALSFRS-R", "38", "2026-01-01")], 38),
        ([Entry("alsfrs_r", "38", "month 9"), Entry("alsfrs_r", "40", "month 10")], 40),
        ([Entry("alsfrs_r", "38"), Entry("alsfrs_r", "38")], 38),
        ([Entry("alsfrs_r", "38"), Entry("alsfrs_r", "40")], None),
        ([Entry("alsfrs_r", "38", "2026-01-01"), Entry("alsfrs_r", "40", "2026-01-01")], None),
        ([Entry("alsfrs_r", "49")], None),
        ([Entry("alsfrs_r", "38 points")], None),
        ([Entry("King's", "2")], None),
    ],
)
def test_the_last_day_counts_and_what_cannot_be_judges_nobody(entries, value):
    held = read_value(build_profile("P", stage=entries), "alsfrs_r")
    assert held.value == value
    assert bool(held.why) == (value is None)


def test_a_patient_of_a_study_has_aged_since_time_zero():
    stage = [Entry("alsfrs_r", "36", "month 12", "visits"), Entry("fvc_percent", "70", "month 9", "visits")]
    history = [Entry("onset_months", "12", source="patients"), Entry("age_years", "60", source="patients")]
    profile = build_profile("P", stage=stage, history=history)
    assert read_value(profile, "onset_months").value == 24
    assert read_value(profile, "age_years").value == 61
    assert read_value(profile, "decline_per_month").value == pytest.approx((48 - 36) / (12 + 12))
    earlier = build_profile("P", stage=[Entry("alsfrs_r", "36", "month 6"), stage[1]], history=history)
    assert read_value(earlier, "decline_per_month").value == pytest.approx((48 - 36) / (12 + 6))


def test_a_rate_needs_both_sides_and_a_stated_one_comes_first():
    assert read_value(person(alsfrs_r=38, onset_months=20), "decline_per_month").value == 0.5
    assert read_value(person(alsfrs_r=38), "decline_per_month").value is None
    assert read_value(person(alsfrs_r=48, onset_months=0.5), "decline_per_month").value is None
    assert read_value(person(alsfrs_r=38, onset_months=20, decline_per_month=0.9), "decline_per_month").value == 0.9
    assert read_value(person(alsfrs_r=38, onset_months=20, decline_per_month="fast"), "decline_per_month").value is None
