"""Prognosis is not benefit: no score takes anybody in or puts anybody first, and a criterion tells whom it leaves out."""

from __future__ import annotations

import csv
import inspect
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import typer
from tests.guards.conftest import DESIGN, Invoke, Page
from tests.guards.test_markers_and_groups import FENCED

import stallpoint
from stallpoint.cli.main import app
from stallpoint.clinical.prohibited_uses import PROHIBITED_USES
from stallpoint.core.cohort import Modifiers
from stallpoint.core.errors import StallpointError
from stallpoint.explain.person import judge_treatments
from stallpoint.explain.person_text import treatment_statements
from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.report.render import render_report
from stallpoint.report.simulation import render_simulation
from stallpoint.simulate.planted import no_effect
from stallpoint.simulate.trial import SimulatedTrial, simulate_trial
from stallpoint.study.demo_study import write_simulated_study
from stallpoint.study.simulate import simulate_drug

SOURCE = Path(str(stallpoint.__file__)).parent
RATIONS = re.compile(
    r"(tricals|encals|risk|score|prognos)\w*_(eligible|window|cut_?off|threshold|limit|priority|first)|"
    r"(eligible|include|exclude|enrol|admit|cut_?off|triage|ration|prioriti[sz]e|allocate)_?(by|on|from)?_?(tricals|encals|risk|score|prognos)|"
    r"triage|rationing|waiting_list|prioriti[sz]e|qaly"
)
"""Names of a function, a field or an option that would serve people by a score."""

FIRST = re.compile(r"eligib|includ|exclud|priorit|rank|cut_?off|window|threshold|class|group|admit|triage")
PERSON = '[person]\nid = "P1"\nage_years = 61\n[[stage]]\nname = "ALSFRS-R"\nvalue = "38"\ndate = "2026-01-05"\n'
SCORE = '[[history]]\nname = "{name}"\nvalue = "{value}"\n'


def write_person(place: Path, more: str = "") -> Path:
    (place / "person.toml").write_text(PERSON + more, encoding="utf-8")
    return place / "person.toml"


def assert_prohibited_uses_stand_in(text: str) -> None:
    said = " ".join(text.split())
    assert [use for use in PROHIBITED_USES if use not in said] == []


def test_no_function_class_field_or_option_serves_people_by_a_score() -> None:
    defined = re.compile(r"^ *(?:async def|def|class) (\w+)", re.MULTILINE)
    names = [name for file in SOURCE.rglob("*.py") for name in defined.findall(file.read_text(encoding="utf-8"))]
    public = [getattr(stallpoint, name) for name in stallpoint.__all__]
    names += [each for thing in public if callable(thing) for each in inspect.signature(thing).parameters]
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    names += [option for command in commands.values() for each in command.params for option in each.opts]
    plain = [re.sub(r"(?<!^)(?=[A-Z])", "_", each).lower().replace("-", "_") for each in names]
    assert len(plain) > 1500
    assert [each for each in plain if RATIONS.search(each)] == []


def test_groups_of_a_score_are_shown_by_no_page_command_or_stage() -> None:
    named = re.compile(r"encals_(nearest_)?groups")
    users = {file.relative_to(SOURCE).parts[0] for file in SOURCE.rglob("*.py") if named.search(file.read_text(encoding="utf-8"))}
    assert users == {"clinical"}


def told_of(person: Path, invoke: Invoke, *more: str) -> list[dict[str, Any]]:
    """All that is said of treatments beside a person."""
    record = json.loads(invoke("profile", person, "--treatments", *more, "--json").stdout)["treatments"]
    return list(record["treatments"])


@pytest.mark.parametrize("more", [(), ("--prognosis",)])
def test_two_people_who_differ_in_a_score_alone_are_told_the_same(invoke: Invoke, tmp_path: Path, more: tuple[str, ...]) -> None:
    """Far within every window, far without, and without a score: same trials, same answers, same order."""
    plain = told_of(write_person(tmp_path), invoke, *more)
    for name, value in (("tricals", "-4"), ("TRICALS", "9"), ("encals", "-12")):
        scored = told_of(write_person(tmp_path, SCORE.format(name=name, value=value)), invoke, *more)
        assert scored == plain
    magnet = next(each for one in plain for each in one["applicability"] if each["trial"] == "MAGNET")
    asked = next(each for each in magnet["conditions"] if each["measure"] == "tricals")
    assert asked["answer"] == "cannot tell"
    assert "by which nobody is taken in or left out" in asked["person"]


def test_nor_does_evidence_of_ones_own_make_a_score_judge(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "eligibility.tsv").write_text(
        "trial\tmeasure\tsaid\tlow\thigh\ttag\tsource\nphoenix\ttricals\tbroad ALS\t-6\t-2\tseen\tphoenix\n",
        encoding="utf-8",
    )
    answers = []
    for value in ("-4", "9"):
        person = write_person(tmp_path, SCORE.format(name="tricals", value=value))
        one = next(each for each in told_of(person, invoke, "--folder", str(tmp_path)) if each["treatment"] == "AMX0035")
        found = next(each for each in one["applicability"] if each["trial"] == "PHOENIX")
        assert [each["answer"] for each in found["conditions"] if each["measure"] == "tricals"] == ["cannot tell"]
        answers.append(found["by_eligibility"])
    assert answers == ["cannot tell"] * 2


