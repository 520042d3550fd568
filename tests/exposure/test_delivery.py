"""Ways past the barrier: what they can and cannot do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from stallpoint.exposure.barrier import Efflux
from stallpoint.exposure.delivery import (
    DeliveryError,
    dose_share_in_brain,
    intrathecal_ceiling_mg_l,
    judge_option,
    opened_ratio_average,
    option_factor,
    permeable_ratio,
    saturable_uptake,
    treated_volume_share,
)
from stallpoint.knowledge.delivery import load_delivery
from stallpoint.knowledge.sources import load_sources

OPTIONS = {option.id: option for option in load_delivery()}


@given(st.floats(0.01, 1), st.floats(1, 1000))
def test_more_permeability_lifts_the_unbound_ratio_towards_one_and_not_beyond(ratio, factor):
    assert ratio * (1 - 1e-12) <= permeable_ratio(ratio, factor) <= 1


@given(st.floats(0, 30), st.floats(0, 50), st.floats(0.5, 48), st.floats(1, 400))
def test_average_opening_against_quadrature(burden, opening, closing, period):
    def ratio(hours):
        g = 1 + opening * np.exp(-hours / closing)
        return g / (g + burden)

    expected = quad(ratio, 0, period, epsabs=1e-11, limit=200)[0] / period
    found = opened_ratio_average(Efflux(pgp=burden), opening=opening, closing_h=closing, period_h=period)
    assert found == pytest.approx(expected, rel=1e-6)
    assert found <= 1


def test_ultrasound_opens_a_cubic_centimetre_of_more_than_a_litre():
    # 0.983 mL (medRxiv 2023.12.21.23300222) of 1,350 g.
    assert treated_volume_share(0.983, 1350) == pytest.approx(0.00073, abs=1e-5)


@given(st.floats(0, 1e3), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_uptake_by_a_receptor_saturates(conc, most, half):
    assert saturable_uptake(conc, most=most, half=half) <= saturable_uptake(0.0, most=most, half=half)


def test_a_share_of_a_dose_in_a_mouse_is_not_that_in_a_person():
    assert dose_share_in_brain(2.0, brain_g=0.4, measured_in="mouse", wanted_in="mouse") == pytest.approx(0.008)
    with pytest.raises(DeliveryError, match="mouse"):
        dose_share_in_brain(2.0, brain_g=1350, measured_in="mouse", wanted_in="human")


def test_the_most_an_intrathecal_infusion_can_hold():
    # 0.2 mg/h into 0.4 mL/min of CSF.
    assert intrathecal_ceiling_mg_l(0.2, csf_flow_ml_min=0.4) == pytest.approx(8.33, abs=0.01)


def judged(name, *, ratio, share):
    draws = np.full(400, ratio)
    reached = None if share is None else np.full(400, share)
    efflux = Efflux(pgp=1 / draws - 1)
    return judge_option(OPTIONS[name], ratio=draws, efflux=efflux, share=reached, rng=np.random.default_rng(1))


def test_a_drug_that_passes_freely_gains_nothing_from_permeability():
    gain = judged("prodrug", ratio=1.0, share=0.1)
    assert gain.factor_high == pytest.approx(1.0)
    assert gain.label == "would matter little"


def test_a_drug_that_has_reached_its_effect_gains_little():
    assert judged("receptor-transcytosis", ratio=0.02, share=0.97).label == "would matter little"


def test_a_drug_held_back_and_weak_at_its_target_is_worth_a_study():
    assert judged("receptor-transcytosis", ratio=0.02, share=0.2).label == "worth a study"


def test_without_the_share_that_is_reached_nothing_can_be_told():
    gain = judged("prodrug", ratio=0.05, share=None)
    assert gain.label == "cannot tell"
    assert gain.gain is None


def test_ultrasound_of_the_cortex_does_not_reach_the_cord():
    gain = judged("focused-ultrasound", ratio=0.02, share=0.2)
    assert gain.label == "not at the spinal cord"
    assert "0.07% of the brain" in gain.why


def test_ultrasound_is_worth_its_average_over_the_time_between_sessions():
    """Twentyfold for some hours every week or less often is far from twentyfold; and its peak is what a prodrug would hold all the time."""
    option, ratio = OPTIONS["focused-ultrasound"], np.full(2000, 0.02)
    strength = np.full(2000, option.high)
    average = option_factor(option, strength, ratio=ratio, efflux=Efflux(), rng=np.random.default_rng(1))
    peak = permeable_ratio(0.02, option.high) / 0.02
    hours_open = 8 * np.log(option.high)
    assert (average > 1).all()
    assert average.max() < 1 + (peak - 1) * hours_open / 168


@given(st.floats(0.01, 1), st.sampled_from(["efflux-inhibitor", "prodrug", "nanocarrier", "focused-ultrasound"]))
def test_only_dosing_past_the_barrier_can_exceed_the_level_in_plasma(ratio, name):
    option = OPTIONS[name]
    strength = np.array([option.low, option.high])
    ratios = np.full(2, ratio)
    factor = option_factor(option, strength, ratio=ratios, efflux=Efflux(pgp=1 / ratios - 1), rng=np.random.default_rng(2))
    assert (factor * ratio <= 1 + 1e-9).all()
    assert (factor >= 1 - 1e-9).all()


def test_every_option_says_what_must_be_true_and_what_stands_against_it():
    known = load_sources()
    for option in OPTIONS.values():
        assert option.must_be_true
        assert option.against
        assert option.source in known
        assert option.low <= option.high


def test_a_negative_opening_is_refused():
    with pytest.raises(DeliveryError):
        opened_ratio_average(Efflux(), opening=-1.0, closing_h=6.0, period_h=24.0)
