"""Of a person: no drug is picked or ranked, no dose advised, nobody is called a responder, and no survival is shown unasked."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import polars as pl
import pytest
import typer
from tests.guards.conftest import PROMPT, Invoke, Page

import stallpoint
from stallpoint.cli.main import app
from stallpoint.core.errors import StallpointError
from stallpoint.knowledge.variants import findings_of
from stallpoint.simulate.trial import SimulatedTrial

SOURCE = Path(str(stallpoint.__file__)).parent
PICKS = re.compile(
    r"recommend|advi[cs]e|responder|prefer(?!ence)|best_(drug|treatment|dose|option)|(drug|dose|treatment)_for|optimal|rank_(drug|treat|people|person|option)"
)
WORDS = re.compile(
    r"responders?\b|you should|should (take|receive|be given)|best (drug|treatment|dose)|we recommend|is recommended|"
    r"(increase|raise|lower|reduce) the dose|clinically validated|will (help|work)|non-?responder|treatment failure"
)
HONEST = (
    "nobody can be called a responder",
    "no treatment or dose is recommended",
    "no dose, drug or delivery is recommended",
    "no drug or dose is recommended here",
    "not clinically validated",
    "none is recommended",
    "whether any of them will help this person cannot be told",
    "whether any of these will help this person cannot be told",
    PROMPT.lower(),
)
PERSON = """\
[person]
id = "P1"
age_years = 61

[[variant]]
gene = "SOD1"
variant = "A5V"
call = "present"
zygosity = "heterozygous"
assay = "Sanger sequencing"

