"""The monkey model: what it predicts for 1 mg, and what the mistake in its transcription changes."""

from dataclasses import replace

import numpy as np
import pytest

from stallpoint.exposure.intrathecal.doses import dose_schedule
from stallpoint.exposure.intrathecal.people import typical_people
from stallpoint.exposure.intrathecal.solve import cns_half_lives_h, concentration, rate_matrix, simulate_course
from stallpoint.knowledge.intrathecal import find_linear_model
from stallpoint.knowledge.linear_model import LinearModel

MONKEY = find_linear_model("monkey")
DAYS = np.arange(0.0, 201.0)


def tissue(model: LinearModel, region: str) -> np.ndarray:
    course = simulate_course(typical_people(model), dose_schedule(0, 1), DAYS * 24)
    return concentration(course, f"{region}_tissue")[0]


def with_the_mistake(model: LinearModel) -> LinearModel:
    """Distal CSF drains with the rate of uptake into cerebellum (KB13) in place of that to blood (KB14)."""
    wrong = [
        replace(one, rate="cerebellum_in") if (one.origin, one.destination) == ("distal_csf", "plasma") else one
        for one in model.flows
    ]
    return replace(model, flows=tuple(wrong))


def test_cord_and_cortex_after_1_mg():
    lumbar = tissue(MONKEY, "lumbar")
    assert lumbar[1] == pytest.approx(1.25, abs=0.005)
    assert lumbar[28] == pytest.approx(0.80, abs=0.005)
    assert tissue(MONKEY, "thoracic")[1:].max() == pytest.approx(1.1, abs=0.05)
    assert tissue(MONKEY, "cervical")[1:].max() == pytest.approx(0.5, abs=0.05)


def test_cortex_fills_slowly_and_is_flat_around_its_peak():
    cortex = tissue(MONKEY, "cortex")
    assert cortex[28] == pytest.approx(0.444, abs=0.0005)
    assert (cortex.argmax(), cortex.max()) == (19, pytest.approx(0.467, abs=0.0005))


def test_about_three_percent_of_the_dose_is_in_cns_tissue_after_four_weeks():
    course = simulate_course(typical_people(MONKEY), dose_schedule(0, 1), [24 * 28])
    inside = [place for place, state in enumerate(MONKEY.states) if state.matrix == "CNS tissue"]
    assert course.amount_mg[0, 0, inside].sum() == pytest.approx(0.028, abs=0.0005)


def test_six_slow_modes_are_tissue_five_of_them_38_to_51_days():
    days = cns_half_lives_h(typical_people(MONKEY))[0] / 24
    np.testing.assert_allclose(days[-6:], [34.7, 38.3, 39.8, 40.0, 42.2, 50.9], rtol=0, atol=0.05)
    assert days[-7] < 5


def test_the_mistake_drains_the_cortex_a_little_and_the_cord_hardly():
    right, wrong = tissue(MONKEY, "cortex"), tissue(with_the_mistake(MONKEY), "cortex")
    assert wrong[28] / right[28] == pytest.approx(0.958, abs=0.0005)
    assert tissue(with_the_mistake(MONKEY), "lumbar")[28] == pytest.approx(tissue(MONKEY, "lumbar")[28], rel=1e-5)


def test_the_mistake_lets_plasma_gain_more_than_cranial_csf_loses():
    """In the transcription plasma takes KB13 from both cranial compartments, though proximal CSF gives KB14: mass is made."""
    rates = rate_matrix(typical_people(MONKEY))[0]
    proximal, plasma = MONKEY.place("proximal_csf"), MONKEY.place("plasma")
    rates[plasma, proximal] = MONKEY.parameters["cerebellum_in"].value
    gain = rates.sum(axis=0)
    assert gain[proximal] == pytest.approx(2.5e-3 - 2.3e-3)
    np.testing.assert_allclose(np.delete(gain, proximal), 0, atol=1e-15)
