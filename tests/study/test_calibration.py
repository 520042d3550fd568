"""`[calibrate]`: the stage, its file of repeats, and what it refuses."""

import json
from dataclasses import replace

import numpy as np
import pytest

from stallpoint.core.cohort import Modifiers
from stallpoint.core.errors import StudyFileError
from stallpoint.simulate.planted import constant_benefit
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign
from stallpoint.study.demo_study import write_simulated_study
from stallpoint.study.progress import hear_progress
from stallpoint.study.run import run_study
from stallpoint.study.study_file import STUDY_FILE, read_study_file


@pytest.fixture
def study(tmp_path):
    made = simulate_trial(
        TrialDesign(n=80, horizon_months=6, visit_months=(0, 2, 4, 6)), constant_benefit(0.3), rng=np.random.default_rng(3)
    )
    trial = replace(made.trial, modifiers=Modifiers(prespecified=("sex",)))
    return write_simulated_study(replace(made, trial=trial), tmp_path / "made")


def ask(study, *lines):
    file = study / STUDY_FILE
    text = file.read_text().split("[calibrate]")[0]
    file.write_text("\n".join([text, "[calibrate]", *lines, ""]))


def test_the_stage_goes_on_from_the_repeats_that_are_kept(study, tmp_path):
    out, heard = tmp_path / "out", []
    ask(study, "trials = 2", "difference = 1.0")
    with hear_progress(lambda done, of: heard.append((done, of))):
        run_study(study, out)
    assert heard == [(2, 6), (4, 6), (6, 6)]
    first = json.loads((out / "results.json").read_text())["calibration"]
    assert [row["trials"] for row in first] == [2, 2, 2]
    assert first[2]["world"] == "1 points per month more per unit of sex"
    lines = (out / "stages/calibrate.jsonl").read_text().splitlines()
    ask(study, "trials = 3", "difference = 1.0")
    heard.clear()
    with hear_progress(lambda done, of: heard.append((done, of))):
        run_study(study, out)
    assert heard == [(7, 9), (8, 9), (9, 9)]
    assert set(lines) < set((out / "stages/calibrate.jsonl").read_text().splitlines())
    assert "cry wolf" in (out / "report.html").read_text()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("trials = 0", "trials in \\[calibrate\\] is 0"),
        ('modifier = "sexx"', "sexx"),
        ("repeats = 5", "unknown key repeats"),
        ('workers = "two"', "workers"),
    ],
)
def test_what_cannot_be_asked(study, line, says):
    ask(study, line)
    with pytest.raises(StudyFileError, match=says):
        read_study_file(study)
