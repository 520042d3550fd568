"""Closed cases: inside, outside, cannot tell; bounds, alternatives, genotypes, markers; what is missing judges nobody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from person_world import person

from stallpoint.core.profile import MarkerReading
from stallpoint.core.variant import RepeatCall, VariantCall
from stallpoint.explain.eligibility import judge_eligibility
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.knowledge.evidence.records import Eligibility

ONSET = Eligibility("t", "onset_months", "onset ≤24 mo", "phoenix", "seen", high=24)
BASE = load_evidence()


def place(profile, *conditions):
    return judge_eligibility(conditions, profile).answer


@pytest.mark.parametrize(
    ("value", "answer"),
    [(24, "inside"), (24.01, "outside"), (1, "inside"), (0, "cannot tell"), ("soon", "cannot tell"), ("nan", "cannot tell")],
)
def test_a_bound_belongs_to_the_inside_and_what_is_no_number_judges_nobody(value, answer):
    assert place(person(onset_months=value), ONSET) == answer


def test_an_excluded_bound_is_outside():
    assert place(person(onset_months=24), replace(ONSET, excluded="high")) == "outside"
    low = replace(ONSET, low=6, high=None, excluded="low")
    assert [place(person(onset_months=each), low) for each in (6, 6.1)] == ["outside", "inside"]


@given(value=st.floats(0.1, 100), low=st.floats(0.1, 50), width=st.floats(0, 50))
def test_inside_is_between_the_bounds(value, low, width):
    condition = replace(ONSET, low=low, high=low + width)
    expected = "inside" if low <= float(str(value)) <= low + width else "outside"
    assert place(person(onset_months=value), condition) == expected


def test_missing_is_never_normal():
    told = judge_eligibility([ONSET], person())
    assert told.answer == "cannot tell"
    assert "not in the profile" in told.conditions[0].said


def test_a_condition_without_a_bound_judges_nobody():
    assert place(person(onset_months=20), replace(ONSET, high=None)) == "cannot tell"
    named = Eligibility("t", "genotype", "some genotype", "phoenix", "seen", value="UNC13A")
    assert place(person(VariantCall("UNC13A", "rs12608932", "present", assay="panel")), named) == "cannot tell"


def test_one_condition_not_met_is_outside_whatever_is_missing_and_one_missing_keeps_from_inside():
    fvc = Eligibility("t", "fvc_percent", "FVC≥70%", "phoenix", "seen", low=70)
    assert place(person(onset_months=30), ONSET, fvc) == "outside"
    assert place(person(onset_months=20), ONSET, fvc) == "cannot tell"
    assert place(person(onset_months=20, fvc_percent=70), ONSET, fvc) == "inside"
    assert place(person(onset_months=20)) == "cannot tell"


def test_alternatives_need_one_and_all_missing_or_failed_to_be_outside():
    age = Eligibility("t", "age_years", "age >75", "phoenix", "seen", low=75, excluded="low", any_of="x")
    late = Eligibility("t", "onset_months", "onset >5 yr", "phoenix", "seen", low=60, excluded="low", any_of="x")
    assert place(person(age_years=80), age, late) == "inside"
    assert place(person(age_years=60, onset_months=10), age, late) == "outside"
    assert place(person(age_years=60), age, late) == "cannot tell"


def test_fvc_never_stands_in_for_svc_but_either_is_a_vital_capacity():
    svc = Eligibility("t", "svc_percent", "SVC≥70%", "phoenix", "seen", low=70)
    assert place(person(fvc_percent=90), svc) == "cannot tell"
    vital = replace(svc, measure="vital_capacity_percent")
    assert place(person(fvc_percent=90), vital) == place(person(svc_percent=90), vital) == "inside"
    assert place(person(), vital) == "cannot tell"


def test_a_condition_in_words_judges_nobody():
    assert place(person(age_years=60), Eligibility("t", "words", "definite ALS", "phoenix", "seen")) == "cannot tell"


SOD1 = Eligibility("t", "gene", "SOD1", "phoenix", "seen", value="SOD1")


@pytest.mark.parametrize(
    ("calls", "answer"),
    [
        ([VariantCall("SOD1", "A5V", "present", assay="panel")], "inside"),
        ([VariantCall("SOD1", "D91A", "present", assay="panel")], "cannot tell"),
        ([VariantCall("SOD1", "X9999", "present", assay="panel")], "cannot tell"),
        ([VariantCall("SOD1", "A5V", "present", usable=False)], "cannot tell"),
        ([VariantCall("SOD1", "A5V", "absent", assay="panel")], "cannot tell"),
        ([VariantCall("SOD1", "A5V", "not tested")], "cannot tell"),
        ([VariantCall("FUS", "P525L", "present", assay="panel")], "cannot tell"),
        ([], "cannot tell"),
        ([VariantCall("SOD1", "pathogenic variant", "present", assay="sequencing")], "inside"),
        ([VariantCall("SOD1", "pathogenic variant", "absent", assay="sequencing")], "outside"),
        ([VariantCall("SOD1", "pathogenic variant", "absent", usable=False)], "cannot tell"),
        (
            [VariantCall("SOD1", "pathogenic variant", "absent", assay="a"), VariantCall("SOD1", "A5V", "present", assay="b")],
            "cannot tell",
        ),
    ],
    ids=[
        "pathogenic",
        "contested",
        "unrecorded",
        "own report",
        "absent",
        "not tested",
        "another gene",
        "nothing",
        "whole gene",
        "whole gene absent",
        "unassayed",
        "contradiction",
    ],
)
def test_a_gene_is_never_cleared_by_single_variants_that_were_looked_for(calls, answer):
    assert place(person(*calls), SOD1) == answer


@pytest.mark.parametrize(
    ("call", "usable", "answer"),
    [("present", True, "inside"), ("absent", True, "outside"), ("not tested", True, "cannot tell"), ("present", False, "cannot tell")],
)  # fmt: skip
def test_a_repeat_is_present_absent_or_not_settled(call, usable, answer):
    repeat = RepeatCall("C9orf72", "FTDALS1_C9orf72", call, "", usable=usable)
    condition = Eligibility("t", "repeat", "C9orf72", "phoenix", "seen", value="C9orf72")
    assert place(person(repeats=(repeat,)), condition) == answer
    other = VariantCall("C9orf72", "repeat expansion", "absent", assay="PCR")
    expected = "outside" if not usable or call in ("absent", "not tested") else "cannot tell"
    assert place(person(other, repeats=(repeat,)), condition) == expected


@pytest.mark.parametrize(
    ("call", "zygosity", "answer"),
    [
        ("present", "homozygous", "inside"),
        ("present", "heterozygous", "outside"),
        ("present", "", "cannot tell"),
        ("absent", "", "outside"),
        ("not tested", "", "cannot tell"),
    ],
)
def test_both_copies_are_asked_for(call, zygosity, answer):
    condition = Eligibility("t", "genotype", "C/C", "phoenix", "seen", value="UNC13A rs12608932 C/C")
    assert place(person(VariantCall("UNC13A", "rs12608932", call, zygosity=zygosity, assay="panel")), condition) == answer


def test_a_call_may_name_the_genotype_itself():
    condition = Eligibility("t", "genotype", "C/C", "phoenix", "seen", value="UNC13A rs12608932 C/C")
    both = VariantCall("UNC13A", "rs12608932 C/C", "present", assay="array")
    assert place(person(both), condition) == "inside"
    assert place(person(replace(both, call="absent")), condition) == "outside"
    one = VariantCall("UNC13A", "rs12608932", "present", zygosity="heterozygous", assay="panel")
    assert place(person(both, one), condition) == "cannot tell"


@pytest.mark.parametrize(("said", "asked", "answer"), [
    ("yes", "yes", "inside"), ("True", "yes", "inside"), ("no", "yes", "outside"), ("yes", "no", "outside"),
    ("sometimes", "yes", "cannot tell"),
])  # fmt: skip
def test_riluzole_is_taken_or_not_or_not_told(said, asked, answer):
    assert place(person(riluzole=said), Eligibility("t", "riluzole", "on riluzole", "phoenix", "seen", value=asked)) == answer


@pytest.mark.parametrize(
    ("value", "censored", "unit", "answer"),
    [
        (2.0, "", "mg/L", "inside"),
        (1.0, "", "mg/L", "outside"),
        (1.0, "below limit", "mg/L", "outside"),
        (5.0, "below limit", "mg/L", "cannot tell"),
        (2.0, "", "nmol/L", "cannot tell"),
    ],
)
def test_a_marker_below_a_limit_is_below_a_bound_only_where_the_limit_is(value, censored, unit, answer):
    condition = Eligibility("t", "marker", "hs-CRP", "phoenix", "seen", low=1.13, excluded="low", value="hs-CRP", unit="mg/L")
    reading = MarkerReading("hs-CRP", "serum", value, unit, "as said", censored=censored)
    assert place(person(markers=(reading,)), condition) == answer
    assert place(person(markers=(replace(reading, quality="implausible"),)), condition) == "cannot tell"


@pytest.mark.parametrize("score", [-19, -4.25, 3])
def test_a_condition_on_a_risk_score_judges_nobody(score):
    condition = Eligibility("t", "tricals", "-6 to -2", "phoenix", "seen", low=-6, high=-2)
    kept = judge_eligibility([condition], person(tricals=score))
    assert (kept.answer, f"{score:g}" in kept.conditions[0].said) == ("cannot tell", False)


def test_every_recorded_condition_is_in_the_words_of_its_trial_with_its_number_source_and_tag():
    order = ("seen", "derived", "recalled", "assumed")
    assert len(BASE.eligibility) > 90
    for each in BASE.eligibility:
        trial = BASE.trial(each.trial)
        assert each.said in trial.population, each
        assert each.source == trial.source
        assert order.index(each.tag) >= order.index(trial.tag), each
        printed = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", each.said)]
        years = "yr" in each.said
        for bound in (each.low, each.high):
            assert bound is None or abs(bound) in [12 * number if years else number for number in printed], each
        judged = each.measure in ("words", "riluzole", "gene", "repeat", "genotype")
        assert judged == (each.low is None and each.high is None), each
