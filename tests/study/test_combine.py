"""The command's work: a file of wells and two drugs, as record and page."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from stallpoint.cli.main import app
from stallpoint.combine.hill import log_dose
from stallpoint.combine.musyc import musyc_levels
from stallpoint.combine.musyc_three import musyc_three_levels
from stallpoint.core.errors import OutputError
from stallpoint.study.combine import combine_drugs, combine_file

AXIS = (0, 0.01, 0.03, 0.1, 0.3, 1)


@pytest.fixture(scope="module")
def wells(tmp_path_factory):
    rng = np.random.default_rng(8)
    lines = ["drug_1,drug_2,dose_1,dose_2,unit,viability_fraction"]
    for partner, shift in (("edaravone", 2.5), ("creatine", 0.0)):
        doses = np.array([(a, b) for a in AXIS for b in AXIS])
        theta = np.array([[1, 0.5, 0.5, 0.1 if shift else 0.25, np.log(0.05), np.log(0.05), 0.2, 0.2, shift, shift]])
        left = musyc_levels(theta, log_dose(doses.T))[0][0] + 0.01 * rng.normal(size=len(doses))
        lines += [f"riluzole,{partner},{a},{b},uM,{value:.5f}" for (a, b), value in zip(doses, left, strict=True)]
    path = tmp_path_factory.mktemp("wells") / "wells.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_record_has_each_pair_with_measures_verdict_and_reach(wells, tmp_path):
    done = CliRunner().invoke(app, ["combine", str(wells), "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    first, second = said["pairs"]
    assert first["verdict"] == "synergy in these wells"
    assert second["verdict"] != "synergy in these wells"
    assert {each["name"] for each in first["measures"]} == {"bliss", "loewe", "hsa", "zip"}
    assert all(each["low"] < each["estimate"] < each["high"] for each in first["measures"])
    assert 0 <= first["reach"]["reachable_share"] <= 1
    assert second["reach"]["answer"] in ("no synergy to reach", "cannot tell")
    assert first["response"] == "viability"
    assert json.loads((tmp_path / "out" / "combination.json").read_text(encoding="utf-8"))["pairs"] == said["pairs"]
    page = (tmp_path / "out" / "combination.html").read_text(encoding="utf-8")
    assert "1 of 2 shows synergy in these wells." in page
    assert page.count("<svg") >= 5
    assert "no benefit in a person" in page
    assert not re.search(r"(src|href)=\"https?://", page)
    assert "recommended" not in page


def test_the_text_says_what_asks_for_care(wells):
    done = CliRunner().invoke(app, ["combine", str(wells)])
    assert done.exit_code == 0
    assert "within human reach" in done.stdout
    assert "beyond dose additivity (Loewe)" in done.stdout
    assert "shift of riluzole's potency by edaravone" in done.stdout


def test_two_drugs_as_text_record_and_page(tmp_path):
    runner = CliRunner()
    text = runner.invoke(app, ["combine", "riluzole", "minocycline", "--out", str(tmp_path)]).stdout
    assert text.index("harm was seen") < text.index("Exposure")
    said = json.loads(runner.invoke(app, ["combine", "riluzole", "phenylbutyrate", "--json"]).stdout)
    assert said["studies"][0]["verdict"] == "not distinguishable from additive"
    assert said["regimen"]["label"] == "too little speaks for it"
    page = (tmp_path / "combination.html").read_text(encoding="utf-8")
    assert page.index("toxic to nerve and muscle") < page.index("What each does to the other")
    assert "harm was seen" in page


def test_a_page_is_written_for_every_kind_of_answer():
    for first, second in (
        ("riluzole", "ciprofloxacin"),
        ("phenylbutyrate", "taurursodiol"),
        ("riluzole", "valproic acid"),
        ("inosine", "creatine"),
    ):
        assert combine_drugs(first, second).sources


def test_pathways_are_listed_without_ranks():
    runner = CliRunner()
    said = json.loads(runner.invoke(app, ["combine", "--cover", "neuroinflammation", "--cover", "autophagy", "--json"]).stdout)
    assert said["order"] == "by evidence and name, not by merit"
    assert said["options"]
    assert (
        "pathways: neuroinflammation, autophagy"
        in runner.invoke(app, ["combine", "--cover", "neuroinflammation", "--cover", "autophagy"]).stdout
    )
    assert runner.invoke(app, ["combine", "--cover", "nonsense"]).exit_code == 8


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["combine"], 2),
        (["combine", "riluzole", "nosuchdrug"], 8),
        (["combine", "absent.csv"], 4),
        (["combine", "a", "b", "c"], 2),
        (["combine", "riluzole", "minocycline", "--response", "viability"], 2),
        (["combine", "riluzole", "--cover", "autophagy"], 2),
    ],
)
def test_mistakes_have_their_exit_code(arguments, code):
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code
    assert "Traceback" not in done.output


def test_a_bad_file_writes_nothing(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(
        "drug_1,drug_2,dose_1,dose_2,viability\nA,B,0,0,0.01\nA,B,1,0,0.4\nA,B,0,1,0.5\nA,B,1,1,0.8\n", encoding="utf-8"
    )
    done = CliRunner().invoke(app, ["combine", str(path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 3
    assert "looks like inhibition" in done.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        combine_drugs("riluzole", "minocycline", out=taken)


def test_three_drugs_are_measured_without_a_verdict(tmp_path):
    axis = (0, 0.3, 1, 5)
    doses = np.array([(a, b, c) for a in axis for b in axis for c in axis], dtype=float)
    theta = np.array([[1, 0.5, 0.6, 0.3, 0.7, 0.35, 0.42, 0.21, 0, 0.2, -0.2, 0.1, 0.1, 0.1, *np.zeros(9)]])
    left = musyc_three_levels(theta, log_dose(doses.T))[0][0] + 0.01 * np.random.default_rng(1).normal(size=len(doses))
    lines = ["drug_1,drug_2,drug_3,dose_1,dose_2,dose_3,viability"]
    lines += [f"A,B,C,{a},{b},{c},{value:.5f}" for (a, b, c), value in zip(doses, left, strict=True)]
    path = tmp_path / "three.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = combine_file(path, out=tmp_path / "out")
    assert found.pairs == ()
    assert {each.name for each in found.triples[0].means} == {"bliss", "hsa"}
    assert "No verdict is made of three drugs." in (tmp_path / "out" / "combination.html").read_text(encoding="utf-8")
