"""Nobody is a responder by their own course, and no subtype is tied to a treatment: each by its own ways."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.guards.conftest import Invoke, Page
from tests.guards.test_missing_is_never_normal import write_profile

import stallpoint
from stallpoint.core.profile import Subtype
from stallpoint.explain.person import judge_treatments
from stallpoint.profile.expression.subtype_reference import SUBTYPES
from stallpoint.response.lead_in import LeadInCount
from stallpoint.simulate.trial import SimulatedTrial

GAINED = re.compile(
    r"respon(d|s)|improve|better than (before|forecast)|gained|benefit(s|ed) from|plateau|reversal of", re.IGNORECASE
)
PERSON = '[person]\nid = "P1"\nage_years = 61\n'
SCORE = '[[stage]]\nname = "ALSFRS-R"\nvalue = "{value}"\ndate = "{date}"\n'
ANSWERED = {
    "probabilities": [["ALS-Ox", 0.97], ["ALS-Glia", 0.02]],
    "answer": "ALS-Ox",
    "reason": "",
    "caution": "tied to no treatment",
}


def write_course(place: Path, *scores: int) -> Path:
    """A person with scores a month apart, the last the same whoever it is."""
    rows = "".join(
        SCORE.format(value=value, date=f"2026-0{month}-01") for month, value in enumerate(scores, start=9 - len(scores))
    )
    (place / "person.toml").write_text(PERSON + rows, encoding="utf-8")
    return place / "person.toml"


def told_of(person: Path, invoke: Invoke) -> list[dict[str, Any]]:
    return list(json.loads(invoke("profile", person, "--treatments", "--json").stdout)["treatments"]["treatments"])


def test_who_gained_twenty_points_and_who_lost_them_are_told_the_same_in_their_files(invoke: Invoke, tmp_path: Path) -> None:
    """Only the last score counts, for who resembles whom; the way there says nothing of a treatment."""
    rose, fell = (told_of(write_course(tmp_path, *scores), invoke) for scores in ((18, 28, 38), (47, 42, 38)))
    assert rose == fell
    assert told_of(write_course(tmp_path, 38), invoke) == fell


def test_a_course_that_rises_is_shown_and_not_judged(invoke: Invoke, tmp_path: Path) -> None:
    person = write_course(tmp_path, 18, 28, 38)
    said = invoke("profile", person, "--out", tmp_path / "out").stdout
    assert "ALSFRS-R 18" in said
    assert not GAINED.search(said)
    assert not GAINED.search(
        Page((tmp_path / "out/profile.html").read_text(encoding="utf-8")).text.split("What this cannot know")[0]
    )


def test_gains_over_a_lead_in_are_counted_for_groups_beside_what_no_treatment_gives() -> None:
    """No function hands back who gained: all that is counted are shares, with the share to expect of nobody treated."""
    held = [field.name for field in fields(LeadInCount)]
    found = count_gains(np.full(40, -2.0), np.full(40, 1.0))
    assert all(isinstance(getattr(found, name), float | int | None) for name in held)
    assert {"expected", "expected_low", "expected_high"} <= set(held)
    assert found.expected > 0.05, "untreated people gain too"


def count_gains(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> LeadInCount:
    from stallpoint.response.lead_in import Course, LeadInRule

    rule = LeadInRule((0.0, 1.0, 2.0, 3.0), (3.0, 4.0, 5.0, 6.0), gain=1.25, lost=3.0)
    course = Course(slope_mean=-1.0, slope_sd=0.65, residual_sd=2.0, start_mean=42.0, start_sd=5.0)
    return stallpoint.count_lead_in_gains(
        before, after, np.ones(40), rule=rule, course=course, rng=np.random.default_rng(1), draws=20_000
    )


def test_one_person_who_rises_in_a_trial_is_named_by_no_analysis(simulated: SimulatedTrial) -> None:
    """Through the functions: their gain enters the mean, and no finding, effect or look is of one person."""
    trial = simulated.trial
    one = trial.cohort.patients.filter(arm=trial.treatment)["patient"][0]
    risen = pl.when(pl.col("patient") == one).then(20 + 4 * pl.col("time_months")).otherwise("alsfrs_r").clip(0, 48)
    cohort = replace(trial.cohort, visits=trial.cohort.visits.with_columns(alsfrs_r=risen))
    found = stallpoint.estimate_heterogeneity(replace(trial, cohort=cohort), rng=np.random.default_rng(1))
    said = [each.text for each in (*found.findings, *found.effects)] + [each.question for each in found.looks]
    assert said
    assert not [each for each in said if one in each or "responder" in each.replace("nobody can be called a responder", "")]
    assert min(each.n for each in found.effects) > 1


def test_a_subtype_changes_nothing_that_is_said_of_a_treatment(invoke: Invoke, tmp_path: Path) -> None:
    plain = told_of(write_profile(tmp_path), invoke)
    assert told_of(write_profile(tmp_path, subtype=ANSWERED), invoke) == plain
    profile = stallpoint.read_profile(write_profile(tmp_path, subtype=ANSWERED))
    assert isinstance(profile.subtype, Subtype)
    base = stallpoint.load_evidence()
    without = replace(profile, subtype=None)
    assert judge_treatments(base, profile).treatments == judge_treatments(base, without).treatments


def test_no_word_on_a_page_ties_a_subtype_to_a_treatment(invoke: Invoke, tmp_path: Path) -> None:
    person = write_profile(tmp_path, subtype=ANSWERED)
    said = invoke("profile", person, "--treatments", "--out", tmp_path / "out").stdout
    treatments = said.split("Treatments with evidence in people")[1]
    assert "subtype: ALS-Ox" in said
    assert not [each for each in SUBTYPES if each in treatments]
    page = Page((tmp_path / "out/profile.html").read_text(encoding="utf-8")).text
    assert "tied to no treatment" in page


@pytest.mark.parametrize("measure", ["subtype", "pathway", "cluster"])
def test_evidence_of_ones_own_cannot_make_a_subtype_a_condition(invoke: Invoke, tmp_path: Path, measure: str) -> None:
    (tmp_path / "eligibility.tsv").write_text(
        f"trial\tmeasure\tsaid\tvalue\ttag\tsource\nphoenix\t{measure}\tbroad ALS\tALS-Ox\tseen\tphoenix\n", encoding="utf-8"
    )
    person = write_profile(tmp_path, subtype=ANSWERED)
    assert "is not known" in invoke("profile", person, "--treatments", "--folder", tmp_path, code=3).stderr


def test_a_persons_file_cannot_name_a_subtype_or_its_treatment(invoke: Invoke, tmp_path: Path) -> None:
    for lines in ('[subtype]\nanswer = "ALS-Ox"\ntreatment = "edaravone"\n', '[person]\nsubtype = "ALS-Ox"\n'):
        (tmp_path / "person.toml").write_text(lines if lines.startswith("[person]") else PERSON + lines, encoding="utf-8")
        assert "unknown key" in invoke("profile", tmp_path / "person.toml", "--treatments", code=3).stderr
