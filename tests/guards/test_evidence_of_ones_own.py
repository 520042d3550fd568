"""What a user adds says that it is the user's, raises no tag and unsays nothing that is bundled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.guards.conftest import Invoke

import stallpoint
from stallpoint.core.drug_reference import EXAMPLE
from stallpoint.core.errors import DrugError, TableError

COLUMNS = (
    "id",
    "kind",
    "direction",
    "text",
    "design",
    "tag",
    "source",
    "treatments",
    "standing",
    "scale",
    "better",
    "low",
    "high",
)


def write_claims(place: Path, *rows: dict[str, str]) -> Path:
    plain = {"kind": "function", "direction": "supports", "design": "randomised", "tag": "seen", "treatments": "colchicine",
             "source": "own", "standing": "primary"}  # fmt: skip
    lines = ["\t".join({**plain, "id": f"own{at}", **row}.get(name, "") for name in COLUMNS) for at, row in enumerate(rows)]
    (place / "claims.tsv").write_text("\n".join(["\t".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    (place / "sources.tsv").write_text("id\ttitle\nown\tOur own work\n", encoding="utf-8")
    return place


@pytest.mark.parametrize("source", ["own", "meng2021"])
def test_a_row_of_ones_own_is_marked_even_if_it_cites_a_bundled_work(invoke: Invoke, tmp_path: Path, source: str) -> None:
    folder = write_claims(tmp_path, {"text": "It slowed decline.", "source": source})
    said = invoke("facts", "drug", "colchicine", "--folder", folder).stdout
    mine, theirs = (next(line for line in said.splitlines() if text in line) for text in ("It slowed decline.", "B3DB labels it"))
    assert "your own row, not reviewed" in mine
    assert "your own row" not in theirs
    told = invoke("explain", "colchicine", "--folder", folder, "--out", tmp_path / "out").stdout
    page = (tmp_path / "out/explanation.html").read_text(encoding="utf-8")
    record = json.loads((tmp_path / "out/explanation.json").read_text(encoding="utf-8"))
    assert all("2 rows of your own folder are among this evidence; nobody has reviewed them." in each for each in (told, page))
    assert record["own_claims"] == ["own0"]
    assert record["own_rows"] == 2
    assert record["status"] == "hypothesis"


def test_without_a_folder_nothing_is_called_ones_own(invoke: Invoke, tmp_path: Path) -> None:
    invoke("explain", "colchicine", "--out", tmp_path)
    record = json.loads((tmp_path / "explanation.json").read_text(encoding="utf-8"))
    assert (record["own_rows"], record["own_claims"]) == (0, [])
    assert "your own" not in (tmp_path / "explanation.html").read_text(encoding="utf-8")


def test_no_bundled_row_can_be_replaced(invoke: Invoke, tmp_path: Path) -> None:
    taken = stallpoint.load_evidence().claims[0].id
    assert (
        "stands twice"
        in invoke("facts", "drug", "--folder", write_claims(tmp_path, {"id": taken, "text": "Better."}), code=3).stderr
    )
    (tmp_path / "sources.tsv").write_text("id\ttitle\nmeng2021\tAnother work\n", encoding="utf-8")
    assert "source ids are taken" in invoke("facts", "drug", "--folder", tmp_path, code=3).stderr


def test_no_tag_of_a_bundled_row_is_raised(tmp_path: Path) -> None:
    before = {claim.id: claim.tag for claim in stallpoint.load_evidence().claims}
    recalled = next(claim for claim in stallpoint.load_evidence().claims if claim.tag == "recalled" and "\t" not in claim.text)
    folder = write_claims(tmp_path, {"text": recalled.text, "source": recalled.source, "kind": "mechanism"})
    after = {claim.id: claim.tag for claim in stallpoint.load_evidence(folder).claims}
    assert {id_: tag for id_, tag in after.items() if id_ in before} == before


@pytest.mark.parametrize("word", ["verified", "Seen!", "confirmatory"])
def test_no_tag_or_design_can_be_invented(invoke: Invoke, tmp_path: Path, word: str) -> None:
    for column in ("tag", "design"):
        folder = write_claims(tmp_path, {"text": "Better.", column: word})
        assert "is not known" in invoke("explain", "colchicine", "--folder", folder, code=3).stderr


@pytest.mark.parametrize(
    ("scale", "better", "low", "high"),
    [("hazard ratio", "lower", "0.8", "1.2"), ("difference", "higher", "-1", "2"), ("hazard ratio", "lower", "1.1", "1.6")],
)
def test_a_null_or_harmful_interval_cannot_be_called_support(
    invoke: Invoke, tmp_path: Path, scale: str, better: str, low: str, high: str
) -> None:
    row = {"text": f"{low} to {high}.", "scale": scale, "better": better, "low": low, "high": high}
    said = invoke("explain", "colchicine", "--folder", write_claims(tmp_path, row), code=3)
    assert "is said to support, but its interval" in said.stderr
    assert said.stdout == ""


@pytest.mark.parametrize("row", ["magnet_survival\tconfirmed", "jetals_function\tnot confirmed"])
def test_a_test_that_failed_cannot_be_called_a_confirmation(tmp_path: Path, row: str) -> None:
    """Neither for a signal that was tested, nor for another."""
    for signal in ("lithium_unc13a", "centaur_function"):
        (tmp_path / "replications.tsv").write_text(
            f"signal\ttest\toutcome\tsource\ttag\n{signal}\t{row}\tlicals2013\tseen\n", encoding="utf-8"
        )
        with pytest.raises(TableError, match=r"stand twice|is called"):
            stallpoint.load_evidence(tmp_path)


def test_a_drug_file_cannot_pose_as_a_bundled_drug(invoke: Invoke, tmp_path: Path) -> None:
    bundled = stallpoint.load_drug("riluzole")
    for name in ("riluzole", "RILUZOLE", *bundled.also):
        (tmp_path / "own.toml").write_text(EXAMPLE.replace("EX-1", name), encoding="utf-8")
        assert "comes with the software" in invoke("expose", tmp_path / "own.toml", code=8).stderr


@pytest.mark.parametrize(
    "line", ['status = "confirmatory"', 'verdict = "not limited"', 'recommended = "yes"', 'dose_advice = "50 mg"']
)
def test_a_drug_file_holds_no_verdict(invoke: Invoke, tmp_path: Path, line: str) -> None:
    (tmp_path / "own.toml").write_text(EXAMPLE.replace("[drug]\n", f"[drug]\n{line}\n"), encoding="utf-8")
    assert "unknown key" in invoke("expose", tmp_path / "own.toml", code=8).stderr


def test_through_the_api_a_drug_file_must_cite(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(EXAMPLE.replace('source = "label"', 'source = "a language model"'), encoding="utf-8")
    with pytest.raises(DrugError, match="is not known"):
        stallpoint.read_drug(tmp_path / "own.toml", known_sources=())
