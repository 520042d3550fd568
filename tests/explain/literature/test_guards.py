"""Claims that must not be made, tried through files, the command line and the functions. Each case tries to break its guard."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stallpoint.cli.main import app
from stallpoint.explain.from_literature import explain_literature
from stallpoint.exposure.delivery import Label
from stallpoint.knowledge.evidence.load import load_evidence

COLUMNS = (
    "id kind direction text design tag source treatments standing role modifier population link scale better value low high n p "
    "known_from"
)
HEADER = COLUMNS.replace(" ", "\t")


def own(place: Path, *rows: dict[str, object]) -> Path:
    """A folder of evidence with these rows on AMX0035, of a work of one's own."""
    plain = {
        "kind": "function",
        "direction": "supports",
        "design": "randomised",
        "tag": "seen",
        "source": "mine",
        "treatments": "riluzole",
    }
    lines = [
        "\t".join(str({**plain, **row, "id": f"own{at}"}.get(name, "")) for name in COLUMNS.split())
        for at, row in enumerate(rows)
    ]
    (place / "claims.tsv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    (place / "sources.tsv").write_text("id\ttitle\tyear\nmine\tOur own work\t2020\n", encoding="utf-8")
    return place


def answer(place: Path, name: str, *rows: dict[str, object]):
    return explain_literature(load_evidence(own(place, *rows)), name, seed=1)


NEW = "colchicine"
"""A drug of which no randomised result is known."""


@pytest.mark.parametrize(
    "row",
    [
        {"text": "NfL fell by 70%.", "kind": "marker", "role": "downstream", "link": "relevant", "value": -70, "scale": "level"},
        {"text": "Hazard ratio 0.2 (0.1 to 0.4).", "kind": "survival", "design": "human observational", "value": 0.2, "low": 0.1,
         "high": 0.4, "scale": "hazard ratio", "better": "lower", "standing": "uncontrolled"},
        {"text": "All improved, one arm.", "standing": "uncontrolled", "n": 40},
        {"text": "Mice lived twice as long.", "kind": "survival", "design": "animal"},
        {"text": "Synergy in neurons.", "design": "in vitro", "kind": "mechanism"},
        {"text": "In fast progressors p = 0.000001.", "standing": "post hoc", "role": "predictive", "modifier": "fast",
         "population": "fast", "p": 0.000001, "n": 300},
    ],
    ids=["marker fell", "observational", "one arm", "mice", "dish", "found afterwards"],
)  # fmt: skip
def test_nothing_but_a_planned_randomised_result_shows_benefit(tmp_path: Path, row: dict[str, object]) -> None:
    found = answer(tmp_path, NEW, {**row, "treatments": NEW})
    assert found.benefit.status == "not tested"
    assert found.finding.status == "hypothesis"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "NfL fell by 70%.", "kind": "marker", "role": "downstream", "link": "relevant", "value": -70,
          "scale": "level"}, "not tested"),
        ({"text": "All improved, one arm.", "standing": "uncontrolled", "n": 40}, "not tested"),
        ({"text": "C/C carriers live shorter: hazard ratio 2.4.", "kind": "modifier", "role": "prognostic", "modifier": "UNC13A C/C",
          "value": 2.4, "scale": "hazard ratio", "better": "lower"}, "not tested"),
    ],
    ids=["marker fell", "one arm", "prognostic"],
)  # fmt: skip
def test_nor_by_the_command_line(tmp_path: Path, row: dict[str, object], said: str) -> None:
    folder = own(tmp_path, {**row, "treatments": NEW})
    record = json.loads(CliRunner().invoke(app, ["explain", NEW, "--folder", str(folder), "--json"]).stdout)
    assert record["benefit"]["status"] == said
    assert record["status"] == "hypothesis"
    assert record["signals"] == []
    words = CliRunner().invoke(app, ["explain", NEW, "--folder", str(folder)]).stdout
    assert not re.search(r"will (work|help)|benefits? from|is effective", words)


def test_a_planned_randomised_result_does(tmp_path: Path) -> None:
    """The other error: a real result is not argued away."""
    row = {"text": "Hazard ratio 0.5 (0.4 to 0.6).", "kind": "survival", "value": 0.5, "low": 0.4, "high": 0.6, "scale": "hazard ratio",
           "better": "lower", "standing": "primary", "n": 800, "treatments": NEW}  # fmt: skip
    assert answer(tmp_path, NEW, row).benefit.status == "not established"


