"""What is said of a link: people first, controls first, nothing found afterwards, no marker."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.core.claim import Claim
from stallpoint.core.link import build_chain
from stallpoint.core.parameter import LINKS
from stallpoint.explain.link_reading import draw_shares, read_links
from stallpoint.explain.literature_chain import draw_literature_chain, see_chance
from stallpoint.explain.outcomes import Outcome
from stallpoint.explain.stall import find_stall
from stallpoint.exposure.verdict import Verdict
from stallpoint.knowledge.chain import load_chain_assumptions
from stallpoint.knowledge.literature import load_literature_assumptions

SAID = Claim("a", "engagement", "supports", "said", "randomised", "seen", "phoenix", link="engaged")
UNKNOWN = load_chain_assumptions()["prior_impeded"]
KNOWN = load_literature_assumptions()


def on(link, claims, verdict=None):
    return next(each for each in read_links(claims, verdict) if each.link == link)


@pytest.mark.parametrize(
    ("claims", "standing", "human", "impeded"),
    [
        ([], "unknown", False, UNKNOWN),
        ([{}], "supported", True, KNOWN["impeded_supported_in_people"] / 4),
        ([{"direction": "refutes"}], "refuted", True, KNOWN["impeded_refuted_in_people"]),
        ([{}, {"direction": "refutes"}], "divided", True, UNKNOWN),
        ([{"direction": "null"}], "unknown", False, UNKNOWN),
        ([{"standing": "uncontrolled"}], "supported", True, KNOWN["impeded_supported_elsewhere"]),
        ([{"standing": "uncontrolled"}, {"direction": "refutes"}], "refuted", True, KNOWN["impeded_refuted_in_people"]),
        ([{"design": "animal"}], "supported", False, KNOWN["impeded_supported_elsewhere"]),
        ([{"design": "in vitro", "direction": "refutes"}], "refuted", False, KNOWN["impeded_refuted_elsewhere"]),
        ([{"design": "animal"}, {"direction": "refutes"}], "refuted", True, KNOWN["impeded_refuted_in_people"]),
        ([{"standing": "post hoc"}], "unknown", False, UNKNOWN),
        ([{"kind": "marker"}], "unknown", False, UNKNOWN),
    ],
)
def test_standing_follows_from_who_showed_what(claims, standing, human, impeded):
    reading = on("engaged", [replace(SAID, id=str(at), **each) for at, each in enumerate(claims)])
    assert (reading.standing, reading.human) == (standing, human)
    assert reading.impeded == pytest.approx(impeded)


def test_a_target_that_answered_in_people_was_reached():
    for link in ("taken", "absorbed", "delivered"):
        assert on(link, [SAID]).through == "engaged"
        assert on(link, [replace(SAID, design="animal")]).standing == "unknown"
    refuted = replace(SAID, id="b", link="taken", direction="refutes")
    assert on("taken", [SAID, refuted]).standing == "refuted"
    assert on("relevant", [SAID]).standing == "unknown"


def test_a_computation_speaks_of_delivery_only_where_nobody_measured():
    limited = Verdict("exposure-limited", "said", 0.9, 0.1)
    assert on("delivered", [], limited).standing == "refuted"
    assert on("delivered", [], replace(limited, answer="unknown")).standing == "unknown"
    assert on("delivered", [], replace(limited, limited=None)).standing == "unknown"
    assert on("delivered", [replace(SAID, link="delivered")], limited).standing == "supported"


def test_ways_past_the_barrier_say_nothing_of_the_plain_drug():
    assert on("delivered", [replace(SAID, link="delivered", mechanism="delivery")]).standing == "unknown"


def test_shares_impede_as_often_as_was_said():
    reading = replace(on("engaged", []), impeded=0.3)
    shares = draw_shares(reading, 40_000, rng=np.random.default_rng(1))
    passing = np.mean(np.random.default_rng(2).beta(8, 1, 40_000) < 0.5)
    impeding = np.mean(np.random.default_rng(2).beta(1, 4, 40_000) < 0.5)
    assert np.mean(shares < 0.5) == pytest.approx(0.3 * impeding + 0.7 * passing, abs=0.01)


def chain_of(claims, slowing, error, markers=()):
    claim = replace(SAID, id="o", kind="function", link=None, trial="phoenix", standing="primary")
    outcomes = [Outcome(claim, slowing, error, "interval")]
    return draw_literature_chain("it", read_links(claims, None), outcomes, markers, rng=np.random.default_rng(1))


def test_results_move_the_chain_the_way_they_point():
    good, none = chain_of([], 0.5, 0.05), chain_of([], 0.0, 0.05)
    assert good.expected[1] > 0.3 > 0.05 > none.expected[1]
    assert find_stall(good.chain).no_stall > 0.7
    assert find_stall(none.chain).no_stall < 0.1
    assert build_chain("again", none.chain.transmissions).subject == "again"


def test_a_trial_too_small_to_see_is_the_reason_that_is_named():
    passing = [replace(SAID, id=link, link=link) for link in ("engaged", "relevant", "timely")]
    assert find_stall(chain_of(passing, 0.2, 0.6).chain).named == "visible"


def test_a_marker_that_fell_speaks_for_the_links_up_to_relevant_and_for_no_later_one():
    marker = replace(SAID, id="m", kind="marker", role="downstream", link="relevant")
    fell, stayed = (chain_of([], 0.0, 0.1, [replace(marker, direction=way)]) for way in ("supports", "null"))
    difference = fell.chain.draws.mean(axis=0) - stayed.chain.draws.mean(axis=0)
    assert (difference[: LINKS.index("timely")] > 0.03).all()
    assert difference[LINKS.index("timely")] < 0.02


def test_what_a_trial_could_see_is_its_power():
    outcome = Outcome(SAID, 0.0, 0.1, "interval")
    assert see_chance(np.array([0.0, 0.19600, 0.5]), [outcome]) == pytest.approx([0.025, 0.5, 0.9988], abs=0.001)
    assert see_chance(np.array([0.2]), [outcome, outcome])[0] > see_chance(np.array([0.2]), [outcome])[0]
