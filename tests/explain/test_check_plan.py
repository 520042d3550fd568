from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.plan import Plan
from stallpoint.explain.check_plan import check_plan
from stallpoint.explain.readings import read_people
from stallpoint.response.follow_up import follow_trial
from stallpoint.simulate.chain_world import ChainWorld, simulate_chain_trial


@pytest.fixture(scope="module")
def made():
    return simulate_chain_trial(ChainWorld(), 60, rng=np.random.default_rng(1))


def checks(trial, plan):
    people = read_people(trial, follow_trial(trial), plan)
    return {check.name: check for check in check_plan(trial, plan, people)}


def test_what_was_planned_and_is_there_passes(made):
    assert {check.status for check in checks(made.trial, made.plan).values()} == {"passed"}
    assert len(checks(made.trial, made.plan)) == 4


@pytest.mark.parametrize(
    ("changed", "name", "says"),
    [
        ({"level_unit": "ug/L"}, "chain levels", "active in ng/mL"),
        ({"engagement_marker": "tarket"}, "chain marker", "NfL, target"),
        ({"target_gene": "SOD2"}, "chain gene", "GENE1"),
    ],
)
def test_a_name_or_unit_that_is_not_there_is_said_with_what_is(made, changed, name, says):
    check = checks(made.trial, replace(made.plan, **changed))[name]
    assert check.status == "warning"
    assert says in check.text
    assert "counts as not measured" in check.text


def test_levels_of_a_drug_of_another_name_are_said(made):
    levels = made.trial.cohort.concentrations.with_columns(analyte=pl.lit("metabolite"))
    trial = replace(made.trial, cohort=replace(made.trial.cohort, concentrations=levels))
    assert checks(trial, Plan())["chain levels"].status == "warning"


def test_without_csf_the_planned_ratio_is_said_to_have_nothing_to_stand_beside(made):
    plasma = made.trial.cohort.concentrations.filter(pl.col("matrix") == "plasma")
    trial = replace(made.trial, cohort=replace(made.trial.cohort, concentrations=plasma))
    assert checks(trial, made.plan)["chain CSF"].status == "warning"