@pytest.mark.parametrize("line", ["eligible = true", "priority = 1", "tricals_window = [-6, -2]"])
def test_a_person_cannot_be_put_first_or_let_in_by_their_file(invoke: Invoke, tmp_path: Path, line: str) -> None:
    person = write_person(tmp_path)
    person.write_text(PERSON.replace("[person]", f"[person]\n{line}"), encoding="utf-8")
    assert "unknown key" in invoke("profile", person, "--treatments", code=3).stderr


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("[trial]", "tricals_window = [-6, -2]"),
        ("[trial]", 'exclude = "tricals > -2"'),
        ("[modifiers]", "cut_off = -2"),
        ("[modifiers]", "enrich = ['tricals']"),
    ],
)
def test_a_study_file_has_no_place_for_a_cut_off(study: Path, invoke: Invoke, tmp_path: Path, section: str, line: str) -> None:
    text = (study / "study.toml").read_text(encoding="utf-8").replace(section, f"{section}\n{line}", 1)
    (tmp_path / "study.toml").write_text(f'{text}\n[data]\nfolder = "{study / "data"}"\n', encoding="utf-8")
    assert "unknown key" in invoke("check", tmp_path, code=2).stderr


def test_scores_are_written_in_the_order_given_uncut_and_with_what_they_are_not_for(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("patient,time_months,alsfrs_r\nC,0,20\nA,0,46\nB,0,35\n", encoding="utf-8")
    (tmp_path / "patients.csv").write_text(
        "patient,age_years,onset_months,diagnosis_months,fvc_percent,onset_site,definite_el_escorial,ftd,c9orf72\n"
        + "".join(f"{name},60,{onset},6,80,limb,false,false,false\n" for name, onset in (("A", 60), ("B", 20), ("C", 10))),
        encoding="utf-8",
    )
    given = ("score", tmp_path / "visits.csv", "--patients", tmp_path / "patients.csv", "--out", tmp_path / "scores.csv")
    assert_prohibited_uses_stand_in(invoke(*given).stdout)
    assert json.loads(invoke(*given, "--json").stdout)["prohibited_uses"] == list(PROHIBITED_USES)
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["patient"] for row in rows] == ["C", "A", "B"]
    assert len({float(row["tricals_lp"]) for row in rows} | {float(row["encals_lp"]) for row in rows}) == 6
    assert [name for name in rows[0] if FIRST.search(name)] == []
    for option in ("--cut-off", "--eligible", "--window", "--rank"):
        assert "No such option" in invoke(*given, option, "-2", code=2).stderr


def test_a_profile_that_holds_a_score_or_a_forecast_says_what_it_is_not_for(invoke: Invoke, tmp_path: Path) -> None:
    plain = write_person(tmp_path)
    assert PROHIBITED_USES[0] not in invoke("profile", plain).stdout
    scored = write_person(tmp_path, SCORE.format(name="TRICALS LP", value="-4"))
    for more in ((scored,), (scored, "--prognosis")):
        said = invoke("profile", *more, "--out", tmp_path / "out").stdout
        assert_prohibited_uses_stand_in(said)
        assert_prohibited_uses_stand_in(Page((tmp_path / "out/profile.html").read_text(encoding="utf-8")).text)
        assert json.loads(invoke("profile", *more, "--json").stdout)["prohibited_uses"] == list(PROHIBITED_USES)
    assert_prohibited_uses_stand_in(invoke("profile", write_person(tmp_path), "--prognosis").stdout)


def test_no_page_shows_a_risk_score_among_modifiers_without_them_whoever_builds_it() -> None:
    by_score, shrunken = (replace(each, name=each.name.replace("by_sex", "modifier_tricals_1")) for each in FENCED.effects)
    looks = tuple(replace(each, effect=by_score.name) for each in FENCED.looks)
    findings = tuple(replace(each, effect=by_score.name) for each in FENCED.findings)
    content = replace(FENCED, effects=(by_score, shrunken), looks=looks, findings=findings, limits=())
    assert_prohibited_uses_stand_in(Page(render_report(content)).text)
    assert PROHIBITED_USES[0] not in Page(render_report(FENCED)).text


