"""stallpoint explain DRUG: what it prints, writes, and says to a slip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stallpoint.cli.main import app


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["explain", *words])
    return done.exit_code, done.stdout, done.stderr


def test_the_answer_stands_first_and_what_speaks_against_before_what_speaks_for() -> None:
    code, said, _ = run("AMX0035")
    assert code == 0
    assert said.index("benefit not confirmed") < said.index("PHOENIX: ") < said.index("CENTAUR: ")
    assert "cannot be told" in said
    assert "What this answer hangs on" in said


def test_riluzole_shows_both_sides_of_efflux() -> None:
    _, said, _ = run("riluzole")
    assert "Raised efflux at the barrier does not explain a lack of effect" in said
    assert all(f"  {side}: " in said for side in ("refutes", "null", "supports"))


def test_page_and_record_are_written_and_agree(tmp_path: Path) -> None:
    code, said, _ = run("tofersen", "--as-of", "2022", "--out", str(tmp_path / "new"), "--json")
    record = json.loads(said)
    written = json.loads((tmp_path / "new" / "explanation.json").read_text(encoding="utf-8"))
    page = (tmp_path / "new" / "explanation.html").read_text(encoding="utf-8")
    assert code == 0
    assert {**written, "report": record["report"]} == record
    assert record["as_of"] == "2022-12-31"
    assert record["benefit"]["status"] == "cannot tell yet"
    assert [link["link"] for link in record["links"]] == [
        "taken",
        "absorbed",
        "delivered",
        "engaged",
        "relevant",
        "timely",
        "visible",
    ]
    assert "<svg" in page
    assert "<script" not in page
    assert all(text.split(" (")[0] in page for text in record["statements"]["answer"][:1])


def test_harm_has_a_page_without_a_chain(tmp_path: Path) -> None:
    code, _, _ = run("minocycline", "--out", str(tmp_path))
    assert code == 0
    assert "<svg" not in (tmp_path / "explanation.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("tofersn",), 8, "tofersen"),
        (("riluzole", "--as-of", "soon"), 1, "is no date"),
        (("riluzole", "--folder", "/nowhere"), 4, "is no folder"),
        (("./study.toml", "--as-of", "2022"), 2, "are for the literature"),
        (("./nowhere/study.toml",), 4, ""),
    ],
)
def test_a_slip_is_one_message(words: tuple[str, ...], code: int, said: str) -> None:
    found, _, message = run(*words)
    assert found == code
    assert said in message
    assert "Traceback" not in message


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, _, message = run("tofersen", "--out", str(tmp_path / "file"))
    assert code == 5
    assert "cannot be written" in message
