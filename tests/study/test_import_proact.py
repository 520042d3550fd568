"""Exports of PRO-ACT, each release with each quirk planted, to studies."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from fake_proact import RELEASES, Planted, make_proact, write_proact

from stallpoint.core.audit import replay_audit
from stallpoint.core.draft import ROW
from stallpoint.core.errors import OutputError, StallpointError, StudyFileError, TableError
from stallpoint.io.proact.read import read_proact
from stallpoint.io.source_files import open_source
from stallpoint.knowledge.unit_spellings import load_unit_spellings
from stallpoint.study.import_study import import_study
from stallpoint.study.output_folder import write_whole

PEOPLE = 240
TABLES = ("patients", "visits", "events", "markers")


@pytest.fixture(scope="module")
def planted() -> Planted:
    return make_proact(PEOPLE, seed=7)


@pytest.fixture(scope="module")
def study(planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proact")
    write_proact(planted.tables, folder / "source", RELEASES["2022"])
    import_study("proact", folder / "source", folder / "study")
    return folder / "study"


def tables_of(study: Path) -> dict[str, pl.DataFrame]:
    return {path.stem: pl.read_parquet(path) for path in sorted((study / "data").iterdir())}


def assert_same(first: Path, second: Path) -> None:
    ours, theirs = tables_of(first), tables_of(second)
    assert ours.keys() == theirs.keys()
    for name, frame in ours.items():
        assert frame.equals(theirs[name]), name


@pytest.mark.parametrize("release", RELEASES)
def test_every_release_gives_the_same_study_and_every_quirk_is_counted(
    release: str, planted: Planted, study: Path, tmp_path: Path
) -> None:
    write_proact(planted.tables, tmp_path / "source", RELEASES[release])
    imported = import_study("proact", tmp_path / "source", tmp_path / "study")
    done = {rule: count for rule, count in imported.rules.items() if count}
    assert done == {rule: count for rule, count in planted.counts.items() if count}
    assert_same(tmp_path / "study", study)


def test_people_and_deaths_are_those_that_were_planted(planted: Planted, study: Path) -> None:
    tables = tables_of(study)
    assert tables["patients"].height == planted.people
    assert tables["events"].filter(pl.col("event") == "death").height == planted.deaths
    assert tables["events"].height == planted.people


def test_the_two_scales_stay_apart(study: Path) -> None:
    visits = tables_of(study)["visits"]
    older = visits.filter(pl.col("scale") == "alsfrs")
    assert older.height > 0
    assert older["alsfrs_r"].null_count() == older.height
    assert older["q11"].null_count() == older.height
    assert older["alsfrs_total"].drop_nulls().is_between(0, 40).all()


def test_times_are_months_from_day_zero(planted: Planted, study: Path) -> None:
    visits = tables_of(study)["visits"]
    assert set(np.round(visits["time_months"].unique().to_numpy() * 365.25 / 12).astype(int)) <= set(range(0, 540, 60))
    onset = planted.tables["ALSHISTORY"].group_by("subject_id").agg(pl.col("Onset_Delta").min())
    joined = tables_of(study)["patients"].join(onset.with_columns(patient=pl.col("subject_id").cast(pl.String)), on="patient")
    assert np.allclose(joined["onset_months"], -joined["Onset_Delta"] / (365.25 / 12))


def test_the_study_says_what_pooling_means(study: Path) -> None:
    text = (study / "study.toml").read_text()
    assert "not_randomised" in text
    assert "pools many unnamed trials" in text


def test_neither_order_nor_case_nor_ids_as_floats_matter(planted: Planted, study: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    mixed = {}
    for name, frame in planted.tables.items():
        columns = [frame.columns[i] for i in rng.permutation(frame.width)]
        mixed[name] = frame[rng.permutation(frame.height).tolist()].select(columns)
    mixed["FVC"] = mixed["FVC"].with_columns(pl.col("subject_id").cast(pl.Float64))
    shouting = replace(RELEASES["2022"], folder="", file=lambda table: f"proact_{table.lower()}.CSV")
    write_proact(mixed, tmp_path / "source", shouting)
    import_study("proact", tmp_path / "source", tmp_path / "study")
    assert_same(tmp_path / "study", study)


def test_the_audit_rebuilds_the_study_from_the_raw_files(planted: Planted, study: Path, tmp_path: Path) -> None:
    write_proact(planted.tables, tmp_path, RELEASES["2022"])
    with open_source(tmp_path) as files:
        draft = read_proact(files, units=load_unit_spellings())
    audit = pl.read_parquet(study / "import/audit.parquet")
    cleaned = tables_of(study)
    rebuilt = replay_audit(draft.tables, audit, {name: dict(frame.schema) for name, frame in cleaned.items()})
    for name, frame in cleaned.items():
        order = frame.columns
        assert rebuilt[name].drop(ROW).select(order).sort(order, nulls_last=True).equals(frame.sort(order, nulls_last=True)), name


def test_the_record_states_rules_reasons_and_counts(planted: Planted, study: Path) -> None:
    record = json.loads((study / "import/record.json").read_text())
    counts = {rule["name"]: rule["changes"] for rule in record["rules"]}
    assert counts["half_point_items"] == planted.counts["half_point_items"]
    assert all(rule["why"] for rule in record["rules"])
    assert all(len(digest) == 64 for digest in record["files"].values())


def test_a_rule_can_be_turned_off_and_an_unknown_one_leaves_the_study_as_it_was(planted: Planted, tmp_path: Path) -> None:
    write_proact(planted.tables, tmp_path / "source", RELEASES["2018"])
    import_study("proact", tmp_path / "source", tmp_path / "study")
    file = tmp_path / "study/study.toml"
    with_rule = tables_of(tmp_path / "study")["visits"]["fvc_percent"]
    file.write_text(file.read_text().replace("off = []", 'off = ["best_of_three"]'))
    again = import_study("proact", tmp_path / "source", tmp_path / "study")
    assert "best_of_three" not in again.rules
    without = tables_of(tmp_path / "study")["visits"]["fvc_percent"]
    assert (with_rule - without).sum() == pytest.approx(3 * planted.counts["best_of_three"])
    assert any(check.name == "cleaning_best_of_three" and check.status == "warning" for check in again.checks)

    file.write_text(file.read_text().replace("best_of_three", "best_of_threes"))
    before = {path: path.read_bytes() for path in (tmp_path / "study").rglob("*") if path.is_file()}
    with pytest.raises(StudyFileError, match="did you mean best_of_three"):
        import_study("proact", tmp_path / "source", tmp_path / "study")
    assert before == {path: path.read_bytes() for path in (tmp_path / "study").rglob("*") if path.is_file()}


def _without(planted: Planted, *names: str) -> dict[str, pl.DataFrame]:
    return {name: frame for name, frame in planted.tables.items() if name not in names}


def test_an_export_without_most_tables_still_gives_a_study(planted: Planted, tmp_path: Path) -> None:
    write_proact({"ALSFRS": planted.tables["ALSFRS"]}, tmp_path / "source", RELEASES["2022"])
    imported = import_study("proact", tmp_path / "source", tmp_path / "study")
    assert imported.rows["patients"] == planted.tables["ALSFRS"]["subject_id"].n_unique()


BROKEN = {
    "no ALSFRS": (lambda place: (place / "PROACT_ALSFRS.csv").unlink(), "no ALSFRS table"),
    "half a file": (lambda place: _cut(place / "PROACT_VITALSIGNS.csv"), "cells as the header has"),
    "two releases": (lambda place: write_whole(place / "F_PROACT_ALSFRS.csv", b"subject_id\n1\n"), "there twice"),
    "no identifiers": (lambda place: write_whole(place / "PROACT_LABS.csv", b"a,b\n1,2\n"), "no column subject_id"),
    "binary": (lambda place: write_whole(place / "PROACT_LABS.csv", b"subject_id,b\n\x00\x01\x02\n"), "NUL byte"),
}


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b",", 0, content.rindex(b","))])


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_exports_leave_nothing_behind(fault: str, planted: Planted, tmp_path: Path) -> None:
    spoil, says = BROKEN[fault]
    spoil(write_proact(_without(planted, "LABS"), tmp_path / "source", RELEASES["2022"]))
    with pytest.raises(StallpointError, match=says):
        import_study("proact", tmp_path / "source", tmp_path / "study")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_folder_of_something_else_is_not_touched(planted: Planted, tmp_path: Path) -> None:
    write_proact(_without(planted, "LABS"), tmp_path / "source", RELEASES["2022"])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="nothing was overwritten"):
        import_study("proact", tmp_path / "source", tmp_path / "mine")
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_an_unknown_format_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match="did you mean proact"):
        import_study("pro-act", tmp_path, tmp_path / "study")


def test_a_missing_archive_member_is_a_table_error(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(TableError):
        import_study("proact", tmp_path / "x.zip", tmp_path / "study")
