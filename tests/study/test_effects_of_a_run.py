"""What a run says of differing effects, from the study's folder to results.json, the ledger and the page."""

import csv
import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.report.render import render_report
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign
from stallpoint.study.demo_study import write_simulated_study
from stallpoint.study.json_text import render_json
from stallpoint.study.looks_file import render_ledger
from stallpoint.study.results import compose_report, describe_results
from stallpoint.study.stage import run_stages
from stallpoint.study.stages import HETEROGENEITY, MEASURES, MODIFIERS, READ
from stallpoint.study.study_file import read_study_file


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """160 people with all that TRICALS asks for; the stages that speak of differing effects, and no other."""
    out = tmp_path_factory.mktemp("run")
    smoker = Modifiers(prespecified=("smoker",))
    made = simulate_trial(TrialDesign(n=160), constant_benefit(0.3), modifiers=smoker, rng=np.random.default_rng(4))
    cohort, place = made.trial.cohort, pl.int_range(pl.len())
    patients = cohort.patients.with_columns(definite_el_escorial=place % 2 == 0, ftd=place % 7 == 0)
    modifiers = Modifiers(prespecified=("smoker", "tricals"))
    trial = replace(made.trial, cohort=replace(cohort, patients=patients), modifiers=modifiers)
    folder = write_simulated_study(replace(made, trial=trial), out)
    study = read_study_file(folder)
    parts = (READ, HETEROGENEITY, MODIFIERS, MEASURES)
    run_stages(parts, study, out / "run", software="test")
    content = compose_report(study, out / "run", analyses=[stage.name for stage in parts[1:]])
    return content, json.loads(render_json(describe_results(study, content)))


def test_results_hold_bounds_and_the_axis(run):
    _, results = run
    assert [row["assumption"] for row in results["survivors"]] == ["none", "treatment never shortens a life"]
    axis = [row["correlation"] for row in results["effect_spread"]]
    assert (axis[0], axis[-1]) == (-1, 1)
    assert {"zhangrubin2003", "lee2009", "heckman1997", "knol2011", "kent2020"} <= {source["id"] for source in results["sources"]}


def test_every_look_stands_in_the_ledger_and_none_of_these_was_named_beforehand(run):
    content, results = run
    looks = {look["effect"]: look["prespecified"] for look in results["ledger"]}
    new = ("survivor_bounds", "survivor_bounds_assumed", "effect_spread", "benefit_bounds", "modifier_added_deaths_smoker")
    assert all(looks[name] is False for name in new)
    written = list(csv.reader(render_ledger(content.looks, ()).decode().splitlines()))
    assert len(written) == 1 + len(results["ledger"])


def test_only_modifiers_named_beforehand_can_be_confirmatory(run):
    _, results = run
    confirmatory = [finding["question"] for finding in results["findings"] if finding["status"] == "confirmatory"]
    assert all("differ by" in question for question in confirmatory)


def test_the_page_shows_all_of_it_with_the_risk_score_first(run):
    content, _ = run
    page = render_report(content)
    at_all = page[page.index('<section id="at-all">') :]
    assert at_all.count("<figure", 0, at_all.index("</section>")) == 4
    for_whom = page[page.index('<section id="for-whom">') :]
    assert (
        for_whom.index("as the PATH statement asks")
        < for_whom.index("TRICALS risk score, per point")
        < for_whom.index("smoker, yes")
    )
    assert "beyond adding up" in for_whom
