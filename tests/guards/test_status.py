"""The right to say a thing follows from how it was found; neither a person nor a file can type it in."""

from __future__ import annotations

import json
import shutil
from dataclasses import FrozenInstanceError, replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from tests.guards.conftest import SCRIPT, Invoke

import stallpoint
from stallpoint.core.check import Check
from stallpoint.simulate.trial import SimulatedTrial
from stallpoint.study.cohort_of_study import pose_trial, read_cohort
from stallpoint.study.study_file import read_study_file


def finding(**more: object) -> stallpoint.Finding:
    given = {"basis": "randomised data", "prespecified": True, "controlled": True, "decisive": True, **more}
    return stallpoint.Finding("Did it help?", "It did.", **given)  # type: ignore[arg-type]


def test_no_status_can_be_given_or_set() -> None:
    with pytest.raises(TypeError):
        finding(status="confirmatory")
    with pytest.raises(TypeError):
        replace(finding(), status="confirmatory")  # type: ignore[call-arg]
    with pytest.raises((FrozenInstanceError, AttributeError)):
        finding().status = "confirmatory"  # type: ignore[misc]


def test_only_a_planned_controlled_decisive_randomised_answer_is_confirmatory() -> None:
    bases = ("randomised data", "observed data", "literature", "mechanism", "randomised", "confirmatory")
    yes_or_no = (True, False)
    confirmatory = [
        (basis, planned, controlled, decisive)
        for basis, planned, controlled, decisive in product(bases, yes_or_no, yes_or_no, yes_or_no)
        if finding(basis=basis, prespecified=planned, controlled=controlled, decisive=decisive).status == "confirmatory"
    ]
    assert confirmatory == [("randomised data", True, True, True)]
    assert finding(checks=(Check("convergence", "failed", "No."),)).status == "cannot tell"


@pytest.mark.parametrize(
    "lines",
    ['[[findings]]\nstatus = "confirmatory"\n', '[results]\nstatus = "confirmatory"\n', '[modifiers]\nstatus = "confirmatory"\n'],
)
def test_the_study_file_has_no_place_for_one(study: Path, invoke: Invoke, tmp_path: Path, lines: str) -> None:
    text = (study / "study.toml").read_text(encoding="utf-8")
    text = text.replace("[modifiers]\n", lines) if lines.startswith("[modifiers]") else text + lines
    (tmp_path / "study.toml").write_text(text + f'[data]\nfolder = "{study / "data"}"\n', encoding="utf-8")
    assert "unknown key" in invoke("check", tmp_path, code=2).stderr


def test_a_finding_typed_into_the_files_of_a_run_is_found_again_from_the_data(
    study: Path, ran: Path, invoke: Invoke, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(ran, out)
    true = json.loads((ran / "results.json").read_text(encoding="utf-8"))
    for name in ("results.json", "stages/heterogeneity.json"):
        said = json.loads((out / name).read_text(encoding="utf-8"))
        said["findings"] = [{**each, "basis": "randomised data", "prespecified": True, "controlled": True, "decisive": True,
                             "text": "It helps."} for each in said["findings"]]  # fmt: skip
        (out / name).write_text(json.dumps(said), encoding="utf-8")
    invoke("run", study, "--out", out)
    again = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert again["findings"] == true["findings"]
    assert "It helps." not in (out / "report.html").read_text(encoding="utf-8")


def test_what_an_earlier_run_explored_cannot_be_renamed_pre_specified(
    study: Path, ran: Path, invoke: Invoke, tmp_path: Path
) -> None:
    assert (ran / "results.json").is_file()
    folder = tmp_path / "study"
    shutil.copytree(study, folder)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace("prespecified = []", f"prespecified = ['sex', '{SCRIPT}', 'riluzole']").replace(
        "explored = ['sex', ", "explored = ["
    )
    (folder / "study.toml").write_text(text.replace(f"explored = ['{SCRIPT}']", "explored = []"), encoding="utf-8")
    asked = read_study_file(folder)
    trial = pose_trial(asked, read_cohort(asked))
    assert trial.modifiers.prespecified == ("riluzole",)
    assert trial.modifiers.explored == ("sex", SCRIPT)
    said = invoke("check", folder).stdout
    assert "sex was explored by a run of" in said
    (folder / "looks.tsv").unlink()
    assert pose_trial(asked, read_cohort(asked)).modifiers.prespecified == ("sex", SCRIPT, "riluzole")


def test_people_who_were_not_randomised_give_neither_effect_nor_confirmation(simulated: SimulatedTrial) -> None:
    """The largest effect there is, in people who chose: an association still."""
    visits = simulated.trial.cohort.visits.join(simulated.trial.cohort.patients.select("patient", "arm"), on="patient")
    gained = visits.with_columns(
        alsfrs_r=(visits["alsfrs_r"] + 2 * visits["time_months"] * (visits["arm"] == "active")).clip(0, 48)
    ).drop("arm")
    chosen = replace(simulated.trial.cohort, visits=gained, not_randomised="They chose their treatment.")
    trial = replace(simulated.trial, cohort=chosen)
    found = stallpoint.estimate_average(trial)
    assert found.findings[0].decisive
    assert {each.status for each in found.findings} <= {"exploratory", "cannot tell"}
    chain = stallpoint.explain_trial(trial, plan=stallpoint.Plan(), costs=stallpoint.Costs(), rng=np.random.default_rng(1))
    assert chain.whole.stall.named is None
    assert {each.status for each in chain.findings} == {"cannot tell"}


def test_the_command_line_says_association_first(study: Path, invoke: Invoke, tmp_path: Path) -> None:
    text = (
        (study / "study.toml")
        .read_text(encoding="utf-8")
        .replace("simulated = true", "simulated = true\nnot_randomised = 'They chose.'")
    )
    (tmp_path / "study.toml").write_text(text + f'[data]\nfolder = "{study / "data"}"\n', encoding="utf-8")
    said = json.loads(invoke("explain", tmp_path, "--json").stdout)
    assert {each["status"] for each in said["findings"]} == {"cannot tell"}
    assert "People were not randomised" in said["answer"]


@pytest.mark.parametrize("source", ["proact", "omop"])
def test_an_import_that_is_no_trial_cannot_be_made_one_by_deleting_a_line(
    study: Path, invoke: Invoke, tmp_path: Path, source: str
) -> None:
    text = (study / "study.toml").read_text(
        encoding="utf-8"
    ) + f'[data]\nfolder = "{study / "data"}"\n[import]\nformat = "{source}"\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    assert "not_randomised in [study] is gone" in invoke("check", tmp_path, code=2).stderr
