"""No count of few people leaves the machine: not by the functions, not by a run, not by what a file asks for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.guards.conftest import Invoke, Page

import stallpoint
from stallpoint.core.check import Check
from stallpoint.core.effect import Effect
from stallpoint.core.finding import Finding
from stallpoint.report.content import ReportContent
from stallpoint.report.render import render_report
from stallpoint.report.small_cells import OF_SURVIVORS, POOLED, hide_small_counts

FLOW = pl.DataFrame(
    [
        {"arm": arm, "step": step, "n": n}
        for arm, counts in {"active": (60, 60, 50, 7, 3), "placebo": (60, 60, 40, 8, 12)}.items()
        for step, n in zip(("randomised", "with any ALSFRS-R", "followed to the end", "withdrew", "died"), counts, strict=True)
    ]
)
PATTERN = pl.DataFrame(
    [
        {"arm": "active", "time_months": month, "state": state, "n": n}
        for month, states in {
            0.0: {"assessed": 60},
            6.0: {"assessed": 51, "missed": 6, "died": 3},
            12.0: {"assessed": 57, "died": 3},
        }.items()
        for state, n in states.items()
    ]
)
AT_RISK = pl.DataFrame([{"arm": "active", "time_months": float(t), "n": n} for t, n in enumerate((60, 58, 55, 49, 48, 3))])
SURVIVAL = Effect(
    "survival_12", "Alive 12 months after time zero", 87.5, 80, 93, "%", 120, "E", "M", role="secondary", scale="level"
)
CONTENT = ReportContent(
    "k",
    "q",
    "a",
    represents="Not known.",
    effects=(SURVIVAL,),
    findings=(
        Finding("How many died?", "1 death, and 15 deaths in all.", "observed data", False, False, False),
        Finding(
            "Does it change function in those who would live to 6 months under either arm?",
            "Among people who would live, at least 97% of all.",
            "observed data",
            False,
            False,
            False,
        ),
        Finding("Alive?", "Alive: 87.5 %", "observed data", False, False, False, effect="survival_12"),
    ),
    checks=(
        Check("deaths", "passed", "15 deaths recorded.", 15),
        Check("carriers", "passed", "SOD1 was tested in 60 people, 2 of them carriers.", 2),
    ),
    series={
        "flow": FLOW,
        "visit_pattern": PATTERN,
        "numbers_at_risk": AT_RISK,
        "survival": pl.DataFrame({"arm": ["active"]}),
        "survivor_bounds": pl.DataFrame({"share_least": [0.97]}),
    },
)


def test_the_flow_hides_a_small_cell_and_one_beside_it() -> None:
    shown = hide_small_counts(CONTENT).series["flow"]
    by_arm = {arm: part["n"].to_list() for (arm,), part in shown.group_by("arm")}
    assert by_arm == {"active": [60, 60, 50, None, None], "placebo": [60, 60, 40, 8, 12]}


def test_no_other_number_of_the_page_gives_the_hidden_one_away() -> None:
    """12 on placebo is shown: neither the sum over arms, nor a share of survival, nor its curve may be."""
    shown = hide_small_counts(CONTENT)
    assert {"survival", "numbers_at_risk", "survivor_bounds"} & shown.series.keys() == set()
    assert shown.effects == ()
    assert [finding.text for finding in shown.findings] == ["some deaths, and some deaths in all."]
    assert [(check.text, check.count) for check in shown.checks] == [
        ("some deaths recorded.", None),
        ("SOD1 was tested in 60 people, some of them carriers.", None),
    ]
    assert "fewer than 5 people died" in " ".join(shown.limits)


def test_states_of_few_are_pooled_and_the_bar_keeps_its_height() -> None:
    shown = hide_small_counts(CONTENT).series["visit_pattern"]
    rows = {(row["time_months"], row["state"]): row["n"] for row in shown.iter_rows(named=True)}
    assert rows == {(0.0, "assessed"): 60, (6.0, "assessed"): 51, (6.0, POOLED): 9, (12.0, POOLED): 60}


def test_numbers_at_risk_tell_of_no_few_who_left() -> None:
    many = FLOW.with_columns(pl.when(pl.col("step") == "died").then(9).otherwise("n").alias("n"))
    shown = hide_small_counts(replace(CONTENT, series={"flow": many, "numbers_at_risk": AT_RISK})).series["numbers_at_risk"]
    assert shown["n"].to_list() == [60, 55, 49]


def test_the_page_itself_does_it_whoever_builds_the_content() -> None:
    content = replace(CONTENT, series={"flow": FLOW, "visit_pattern": PATTERN})
    page = render_report(content)
    assert "not shown" in Page(page).text
    assert not re.search(r"died 3|15 deaths|2 of them", page)
    assert hide_small_counts(hide_small_counts(content)).series["flow"].equals(hide_small_counts(content).series["flow"])


def test_risks_by_group_are_shown_only_where_every_group_lost_enough() -> None:
    rows = [{"effect": f"modifier_added_deaths_{name}", "level": "yes", "arm": "a", "risk": 0.1} for name in ("sex", "smoker")]
    found = [
        Finding("Do risks add up?", "Died by 6 months: 10%.", "randomised data", False, False, False, row["effect"],
                (Check(f"deaths by {name}", "passed", f"{deaths} deaths", deaths),))
        for row, name, deaths in zip(rows, ("sex", "smoker"), (3, 12), strict=True)
    ]  # fmt: skip
    shown = hide_small_counts(replace(CONTENT, findings=tuple(found), series={"deaths_by_group": pl.DataFrame(rows)}))
    assert shown.series["deaths_by_group"]["effect"].to_list() == ["modifier_added_deaths_smoker"]
    assert hide_small_counts(shown).series["deaths_by_group"].equals(shown.series["deaths_by_group"])
    assert ["10%" in each.text for each in shown.findings] == [False, True]


def test_figures_of_a_check_go_with_its_count() -> None:
    check = Check("deaths by sex", "passed", "3 deaths of 60 people", 3, (60.0,))
    assert [each.figures for each in hide_small_counts(replace(CONTENT, checks=(check,))).checks] == [()]


@pytest.mark.parametrize("asked", [0, 1, 4, -5])
def test_nobody_can_ask_for_less(asked: int) -> None:
    with pytest.raises(stallpoint.StallpointError, match="known again"):
        render_report(replace(CONTENT, smallest_cell=asked))


def test_more_can_be_asked_for() -> None:
    shown = hide_small_counts(replace(CONTENT, smallest_cell=11)).series["flow"]
    assert (
        shown.filter(arm="placebo")["n"].to_list() == [60, 60, 40, None, 12] or shown.filter(arm="placebo")["n"].null_count() == 2
    )


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort of people who are not simulated, 3 of whom die and 2 of whom carry a variant."""
    folder = tmp_path_factory.mktemp("people")
    (folder / "data").mkdir()
    names = [f"P{n:03d}" for n in range(60)]
    visits = [f"{name},{month},{round(40 - (0.6 + 0.01 * at) * month)}" for at, name in enumerate(names) for month in (0, 3, 6)]
    tables = {
        "patients": [
            "patient,sex,race,age_years,onset_months",
            *(f"{name},{'male' if at < 57 else 'female'},white,{50 + at % 30},12" for at, name in enumerate(names)),
        ],
        "visits": ["patient,time_months,alsfrs_r", *visits],
        "events": ["patient,time_months,event", *(f"{name},6.5,{'death' if at < 3 else 'end'}" for at, name in enumerate(names))],
        "variants": [
            "patient,gene,variant,call",
            *(f"{name},SOD1,pathogenic variant,{'present' if at < 2 else 'absent'}" for at, name in enumerate(names)),
        ],
    }
    for name, lines in tables.items():
        (folder / f"data/{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "study.toml").write_text('[study]\nname = "real"\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def page(people: Path, invoke: Invoke) -> Path:
    out = people.parent / f"{people.name}-out"
    invoke("run", people, "--out", out)
    return out


def test_a_run_shows_no_few(page: Path) -> None:
    html = (page / "report.html").read_text(encoding="utf-8")
    said = Page(html).text
    assert "not shown" in said
    assert "Counts of fewer than 5 people" in said
    assert not re.search(r"\b3 deaths|died 3\b", html)
    results = json.loads((page / "results.json").read_text(encoding="utf-8"))
    few = [row for row in results["representativeness"]["shares"] if row["said"] in ("carriers of SOD1", "men")]
    assert {row["said"] for row in few} == {"carriers of SOD1", "men"}
    assert all(row["n_known"] == 60 and row["n_with"] is None and row["share"] is None for row in few)
    of_ages = [row for row in results["representativeness"]["shares"] if row["measure"] == "age_at_onset"]
    assert [row["n_known"] for row in of_ages] == [None, None], "57 men of 60 people are 3 women"
    assert not [effect for effect in results["effects"] if effect["name"].startswith("survival_")]
    assert not re.search(r"\b3 deaths", json.dumps(results))


@pytest.mark.parametrize("line", ["smallest_cell = 1", "smallest_cell = 4", "smallest_cell = -1"])
def test_the_study_file_cannot_ask_for_less(people: Path, invoke: Invoke, tmp_path: Path, line: str) -> None:
    (tmp_path / "study.toml").write_text(
        f'[study]\nname = "real"\n{line}\n[data]\nfolder = "{people / "data"}"\n', encoding="utf-8"
    )
    assert "known again" in invoke("run", tmp_path, "--out", tmp_path / "out", code=2).stderr
    assert not (tmp_path / "out").exists()


def test_no_option_of_any_command_turns_it_off(people: Path, invoke: Invoke, tmp_path: Path) -> None:
    assert "No such option" in invoke("run", people, "--out", tmp_path / "out", "--smallest-cell", "1", code=2).stderr


def test_what_is_written_into_the_files_of_a_run_is_not_believed(page: Path, people: Path, invoke: Invoke) -> None:
    """A report that somebody opened up is made anew from the tables."""
    results = page / "results.json"
    true = results.read_bytes()
    results.write_text(true.decode().replace('"n_with": null', '"n_with": 2').replace("not known", "alike"), encoding="utf-8")
    invoke("run", people, "--out", page)
    assert results.read_bytes() == true


def test_what_tells_of_survivors_is_known_by_its_question(ran: Path) -> None:
    """The words by which bounds on survivors are left out are those of a real run."""
    questions = [each["question"] for each in json.loads((ran / "results.json").read_text(encoding="utf-8"))["findings"]]
    assert sum(OF_SURVIVORS in each for each in questions) == 1
