"""One arm, a dish, a smaller trial, a null result: each tried by its own way through functions, commands and files."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl
import pytest
import typer
from tests.combine.test_reachable import judge, middles, plate
from tests.guards.conftest import Invoke, Page
from tests.guards.test_evidence_of_ones_own import write_claims

import stallpoint
from stallpoint.cli.main import app
from stallpoint.combine.hill import log_dose
from stallpoint.combine.musyc import musyc_levels
from stallpoint.combine.reachable import Answer
from stallpoint.core.claim import Claim
from stallpoint.core.errors import StallpointError
from stallpoint.explain.benefit import BENEFIT_HEADS, BENEFIT_WORDS
from stallpoint.explain.helpful_trials import NEXT_TRIAL
from stallpoint.simulate.trial import SimulatedTrial

EFFECT = re.compile(r"\b(effect of|helped|slowed|benefit(s|ed)?\b)(?! (can|cannot|could)\b)")
FEWER = re.compile(
    r"fewer (people|patients|participants)|smaller (trial|sample)|sample size|\bn cut|"
    r"(cut|reduce|save)s? (n|the number|people|patients|cost)"
)
ADVICE = re.compile(r"recommend(?!ed)|you should|take (both|them) together|give (both|the combination)|prescrib|for this patient")
NOTHING = re.compile(
    r"nothing (works|helps|can be done)|no (drug|treatment) (works|helps)|treatment failure|failed (by|on) treatment|non-?responder"
)
AXIS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)


def one_arm(simulated: SimulatedTrial) -> stallpoint.Cohort:
    """The treated alone, gaining two points a month: the largest course there can be."""
    treated = simulated.trial.cohort.patients.filter(arm=simulated.trial.treatment)
    there = pl.col("patient").is_in(treated["patient"].implode())
    gained = (pl.col("alsfrs_r") + 2 * pl.col("time_months")).clip(0, 48)
    cohort = simulated.trial.cohort
    return replace(
        cohort,
        patients=treated,
        visits=cohort.visits.filter(there).with_columns(alsfrs_r=gained),
        events=cohort.events.filter(there),
        markers=cohort.markers.filter(there),
    )


def with_twins(cohort: stallpoint.Cohort) -> stallpoint.Cohort:
    """Beside each person a twin who declines as was forecast, as if that were a control arm."""
    renamed = (pl.col("patient") + " twin").alias("patient")
    twins = cohort.patients.with_columns(renamed, arm=pl.lit("placebo"))
    fell = (pl.col("alsfrs_r").first().over("patient") - pl.col("time_months")).clip(0, 48)
    visits = cohort.visits.with_columns(alsfrs_r=fell).with_columns(renamed)
    return replace(
        cohort,
        patients=pl.concat([cohort.patients, twins]),
        visits=pl.concat([cohort.visits, visits]),
        events=pl.concat([cohort.events, cohort.events.with_columns(renamed)]),
        not_randomised="The control arm is a forecast for the same people.",
    )


def test_one_arm_alone_is_no_trial_and_its_course_no_effect(simulated: SimulatedTrial) -> None:
    alone, trial = one_arm(simulated), simulated.trial
    with pytest.raises(StallpointError):
        stallpoint.build_trial(alone, estimand=trial.estimand, control=trial.control)
    found = stallpoint.describe_course(alone, estimand=None, rng=np.random.default_rng(1))
    assert {each.role for each in found.effects} == {"description"}
    assert {each.status for each in found.findings} <= {"exploratory", "cannot tell"}
    assert not [each.text for each in found.findings if EFFECT.search(each.text)]


def test_forecast_twins_as_a_control_arm_confirm_nothing(simulated: SimulatedTrial) -> None:
    twins = with_twins(one_arm(simulated))
    trial = replace(simulated.trial, cohort=twins)
    found = stallpoint.estimate_average(trial)
    (slope,) = (each for each in found.effects if each.name == "slope_difference")
    assert slope.low > 0, "as large as it may look"
    assert {each.status for each in found.findings} <= {"exploratory", "cannot tell"}


def test_no_claim_of_one_arm_makes_a_benefit_however_it_is_built() -> None:
    """Through the functions alone: no file is written."""
    base = stallpoint.load_evidence()
    claims = [
        Claim(
            f"twin{n}", "function", "supports", "It fell by 0 points.", "human observational", "seen", "phoenix",
            treatments=("colchicine",), standing="uncontrolled", n=4000,
        )
        for n in range(30)
    ]  # fmt: skip
    found = stallpoint.explain_literature(replace(base, claims=(*base.claims, *claims)), "colchicine", seed=1)
    assert (found.benefit.status, found.outcomes, found.finding.status) == ("not tested", (), "hypothesis")


def write_one_arm(simulated: SimulatedTrial, place: Path, *, trial: bool) -> Path:
    """The one arm as a study on disk, with the tables as they are."""
    cohort = one_arm(simulated)
    (place / "data").mkdir(parents=True)
    for name in ("patients", "visits", "events"):
        getattr(cohort, name).write_csv(place / f"data/{name}.csv")
    asked = (
        '[trial]\ncontrol = "placebo"\nallocation = 0.5\n[estimand]\nendpoint = "alsfrs_r"\nhorizon_months = 6\ndeath = "joint"\n'
        'stopping = "treatment policy"\n'
    )
    (place / "study.toml").write_text(f'[study]\nname = "one arm"\n{asked if trial else ""}', encoding="utf-8")
    return place


def test_a_run_of_one_arm_describes_and_shows_no_effect(simulated: SimulatedTrial, invoke: Invoke, tmp_path: Path) -> None:
    said = invoke("run", write_one_arm(simulated, tmp_path / "study", trial=False), "--out", tmp_path / "out").stdout
    assert "no treatment effect can be estimated" in said.lower() or "no effect of treatment" in said.lower()
    results = json.loads((tmp_path / "out/results.json").read_text(encoding="utf-8"))
    assert {each["role"] for each in results["effects"]} == {"description"}
    assert "confirmatory" not in {each["status"] for each in results["findings"]}
    assert results["stalls"] == []


def test_one_arm_cannot_be_written_down_as_a_trial(simulated: SimulatedTrial, invoke: Invoke, tmp_path: Path) -> None:
    folder = write_one_arm(simulated, tmp_path / "study", trial=True)
    assert "arm" in invoke("run", folder, "--out", tmp_path / "out", code=6).stderr
    assert not (tmp_path / "out/results.json").exists()


def write_wells(place: Path, *, more: Sequence[tuple[str, str]] = ()) -> Path:
    """A plate with a tenfold synergy of two drugs, and columns that claim something of people."""
    doses = np.array([(first, second) for first in AXIS for second in AXIS])
    theta = np.array([[1, 0.5, 0.5, 0.1, np.log(0.05), np.log(0.05), 0.2, 0.2, 2.5, 2.5]])
    left = musyc_levels(theta, log_dose(doses.T))[0][0] + 0.01 * np.random.default_rng(8).normal(size=len(doses))
    names, values = ("".join(f",{each[at]}" for each in more) for at in (0, 1))
    lines = [f"drug_1,drug_2,dose_1,dose_2,unit,viability_fraction{names}"]
    lines += [f"riluzole,edaravone,{a},{b},uM,{value:.5f}{values}" for (a, b), value in zip(doses, left, strict=True)]
    (place / "wells.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place / "wells.csv"


def test_synergy_within_human_reach_is_still_of_wells() -> None:
    """The most that is said of it is that people's levels reach it, and no answer says more."""
    found = judge(plate(middles(), shift=3.0))
    assert found.reached > 0.5
    assert found.answer == "reachable"
    assert [each for each in get_args(Answer) if ADVICE.search(each) or EFFECT.search(each)] == []


