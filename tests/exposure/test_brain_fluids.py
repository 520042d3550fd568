"""Four fluids behind the barrier."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.core.errors import DrugError
from stallpoint.exposure.barrier import Efflux
from stallpoint.exposure.brain_fluids import (
    FLUIDS,
    efflux_for_ratio,
    fluid_system,
    fluids_of,
    unbound_ratios,
    uncertain_fluids,
)
from stallpoint.exposure.plasma import plasma_model
from stallpoint.numerics.linear_system import response_to_bolus, response_to_infusion

draws = st.lists(st.floats(0.01, 0.99), min_size=len(uncertain_fluids()), max_size=len(uncertain_fluids()))


def fluids_at(shares):
    return fluids_of(
        {name: known.quantile(np.array([share])) for (name, known), share in zip(uncertain_fluids().items(), shares, strict=True)}
    )


def person(**changes):
    return plasma_model(**{"clearance_l_h": 30.0, "central_l": 245.0, "fraction_unbound": 0.04} | changes)


@settings(max_examples=25)
@given(draws, st.floats(0, 20), st.floats(0, 20))
def test_passive_entry_and_efflux_never_exceed_plasma(shares, pgp, bcrp):
    for ratio in unbound_ratios(fluids_at(shares), Efflux(pgp, bcrp)).values():
        assert 0 < ratio[0] <= 1


@settings(max_examples=15)
@given(draws, st.floats(0, 20))
def test_closed_form_equals_the_system_at_a_steady_level(shares, pgp):
    fluids, efflux = fluids_at(shares), Efflux(pgp)
    plasma = person()
    system = fluid_system(plasma, fluids, efflux)
    states = np.linalg.solve(system.rates[0], -np.array([1.0, 0, 0, 0, 0]))
    unbound = states[0] / plasma.central_l[0] * 0.04
    volumes = [fluids.brain_l, fluids.cord_l, fluids.cranial_csf_l, fluids.spinal_csf_l]
    found = [states[1 + index] / volume[0] / unbound for index, volume in enumerate(volumes)]
    expected = unbound_ratios(fluids, efflux)
    assert found == pytest.approx([expected[name][0] for name in FLUIDS], rel=1e-8)


@settings(max_examples=25)
@given(draws, st.floats(0, 20), st.floats(0, 20))
def test_at_a_steady_level_what_enters_leaves(shares, at_vessels, at_csf):
    """Of each compartment and of all: passage in, and with flow; passage, pumps and bulk flow out. Written without the closed form."""
    fluids = fluids_at(shares)
    levels = unbound_ratios(fluids, Efflux(at_vessels), csf_efflux=Efflux(at_csf))
    brain, cord, cranial, spinal = (levels[name] for name in FLUIDS)
    drained, drained_cord = fluids.brain_drainage_l_h * brain, fluids.cord_drainage_l_h * cord
    down, back = (fluids.csf_down_l_h + fluids.mixing_l_h) * cranial, fluids.mixing_l_h * spinal
    absorbed = (fluids.csf_formed_l_h - fluids.csf_down_l_h) * cranial
    absorbed_below = (fluids.csf_down_l_h + fluids.cord_drainage_l_h) * spinal
    entering = [fluids.brain_passage_l_h, fluids.cord_passage_l_h, fluids.cranial_csf_passage_l_h, fluids.spinal_csf_passage_l_h]
    pumped = [1 + at_vessels, 1 + at_vessels, 1 + at_csf, 1 + at_csf]
    sent_back = [e * p * level for e, p, level in zip(entering, pumped, (brain, cord, cranial, spinal), strict=True)]
    gained = [0, 0, drained + back, drained_cord + down]
    lost = [drained, drained_cord, down + absorbed, back + absorbed_below]
    for inward, gain, outward, loss in zip(entering, gained, sent_back, lost, strict=True):
        assert inward + gain == pytest.approx(outward + loss, rel=1e-9)
    assert sum(entering) == pytest.approx(sum(sent_back) + absorbed + absorbed_below, rel=1e-9)


@settings(max_examples=25)
@given(draws, st.floats(0.01, 1))
def test_the_efflux_for_a_ratio_gives_that_ratio(shares, ratio):
    fluids = fluids_at(shares)
    passive = fluids.brain_passage_l_h / (fluids.brain_passage_l_h + fluids.brain_drainage_l_h)
    found = unbound_ratios(fluids, efflux_for_ratio(fluids, ratio))["brain"]
    assert found == pytest.approx(np.minimum(ratio, passive))


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1), min_size=len(uncertain_fluids()), max_size=len(uncertain_fluids())))
def test_no_draw_makes_fluids_that_cannot_be(shares):
    fluids = fluids_at(np.clip(shares, 1e-12, 1 - 1e-12))
    assert fluids.cranial_csf_l > 0
    assert fluids.csf_down_l_h <= fluids.csf_formed_l_h


@settings(max_examples=15)
@given(draws, st.floats(0, 20))
def test_nothing_is_lost_between_the_fluids(shares, pgp):
    # Without elimination all that was given stays in plasma and the fluids.
    system = fluid_system(person(clearance_l_h=0.0), fluids_at(shares), Efflux(pgp))
    states = response_to_bolus(system, [100.0, 0, 0, 0, 0], [1.0, 24.0, 240.0])
    assert states.sum(axis=2)[0] == pytest.approx(100.0)
    assert (states > -1e-9).all()


def test_efflux_parts_csf_from_brain():
    """With efflux at the vessels alone, CSF holds more than brain: lumbar CSF is not the cord."""
    fluids = fluids_at([0.5] * len(uncertain_fluids()))
    ratios = unbound_ratios(fluids, Efflux(pgp=10.0), csf_efflux=Efflux())
    assert ratios["spinal CSF"][0] > 1.5 * ratios["spinal cord"][0]


def test_a_longer_infusion_comes_nearer_to_the_steady_ratio():
    fluids = fluids_at([0.5] * len(uncertain_fluids()))
    system = fluid_system(person(), fluids, Efflux(pgp=1.0))
    states = response_to_infusion(system, [10.0, 0, 0, 0, 0], 500.0, [1.0, 500.0])[0]
    unbound = states[:, 0] / 245.0 * 0.04
    ratio = states[:, 1] / fluids.brain_l / unbound
    assert ratio[0] < ratio[1]
    assert ratio[1] == pytest.approx(unbound_ratios(fluids, Efflux(pgp=1.0))["brain"][0], rel=1e-3)


def test_the_fraction_unbound_is_needed():
    with pytest.raises(DrugError, match="fraction unbound"):
        fluid_system(person(fraction_unbound=None), fluids_at([0.5] * len(uncertain_fluids())), Efflux())
