"""A molecular state or subtype is no reason to give a drug: not by name, command, file or page, and never of one person."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest
import typer
from tests.guards.conftest import FORMULA, PROMPT, TAG, Invoke, Page
from tests.guards.test_person import SOURCE, assert_says_nothing_of_the_kind, keys

from stallpoint.cli.main import app
from stallpoint.core.errors import DrugError
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.molecular_states import load_molecular_states, load_state_claims
from stallpoint.mechanism import molecular_states, with_states
from stallpoint.mechanism.molecular_states import ask_states
from stallpoint.profile.expression.subtype_reference import SUBTYPES
from stallpoint.study.simulate import simulate_drug

SMALL = ("--treated", "4", "--control", "4", "--weeks", "8", "--repeats", "2")


def test_no_function_leads_from_a_state_to_a_drug() -> None:
    """States reach no function that holds several drugs, and what reads them knows no drug file."""
    for module in (molecular_states, with_states):
        assert not re.search(r"load_drugs?\b|find_drug|core\.drug", inspect.getsource(module))
    readers = {file.name for file in SOURCE.rglob("*.py") if "load_molecular_states" in file.read_text(encoding="utf-8")}
    assert not readers & {file.name for file in SOURCE.rglob("*.py") if "load_drugs()" in file.read_text(encoding="utf-8")}


def test_no_command_takes_a_state_without_a_drug_that_was_named_first(invoke: Invoke) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    taking = {name for name, command in commands.items() for each in command.params if "--state" in each.opts}
    assert taking == {"simulate"}
    invoke("simulate", "--state", "ALS-Glia", code=2)
    for subtype in SUBTYPES:
        invoke("simulate", subtype, code=8)


def test_it_is_never_of_an_identified_person(invoke: Invoke, tmp_path: Path) -> None:
    """The command knows no person; a profile's subtype leads to no simulation, and its file can name none."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert not {opt for each in commands["simulate"].params for opt in each.opts} & {"--profile", "--person", "--patient"}
    invoke("simulate", "riluzole", *SMALL, "--profile", tmp_path / "person.toml", code=2)
    assert not {"person", "profile", "patient"} & set(inspect.signature(simulate_drug).parameters)
    for file in (SOURCE / "profile").rglob("*.py"):
        assert "molecular_states" not in file.read_text(encoding="utf-8"), file.name
    for file in (SOURCE / "explain").rglob("*.py"):
        assert "molecular_states" not in file.read_text(encoding="utf-8"), file.name
    subtype = {"probabilities": [["ALS-Glia", 0.9]], "answer": "ALS-Glia", "reason": "", "caution": "", "treatment": "ibudilast"}
    record = {"schema": "stallpoint.profile/1", "person": "X", "subtype": subtype}
    (tmp_path / "person.json").write_text(json.dumps(record), encoding="utf-8")
    invoke("profile", tmp_path / "person.json", code=3)


def test_a_persons_subtype_brings_no_drug_to_their_page(invoke: Invoke, tmp_path: Path) -> None:
    """With a subtype the same drugs are named as without one: riluzole, which a person may be on."""
    subtype = {"probabilities": [["ALS-Glia", 0.9]], "answer": "ALS-Glia", "reason": "", "caution": "no treatment is tied to it"}
    named = []
    for parts in ({}, {"subtype": subtype}):
        record = {"schema": "stallpoint.profile/1", "person": "X", **parts}
        (tmp_path / "person.json").write_text(json.dumps(record), encoding="utf-8")
        said = invoke("profile", tmp_path / "person.json", "--out", tmp_path / "out").stdout
        text = said + Page((tmp_path / "out" / "profile.html").read_text(encoding="utf-8")).text
        assert "simulate" not in text
        assert ("ALS-Glia" in text) == bool(parts)
        named.append({drug.name for drug in load_drugs() if re.search(rf"\b{re.escape(drug.name)}\b", text)})
    assert named[0] == named[1]


@pytest.mark.parametrize("drug", ["ibudilast", "riluzole"])
def test_its_words_pick_nothing_and_say_first_what_speaks_against(invoke: Invoke, tmp_path: Path, drug: str) -> None:
    said = invoke("simulate", drug, *SMALL, "--state", "ALS-Glia=0.7", "--state", "ALS-Ox=0.3", "--out", tmp_path).stdout
    page = Page((tmp_path / "simulation.html").read_text(encoding="utf-8"))
    record = (tmp_path / "simulation.json").read_text(encoding="utf-8")
    assert page.acting == []
    for text in (said, page.text, record):
        assert_says_nothing_of_the_kind(text)
        assert "No treatment is tied to a state or a subtype" in text
        assert "no reason to give a drug to anybody" in text
        assert "no trial can choose people by it" in text
    for text in (said, page.text):
        assert text.index("What speaks against it") < text.index("Shares of virtual trials")
    found = set(keys(json.loads(record)))
    assert not {key for key in found if re.search(r"\brank|best|recommend|pick|prefer|winner|advice|responder|suit|match", key)}


def test_no_claim_of_a_state_speaks_for_a_treatment() -> None:
    drugs = [drug.name.lower() for drug in load_drugs()]
    for each in load_state_claims():
        assert_says_nothing_of_the_kind(each.claim)
        assert each.direction != "supports" or not [name for name in drugs if name in each.claim.lower()]
    for state in load_molecular_states().values():
        assert_says_nothing_of_the_kind(f"{state.measured} {state.note}")


@pytest.mark.parametrize("name", [TAG, FORMULA, PROMPT, "ALS-Ox: give edaravone", "tofersen", "ALS-Glia\x00", "normal"])
def test_hostile_and_invented_states_are_refused(invoke: Invoke, name: str) -> None:
    with pytest.raises(DrugError):
        ask_states({name: 1.0})
    if "\x00" not in name:
        invoke("simulate", "riluzole", *SMALL, "--state", name, code=8)


@pytest.mark.parametrize("said", ["normal", "negative", "unknown", "not tested", "untested"])
def test_missing_is_never_normal_nor_absent(invoke: Invoke, said: str) -> None:
    """A state that was not measured is left out; there is no word for it that could be taken for absent."""
    assert "is no share" in invoke("simulate", "riluzole", *SMALL, "--state", f"ALS-Glia={said}", code=8).stderr