def test_a_plate_with_synergy_makes_a_study_at_best(invoke: Invoke, tmp_path: Path) -> None:
    wells = write_wells(tmp_path)
    said = invoke("combine", wells, "--out", tmp_path / "out").stdout
    page = Page((tmp_path / "out/combination.html").read_text(encoding="utf-8")).text
    (pair,) = json.loads(invoke("combine", wells, "--json").stdout)["pairs"]
    assert pair["verdict"] == "synergy in these wells"
    for each in (said, page):
        assert not ADVICE.search(each)
        assert "no benefit in a person" in " ".join(each.split())


@pytest.mark.parametrize("column", [("clinical_benefit", "yes"), ("recommended", "yes"), ("label", "use in people")])
def test_a_column_of_a_plate_says_nothing_of_people(invoke: Invoke, tmp_path: Path, column: tuple[str, str]) -> None:
    plain = invoke("combine", write_wells(tmp_path), "--json").stdout
    assert invoke("combine", write_wells(tmp_path, more=(column,)), "--json").stdout == plain


def test_a_dish_in_evidence_of_ones_own_does_not_raise_a_combination(invoke: Invoke, tmp_path: Path) -> None:
    row = {"kind": "mechanism", "text": "Strong synergy in neurons.", "design": "in vitro", "treatments": "AMX0035"}
    told = [
        json.loads(invoke("explain", "AMX0035", *more, "--json").stdout)
        for more in ((), ("--folder", write_claims(tmp_path, row)))
    ]
    assert told[0]["benefit"] == told[1]["benefit"]
    assert told[0]["outcomes"] == told[1]["outcomes"]


