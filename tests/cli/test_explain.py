from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from stallpoint.cli.main import app
from stallpoint.simulate.planted import only_above_exposure
from stallpoint.simulate.trial import simulate_trial
from stallpoint.simulate.trial_design import TrialDesign
from stallpoint.study.demo_study import write_simulated_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = simulate_trial(TrialDesign(n=100), only_above_exposure(0.4, threshold_ng_ml=60), rng=np.random.default_rng(1))
    return write_simulated_study(made, tmp_path_factory.mktemp("explain"))


def invoke(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_it_says_the_answer_the_links_and_what_would_decide(study: Path) -> None:
    said = invoke("explain", study)
    assert said.startswith("Research use only, not medical advice. Simulated data.")
    for link in ("taken", "absorbed", "delivered", "engaged", "relevant", "timely", "visible"):
        assert f"\n  {link:<10} " in said
    assert "Where the treatment stalls in this trial cannot be told" in said
    assert "in no order of merit" in said
    assert "lumbar punctures" in said


def test_the_machine_gets_the_same_and_a_file_where_it_asks_for_one(study: Path, tmp_path: Path) -> None:
    machine = json.loads(invoke("explain", study / "study.toml", "--json", "--out", tmp_path / "out"))
    assert machine["schema"] == "stallpoint.explanation/1"
    assert len(machine["links"]) == 7
    assert machine["stalls"][0]["answer"] == "cannot be told apart"
    assert json.loads((tmp_path / "out/explanation.json").read_text())["stalls"] == machine["stalls"]
    assert machine["report"] == str(tmp_path / "out/explanation.html")


def test_the_page_shows_the_chain_first_and_whom_it_speaks_of(study: Path, tmp_path: Path) -> None:
    said = invoke("explain", study, "--out", tmp_path / "out")
    page = (tmp_path / "out/explanation.html").read_text()
    assert f"Report: {tmp_path / 'out/explanation.html'}" in said
    places = [
        "Research use only",
        "Simulated data.",
        "<h1>",
        "<svg",
        "Whom it speaks of.",
        "Link by link",
        "Which measurement would decide",
    ]
    assert [page.index(each) for each in places] == sorted(page.index(each) for each in places)
    answer = json.loads((tmp_path / "out/explanation.json").read_text())["answer"]
    assert answer in unescape(page)
    assert answer in said
    assert not re.search(r"<script|https?://(?!www\.w3\.org/2000/svg)[^\"<]*\"|src=", page)


def test_a_folder_that_cannot_be_written_leaves_nothing(study: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    assert "cannot be written" in invoke("explain", study, "--out", tmp_path / "out", code=5)
    assert (tmp_path / "out").read_text() == "a file"


def test_costs_are_the_users(study: Path, tmp_path: Path) -> None:
    text = (
        study / "study.toml"
    ).read_text() + '\n[costs]\ncurrency = "EUR"\npeople = [20]\nlumbar_puncture = 500\ncsf_level = 100\n'
    (tmp_path / "study.toml").write_text(text + f'\n[data]\nfolder = "{study / "data"}"\n')
    assert "20 lumbar punctures, 12,000 EUR" in invoke("explain", tmp_path)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[chain]\nplanned_levl = 5\n", "did you mean planned_level"),
        ("[chain]\nplanned_level = 5\n", "level_unit"),
        ('[chain]\nplanned_level = "high"\n', "planned_level"),
        ("[chain]\npotential_slowing = [0.9, 0.1]\n", "potential_slowing"),
        ('[chain]\nengagement_marker = "target"\n', "full_change"),
        ("[costs]\npeople = [1]\n", "people"),
    ],
)
def test_a_mistake_in_the_study_file_is_one_message(study: Path, tmp_path: Path, toml: str, says: str) -> None:
    (tmp_path / "study.toml").write_text((study / "study.toml").read_text() + toml)
    said = invoke("explain", tmp_path, "--out", tmp_path / "out", code=2)
    assert says in said
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_a_cohort_without_arms_has_no_chain(tmp_path: Path, study: Path) -> None:
    (tmp_path / "study.toml").write_text(f'[study]\nname = "COHORT"\n[data]\nfolder = "{study / "data"}"\n')
    assert "there is no [trial]" in invoke("explain", tmp_path, code=2)


def test_the_chain_asks_for_a_trial(tmp_path: Path, study: Path) -> None:
    text = f'[study]\nname = "COHORT"\n[data]\nfolder = "{study / "data"}"\n[chain]\ntarget_gene = "SOD1"\n'
    (tmp_path / "study.toml").write_text(text)
    assert "[chain] without [trial]" in invoke("explain", tmp_path, code=2)


def test_what_is_not_there_is_a_path_error() -> None:
    assert "does not exist" in invoke("explain", "no/where", code=4)


def test_a_run_draws_the_chain_and_fills_the_links(study: Path, tmp_path: Path) -> None:
    said = invoke("run", study, "--out", tmp_path / "out")
    assert "Report:" in said
    results = json.loads((tmp_path / "out/results.json").read_text())
    assert [row["link"] for row in results["links"]][:3] == ["taken", "absorbed", "delivered"]
    assert results["stalls"][0]["named"] is None
    assert results["measurements"]
    page = (tmp_path / "out/report.html").read_text()
    assert '<section id="chain">' in page
    assert '<section id="links">' in page
    assert '<section id="deciding">' in page
    assert "Share that passes each link in this trial" in page
