"""The barrier: the worked table of riluzole, and what must hold for any drug."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.exposure.barrier import (
    WITHOUT_PGP,
    BarrierError,
    Efflux,
    PumpState,
    TotalRatio,
    efflux_index_from_knockout,
    inhibited_share,
    relative_ratio,
    scale_by_abundance,
    scale_total_ratio,
    unbound_from_total,
    unbound_ratio,
)

index = st.floats(0, 50)
activity = st.floats(0, 30)
share = st.floats(0, 1)
states = st.builds(PumpState, activity, activity, share, share, st.floats(0, 10))

# Mouse brain to plasma AUC ratio of riluzole, 2.4 in wild type and 4.6 in mdr1a(-/-): Milane 2009.
WILD_TYPE, KNOCK_OUT = 2.4, 4.6
# Human and mouse P-gp in brain vessels, fmol/ug: Uchida 2011.
HUMAN_PGP, MOUSE_PGP = 6.06, 14.1


def riluzole():
    return Efflux(pgp=efflux_index_from_knockout(KNOCK_OUT / WILD_TYPE))


@pytest.mark.parametrize(("pgp_activity", "expected"), [(0, 4.6), (0.5, 3.15), (1, 2.40), (1.5, 1.94), (2, 1.62), (3, 1.23)])
def test_brain_ratio_of_riluzole_by_activity(pgp_activity, expected):
    scaled = scale_total_ratio(TotalRatio(WILD_TYPE), riluzole(), PumpState(pgp_activity=pgp_activity))
    assert scaled.value == pytest.approx(expected, abs=0.006)


def test_doubling_pgp_costs_a_third_in_mice_and_a_fifth_at_human_abundance():
    assert riluzole().pgp == pytest.approx(0.92, abs=0.004)
    doubled = PumpState(pgp_activity=2)
    assert 1 - relative_ratio(riluzole(), doubled) == pytest.approx(0.32, abs=0.005)
    human = Efflux(pgp=scale_by_abundance(riluzole().pgp, measured_in=MOUSE_PGP, wanted_in=HUMAN_PGP))
    assert human.pgp == pytest.approx(0.39, abs=0.005)
    assert 1 - relative_ratio(human, doubled) == pytest.approx(0.22, abs=0.005)


def test_complete_inhibition_is_the_knock_out():
    blocked = PumpState(pgp_inhibited=1.0)
    assert relative_ratio(riluzole(), blocked) == pytest.approx(KNOCK_OUT / WILD_TYPE)
    assert relative_ratio(riluzole(), WITHOUT_PGP) == pytest.approx(KNOCK_OUT / WILD_TYPE)


@given(index, index)
def test_a_knock_out_ratio_gives_back_the_index_it_came_from(pgp, bcrp):
    efflux = Efflux(pgp=pgp, bcrp=bcrp)
    ratio = relative_ratio(efflux, WITHOUT_PGP)
    assert efflux_index_from_knockout(ratio, other=bcrp) == pytest.approx(pgp, rel=1e-9, abs=1e-9)
    assert efflux_index_from_knockout(ratio) <= pgp * (1 + 1e-9) + 1e-9


@given(index, index, states, st.floats(0, 5))
def test_unbound_ratio_never_exceeds_one_without_uptake(pgp, bcrp, state, sink):
    ratio = unbound_ratio(Efflux(pgp, bcrp), state, sink=sink).value
    assert 0 < ratio <= 1


@settings(max_examples=50)
@given(index, index, states, st.floats(1, 5))
def test_more_efflux_never_means_more_drug(pgp, bcrp, state, factor):
    efflux = Efflux(pgp, bcrp)
    more = PumpState(state.pgp_activity * factor, state.bcrp_activity, state.pgp_inhibited, state.bcrp_inhibited, state.leak)
    assert unbound_ratio(efflux, more).value <= unbound_ratio(efflux, state).value * (1 + 1e-12)


@given(index, index, states, st.floats(0, 5))
def test_a_leak_moves_the_ratio_towards_one(pgp, bcrp, state, added):
    leakier = PumpState(state.pgp_activity, state.bcrp_activity, state.pgp_inhibited, state.bcrp_inhibited, state.leak + added)
    efflux = Efflux(pgp, bcrp)
    assert unbound_ratio(efflux, leakier).value >= unbound_ratio(efflux, state).value * (1 - 1e-12)


def test_a_total_ratio_needs_both_unbound_fractions():
    ratio = unbound_from_total(TotalRatio(2.4), fraction_unbound_plasma=0.04, fraction_unbound_brain=0.01)
    assert ratio.value == pytest.approx(0.6)
    with pytest.raises(BarrierError, match="fraction unbound in brain"):
        unbound_from_total(TotalRatio(2.4), fraction_unbound_plasma=0.04, fraction_unbound_brain=None)


def test_people_at_once():
    ratio = unbound_ratio(Efflux(pgp=np.array([0.0, 1.0, 3.0]))).value
    assert ratio == pytest.approx([1, 0.5, 0.25])


def test_half_inhibition():
    assert inhibited_share(2.0, 2.0) == 0.5


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Efflux(pgp=-0.1),
        lambda: PumpState(pgp_activity=-1),
        lambda: PumpState(bcrp_inhibited=1.2),
        lambda: PumpState(pgp_inhibited=float("nan")),
        lambda: efflux_index_from_knockout(0.8),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(BarrierError):
        wrong()
