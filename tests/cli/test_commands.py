from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from stallpoint.cli.main import app
from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.effect import Effect
from stallpoint.core.reference import example_rows
from stallpoint.core.tables import TABLES
from stallpoint.response.analysis import Analysis
from stallpoint.study import stages
from stallpoint.study.analysis_files import render_analysis
from stallpoint.study.stage import Outputs, Stage
from stallpoint.study.study_file import StudyFile

Write = Callable[..., Path]
COHORT_TOML = '[study]\nname = "SMALL-2"\n'


def count_people(cohort: Cohort) -> Analysis:
    size = Effect(
        "size", "People", cohort.n, cohort.n, cohort.n, "", cohort.n, "all", "counting", scale="level", sources=("cedarbaum1999",)
    )
    return Analysis(effects=(size,), checks=(Check("counted", "passed", "All were counted."),), methods=("People were counted.",))


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The course stage with a count in place of a model; hears of each time it runs."""
    ran: list[str] = []

    def run(_study: StudyFile, out: Path) -> Outputs:
        ran.append("course")
        return render_analysis("course", count_people(stages.load_cohort(out)))

    monkeypatch.setattr(stages, "COURSE", Stage("course", "Counting", ("read",), lambda _study: 1, run))
    return ran


def invoke(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_check_says_what_was_found(write_study: Write) -> None:
    study = write_study()
    said = invoke("check", study)
    assert all(part in said for part in ["SMALL-1", "visits", "40 rows", "arm active", "active against placebo on alsfrs_r"])
    machine = json.loads(invoke("check", study, "--json"))
    assert machine["schema"] == "stallpoint.check/1"
    assert machine["rows"] == {"patients": 10, "visits": 40, "events": 2}
    assert machine["arms"] == {"active": 5, "placebo": 5}


def test_check_says_what_the_data_are_like_and_writes_a_page(write_study: Write, tmp_path: Path) -> None:
    study, out = write_study(), tmp_path / "quality"
    said = invoke("check", study, "--out", out)
    assert "Data quality" in said
    assert "100% of visit times after time zero are whole months" in said
    assert f"Page: {out / 'quality.html'}" in said
    page = (out / "quality.html").read_text(encoding="utf-8")
    record = json.loads((out / "quality.json").read_text(encoding="utf-8"))
    assert record["schema"] == "stallpoint.quality/1"
    assert record["visit_windows"]["planned_months"] == [0, 3, 6, 9]
    assert all(check["text"] in page for topic in ("missingness", "visit_windows", "digits") for check in record[topic]["checks"])
    assert "Research use only" in page
    machine = json.loads(invoke("check", study, "--json"))
    assert machine["quality"] == record
    assert machine["page"] is None


def test_run_writes_the_whole_folder(write_study: Write, tmp_path: Path, course: list[str]) -> None:
    out = tmp_path / "out"
    study = write_study(study=COHORT_TOML)
    said = invoke("run", study, "--out", out)
    assert "No treatment effect can be estimated: nobody was randomised in SMALL-2" in said
    assert f"Report: {out / 'report.html'}" in said
    results = json.loads((out / "results.json").read_text())
    assert list(results) == [
        "schema", "study", "answer", "estimand", "representativeness", "effects", "bounds", "survivors", "effect_spread",
        "deaths_by_group", "false_alarms", "exploration", "findings", "links", "stalls", "measurements", "checks", "ledger",
        "earlier_looks", "calibration", "planted", "methods", "limits", "prohibited_uses", "sources",
    ]  # fmt: skip
    assert results["schema"] == "stallpoint.results/1"
    assert results["links"] == []
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["schema"] == "stallpoint.manifest/1"
    assert set(manifest["inputs"]) == {"study.toml", "patients.csv", "visits.csv", "events.csv"}
    assert [stage["name"] for stage in manifest["stages"]] == ["read", "course", "report"]
    assert (out / "study.toml").read_bytes() == (study / "study.toml").read_bytes()
    assert pl.read_parquet(out / "tables/visits.parquet").height == 40
    assert "Research use only" in (out / "report.html").read_text()
    invoke("run", study, "--out", out)
    assert course == ["course"]
    assert "@article{cedarbaum1999" in invoke("cite", out)
    assert json.loads(invoke("cite", out, "--json"))["sources"][0]["id"] == "cedarbaum1999"


def test_the_same_inputs_give_the_same_results(write_study: Write, tmp_path: Path, course: list[str]) -> None:
    study = write_study(study=COHORT_TOML)
    for name in ("one", "two"):
        invoke("run", study, "--out", tmp_path / name)
    assert (tmp_path / "one/results.json").read_bytes() == (tmp_path / "two/results.json").read_bytes()
    assert (tmp_path / "one/report.html").read_bytes() == (tmp_path / "two/report.html").read_bytes()


def test_an_interrupted_run_says_what_is_kept_and_goes_on(
    write_study: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, out = write_study(study=COHORT_TOML), tmp_path / "out"

    def interrupted(_study: StudyFile, _out: Path) -> Outputs:
        raise KeyboardInterrupt

    def counted(_study: StudyFile, out: Path) -> Outputs:
        return render_analysis("course", count_people(stages.load_cohort(out)))

    monkeypatch.setattr(stages, "COURSE", Stage("course", "Counting", ("read",), lambda _study: 1, interrupted))
    done = CliRunner().invoke(app, ["run", str(study), "--out", str(out)])
    assert done.exit_code == 130
    assert "Interrupted during course. Kept: read. The same command goes on from there." in done.stderr
    assert "Traceback" not in done.stderr
    kept = (out / "tables/visits.parquet").read_bytes()
    monkeypatch.setattr(stages, "COURSE", Stage("course", "Counting", ("read",), lambda _study: 1, counted))
    finished = json.loads(invoke("run", study, "--out", out, "--json"))
    assert [stage["reused"] for stage in finished["stages"]] == [True, False, False]
    assert (out / "tables/visits.parquet").read_bytes() == kept


def test_run_in_json_keeps_stdout_for_machines(write_study: Write, tmp_path: Path, course: list[str]) -> None:
    done = CliRunner().invoke(app, ["run", str(write_study(study=COHORT_TOML)), "--out", str(tmp_path / "out"), "--json"])
    assert json.loads(done.stdout)["report"].endswith("report.html")
    assert "[1/3] Reading and checking the tables" in done.stderr


def test_a_new_study_filled_with_the_examples_passes_its_check(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    invoke("new", folder)
    assert CliRunner().invoke(app, ["check", str(folder)]).exit_code == 3
    for name, table in TABLES.items():
        with (folder / "data" / f"{name}.csv").open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(example_rows(table).values())
    assert "patients" in invoke("check", folder)


def test_new_with_its_comments_removed_is_a_trial(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    invoke("new", folder)
    lines = (folder / "study.toml").read_text(encoding="utf-8").splitlines()
    active = [line.removeprefix("# ") for line in lines if line.startswith("# ") and (" = " in line or "# [" in line)]
    wanted = [line for line in active if "elsewhere" not in line]
    (folder / "study.toml").write_text("\n".join(["[study]", 'name = "X"', *wanted]), encoding="utf-8")
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert done.exit_code == 3, done.stderr
    assert "0 rows" in done.stderr


def test_new_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = CliRunner().invoke(app, ["new", str(tmp_path)])
    assert done.exit_code == 5
    assert "nothing was overwritten" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_score_adds_scores_to_a_table(tmp_path: Path, ending: str) -> None:
    table, out = tmp_path / "visits.csv", tmp_path / f"scored.{ending}"
    items = [f"q{number}" for number in (1, 2, 3, 4, "5a", 6, 7, 8, 9, 10, 11, 12)]
    table.write_text(",".join(["patient", "time_months", *items]) + "\n" + ",".join(["P1", "0", *["3"] * 12]) + "\n")
    assert "1 visits scored" in invoke("score", table, "--out", out)
    scored = pl.read_csv(out) if ending == "csv" else pl.read_parquet(out)
    assert scored["alsfrs_r"].to_list() == [36.0]
    assert "kings" in scored.columns


def test_score_refuses_another_ending(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["score", str(tmp_path / "visits.csv"), "--out", str(tmp_path / "scored.xlsx")])
    assert done.exit_code == 5


def test_cite_needs_a_run(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["cite", str(tmp_path)])
    assert done.exit_code == 4
    assert "holds no results of a run" in done.stderr
