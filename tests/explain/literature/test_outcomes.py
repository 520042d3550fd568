"""Results on one scale, against the arithmetic by hand and the derived table of the facts."""

from __future__ import annotations

import csv
from dataclasses import replace
from math import log, sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from stallpoint.core.claim import Claim
from stallpoint.explain.outcomes import error_of_one_person, harms, is_result, read_outcomes
from stallpoint.knowledge.evidence.load import load_evidence

BASE = load_evidence()
FACTS = next((up / "shared" / "facts" for up in Path(__file__).resolve().parents if (up / "shared" / "facts").is_dir()), None)
PLAIN = Claim(
    "x", "function", "null", "said", "randomised", "seen", "phoenix", trial="phoenix", standing="primary", better="higher", n=100
)


def read(claim: Claim):
    (found,) = read_outcomes(BASE, [claim])
    return found


def test_a_difference_is_a_share_of_what_controls_lost():
    found = read(replace(PLAIN, scale="difference", value=2.0, low=0.0, high=4.0, control=8.0))
    assert found.slowing == pytest.approx(0.25)
    assert found.interval == pytest.approx((0.0, 0.5))
    assert found.ground == "interval"


def test_a_ratio_is_what_it_takes_away():
    found = read(replace(PLAIN, scale="hazard ratio", better="lower", value=0.8, low=0.5, high=1.28))
    assert found.slowing == pytest.approx(0.2)
    assert found.std_error == pytest.approx(0.8 * log(1.28 / 0.5) / (2 * norm.isf(0.025)))


def test_a_p_value_stands_for_a_missing_interval():
    found = read(replace(PLAIN, scale="difference", value=2.0, control=8.0, p=0.05))
    assert found.std_error == pytest.approx(0.25 / norm.isf(0.025))
    assert found.ground == "p value"


def test_without_a_number_the_size_of_the_trial_speaks_and_no_effect_stands():
    small, large = read(PLAIN), read(replace(PLAIN, n=10_000))
    assert small.slowing == 0
    assert small.std_error == pytest.approx(10 * large.std_error)
    assert small.std_error == pytest.approx(error_of_one_person(BASE) / 10)
    assert small.ground == "size of the trial, no number"


@given(st.floats(0.001, 0.9), st.sampled_from(["supports", "refutes"]))
def test_a_result_on_another_scale_keeps_its_sign_and_its_distance_from_none(p, direction):
    value = 60.0 if direction == "supports" else 40.0
    claim = replace(PLAIN, scale="share", value=value, control=50.0, p=p, direction=direction)
    found = read(claim)
    assert found.slowing / found.std_error == pytest.approx((1 if direction == "supports" else -1) * norm.isf(p / 2))


def test_groups_found_afterwards_people_without_controls_and_links_are_no_result():
    for changed in (
        {"standing": "post hoc"},
        {"standing": "uncontrolled"},
        {"design": "human observational"},
        {"link": "timely"},
        {"kind": "marker"},
    ):
        assert not is_result(replace(PLAIN, **changed))
        assert read_outcomes(BASE, [replace(PLAIN, **changed)]) == ()


def test_one_outcome_a_trial_the_primary_with_a_number_first():
    primary = replace(PLAIN, id="b", scale="difference", value=1.0, low=0.0, high=2.0, control=4.0)
    assert read_outcomes(BASE, [PLAIN, replace(primary, id="a", standing="secondary"), primary])[0].claim.id == "b"


@pytest.mark.parametrize(
    ("changed", "harmful"),
    [
        ({"scale": "difference", "value": -2.0, "low": -3.0, "high": -1.0}, True),
        ({"scale": "difference", "value": -2.0, "low": -5.0, "high": 1.0}, False),
        ({"scale": "hazard ratio", "better": "lower", "value": 2.0, "low": 1.5, "high": 3.0}, True),
        ({"scale": "hazard ratio", "better": "lower", "value": 0.5, "low": 0.3, "high": 0.9}, False),
        ({"scale": "share", "value": 1.0, "low": 0.5, "high": 2.0}, False),
        ({}, False),
    ],
)
def test_harm_is_an_interval_wholly_on_that_side(changed, harmful):
    assert harms(replace(PLAIN, **changed)) is harmful


def test_the_spread_of_a_trial_follows_its_size():
    spread = error_of_one_person(BASE)
    held = [each for each in read_outcomes(BASE, BASE.claims) if each.ground in ("interval", "p value") and each.claim.n]
    ratios = [each.std_error * sqrt(each.claim.n) / spread for each in held]
    assert len(held) >= 15
    assert 0.5 < sorted(ratios)[len(ratios) // 2] < 2


@pytest.mark.skipif(FACTS is None, reason="the facts that the rows come from are not here")
def test_slowing_agrees_with_the_derived_table():
    with (FACTS / "effects_derived.tsv").open(encoding="utf-8") as file:
        told = {row["trial"]: float(row["pct_slowing"]) / 100 for row in csv.DictReader(file, delimiter="\t")}
    found = {each.claim.trial: each.slowing for each in read_outcomes(BASE, BASE.claims)}
    pairs = {"valor": "VALOR (fast)", "phoenix": "PHOENIX", "centaur": "CENTAUR", "mci186_19": "MCI186-19", "mci186_16": "MCI186-16",
             "adore": "ADORE", "minocycline_wals": "Minocycline"}  # fmt: skip
    for trial, name in pairs.items():
        assert found[trial] == pytest.approx(told[name], abs=0.012), trial
