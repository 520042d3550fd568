from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from stallpoint.core.errors import OutputError
from stallpoint.io.clinic_table.guess import guess_column
from stallpoint.study.import_study import import_study
from stallpoint.study.propose_mapping import write_proposal

PAGE = Path(__file__).parents[3] / "docs" / "import_table.md"
CSV = PAGE.read_text(encoding="utf-8").split("```csv\n")[1].split("```")[0]


def propose(folder: Path, text: str) -> str:
    (folder / "clinic.csv").write_text(text, encoding="utf-8")
    return write_proposal(folder / "clinic.csv", folder / "study").path.read_text(encoding="utf-8")


def test_the_sure_part_of_the_proposal_imports_the_example_of_the_page(tmp_path: Path) -> None:
    text = propose(tmp_path, CSV)
    said = tomllib.loads(text)
    assert said["visits"]["columns"]["time_months"] == {"from": "Visit date", "date": "%d.%m.%Y", "since": "first visit"}
    assert said["patients"]["columns"]["weight_kg"] == {"from": "Weight [lb]", "unit": "lb"}
    assert '# event = { from = "Status"' in text
    imported = import_study("table", tmp_path / "clinic.csv", tmp_path / "study", mapping=tmp_path / "study-mapping.toml")
    assert imported.rows["visits"] == 4


def test_an_earlier_proposal_is_kept(tmp_path: Path) -> None:
    propose(tmp_path, CSV)
    (tmp_path / "study-mapping.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="there already"):
        propose(tmp_path, CSV)
    assert (tmp_path / "study-mapping.toml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    ("name", "cells", "meaning", "doubt"),
    [
        ("Visit date", ["01.02.2020", "03.04.2020"], "visit date", "change places"),
        ("Visit date", ["13.02.2020", "03.04.2020"], "visit date", ""),
        ("Visit date", ["13.02.2020", "44196"], "visit date", "bare numbers"),
        ("FVC (L)", ["3.1", "2.5"], "fvc_percent", "volume"),
        ("FVC (%)", ["81", "75"], "fvc_percent", ""),
        ("ALSFRS-R", ["40", "77"], "alsfrs_r", "outside 0 to 48"),
        ("Gender", ["1", "2"], "sex", "say in words"),
        ("cens", ["1", "0"], "death flag", "which of them means death"),
    ],
)
def test_guesses_say_what_is_doubtful(name: str, cells: list[str], meaning: str, doubt: str) -> None:
    guess = guess_column(name, pl.Series(cells))
    assert guess is not None
    assert guess.meaning == meaning
    assert doubt in " ".join(guess.doubt)
    assert bool(guess.doubt) == bool(doubt)


def test_columns_of_visits_are_found_and_items_are_doubtful(tmp_path: Path) -> None:
    text = propose(tmp_path, "Patient ID,ALSFRS_M0,ALSFRS_M3\na,40,37\n")
    assert tomllib.loads(text)["visits"]["columns"] == {"alsfrs_r": {"wide": "ALSFRS_M{months}"}}
    (tmp_path / "items").mkdir()
    assert "# alsfrs_r" in propose(tmp_path / "items", "Patient ID,ALSFRS_1,ALSFRS_2\na,4,3\n")


def test_several_files_and_sheets_become_several_blocks(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/people.csv").write_text("Patient ID,Sex,Age\na,m,61\n", encoding="utf-8")
    (tmp_path / "in/visits.csv").write_text(
        "Patient ID,Visit date,ALSFRS-R\na,13.02.2020,40\na,14.03.2020,39\n", encoding="utf-8"
    )
    proposal = write_proposal(tmp_path / "in", tmp_path / "study")
    said = tomllib.loads(proposal.path.read_text(encoding="utf-8"))
    assert [block["file"] for block in said["patients"]] == ["people.csv", "visits.csv"]
    imported = import_study("table", tmp_path / "in", tmp_path / "study", mapping=proposal.path)
    assert imported.rows == {"patients": 1, "visits": 2}
    assert pl.read_parquet(tmp_path / "study/data/patients.parquet").select("sex", "age_years").rows() == [("male", 61.0)]
