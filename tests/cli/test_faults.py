"""Every mistake a reader can make: one clear message, a documented exit code, nothing lost, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stallpoint.cli.main import app

Write = Callable[..., Path]
TRIAL = '[study]\nname = "X"\n[trial]\ncontrol = "placebo"\n'
QUESTION = '[estimand]\ndeath = "joint"\nstopping = "treatment policy"\nhorizon_months = 12\n'
VISITS = "patient,time_months,alsfrs_r\n"


def visits(*rows: str) -> str:
    return VISITS + "".join(f"{row}\n" for row in rows)


def patients(*arms: str) -> str:
    return "patient,arm\n" + "".join(f"P{number:02d},{arm}\n" for number, arm in enumerate(arms, start=1))


FAULTS = {
    "truncated CSV": ({"visits": visits("P01,0,40", "P01,3")}, 3, ["visits.csv: line 3 has 2 cells"]),
    "duplicated patient": ({"patients": patients("a", "b") + "P01,a\n"}, 3, ["1 patient in more than one row", "data row 3"]),
    "score 49": ({"visits": visits("P01,0,40", "P01,3,49")}, 3, ["visits.csv, column alsfrs_r", "data row 2, patient P01: 49"]),
    "negative time": ({"visits": visits("P01,-1,40")}, 3, ["column time_months", "data row 1, patient P01: -1"]),
    "arm with one level": ({"patients": patients(*["placebo"] * 10)}, 6, ["everyone is in one arm"]),
    "mixed time units": (
        {"visits": visits("P01,0,40", "P01,3,39", "P02,0,40", "P02,274,38")},
        3,
        ["data row 4, patient P02: 274"],
    ),
    "0 rows": ({"visits": VISITS}, 3, ["visits.csv: 0 rows"]),
    "unknown key": ({"study": TRIAL + "allocaton = 0.5\n" + QUESTION}, 2, ["allocaton", "did you mean allocation?"]),
    "no choice about death": ({"study": TRIAL}, 2, ['death = "joint"', 'death = "composite"']),
    "unknown modifier": ({"study": TRIAL + QUESTION + '[modifiers]\nexplored = ["age"]\n'}, 3, ["no column age", "did you mean"]),
}


def assert_one_message(output: str, stderr: str, parts: list[str]) -> None:
    assert "Traceback" not in output + stderr
    assert "What to do: " in stderr
    for part in parts:
        assert part in stderr


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("fault", FAULTS)
def test_bad_input_is_one_message_and_writes_nothing(write_study: Write, tmp_path: Path, command: str, fault: str) -> None:
    change, code, parts = FAULTS[fault]
    out = tmp_path / "out"
    arguments = [command, str(write_study(**change)), *(["--out", str(out)] if command == "run" else [])]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code
    assert_one_message(done.stdout, done.stderr, parts)
    assert not out.exists()


def test_wrong_encoding(write_study: Write) -> None:
    study = write_study()
    (study / "data" / "patients.csv").write_bytes("patient,site\nP01,Köln\n".encode("latin-1"))
    done = CliRunner().invoke(app, ["check", str(study)])
    assert done.exit_code == 3
    assert_one_message(done.stdout, done.stderr, ["patients.csv: not UTF-8", "on line 2", "CSV UTF-8"])


def test_a_path_that_does_not_exist(write_study: Write) -> None:
    study = write_study(folder="magnet")
    done = CliRunner().invoke(app, ["check", str(study.parent / "mangnet")])
    assert done.exit_code == 4
    assert_one_message(done.stdout, done.stderr, ["does not exist", "did you mean", "magnet?"])


@pytest.mark.parametrize("arguments", [["run"], ["demo"]])
def test_a_file_where_the_output_should_go(write_study: Write, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "out").write_text("mine")
    study = [str(write_study())] if arguments == ["run"] else []
    done = CliRunner().invoke(app, [*arguments, *study, "--out", str(tmp_path / "out")])
    assert done.exit_code == 5
    assert_one_message(done.stdout, done.stderr, ["is a file, not a folder"])
    assert (tmp_path / "out").read_text() == "mine"


def test_the_study_is_never_its_own_output(write_study: Write) -> None:
    study = write_study()
    done = CliRunner().invoke(app, ["run", str(study), "--out", str(study)])
    assert done.exit_code == 5
    assert sorted(path.name for path in study.iterdir()) == ["data", "study.toml"]


@pytest.mark.parametrize(
    ("change", "noticed"),
    [
        ({"events": "patient,time_months,event\nP01,4,death\n"}, "Visits dated after the person's death: 2 left out."),
        ({"events": "patient,time_months,event\n"}, "Nobody died"),
        (
            {"patients": patients(*["active", "placebo"] * 5).replace("\n", ",2\n").replace("arm,2", "arm,kind")},
            "1 column of patients with one value or none: kind",
        ),
        ({"visits": visits(*(f"P{number:02d},0,40" for number in range(1, 11)))}, "10 people with visits at one time only"),
    ],
    ids=["visits after death", "all censored", "constant covariate", "one visit per patient"],
)
def test_what_is_odd_but_possible_is_counted_and_goes_on(write_study: Write, change: dict[str, str], noticed: str) -> None:
    study = write_study(study='[study]\nname = "X"\n', **change)
    done = CliRunner().invoke(app, ["check", str(study)])
    assert done.exit_code == 0, done.stderr
    assert noticed in done.stdout


def test_an_unforeseen_fault_is_one_line_and_how_to_report_it(write_study: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    study = write_study()
    monkeypatch.setattr("stallpoint.study.check_study.read_cohort", lambda _study: 1 / 0)
    done = CliRunner().invoke(app, ["check", str(study)])
    assert done.exit_code == 1
    assert_one_message(done.stdout, done.stderr, ["ZeroDivisionError", "STALLPOINT_DEBUG=1"])
    monkeypatch.setenv("STALLPOINT_DEBUG", "1")
    assert isinstance(CliRunner().invoke(app, ["check", str(study)]).exception, ZeroDivisionError)
