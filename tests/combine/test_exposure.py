"""Exposure interactions: closed forms, time, and the known harm cases."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stallpoint.combine.clearance import (
    InteractionError,
    clearance_induced,
    clearance_left,
    inhibited_share,
    total_after_displacement,
)
from stallpoint.combine.drug_pair import PairOfDrugsError, answer_drug_pair
from stallpoint.combine.dynamic import Inducer, Inhibitor, Victim, follow_interaction
from stallpoint.combine.exposure_interaction import judge_exposure_interaction
from stallpoint.combine.regimens import RegimenError, cover_pathways, describe_regimen
from stallpoint.knowledge.drugs import load_drug, load_drugs

VICTIM = Victim(math.log(2) / 12, 2.0, 12.0, 0.75)


def judge(victim, partner):
    return judge_exposure_interaction(load_drug(victim), partner, rng=np.random.default_rng(1))


def test_steady_levels_by_hand():
    assert inhibited_share(2.0, 2.0) == 0.5
    assert clearance_left(0.75, 0.4) == pytest.approx(0.7)
    assert clearance_induced(0.75, 1.75) == pytest.approx(1.5625)
    assert total_after_displacement(2.0) == 0.5
    for wrong in (lambda: inhibited_share(-1, 1), lambda: clearance_left(1.2, 0.5), lambda: total_after_displacement(0.5)):
        with pytest.raises(InteractionError):
            wrong()
    with pytest.raises(InteractionError):
        clearance_induced(0.5, 0.0)


def test_in_time_nothing_changes_without_a_partner():
    assert follow_interaction(VICTIM, days=3).area_ratio == pytest.approx([1, 1, 1], abs=1e-5)


def test_induction_ends_where_the_steady_level_says_and_takes_days():
    found = follow_interaction(VICTIM, days=20, inducer=Inducer(1.75, 39.0))
    assert found.final == pytest.approx(1 / float(clearance_induced(0.75, 1.75)), rel=1e-3)
    assert found.area_ratio[0] > 0.9
    assert (np.diff(found.area_ratio) < 1e-9).all()


def test_an_inhibitor_that_hardly_moves_gives_the_steady_ratio_and_one_that_comes_and_goes_less():
    steady = 1 / float(clearance_left(0.75, 0.5))
    often = follow_interaction(VICTIM, days=12, inhibitor=Inhibitor(1.0, 6.0, 1.0))
    rarely = follow_interaction(VICTIM, days=12, inhibitor=Inhibitor(1.0, 2.0, 24.0))
    assert often.final == pytest.approx(steady, rel=5e-3)
    assert 1 < rarely.final < often.final


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: follow_interaction(VICTIM, days=0),
        lambda: follow_interaction(Victim(0.1, 1.0, 7.0, 0.5), days=2),
        lambda: follow_interaction(Victim(0.1, 1.0, 12.0, 1.5), days=2),
        lambda: follow_interaction(VICTIM, days=2, inhibitor=Inhibitor(-1.0, 6.0, 12.0)),
    ],
)
def test_what_cannot_be_followed_is_named(wrong):
    with pytest.raises(InteractionError):
        wrong()


def test_minocycline_may_raise_riluzole_and_harm_comes_first():
    answer = answer_drug_pair("riluzole", "minocycline", seed=1)
    (raised,) = [each for each in answer.exposure if each.victim == "riluzole"]
    assert raised.answer == "may raise"
    assert raised.site.low >= 1
    assert raised.site.high > 1.3
    assert raised.plasma.high == 1
    assert raised.ceiling_animal == pytest.approx(4.6 / 2.4)
    assert answer.evidence[0].direction == "harm"
    assert "harm was seen" in answer.headline
    assert answer.regimen is not None
    assert answer.regimen.label == "harm was seen"


def test_enzyme_interactions_of_riluzole_point_the_right_way():
    inhibited, induced = judge("riluzole", "ciprofloxacin"), judge("riluzole", "tobacco smoke")
    assert inhibited.answer == "may raise"
    assert induced.answer == "lowers"
    assert induced.site.middle == pytest.approx(1 / 1.5625, rel=0.05)
    assert inhibited.dynamic is not None
    assert induced.dynamic is not None
    assert inhibited.dynamic.final == pytest.approx(inhibited.plasma.middle, rel=0.05)
    assert inhibited.share is not None
    assert inhibited.share.middle > 0


def test_displaced_binding_lowers_the_total_and_not_what_acts():
    found = judge("riluzole", "valproic acid")
    assert found.total.middle < 0.95
    assert found.site.low == found.site.high == 1
    assert found.answer == "no matter"


def test_what_shares_no_known_pathway_says_so():
    found = judge("creatine", "minocycline")
    assert found.answer == "none known"
    assert "not to know" in found.why


def test_a_label_is_never_above_worth_a_study_and_harm_outranks_support():
    labels = {"worth a study", "harm was seen", "refuted in people", "too little speaks for it"}
    options = cover_pathways(["glutamate excitotoxicity", "neuroinflammation"], load_drugs())
    assert options
    assert {each.label for each in options} <= labels
    assert all(not each.uncovered for each in options)
    assert [(each.group, each.drugs) for each in options] == sorted(
        ((each.group, each.drugs) for each in options), key=lambda each: ([o.group for o in options].index(each[0]), each[1])
    )
    amx = describe_regimen([load_drug("sodium phenylbutyrate"), load_drug("taurursodiol")])
    assert amx.label == "refuted in people"
    assert amx.shared_toxicities == ("gut",)


def test_missing_toxicity_is_said_and_never_taken_as_none():
    found = describe_regimen([load_drug("riluzole"), load_drug("inosine")])
    assert found.toxicity_unknown == ("inosine",)


def test_an_unknown_pathway_or_drug_is_named():
    with pytest.raises(RegimenError, match="no drug touches"):
        cover_pathways(["glutamat"], load_drugs())
    for pair in (("riluzole", "Rilutek"), ("riluzole", "riluzol"), ("tobacco smoke", "fluvoxamine")):
        with pytest.raises(PairOfDrugsError):
            answer_drug_pair(*pair, seed=1)


def test_amx0035_says_that_single_arms_are_missing():
    answer = answer_drug_pair("phenylbutyrate", "taurursodiol", seed=1)
    assert "single arms are missing" in answer.headline
    assert "no benefit was confirmed in people" in answer.headline
