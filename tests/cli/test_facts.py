"""stallpoint facts: what it prints, as JSON, and what it says to a slip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stallpoint.cli.main import app


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["facts", *words])
    return done.exit_code, done.stdout, done.stderr


def test_what_speaks_against_is_printed_first() -> None:
    code, said, _ = run("drug", "lithium", "carbonate")
    assert code == 0
    assert said.index("Against") < said.index("Neither for nor against") < said.index("\nFor\n")
    assert "Research use only" in said
    assert "MAGNET" in said


def test_json_holds_the_claims_with_their_identifiers() -> None:
    code, said, _ = run("trial", "PHOENIX", "--json")
    sheet = json.loads(said)
    assert code == 0
    assert sheet["curie"] == "clinicaltrials:NCT05021536"
    assert sheet["claims"][0]["id"] == "phoenix_function"
    assert sheet["claims"][0]["value"] == 0.343
    assert sheet["claims"][0]["trial_curie"] == "clinicaltrials:NCT05021536"


def test_as_of_a_day_says_what_it_leaves_out() -> None:
    _, said, _ = run("drug", "AMX0035", "--as-of", "2022")
    assert "CENTAUR" in said
    assert "PHOENIX" not in said.split("Sources")[0]
    assert "have no date" in said


def test_a_variant_is_told_with_what_speaks_against_first() -> None:
    """By its old name too; what was found in carriers stands before what is told in short, and none of it in a question about the past."""
    _, said, _ = run("variant", "SOD1", "A4V")
    carriers = said.split("Of carriers, what speaks against first")[1].split("\n\n")[0]
    marks = [line.rpartition("[")[2].split(";")[0] for line in carriers.strip().splitlines()]
    assert marks == sorted(marks, key=["refutes", "null", "supports"].index)
    assert "onset: age at onset does not differ" in carriers
    assert "bali2017: " in said
    assert said.index("Of carriers") < said.index("Against") < said.index("As told in short")
    assert "Of carriers" not in run("variant", "SOD1", "A5V", "--as-of", "2015")[1]
    assert json.loads(run("variant", "SOD1", "A5V", "--json")[1])["findings"][0]["direction"] == "refutes"


def test_names_and_search() -> None:
    assert "PHOENIX" in run("trial")[1].split("\n")
    assert json.loads(run("variant", "--json")[1])["names"]
    assert "MAGNET" in run("search", "unc13a")[1]
    assert json.loads(run("search", "unc13a", "--json")[1])["claims"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("trial", "PHENIX"), 8, "PHOENIX"),
        (("trails",), 8, "did you mean trial"),
        (("drug", "riluzole", "--as-of", "yesterday"), 1, "is no date"),
        (("drug", "riluzole", "--folder", "/nowhere"), 4, "is no folder"),
    ],
)
def test_a_slip_is_one_message(words: tuple[str, ...], code: int, said: str) -> None:
    found, _, message = run(*words)
    assert found == code
    assert said in message
    assert "Traceback" not in message


def test_a_folder_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "sources.tsv").write_text("id\ttitle\nmine\tOurs\n", encoding="utf-8")
    rows = "id\tkind\tdirection\ttext\tdesign\ttag\tsource\ttreatments\nours\tfunction\trefutes\tWorse.\trandomised\tseen\tmine\triluzole\n"
    (tmp_path / "claims.tsv").write_text(rows, encoding="utf-8")
    _, said, _ = run("drug", "riluzole", "--folder", str(tmp_path))
    assert "Worse." in said
