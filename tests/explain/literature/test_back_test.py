"""The release gate: with the evidence of its day the tool must have said the sober thing, and must not have argued a real effect away.

A handful of cases: sanity checks, not validation.
"""

from __future__ import annotations


def signal(answer, modifier):
    return next(each for each in answer.signals if each.claim.modifier == modifier)


def test_lithium_in_unc13a_was_a_signal_that_needs_confirmation(ask):
    then = signal(ask("lithium carbonate", "2022"), "UNC13A C/C")
    assert then.status == "needs confirmation"
    assert 0 < then.chance.middle < 0.5
    assert then.chance.tested >= 5
    now = signal(ask("lithium carbonate"), "UNC13A C/C")
    assert now.status == "not confirmed"
    assert now.test.id == "magnet_survival"
    assert ask("lithium carbonate", "2022").benefit.status == "no benefit seen"


def test_amx0035_was_not_established_and_was_not_confirmed(ask):
    assert ask("AMX0035", "2022").benefit.status == "not established"
    assert ask("AMX0035").benefit.status == "not confirmed"


def test_tofersen_engages_its_target_and_function_could_not_be_told(ask):
    then = ask("tofersen", "2022")
    engaged = then.reading("engaged")
    assert (engaged.standing, engaged.human) == ("supported", True)
    assert then.benefit.status == "cannot tell yet"
    assert then.stall.named not in ("taken", "absorbed", "delivered", "engaged", "relevant")


def test_methylcobalamin_was_a_signal_worth_confirming_and_was_confirmed(ask):
    then = ask("methylcobalamin", "2021")
    assert signal(then, "onset within 12 months").status == "needs confirmation"
    assert then.benefit.status == "cannot tell yet"
    now = ask("methylcobalamin")
    assert now.benefit.status == "confirmed"
    assert now.benefit.population == "onset within 12 months"


def test_edaravone_was_confirmed_once_and_then_contradicted(ask):
    assert ask("edaravone", "2016").benefit.status == "cannot tell yet"
    assert ask("edaravone", "2018").benefit.status == "confirmed"
    assert ask("edaravone").benefit.status == "contradicted"


def test_riluzole_helps_and_the_barrier_is_not_said_to_explain_it(ask):
    answer = ask("riluzole")
    assert answer.benefit.status == "replicated"
    assert answer.stall.named != "delivered"
    assert {claim.direction for claim in answer.pumps} == {"refutes", "null", "supports"}
    assert answer.exposure[0].barrier.answer != "exposure-limited"


def test_c9orf72_antisense_is_engaged_and_stalls_behind_its_target(ask):
    answer = ask("C9orf72 antisense")
    engaged = answer.reading("engaged")
    assert (engaged.standing, engaged.human) == ("supported", True)
    early = {link: share for link, share in answer.stall.probability.items() if link != "visible"}
    assert set(sorted(early, key=lambda link: early[link])[-2:]) == {"relevant", "timely"}
    assert early["relevant"] + early["timely"] > 4 * sum(early[link] for link in ("taken", "absorbed", "delivered", "engaged"))


def test_celecoxib_did_not_engage_its_target(ask):
    reading = ask("celecoxib").reading("engaged")
    assert (reading.standing, reading.human) == ("refuted", True)
    assert "engaged" in ask("celecoxib").possible


def test_phoenix_cannot_be_told_apart(ask):
    answer = ask("PHOENIX")
    assert answer.trial.name == "PHOENIX"
    assert answer.stall.answer == "cannot be told apart"
    assert answer.stall.named is None
    assert len(answer.stall.possible) >= 5


def test_nurown_lost_its_signal_in_rapid_progressors_and_has_one_left_that_was_found_afterwards(ask):
    assert signal(ask("NurOwn", "2019"), "rapid progression").status == "needs confirmation"
    assert signal(ask("NurOwn"), "rapid progression").status == "not confirmed"
    assert signal(ask("NurOwn"), "baseline ALSFRS-R").status == "needs confirmation"


def test_harm_is_called_harm_and_no_chain_explains_it(ask):
    for name in ("minocycline", "perampanel", "reldesemtiv"):
        assert ask(name).benefit.status == "harm seen"
        assert ask(name).stall is None


def test_ventilation_and_riluzole_are_not_argued_away(ask):
    assert ask("riluzole", "1997").benefit.status == "replicated"
    assert ask("non-invasive ventilation").benefit.status in ("not established", "replicated", "confirmed")
