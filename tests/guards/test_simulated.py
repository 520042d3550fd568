"""Simulated people are called so wherever they go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.guards.conftest import Invoke

from stallpoint.simulate.trial import SimulatedTrial


def test_in_memory(simulated: SimulatedTrial) -> None:
    assert simulated.trial.cohort.simulated


def test_in_every_page_and_record_of_a_run(ran: Path) -> None:
    said = (ran.parent / "said.txt").read_text(encoding="utf-8")
    assert said.strip().startswith("Research use only")
    assert "In these simulated data" in said
    page = (ran / "report.html").read_text(encoding="utf-8")
    assert page.index("Simulated data.") < page.index("<h1>")
    results = json.loads((ran / "results.json").read_text(encoding="utf-8"))
    assert results["study"]["simulated"]
    assert results["answer"]["text"].startswith("In these simulated data")


def test_by_every_command_for_people_and_for_machines(study: Path, invoke: Invoke) -> None:
    for command in ("check", "profile"):
        assert "imulated data" in invoke(command, study).stdout
        assert json.loads(invoke(command, study, "--json").stdout)["simulated"] is True
    assert invoke("explain", study).stdout.startswith("Research use only, not medical advice. Simulated data.")


def test_on_the_page_of_a_person_who_never_was(study: Path, invoke: Invoke, tmp_path: Path) -> None:
    said = invoke("profile", study, "--patient", "P0004", "--out", tmp_path).stdout
    written = [(tmp_path / name).read_text(encoding="utf-8") for name in ("profile.html", "profile.json")]
    assert all("These data were simulated" in each for each in (said, *written))
    again = invoke("profile", tmp_path / "profile.json").stdout
    assert "These data were simulated" in again


@pytest.mark.parametrize("to", ["csv", "parquet", "adam", "phenopackets"])
def test_in_every_export(study: Path, invoke: Invoke, tmp_path: Path, to: str) -> None:
    invoke("export", study, "--to", to, "--out", tmp_path / to)
    files = [path for path in (tmp_path / to).rglob("*") if path.is_file()]
    marked = [path for path in files if b"simulated" in path.read_bytes()]
    assert (tmp_path / to / "study.toml" in marked) if to in ("csv", "parquet") else marked == files


def test_in_a_transport_file(study: Path, invoke: Invoke, tmp_path: Path) -> None:
    pytest.importorskip("pyreadstat")
    invoke("export", study, "--to", "xpt", "--out", tmp_path / "xpt")
    assert all(b"simulated" in path.read_bytes() for path in (tmp_path / "xpt").iterdir())


@pytest.mark.parametrize("said", ["", "simulated = false"])
def test_a_simulated_study_cannot_deny_it(study: Path, invoke: Invoke, tmp_path: Path, said: str) -> None:
    text = (study / "study.toml").read_text(encoding="utf-8").replace("simulated = true", said)
    (tmp_path / "study.toml").write_text(text + f'[data]\nfolder = "{study / "data"}"\n', encoding="utf-8")
    (tmp_path / "planted.json").write_bytes((study / "planted.json").read_bytes())
    assert "planted.json lies beside data" in invoke("check", tmp_path, code=2).stderr