def test_twenty_groups_found_afterwards_stay_signals_that_need_confirmation(tmp_path: Path) -> None:
    rows = [{"text": "p = 0.001.", "standing": "post hoc", "role": "predictive", "modifier": f"group {n}", "population": "some",
             "p": 0.001, "kind": "modifier", "treatments": NEW} for n in range(20)]  # fmt: skip
    found = answer(tmp_path, NEW, *rows)
    assert {signal.status for signal in found.signals} == {"needs confirmation"}
    assert all("came back" in signal.chance.text for signal in found.signals)


def test_a_prognostic_marker_is_not_sold_as_a_predictive_one(tmp_path: Path) -> None:
    row = {"text": "Carriers lived shorter.", "kind": "modifier", "role": "prognostic", "modifier": "UNC13A C/C", "standing": "secondary",
           "population": "UNC13A C/C", "treatments": NEW}  # fmt: skip
    assert answer(tmp_path, NEW, row).signals == ()


def test_refuting_evidence_of_ones_own_comes_first(tmp_path: Path) -> None:
    found = answer(tmp_path, "riluzole", {"text": "Worse.", "direction": "refutes", "standing": "primary", "n": 50})
    assert found.claims[0].direction == "refutes"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "Better.", "source": ""}, "source is empty"),
        ({"text": "Better.", "tag": ""}, "tag is empty"),
        ({"text": "Better by 3 points.", "value": 4, "scale": "difference"}, "4 is not in the text"),
        ({"text": "Better.", "source": "a language model"}, "is not known"),
    ],
)
def test_a_number_without_source_tag_or_words_is_refused_by_the_command_line(
    tmp_path: Path, row: dict[str, object], said: str
) -> None:
    done = CliRunner().invoke(app, ["explain", "riluzole", "--folder", str(own(tmp_path, row))])
    assert done.exit_code == 3
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["riluzole", "AMX0035", "C9orf72 antisense"])
def test_no_advice_no_ranking_no_responder_on_page_or_terminal(tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(app, ["explain", name, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.stderr
    page = (tmp_path / "explanation.html").read_text(encoding="utf-8")
    for said in (done.stdout, page):
        text = re.sub(r"<[^>]+>", " ", said).lower()
        assert "research use only" in text
        assert not re.search(r"\bresponders?\b|you should|best drug|best treatment|we recommend|clinically validated", text)
        assert "no order of merit" in text


def test_the_record_holds_no_rank_score_or_pick(tmp_path: Path) -> None:
    record = json.loads(CliRunner().invoke(app, ["explain", "riluzole", "--json"]).stdout)

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for each in value.values() for key in keys(each)}
        return {key for each in value for key in keys(each)} if isinstance(value, list) else set()

    assert not {key for key in keys(record) if re.search(r"rank|best|score|recommend|pick|prefer", key)}
    assert record["status"] == "hypothesis"


def test_ways_past_the_barrier_are_worth_a_study_at_best(ask) -> None:
    allowed = set(Label.__args__)
    for name in ("riluzole", "bosutinib"):
        said = [each for way in ask(name).ways for each in way.computed]
        assert all(each.split(": ", 1)[1].split(";")[0] in allowed for each in said)
    assert {"worth a study", "would matter little"} <= allowed


def test_riluzole_is_not_explained_by_the_barrier_even_if_more_pumps_are_found(tmp_path: Path) -> None:
    rows = [
        {"text": "P-gp was raised.", "kind": "mechanism", "direction": "refutes", "design": "post-mortem", "treatments": ""}
    ] * 5
    found = answer(tmp_path, "riluzole", *rows)
    assert found.stall.named is None
    assert found.exposure[0].barrier.answer == "not limited"


def test_by_the_command_line_too_the_barrier_is_not_named_as_riluzoles_reason(tmp_path: Path) -> None:
    pumps = {"text": "More pumps.", "kind": "mechanism", "link": "delivered", "direction": "refutes", "design": "animal"}
    folder = own(tmp_path, *([pumps] * 5))
    record = json.loads(CliRunner().invoke(app, ["explain", "riluzole", "--folder", str(folder), "--json"]).stdout)
    assert record["stall"]["named"] != "delivered"
    directions = {claim["direction"] for claim in record["claims"] if claim["link"] == "delivered"}
    assert "refutes" in directions
    said = CliRunner().invoke(app, ["explain", "riluzole", "--folder", str(folder)]).stdout
    assert said.index("refutes:") < said.index("supports:")
