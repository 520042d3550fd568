"""Every look at a study is kept, whatever the study file asks later."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.core.errors import TableError
from stallpoint.core.ledger import Look
from stallpoint.response.modifier_values import ask_of_slope
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign
from stallpoint.study.demo_study import write_simulated_study
from stallpoint.study.looks_file import LOOKS_FILE, asked_modifiers, read_looks, record_looks
from stallpoint.study.run import run_study
from stallpoint.study.study_file import STUDY_FILE, read_study_file


@pytest.fixture
def study(tmp_path):
    made = simulate_trial(
        TrialDesign(n=80, horizon_months=6, visit_months=(0, 2, 4, 6)), constant_benefit(0.3), rng=np.random.default_rng(3)
    )
    trial = replace(made.trial, modifiers=Modifiers(prespecified=("sex",), explored=("age_years",)))
    return write_simulated_study(replace(made, trial=trial), tmp_path / "made")


def run(study, out, asked='explored = ["age_years"]'):
    file = study / STUDY_FILE
    lines = [asked if line.startswith("explored") else line for line in file.read_text().splitlines()]
    file.write_text("\n".join(lines) + "\n")
    run_study(study, out)
    return json.loads((out / "results.json").read_text())


def test_a_question_that_was_dropped_still_counts(study, tmp_path):
    first = run(study, tmp_path / "first")
    assert first["earlier_looks"] == []
    recorded = len(read_looks(read_study_file(study)))
    assert recorded == len({(look["question"], look["outcome"]) for look in first["ledger"]})
    again = run(study, tmp_path / "first")
    assert again == first
    assert len(read_looks(read_study_file(study))) == recorded
    other = run(study, tmp_path / "second", "explored = []")
    assert {look["question"] for look in other["earlier_looks"]} == {
        look["question"] for look in first["ledger"] if "age" in look["question"]
    }
    assert "Earlier runs of this study put" in (tmp_path / "second/report.html").read_text()
    ledger = pl.read_csv(tmp_path / "second/ledger.csv")
    assert ledger.filter(pl.col("run") == "earlier").height == len(other["earlier_looks"])
    assert ledger.filter(pl.col("run") == "this").height == len(other["ledger"])


def seen_by_a_learner(name):
    question = f"{ask_of_slope(name)} Seen by the DR-learner"
    return Look(question, "learner", "slope", False, "exploration_slope_dr_learner_differential", None)


def test_a_covariate_that_a_learner_saw_cannot_be_named_beforehand_any_more(study):
    assert record_looks(read_study_file(study), [seen_by_a_learner("sex")], "its estimand")
    asked = asked_modifiers(read_study_file(study))
    assert asked.prespecified == ()
    assert "sex" in asked.explored


def test_a_modifier_named_beforehand_may_also_be_given_to_a_learner(study):
    named = Look(f"{ask_of_slope('sex')} (additive)", "modifier", "ALSFRS-R and survival", True, "modifier_sex_1", 0.2)
    assert record_looks(read_study_file(study), [named, seen_by_a_learner("sex")], "its estimand")
    assert asked_modifiers(read_study_file(study)).prespecified == ("sex",)


def test_a_record_that_was_changed_by_hand_is_an_error_that_names_the_file(study):
    asked = read_study_file(study)
    look = Look("Does the effect on slope differ by height?", "modifier", "ALSFRS-R and survival", True, "height", 0.04)
    assert record_looks(asked, [look], "another estimand")
    assert look in [each.look for each in read_looks(asked)]
    file = study / LOOKS_FILE
    before = file.read_text()
    file.write_text(before.replace("\tyes\t", "\tperhaps\t"))
    with pytest.raises(TableError, match=LOOKS_FILE):
        read_looks(asked)
    file.write_text(before)