def test_no_function_command_or_option_promises_a_smaller_trial() -> None:
    named = re.compile(r"sample_size|fewer_people|n_saved|saving|reduction_in_n|cut_n")
    source = Path(str(stallpoint.__file__)).parent
    defined = re.compile(r"^ *(?:def|class) (\w+)", re.MULTILINE)
    names = [name for file in source.rglob("*.py") for name in defined.findall(file.read_text(encoding="utf-8"))]
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    names += [option for command in commands.values() for each in command.params for option in each.opts]
    assert len(names) > 1000
    assert [name for name in names if named.search(name.lower().replace("-", "_"))] == []


def test_what_is_printed_promises_no_smaller_trial(ran: Path, study: Path, invoke: Invoke) -> None:
    said = [(ran.parent / "said.txt").read_text(encoding="utf-8"), Page((ran / "report.html").read_text(encoding="utf-8")).text]
    said += [invoke("explain", study).stdout, invoke("explain", "tofersen").stdout]
    said += [invoke("simulate", "tofersen", "--treated", "4", "--control", "4", "--weeks", "8", "--repeats", "1").stdout]
    assert [FEWER.findall(each) for each in said] == [[]] * len(said)
    explained = json.loads(invoke("explain", study, "--json").stdout)
    assert {each["cost"] for each in explained["measurements"]} == {None}, "nobody gave a cost"


@pytest.mark.parametrize(
    "lines", ["[costs]\nsaved_people = 100", "[costs]\npeople = [0]", "[costs]\nlumbar_puncture = -500", "[trial]\nn_cut = 0.3"]
)
def test_a_study_file_cannot_claim_a_smaller_trial(study: Path, invoke: Invoke, tmp_path: Path, lines: str) -> None:
    text = (study / "study.toml").read_text(encoding="utf-8")
    text = text.replace("[trial]", lines, 1) if lines.startswith("[trial]") else f"{text}\n{lines}\n"
    (tmp_path / "study.toml").write_text(f'{text}\n[data]\nfolder = "{study / "data"}"\n', encoding="utf-8")
    done = invoke("check", tmp_path, code=2)
    assert re.search(r"unknown key|costs", done.stderr)


def test_no_status_says_that_nothing_works_or_blames_a_person() -> None:
    said = [*BENEFIT_HEADS.values(), *BENEFIT_WORDS.values(), *NEXT_TRIAL.values()]
    assert len(said) > 20
    assert [each for each in said if NOTHING.search(each) or re.search(r"fail|does not work|ineffective|useless", each)] == []


def test_what_helped_some_people_is_said_to_have(invoke: Invoke, tmp_path: Path) -> None:
    riluzole = json.loads(invoke("explain", "riluzole", "--json").stdout)
    assert riluzole["benefit"]["status"] in ("replicated", "confirmed")
    (tmp_path / "person.toml").write_text('[person]\nid = "P1"\nage_years = 80\n', encoding="utf-8")
    for each in (invoke("profile", tmp_path / "person.toml", "--treatments").stdout, invoke("explain", "riluzole").stdout):
        assert not NOTHING.search(each.lower())


@pytest.mark.parametrize(("low", "high", "said"), [(-0.4, 0.5, "cannot tell yet"), (-0.01, 0.02, "no benefit seen")])
def test_a_wide_null_result_of_ones_own_is_no_proof_of_no_benefit(
    invoke: Invoke, tmp_path: Path, low: float, high: float, said: str
) -> None:
    """Only an interval that leaves little room says that no benefit was seen; a small trial says nothing."""
    slowing = {"value": (low + high) / 2, "low": high, "high": low}
    row = {name: f"{np.exp(-each):.3f}" for name, each in slowing.items()}
    row |= {"id": "own", "text": f"Hazard ratio {row['value']} ({row['low']} to {row['high']}).", "kind": "survival", "direction": "null",
            "scale": "hazard ratio", "better": "lower", "standing": "primary", "treatments": "colchicine", "trial": "mine",
            "design": "randomised", "tag": "seen", "source": "mine"}  # fmt: skip
    trial = {"id": "mine", "name": "MINE", "known_from": "2020", "treatments": "colchicine", "tag": "seen", "source": "mine"}
    for name, held in (("claims", row), ("trials", trial), ("sources", {"id": "mine", "title": "Our own work"})):
        (tmp_path / f"{name}.tsv").write_text(
            "\n".join("\t".join(each) for each in (held, held.values())) + "\n", encoding="utf-8"
        )
    record = json.loads(invoke("explain", "colchicine", "--folder", tmp_path, "--json").stdout)
    assert record["benefit"]["status"] == said
