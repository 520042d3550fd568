"""What virtual trials hang on: inputs that do nothing make nothing, and what decides is seen."""

import numpy as np
import polars as pl
import pytest

from stallpoint.knowledge.drugs import load_drug
from stallpoint.knowledge.mechanism import load_mechanism
from stallpoint.mechanism.sensitivity import CLASSES, MOVES, OUTPUTS, STATES, find_drivers, knowledge_of
from stallpoint.mechanism.treatment import prepare_treatment
from stallpoint.mechanism.trial import TrialPlan
from stallpoint.mechanism.virtual_people import Entry

KNOWN = load_mechanism()


@pytest.fixture(scope="module")
def drivers() -> pl.DataFrame:
    treatment = prepare_treatment(load_drug("tofersen"), known=KNOWN, rng=np.random.default_rng(1), draws=128)
    plan = TrialPlan(20, 20, 12, 4, Entry(genotype="SOD1"))
    return find_drivers(treatment, plan, known=KNOWN, rng=np.random.default_rng(1), count=4, single=True)


def total(drivers: pl.DataFrame, output: str, group: str) -> float:
    return float(drivers.filter(pl.col("output") == output, pl.col("group") == group)["total"][0])


def test_every_output_has_every_class_and_is_driven_by_assumption(drivers: pl.DataFrame) -> None:
    classes = drivers.filter(pl.col("knowledge") == "")
    assert set(classes["group"]) == set(CLASSES)
    assert set(classes["output"]) == set(OUTPUTS)
    assert drivers["driven_by_assumption"].all()


def test_noise_of_visits_and_of_the_assay_make_nothing_of_effects_without_chance(drivers: pl.DataFrame) -> None:
    for output in OUTPUTS:
        assert total(drivers, output, "residual sd") == 0
        assert total(drivers, output, "nfl measurement log sd") == 0
        assert total(drivers, output, "withdrawal early") == 0


def test_whether_the_target_moves_its_pathway_counts(drivers: pl.DataFrame) -> None:
    assert all(total(drivers, output, MOVES) > 0.05 for output in OUTPUTS)


def test_a_number_computed_from_people_is_derived_and_one_read_there_is_measured() -> None:
    assert knowledge_of("human", "seen") == "measured in humans"
    assert knowledge_of("human", "derived") == "derived"
    assert knowledge_of("assumed", "assumed") == "assumed"
    assert knowledge_of("animal", "derived") == "animal"


def test_what_a_molecular_state_means_is_one_more_assumption_and_counts_only_where_it_is_asked_for() -> None:
    treatment = prepare_treatment(load_drug("ibudilast"), known=KNOWN, rng=np.random.default_rng(1), draws=128)
    plain, asked = (
        find_drivers(
            treatment,
            TrialPlan(20, 20, 12, 4, Entry(states=states)),
            known=KNOWN,
            rng=np.random.default_rng(2),
            count=4,
            single=True,
        )
        for states in ({}, {"raised-crp": 1.0})
    )
    assert STATES not in plain["group"].to_list()
    rows = asked.filter(pl.col("group") == STATES)
    assert set(rows["knowledge"]) == {"assumed"}
    assert (rows["total"] > 0).any()
