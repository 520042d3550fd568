"""A name is text: it neither acts in a page nor runs in a spreadsheet, whoever wrote it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.guards.conftest import FORMULA, SCRIPT, TAG, Invoke, Page

from stallpoint.core.drug_reference import EXAMPLE


def assert_inert(file: Path, *names: str) -> None:
    page = Page(file.read_text(encoding="utf-8"))
    assert page.acting == []
    assert all(" ".join(name.split()) in " ".join(page.text.split()) for name in names)


def assert_runs_nothing(file: Path) -> list[list[str]]:
    """Every cell that is no number begins with a letter that no spreadsheet takes for a formula."""
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows
    for cell in (cell for row in rows for cell in row):
        try:
            float(cell)
        except ValueError:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (file.name, cell)
    return rows


def test_the_report_of_a_run_shows_names_and_obeys_none(ran: Path) -> None:
    assert_inert(ran / "report.html", TAG, SCRIPT, FORMULA)


def test_the_page_of_a_study_s_chain(study: Path, invoke: Invoke, tmp_path: Path) -> None:
    said = invoke("explain", study, "--out", tmp_path)
    assert "Research use only, not medical advice. Simulated data." in said.stdout
    assert_inert(tmp_path / "explanation.html", TAG, SCRIPT, FORMULA)


def test_the_pages_of_data_quality_and_of_a_person(study: Path, invoke: Invoke, tmp_path: Path) -> None:
    invoke("check", study, "--out", tmp_path)
    assert_inert(tmp_path / "quality.html", TAG)
    invoke("profile", study, "--patient", TAG, "--out", tmp_path)
    assert_inert(tmp_path / "profile.html", TAG)


def test_the_page_of_a_profile_that_somebody_wrote(invoke: Invoke, tmp_path: Path) -> None:
    call = {"gene": TAG, "variant": SCRIPT, "call": "present", "assay": TAG, "source": SCRIPT, "hgvs": TAG, "reason": SCRIPT}
    record = {
        "schema": "stallpoint.profile/1",
        "person": TAG,
        "calls": [call],
        "repeats": [{"gene": TAG, "locus": TAG, "call": "not tested", "meaning": SCRIPT, "alleles": [2], "intervals": [[2, 2]],
                     "meanings": [SCRIPT], "reason": TAG}],
        "markers": [{"marker": SCRIPT, "matrix": TAG, "value": 1.0, "unit": TAG, "said": TAG, "position": SCRIPT}],
        "pathways": [{"pathway": TAG, "label": SCRIPT, "tissue": TAG, "activity": None, "low": None, "high": None, "p_value": None,
                      "answer": "cannot tell", "genes": 0, "reason": SCRIPT}],
        "conflicts": [{"about": TAG, "text": SCRIPT}],
        "stage": [{"name": TAG, "value": SCRIPT}],
        "notices": [SCRIPT],
    }  # fmt: skip
    (tmp_path / "profile.json").write_text(json.dumps(record), encoding="utf-8")
    invoke("profile", tmp_path / "profile.json", "--out", tmp_path / "out")
    assert_inert(tmp_path / "out/profile.html", TAG, SCRIPT)


def test_the_page_of_a_drug_of_ones_own(invoke: Invoke, tmp_path: Path) -> None:
    said = EXAMPLE
    for before in ("examplamine", "EX-1", "Examplamine in ALS", "24 people with ALS, one compartment", "Brain over plasma was 0.1 in rats",
                   "unbound fraction in brain, hence"):  # fmt: skip
        assert before in said
        said = said.replace(before, SCRIPT if " " in before else TAG)
    (tmp_path / "own.toml").write_text(said, encoding="utf-8")
    invoke("expose", tmp_path / "own.toml", "--out", tmp_path / "out")
    assert_inert(tmp_path / "out/exposure.html", TAG, SCRIPT)


def test_the_page_of_evidence_of_ones_own(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "claims.tsv").write_text(
        "id\tkind\tdirection\ttext\tdesign\ttag\tsource\ttreatments\tpopulation\tstanding\tmodifier\trole\n"
        f"own1\tfunction\tsupports\t{SCRIPT}\trandomised\tseen\town\tcolchicine\t{TAG}\tpost hoc\t{TAG}\tpredictive\n",
        encoding="utf-8",
    )
    (tmp_path / "sources.tsv").write_text(f"id\ttitle\turl\nown\t{TAG}\tjavascript:alert(1)\n", encoding="utf-8")
    invoke("explain", "colchicine", "--folder", tmp_path, "--out", tmp_path / "out")
    assert_inert(tmp_path / "out/explanation.html", TAG, SCRIPT)


def test_the_page_of_a_plate(invoke: Invoke, tmp_path: Path) -> None:
    doses = [0, 0.01, 0.1, 1, 10]
    wells = [(a, b, (1 / (1 + a)) * (1 / (1 + 2 * b))) for a in doses for b in doses]
    rows = [f'"{TAG}","{FORMULA}",{a},{b},uM,{left + 0.01 * ((at * 7) % 5 - 2):.4f}' for at, (a, b, left) in enumerate(wells)]
    (tmp_path / "wells.csv").write_text(
        "drug_1,drug_2,dose_1,dose_2,unit,viability_fraction\n" + "\n".join(rows), encoding="utf-8"
    )
    invoke("combine", tmp_path / "wells.csv", "--out", tmp_path / "out")
    assert_inert(tmp_path / "out/combination.html", TAG, FORMULA)


@pytest.mark.parametrize("to", ["csv", "adam"])
def test_no_export_runs_in_a_spreadsheet(study: Path, invoke: Invoke, tmp_path: Path, to: str) -> None:
    invoke("export", study, "--to", to, "--out", tmp_path / to)
    files = list((tmp_path / to).rglob("*.csv"))
    assert any(f"'{FORMULA}" in (cell for row in assert_runs_nothing(file) for cell in row) for file in files)


def test_no_other_table_that_is_written_does(study: Path, ran: Path, invoke: Invoke, tmp_path: Path) -> None:
    invoke("score", study / "data/visits.csv", "--out", tmp_path / "scores.csv")
    invoke("profile", study, "--out", tmp_path)
    people = [{row[0] for row in assert_runs_nothing(tmp_path / name)} for name in ("scores.csv", "covariates.csv")]
    assert all(f"'{FORMULA}" in each for each in people)
    assert_runs_nothing(ran / "ledger.csv")


def test_a_look_that_begins_like_a_formula_is_guarded_in_the_ledger(tmp_path: Path) -> None:
    from stallpoint.core.ledger import Look
    from stallpoint.study.looks_file import render_ledger

    (tmp_path / "ledger.csv").write_bytes(render_ledger([Look("=1+1", "modifier", "@x", False, "x", -0.5)], []))
    rows = assert_runs_nothing(tmp_path / "ledger.csv")
    assert rows[1][:5] == ["'=1+1", "modifier", "'@x", "no", "-0.5"]
