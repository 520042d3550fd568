"""stallpoint profile PERSON --treatments: on a terminal, as JSON and as a page; a mistake is one message."""

from __future__ import annotations

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from stallpoint.cli.main import app

PERSON = """[person]
id = "P1"
age_years = 61
[[stage]]
name = "ALSFRS-R"
value = "38"
date = "2026-01-05"
[[history]]
name = "onset_months"
value = "20"
[[history]]
name = "note"
value = "<script>alert(1)</script>"
"""


def run(*arguments: str):
    return CliRunner().invoke(app, ["profile", *arguments])


def test_terminal_json_and_page_say_the_same_and_nothing_is_shown_unasked(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(PERSON, encoding="utf-8")
    shown = run(str(path), "--treatments", "--out", str(tmp_path / "out"))
    assert shown.exit_code == 0, shown.output
    record = json.loads(run(str(path), "--treatments", "--json").stdout)["treatments"]
    assert record == json.loads((tmp_path / "out/treatments.json").read_text(encoding="utf-8"))
    assert record["order"] == "alphabet"
    page = (tmp_path / "out/profile.html").read_text(encoding="utf-8")
    assert "<script" not in page
    for each in record["treatments"]:
        for said in (text for section in each["statements"].values() for text in section):
            assert said in shown.stdout
            assert re.sub(r"[<>&'\"]", "", said) in re.sub(r"&(?:lt|gt|amp|#39|#34);|[<>&'\"]", "", page)
    cited = {int(number) for number in re.findall(r'href="#reference-(\d+)"', page)}
    assert cited <= {int(number) for number in re.findall(r'id="reference-(\d+)"', page)}
    assert "alive" not in shown.stdout
    asked = run(str(path), "--treatments", "--prognosis").stdout
    assert "were alive without tracheostomy" in asked


def test_without_the_option_nothing_of_treatments_is_said(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(PERSON, encoding="utf-8")
    shown = run(str(path), "--out", str(tmp_path / "out"))
    assert "by the alphabet" not in shown.stdout
    assert not (tmp_path / "out/treatments.json").exists()
    assert "by the alphabet" not in (tmp_path / "out/profile.html").read_text(encoding="utf-8")


def test_a_study_without_a_patient_is_one_message(tmp_path: Path) -> None:
    done = run(str(tmp_path), "--treatments", "--out", str(tmp_path / "out"))
    assert done.exit_code != 0
    assert "--patient" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_patient_of_a_study_brings_what_stands_in_its_tables(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "study.toml").write_text('[study]\nname = "S"\n', encoding="utf-8")
    (data / "patients.csv").write_text(
        "patient,age_years,onset_months,fvc_percent,riluzole\nA,60,12,85,true\nB,60,12,85,true\n", encoding="utf-8"
    )
    (data / "visits.csv").write_text("patient,time_months,alsfrs_r\nA,0,42\nA,6,36\nB,0,42\n", encoding="utf-8")
    done = run(str(tmp_path), "--patient", "A", "--treatments", "--json")
    assert done.exit_code == 0, done.output
    treatments = {each["treatment"]: each for each in json.loads(done.stdout)["treatments"]["treatments"]}
    adore = next(each for each in treatments["edaravone"]["applicability"] if each["trial"] == "ADORE")
    held = {each["measure"]: (each["answer"], each["person"]) for each in adore["conditions"]}
    assert held["onset_months"] == ("inside", "18 (month 6)")
    assert held["decline_per_month"] == ("inside", "0.67")
    assert held["svc_percent"][0] == "cannot tell"
    minocycline = treatments["minocycline"]["applicability"][0]
    assert {each["measure"]: each["person"] for each in minocycline["conditions"]}["fvc_percent"] == "85 (month 0)"


def test_it_stands_as_of_a_day_and_with_evidence_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(PERSON, encoding="utf-8")
    own = tmp_path / "own"
    own.mkdir()
    (own / "claims.tsv").write_text(
        "id\tkind\tdirection\ttext\tdesign\ttag\tsource\ttreatments\tstanding\n"
        "own1\tfunction\tsupports\tIt slowed decline.\trandomised\tseen\town\tcolchicine\tprimary\n",
        encoding="utf-8",
    )
    (own / "sources.tsv").write_text("id\ttitle\nown\tOur own work\n", encoding="utf-8")
    said = run(str(path), "--treatments", "--folder", str(own), "--as-of", "2022", "--out", str(tmp_path / "out"))
    assert said.exit_code == 0, said.output
    page = (tmp_path / "out/profile.html").read_text(encoding="utf-8")
    for each in (said.stdout, page):
        assert "Treatments stand as they were known on 2022-12-31." in each
        assert "2 rows of your own folder are among this evidence; nobody has reviewed them." in each
    record = json.loads((tmp_path / "out/treatments.json").read_text(encoding="utf-8"))
    assert record["as_of"] == "2022-12-31"
    names = {trial["trial"] for one in record["treatments"] for trial in one["applicability"]}
    assert "PHOENIX" not in names
    now = json.loads(run(str(path), "--treatments", "--folder", str(own), "--json").stdout)["treatments"]
    mine = [one for each in now["treatments"] for one in each["results"] if one["claim"] == "own1"]
    assert ["your own row, not reviewed" in one["text"] for one in mine] == [True]
    assert "PHOENIX" in {trial["trial"] for one in now["treatments"] for trial in one["applicability"]}


def test_evidence_and_a_day_ask_for_treatments(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(PERSON, encoding="utf-8")
    for option in (("--as-of", "2022"), ("--folder", str(tmp_path))):
        done = run(str(path), *option, "--out", str(tmp_path / "out"))
        assert done.exit_code == 4
        assert "add --treatments" in done.stderr
    assert not (tmp_path / "out").exists()
    wrong = run(str(path), "--treatments", "--as-of", "yesterday")
    assert wrong.exit_code != 0
    assert "What to do: " in wrong.stderr
