import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.parameter import LINKS
from stallpoint.core.plan import Plan
from stallpoint.explain.analysis import analyse_chain, tabulate_links, tabulate_measurements, tabulate_stalls
from stallpoint.explain.explanation import explain_trial
from stallpoint.simulate.demo import simulate_demo
from stallpoint.study.json_text import render_json

PLAN = Plan(planned_level=100.0, level_unit="ng/mL")


@pytest.fixture(scope="module")
def demo():
    return simulate_demo().trial


@pytest.fixture(scope="module")
def explanation(demo):
    return explain_trial(demo, plan=PLAN, rng=np.random.default_rng(1))


def test_the_stall_planted_in_the_demo_is_found_and_named(explanation):
    smokers = next(each for each in explanation.groups if each.chain.subject.endswith('yes"'))
    others = next(each for each in explanation.groups if each.chain.subject.endswith('no"'))
    assert smokers.stall.named == "absorbed"
    assert others.stall.named is None
    assert "stalls at absorbed: too little of it is in the blood" in explanation.text
    assert max(explanation.whole.loss, key=lambda each: each.mean).link == "absorbed"


def test_it_is_found_with_another_seed_and_without_a_planned_level(demo):
    """Neither the seed of the draws nor the stated plan is what finds it."""
    groups = explain_trial(demo, plan=Plan(), rng=np.random.default_rng(3)).groups
    assert [each.stall.named for each in groups] == [None, "absorbed"]


def test_no_finding_of_the_chain_is_confirmatory_and_the_look_is_counted(explanation):
    assert {each.status for each in explanation.findings} <= {"exploratory", "hypothesis", "cannot tell"}
    assert [each.prespecified for each in explanation.looks] == [False]


def test_nobody_is_called_what_only_groups_can_be(explanation):
    said = json.dumps([tabulate_links(explanation).to_dicts(), tabulate_stalls(explanation).to_dicts()]).lower()
    assert "respond" not in said
    assert "best drug" not in said


def test_every_link_says_what_it_rests_on(explanation):
    links = tabulate_links(explanation)
    assert links.height == 7 * len(explanation.chains)
    assert links["link"].to_list()[:7] == list(LINKS)
    assumed = links.filter(pl.col("evidence") == "assumed")
    assert (assumed["missing"] != "").all()
    assert assumed["sources"].list.len().min() == 1
    assert (links["ground"] != "").all()
    assert links["low"].is_between(0, 1).all()


def test_tables_are_plain_values(explanation):
    for table in (tabulate_links, tabulate_stalls, tabulate_measurements):
        assert json.loads(render_json(table(explanation).to_dicts()))


def test_a_trial_whose_controls_do_not_decline_says_why_there_is_no_chain(demo):
    visits = demo.cohort.visits.with_columns(
        alsfrs_r=30.0 + pl.col("time_months") / 2 + pl.Series(np.arange(demo.cohort.visits.height) % 3)
    )
    still = replace(demo, cohort=replace(demo.cohort, visits=visits))
    found = analyse_chain(still, plan=Plan(), costs=explain_trial.__kwdefaults__["costs"], rng=np.random.default_rng(1))
    assert [check.status for check in found.checks] == ["failed"]
    assert "do not decline" in found.checks[0].text
    assert found.findings[0].status == "cannot tell"
    assert not found.series