@pytest.fixture(scope="module")
def scored_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated trial with all that TRICALS asks for."""
    made = simulate_trial(DESIGN, no_effect(), rng=np.random.default_rng(4))
    place = pl.int_range(pl.len())
    patients = made.trial.cohort.patients.with_columns(definite_el_escorial=place % 2 == 0, ftd=place % 7 == 0)
    trial = replace(made.trial, cohort=replace(made.trial.cohort, patients=patients), modifiers=Modifiers(explored=("tricals",)))
    return write_simulated_study(replace(made, trial=trial), tmp_path_factory.mktemp("scored"))


def test_a_run_by_a_risk_score_says_it_on_its_page_and_in_its_record_and_cuts_nobody(
    scored_study: Path, invoke: Invoke, tmp_path: Path
) -> None:
    invoke("run", scored_study, "--out", tmp_path / "out")
    assert_prohibited_uses_stand_in(Page((tmp_path / "out/report.html").read_text(encoding="utf-8")).text)
    results = json.loads((tmp_path / "out/results.json").read_text(encoding="utf-8"))
    assert results["prohibited_uses"] == list(PROHIBITED_USES)
    (by_score,) = (each for each in results["effects"] if each["name"] == "modifier_tricals_1")
    assert by_score["label"].endswith("per point")


def test_a_run_without_one_does_not_speak_of_it(ran: Path) -> None:
    assert json.loads((ran / "results.json").read_text(encoding="utf-8"))["prohibited_uses"] == []


def test_a_trial_cannot_be_stratified_by_a_score_of_the_software(simulated: SimulatedTrial) -> None:
    trial = simulated.trial
    with pytest.raises(StallpointError, match="no column tricals"):
        stallpoint.build_trial(trial.cohort, estimand=trial.estimand, control=trial.control, strata=["tricals"])


def test_no_eligibility_of_a_person_without_whom_the_trial_left_out(invoke: Invoke, tmp_path: Path) -> None:
    base = stallpoint.load_evidence()
    profile = stallpoint.build_profile("P0")
    told = judge_treatments(base, profile)
    judged = 0
    for one in told.treatments:
        said = [each.text for each in treatment_statements(one)["applicability"]]
        for apply in one.applicability:
            if apply.eligibility.conditions:
                judged += 1
                assert sum(each.startswith(f"Whom {apply.trial.name} left out: ") for each in said) == 1
    assert judged > 40
    page = invoke("profile", write_person(tmp_path), "--treatments", "--out", tmp_path / "out").stdout
    assert "exclude 14 to 95% of 2,904 patients, 59.8% on average" in page
    assert "97.9% of people with ALS do not carry SOD1, by registers; whoever was not tested is left out too" in page
    record = json.loads((tmp_path / "out/treatments.json").read_text(encoding="utf-8"))
    trials = [each for one in record["treatments"] for each in one["applicability"]]
    assert all({"age", "sex", "site of onset", "genotype"} <= sides(each["left_out"]) for each in trials)


def sides(left_out: dict[str, Any]) -> set[str]:
    return {each["side"] for each in left_out["asked"]} | set(left_out["not_asked"])


def test_where_the_share_is_not_known_it_is_said_to_be() -> None:
    base = stallpoint.load_evidence()
    without = replace(base, claims=tuple(each for each in base.claims if each.id != "eligibility_exclusion"))
    assert "is not known in this evidence" in judge_treatments(without, stallpoint.build_profile("P0")).exclusion.text


def test_virtual_trials_say_whom_their_criteria_leave_out(invoke: Invoke, tmp_path: Path) -> None:
    small = ("--treated", "4", "--control", "4", "--weeks", "8", "--repeats", "1")
    said = invoke("simulate", "tofersen", *small, "--out", tmp_path).stdout
    page = Page((tmp_path / "simulation.html").read_text(encoding="utf-8")).text
    left_out = json.loads((tmp_path / "simulation.json").read_text(encoding="utf-8"))["left_out"]
    assert left_out["share"] > 0.9, "only carriers of SOD1 enter"
    measures = {each["measure"] for each in left_out["beside"]}
    assert {"mean age in years", "bulbar onset", "carriers of SOD1", "carriers of C9orf72"} <= measures
    for each in (said, page):
        assert f"{left_out['share']:.0%} of 4,000 virtual people are left out" in each
        assert "Not in the model, so not known: sex and whether somebody was tested." in each


def test_the_page_of_virtual_trials_cannot_be_made_without() -> None:
    found = simulate_drug("tofersen", treated=4, control=4, weeks=8, repeats=1)
    assert found.left_out is not None
    with pytest.raises(StallpointError, match="without whom they leave out"):
        render_simulation(
            found.prediction, headline="", claims={}, links=found.links, course=found.course, record=(), sources=(), left_out=None
        )


def test_stricter_criteria_leave_out_more_and_other_people() -> None:
    world = load_mechanism()
    entries = [stallpoint.Entry(least_points=points, most_months=months) for points, months in ((0, 1e9), (24, 36), (42, 18))]
    found = [stallpoint.count_left_out(each, world=world, rng=np.random.default_rng(3)) for each in entries]
    shares = [each.share for each in found]
    assert shares[0] < shares[1] < 0.5 < shares[2]
    carriers = stallpoint.count_left_out(stallpoint.Entry(genotype="SOD1"), world=world, rng=np.random.default_rng(3))
    told = {each.measure: (each.left_out, each.taken_in) for each in carriers.beside}
    assert told["carriers of SOD1"][1] == 1.0
    assert told["carriers of C9orf72"][1] == 0.0
    assert "nobody" not in " ".join(carriers.sentences)
