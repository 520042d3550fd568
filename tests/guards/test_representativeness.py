"""No effect without a line on whether those studied look like people who have ALS; what is not known is never alike."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.guards.conftest import Invoke, Page
from tests.guards.test_small_cells import SURVIVAL

import stallpoint
from stallpoint.quality.representativeness import compare_with_population
from stallpoint.report.content import ReportContent
from stallpoint.report.render import render_report
from stallpoint.simulate.trial import SimulatedTrial


def verdicts(cohort: stallpoint.Cohort, said: str) -> set[str]:
    rows = compare_with_population(cohort).rows
    return set(rows.filter(pl.col("said") == said)["verdict"].to_list())


def test_no_page_of_an_effect_without_it() -> None:
    with pytest.raises(stallpoint.StallpointError, match="whether those studied look like"):
        render_report(ReportContent("k", "q", "a", effects=(SURVIVAL,)))


def test_a_column_that_is_not_there_is_not_known(simulated: SimulatedTrial) -> None:
    cohort = simulated.trial.cohort
    bare = replace(cohort, patients=cohort.patients.select("patient", "arm"), variants=cohort.variants.clear())
    found = compare_with_population(bare)
    assert set(found.rows["verdict"].to_list()) == {"not known"}
    assert found.check.status == "warning"
    assert "like" not in found.text.replace("unlike", "")


def test_people_without_a_value_do_not_count_as_those_who_have_none(simulated: SimulatedTrial) -> None:
    cohort = simulated.trial.cohort
    half = pl.when(pl.int_range(pl.len()) % 2 == 0)
    some = replace(cohort, patients=cohort.patients.with_columns(half.then("onset_site").alias("onset_site")))
    rows = compare_with_population(some).rows.filter(said="bulbar onset")
    assert set(rows["n_known"].to_list()) == {cohort.n // 2}
    untested = cohort.variants.with_columns(call=pl.when(pl.col("gene") == "SOD1").then(pl.lit("not tested")).otherwise("call"))
    assert verdicts(replace(cohort, variants=untested), "carriers of SOD1") == {"not known"}


def test_words_of_ancestry_that_are_not_understood_are_not_another_ancestry(simulated: SimulatedTrial) -> None:
    cohort = simulated.trial.cohort
    for word, verdict in (("Klingon", {"not known"}), ("", {"not known"}), ("asian", {"fewer"}), ("White", {"not told apart"})):
        with_race = replace(cohort, patients=cohort.patients.with_columns(race=pl.lit(word)))
        assert verdicts(with_race, "white ancestry") == verdict
        assert verdicts(with_race, "hispanic ancestry") == {"not known"}


def test_a_trial_of_the_young_is_told_apart(simulated: SimulatedTrial) -> None:
    cohort = simulated.trial.cohort
    young = replace(cohort, patients=cohort.patients.with_columns(age_years=pl.lit(40.0), sex=pl.lit("female")))
    found = compare_with_population(young)
    assert "fewer men," in found.text
    assert "fewer women older than 67.8 years at onset" in found.text


def test_a_run_says_it_first_and_its_record_too(ran: Path, study: Path, invoke: Invoke) -> None:
    page = Page((ran / "report.html").read_text(encoding="utf-8")).text
    results = json.loads((ran / "results.json").read_text(encoding="utf-8"))
    assert page.index("Whom it speaks of.") < page.index("What was found")
    assert results["representativeness"]["text"] in page
    assert any(check["name"] == "representativeness" and check["status"] == "warning" for check in results["checks"])
    cited = {source["id"] for source in results["sources"]}
    assert {row["source"] for row in results["representativeness"]["shares"]} <= cited


@pytest.mark.parametrize("lines", ['[study]\nrepresents = "everybody"', "[representativeness]\nalike = true"])
def test_the_study_file_has_no_place_to_claim_it(study: Path, invoke: Invoke, tmp_path: Path, lines: str) -> None:
    text = (study / "study.toml").read_text(encoding="utf-8")
    text = text.replace("[study]", lines) if lines.startswith("[study]") else f"{text}\n{lines}\n"
    (tmp_path / "study.toml").write_text(text + f'\n[data]\nfolder = "{study / "data"}"\n', encoding="utf-8")
    assert "unknown key" in invoke("check", tmp_path, code=2).stderr
