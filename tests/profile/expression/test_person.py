from __future__ import annotations

import numpy as np
import pytest
from expression_world import invent

from stallpoint.core.expression import Expression
from stallpoint.profile.expression.activity import score_pathways
from stallpoint.profile.expression.person import place_sample, rank_p
from stallpoint.profile.expression.read import pathway_states
from stallpoint.profile.expression.subtype import abstain_from_subtype

Sets = dict[str, frozenset[str]]


def test_ranks_hold_whatever_the_distribution() -> None:
    """1,500 values among 19 controls of a heavy-tailed kind: p at most 0.05 in 1 of 20, Monte Carlo standard error 0.0056."""
    rng = np.random.default_rng(21)
    p = np.array([rank_p(each[0], each[1:]) for each in rng.standard_t(1.5, (1500, 20))])
    assert (p <= 0.05 + 1e-9).mean() == pytest.approx(0.05, abs=0.0168)
    assert p.min() == pytest.approx(1 / 20)


def states(sets: Sets, controls: int, by: float) -> dict[str, str]:
    rng = np.random.default_rng(22)
    expression = invent(rng, sets, controls + 1)
    values = expression.values.copy()
    values[0, [gene in sets["macroautophagy (GO:0016236)"] for gene in expression.genes]] += by
    moved = Expression(expression.samples, expression.genes, values)
    found = place_sample(score_pathways(moved, sets), "s0", expression.samples[1:], tissue="cortex")
    return {each.pathway: f"{each.answer} {each.reason}".strip() for each in found}


def test_enough_controls_see_it_and_too_few_say_so(sets: Sets) -> None:
    many = states(sets, 150, 1.5)
    assert many["autophagy"] == "higher"
    assert {each for name, each in many.items() if name != "autophagy"} == {"not altered"}
    assert states(sets, 30, 1.5)["autophagy"] == "cannot tell with 30 controls and 6 pathways no p below 0.19 is possible"
    assert states(sets, 5, 1.5)["autophagy"] == "cannot tell 5 controls are too few"


def test_no_subtype_is_given_and_its_limits_are_said() -> None:
    said = abstain_from_subtype()
    assert said.probabilities == ()
    assert said.answer == "cannot tell"
    assert "46% to 67%" in said.caution
    assert "no subtype is tied to a treatment" in said.caution


def test_a_control_named_twice_counts_once(sets: Sets) -> None:
    """Eleven times the same control is one control, which is too few."""
    expression = invent(np.random.default_rng(23), sets, 12)
    said = pathway_states(expression, sets, sample="s0", controls=["s1"] * 11, tissue="cortex", place="x")[0]
    assert {each.reason for each in said} == {"1 controls are too few"}