[[marker]]
marker = "NfL"
value = 250.0
unit = "pg/mL"
matrix = "plasma"
"""


@pytest.fixture
def person(tmp_path: Path) -> Path:
    (tmp_path / "person.toml").write_text(PERSON, encoding="utf-8")
    return tmp_path / "person.toml"


def keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(each)


def assert_says_nothing_of_the_kind(text: str) -> None:
    said = " ".join(text.lower().split())
    for honest in HONEST:
        said = said.replace(honest, "")
    assert not WORDS.search(said), WORDS.search(said)


@pytest.mark.parametrize("name", stallpoint.__all__)
def test_no_public_name_argument_or_field_picks(name: str) -> None:
    thing = getattr(stallpoint, name)
    held = [name, *(inspect.signature(thing).parameters if callable(thing) else ())]
    held += [each.name for each in fields(thing)] if is_dataclass(thing) else []
    held += [each for each in vars(thing) if not each.startswith("_")] if inspect.isclass(thing) else []
    assert [each for each in held if PICKS.search(each)] == []


def test_no_function_or_class_anywhere_does() -> None:
    defined = re.compile(r"^ *(?:async def|def|class) (\w+)", re.MULTILINE)
    names = [name for file in SOURCE.rglob("*.py") for name in defined.findall(file.read_text(encoding="utf-8"))]
    assert len(names) > 1000
    assert [each for each in names if PICKS.search(re.sub(r"(?<!^)(?=[A-Z])", "_", each).lower())] == []


def test_no_command_or_option_does() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    options = [option for command in commands.values() for each in command.params for option in each.opts]
    assert [each for each in (*commands, *options) if PICKS.search(each.replace("-", "_"))] == []


@pytest.mark.parametrize("table", ["treatments", "prognosis", "chain", "responder"])
def test_a_person_cannot_ask_for_one_in_their_file(invoke: Invoke, person: Path, table: str) -> None:
    person.write_text(PERSON + f"\n[{table}]\nbest = 1\n", encoding="utf-8")
    assert f"unknown table [{table}]" in invoke("profile", person, "--treatments", code=3).stderr
    person.write_text(PERSON.replace("[person]", f"[person]\n{table} = true"), encoding="utf-8")
    assert f"unknown key {table}" in invoke("profile", person, "--treatments", code=3).stderr


@pytest.mark.parametrize("name", ["responder", "non_responder", "Resistant"])
def test_no_group_is_named_by_how_it_fared(
    study: Path, simulated: SimulatedTrial, invoke: Invoke, tmp_path: Path, name: str
) -> None:
    """Through the study file and its tables, by the command, and through the functions."""
    patients = simulated.trial.cohort.patients.with_columns(pl.lit(value=True).alias(name))
    trial = simulated.trial
    with pytest.raises(StallpointError, match="says who gained"):
        stallpoint.build_trial(
            replace(trial.cohort, patients=patients),
            estimand=trial.estimand,
            control=trial.control,
            modifiers=stallpoint.Modifiers(explored=(name,)),
        )
    text = (study / "study.toml").read_text(encoding="utf-8").replace("explored = ['sex'", f"explored = ['{name}', 'sex'")
    (tmp_path / "study.toml").write_text(f'{text}\n[data]\nfolder = "{study / "data"}"\n', encoding="utf-8")
    assert "says who gained" in invoke("run", tmp_path, "--out", tmp_path / "out", code=3).stderr
    assert not (tmp_path / "out").exists()


def test_treatments_beside_a_person_promise_and_rank_nothing_even_with_evidence_of_ones_own(
    invoke: Invoke, person: Path, tmp_path: Path
) -> None:
    """A folder says that a drug is the best there is: its row is marked, and nothing follows from it."""
    (tmp_path / "claims.tsv").write_text(
        "id\tkind\tdirection\ttext\tdesign\ttag\tsource\ttreatments\tstanding\tlink\trole\n"
        "own1\tmarker\tsupports\tNfL fell.\trandomised\tseen\town\tcolchicine\tprimary\trelevant\tdownstream\n"
        "own2\tfunction\tsupports\tEverybody improved.\thuman observational\tseen\town\tcolchicine\tuncontrolled\t\t\n",
        encoding="utf-8",
    )
    (tmp_path / "sources.tsv").write_text("id\ttitle\nown\tOur own work\n", encoding="utf-8")
    said = invoke("profile", person, "--treatments", "--folder", tmp_path, "--out", tmp_path / "out").stdout
    page = Page((tmp_path / "out/profile.html").read_text(encoding="utf-8")).text
    record = json.loads((tmp_path / "out/treatments.json").read_text(encoding="utf-8"))
    for each in (said, page):
        assert_says_nothing_of_the_kind(each)
        assert "none is recommended" in each
        assert "nothing of one person" in each
    assert record["context"] == "research"
    assert record["limits"]
    names = [each["treatment"] for each in record["treatments"]]
    assert names == sorted(names, key=str.casefold)
    mine = next(each for each in record["treatments"] if each["treatment"] == "colchicine")
    assert mine["benefit"] == "not tested"
    assert mine["chain"]["answer"] == "cannot be told for one person"
    assert not {key for key in keys(record) if re.search(r"\brank|best|recommend|pick|prefer|winner|advice|responder|score", key)}


def test_the_words_of_a_run_a_profile_and_an_exposure(ran: Path, invoke: Invoke, person: Path, tmp_path: Path) -> None:
    assert_says_nothing_of_the_kind(Page((ran / "report.html").read_text(encoding="utf-8")).text)
    assert_says_nothing_of_the_kind((ran.parent / "said.txt").read_text(encoding="utf-8"))
    assert_says_nothing_of_the_kind((ran / "results.json").read_text(encoding="utf-8"))
    assert_says_nothing_of_the_kind(invoke("profile", person, "--prognosis", "--out", tmp_path).stdout)
    assert_says_nothing_of_the_kind(Page((tmp_path / "profile.html").read_text(encoding="utf-8")).text)
    person.write_text('[person]\nchild_pugh = "B"\nsmoker = true\n', encoding="utf-8")
    assert_says_nothing_of_the_kind(invoke("expose", "riluzole", "--profile", person, "--out", tmp_path).stdout)
    assert_says_nothing_of_the_kind(Page((tmp_path / "exposure.html").read_text(encoding="utf-8")).text)


def test_no_record_holds_a_rank_or_a_pick(ran: Path, invoke: Invoke, person: Path) -> None:
    records = [invoke("profile", person, "--json").stdout, invoke("expose", "riluzole", "--json").stdout]
    records += [invoke("combine", "--cover", "autophagy", "--cover", "neuroinflammation", "--json").stdout]
    for record in (*records, (ran / "results.json").read_text(encoding="utf-8")):
        found = set(keys(json.loads(record)))
        assert found
        assert not {key for key in found if re.search(r"\brank|best|recommend|pick|prefer|winner|advice|responder", key)}


def test_options_stand_by_evidence_and_name_and_not_by_merit(invoke: Invoke) -> None:
    said = json.loads(invoke("combine", "--cover", "autophagy", "--cover", "neuroinflammation", "--json").stdout)
    options = [(each["group"], tuple(each["drugs"])) for each in said["options"]]
    groups = list(dict.fromkeys(group for group, _ in options))
    assert len(options) > 3
    allowed = {"worth a study", "harm was seen", "refuted in people", "too little speaks for it"}
    assert {each["label"] for each in said["options"]} <= allowed
    assert options == sorted(options, key=lambda each: (groups.index(each[0]), each[1]))


def test_the_course_of_carriers_is_told_only_when_asked_for(invoke: Invoke, person: Path, tmp_path: Path) -> None:
    course = [each.claim for each in findings_of("SOD1", "A5V", zygosity="heterozygous") if each.about in ("course", "onset")]
    assert course
    unasked = [invoke("profile", person, "--out", tmp_path).stdout, invoke("profile", person, "--json").stdout]
    unasked += [(tmp_path / name).read_text(encoding="utf-8") for name in ("profile.html", "profile.json")]
    for said in unasked:
        assert not [claim for claim in course if claim in Page(said).text]
        assert not re.search(r"median survival|months to death|years to live|life expectancy", said)
    assert all("not shown unasked" in each for each in (unasked[0], unasked[2]))
    asked = invoke("profile", person, "--prognosis").stdout
    assert all(claim in asked for claim in course)


def test_no_command_computes_the_survival_of_one_person() -> None:
    """The models can, for whoever calls them by name and says when; no page, command or stage does."""
    named = re.compile(r"predict_person_|encals_(conditional_)?survival|encals_median|GROUP_MEDIANS")
    users = {file.relative_to(SOURCE).parts[0] for file in SOURCE.rglob("*.py") if named.search(file.read_text(encoding="utf-8"))}
    assert users == {"__init__.py", "clinical", "models"}


def test_scores_hold_no_time_to_death(study: Path, invoke: Invoke, tmp_path: Path) -> None:
    invoke("score", study / "data/visits.csv", "--out", tmp_path / "scores.csv")
    header = (tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()[0]
    assert not re.search(r"surviv|median|death|prognos", header)


def test_nobody_of_a_trial_is_named_in_its_report(ran: Path) -> None:
    for name in ("report.html", "results.json"):
        assert not re.search(r"P00\d\d", (ran / name).read_text(encoding="utf-8"))


def test_a_way_of_delivery_is_worth_a_study_at_best(invoke: Invoke) -> None:
    said = json.loads(invoke("expose", "riluzole", "--json").stdout)
    labels = {each["label"] for each in said["delivery"]}
    assert labels
    assert labels <= {"worth a study", "would matter little", "cannot tell", "not at the spinal cord"}


def test_no_one_is_a_responder_by_name() -> None:
    with pytest.raises(AttributeError):
        stallpoint.responders  # noqa: B018
    with pytest.raises(StallpointError):
        stallpoint.load_drug("the best drug for me")
