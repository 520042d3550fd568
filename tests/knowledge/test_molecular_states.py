"""Molecular states as data: wide, with what speaks against and for, and tied to no treatment."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from stallpoint.core.source import DIRECTIONS, EvidenceClass, Tag
from stallpoint.knowledge.drugs import load_drugs
from stallpoint.knowledge.molecular_states import (
    SHIFTED,
    MolecularState,
    StateClaim,
    load_molecular_states,
    load_state_claims,
)
from stallpoint.knowledge.pathways import load_subtype_facts
from stallpoint.knowledge.sources import load_sources
from stallpoint.profile.expression.subtype_reference import SUBTYPES

STATES = tuple(load_molecular_states().values())


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_every_state_shifts_something_and_may_shift_nothing(state: MolecularState) -> None:
    assert (state.evidence, state.tag, state.source) == ("assumed", "assumed", "modelling_choice")
    assert state.note
    assert state.measured
    assert len(state.factors) == len(SHIFTED)
    supposed = np.array([each for each in state.factors if each is not None])
    assert len(supposed)
    assert (supposed * np.exp(-1.96 * state.spread) < 1).all()
    assert (supposed * np.exp(1.96 * state.spread) > 1).all()
    assert 0 < state.share[0] < state.share[1] < 1


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_every_state_has_what_speaks_against_it_and_for_it_in_that_order(state: MolecularState) -> None:
    said = [each.direction for each in load_state_claims() if each.state == state.name]
    assert {"refutes", "supports"} <= set(said)
    assert said == sorted(said, key=DIRECTIONS.index)


def test_every_claim_is_of_a_state_with_a_known_source_and_tag() -> None:
    for each in load_state_claims():
        assert each.state in load_molecular_states()
        assert each.source in load_sources()
        assert each.evidence in get_args(EvidenceClass)
        assert each.tag in get_args(Tag)
        assert each.claim
        assert (each.tag == "assumed") == (each.source == "modelling_choice")


def test_subtypes_are_those_of_a_profile_divide_everybody_and_have_their_published_shares() -> None:
    subtypes = [state for state in STATES if state.when == "after death"]
    assert {state.name for state in subtypes} == set(SUBTYPES)
    assert len({state.question for state in subtypes}) == 1
    facts = load_subtype_facts()
    for name, key in (("ALS-Ox", "share_ox"), ("ALS-Glia", "share_glia"), ("ALS-TE/TD", "share_td")):
        low, high = load_molecular_states()[name].share
        assert low < facts[key] < high


def test_the_page_of_states_tells_them_all() -> None:
    page = (Path(__file__).parents[2] / "docs/molecular_states.md").read_text(encoding="utf-8")
    told = [line for line in page.splitlines() if line.startswith("| `")]
    assert told == [f"| `{state.name}` | {state.measured} | {state.when} |" for state in STATES]


def test_no_state_has_a_place_for_a_treatment_and_none_is_described_by_one() -> None:
    held = [each.name for kind in (MolecularState, StateClaim) for each in fields(kind)]
    assert not [name for name in held if re.search(r"drug|treat|dose|therap|trial", name)]
    drugs = [drug.name.lower() for drug in load_drugs()]
    for state in STATES:
        said = f"{state.name} {state.question} {state.note}".lower()
        assert not [name for name in drugs if name in said]


def test_a_drug_is_named_in_a_claim_only_where_it_speaks_against_or_leaves_open() -> None:
    drugs = [drug.name.lower() for drug in load_drugs()]
    supporting = " ".join(each.claim.lower() for each in load_state_claims() if each.direction == "supports")
    assert not [name for name in drugs if name in supporting]
