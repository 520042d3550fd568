from typing import get_args

import pytest

from stallpoint.core.source import EvidenceClass, Tag
from stallpoint.knowledge.intrathecal import (
    load_antibody_facts,
    load_ceftriaxone_facts,
    load_covariate_limits,
    load_label_schedules,
    load_linear_models,
    load_tofersen_facts,
)
from stallpoint.knowledge.sources import load_sources
from stallpoint.knowledge.tsv import read_bundled_rows

MODELS = load_linear_models()
SOURCES = load_sources()
TABLES = ["models", "parameters", "covariates", "schedules", "tofersen", "ceftriaxone", "antibody"]
FACTS = [*load_tofersen_facts().values(), *load_ceftriaxone_facts().values(), *load_antibody_facts().values()]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_source_a_legal_tag_and_a_legal_class(table):
    for row in read_bundled_rows(f"intrathecal/{table}.tsv"):
        assert row["source"] in SOURCES, row
        assert row["tag"] in get_args(Tag), row
        assert row["evidence"] in get_args(EvidenceClass), row
        assert (row["tag"] == "assumed") == (row["evidence"] == "assumed") == (row["source"] == "modelling_choice"), row


@pytest.mark.parametrize("table", ["tofersen", "ceftriaxone", "antibody"])
def test_keys_of_facts_are_unique(table):
    keys = [row["key"] for row in read_bundled_rows(f"intrathecal/{table}.tsv")]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.key)
def test_values_lie_in_their_ranges(fact):
    assert fact.low is None or fact.low <= fact.value
    assert fact.high is None or fact.value <= fact.high


def test_models_have_the_published_numbers_of_states():
    assert {name: len(model.states) for name, model in MODELS.items()} == {"tominersen": 6, "nusinersen": 4, "monkey": 15}


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_no_parameter_is_idle(model):
    used = {state.volume for state in model.states}
    used |= {key for flow in model.flows for key in (flow.rate, flow.clearance, flow.volume)}
    assert set(model.parameters) <= used


def test_every_covariate_has_a_limit_that_holds_its_reference():
    limits = load_covariate_limits()
    for model in MODELS.values():
        for name, reference in model.covariates.items():
            assert limits[name].low <= reference <= limits[name].high


def test_the_corrected_constant_is_in_use():
    cranial = {
        flow.rate for flow in MODELS["monkey"].flows if flow.destination == "plasma" and flow.origin.startswith(("prox", "dist"))
    }
    assert cranial == {"cranial_csf_to_blood"}


def test_regional_weights_add_up_to_1():
    weights = [fact.value for key, fact in load_tofersen_facts().items() if key.startswith("csf_weight_")]
    assert sum(weights) == pytest.approx(1)


def test_studied_doses_hold_the_dose_of_the_label():
    for label in load_label_schedules().values():
        assert label.dose_range_mg[0] <= label.dose_mg <= label.dose_range_mg[1]
