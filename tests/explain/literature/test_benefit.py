"""Statuses of benefit and of signals, from planted evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scipy.stats import beta

from stallpoint.core.claim import Claim
from stallpoint.explain.benefit import BENEFIT_HEADS, BENEFIT_WORDS, judge_benefit, judge_signals
from stallpoint.explain.outcomes import read_outcomes
from stallpoint.explain.replication import is_signal, replication_chance
from stallpoint.knowledge.evidence.base import without_source
from stallpoint.knowledge.evidence.load import load_evidence
from stallpoint.knowledge.evidence.records import Replication

BASE = load_evidence()
ROW = Claim(
    "one", "function", "supports", "said", "randomised", "seen", "phoenix", trial="t1", standing="primary", scale="difference",
    better="higher", value=2.0, low=1.0, high=3.0, control=6.0, n=100, known_from="2010",
)  # fmt: skip
NULL = replace(ROW, id="null", direction="null", value=0.0, low=-1.0, high=1.0, trial="t2", known_from="2012")
WIDE = replace(NULL, low=-6.0, high=6.0)
AGAINST = replace(NULL, id="against", direction="refutes")
HARM = replace(ROW, id="harm", direction="refutes", value=-2.0, low=-3.0, high=-1.0)
SIGNAL = replace(
    ROW, id="signal", kind="modifier", standing="post hoc", modifier="early", role="predictive", p=0.01, population="early"
)


def status(*claims, tests=()):
    base = replace(BASE, claims=claims, replications=tuple(Replication(s, t, o, "phoenix", "seen") for s, t, o in tests))
    return judge_benefit(base, claims, read_outcomes(base, claims)).status


@pytest.mark.parametrize(
    ("expected", "claims", "tests"),
    [
        ("not tested", (), ()),
        ("not tested", (SIGNAL,), ()),
        ("not established", (ROW,), ()),
        ("replicated", (ROW, replace(ROW, id="two", trial="t2")), ()),
        ("not established", (ROW, replace(ROW, id="two")), ()),
        ("contradicted", (ROW, AGAINST), ()),
        ("not confirmed", (ROW, AGAINST), (("one", "against", "not confirmed"),)),
        ("confirmed", (SIGNAL, ROW), (("signal", "one", "confirmed"),)),
        ("contradicted", (SIGNAL, ROW, AGAINST), (("signal", "one", "confirmed"),)),
        ("contradicted", (SIGNAL, ROW, AGAINST), (("signal", "one", "confirmed"), ("one", "against", "not confirmed"))),
        ("no benefit seen", (NULL,), ()),
        ("cannot tell yet", (WIDE,), ()),
        ("harm seen", (ROW, HARM), ()),
    ],
)
def test_the_status_follows_from_planned_results_alone(expected, claims, tests):
    assert status(*claims, tests=tests) == expected


def test_an_older_failure_does_not_undo_a_later_confirmation():
    older = replace(AGAINST, known_from="2005")
    assert status(SIGNAL, ROW, older, tests=(("signal", "one", "confirmed"),)) == "confirmed"


def test_a_failure_in_other_people_does_not_contradict():
    assert status(ROW, replace(ROW, id="two", trial="t3"), replace(AGAINST, population="advanced disease")) == "replicated"


def test_adding_only_groups_found_afterwards_never_changes_the_status():
    for claims in ((), (ROW,), (NULL,), (WIDE,), (ROW, AGAINST)):
        more = [replace(SIGNAL, id=f"s{number}", p=1e-9) for number in range(20)]
        assert status(*claims, *more) == status(*claims)


def test_every_status_has_its_words():
    assert set(BENEFIT_HEADS) == set(BENEFIT_WORDS)


@pytest.mark.parametrize(
    ("changed", "is_one"),
    [
        ({}, True),
        ({"p": 0.2}, False),
        ({"direction": "null"}, False),
        ({"role": "prognostic"}, False),
        ({"design": "human observational"}, False),
        ({"standing": "primary"}, False),
        ({"modifier": ""}, False),
    ],
)
def test_a_signal_is_a_benefit_in_a_group_of_randomised_people_that_was_not_asked_for(changed, is_one):
    assert is_signal(replace(SIGNAL, **changed), 0.05) is is_one


def test_a_prognostic_marker_is_never_a_signal():
    assert not any(each.claim.role == "prognostic" for each in judge_signals(BASE, BASE.claims))


def test_the_chance_of_a_signal_is_the_share_that_came_back_without_its_own_test():
    whole, own = replication_chance(BASE), replication_chance(BASE, signal="lithium_unc13a")
    assert own.tested == whole.tested - 1
    assert own.confirmed == whole.confirmed
    shape = beta(own.confirmed + 0.5, own.tested - own.confirmed + 0.5)
    assert (own.low, own.high) == pytest.approx(tuple(shape.ppf([0.025, 0.975])))
    assert "came back" in own.text
    assert "nothing says" in replication_chance(replace(BASE, replications=())).text


def test_without_its_test_a_signal_needs_confirmation_again():
    less = without_source(BASE, "magnet_stop_2025")
    (signal,) = (each for each in judge_signals(less, less.claims) if each.claim.id == "lithium_unc13a")
    assert signal.status == "needs confirmation"
