import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.doses import dose_schedule, label_schedule
from stallpoint.exposure.intrathecal.people import typical_people
from stallpoint.exposure.intrathecal.solve import concentration, simulate_course
from stallpoint.exposure.intrathecal.tissue import (
    ASSUMPTIONS,
    REGIONS,
    human_scaling,
    predict_tofersen_tissue,
    require_region,
    scale_to_human,
    tissue_mass_ratio_range,
)
from stallpoint.knowledge.intrathecal import find_linear_model

MONKEY = find_linear_model("monkey")


def test_the_scaling_is_the_stated_one():
    scaling = human_scaling()
    assert scaling.csf_volume_ratio == pytest.approx(140 / 15)
    assert scaling.rate_ratio == pytest.approx(25**-0.08)
    assert scaling.body_volume_ratio == pytest.approx(25)
    assert scaling.assumptions == ASSUMPTIONS
    assert tissue_mass_ratio_range() == (scaling.csf_volume_ratio, scaling.body_volume_ratio)


def test_scaling_stretches_time_and_dilutes():
    """One ratio for all rates: the human course is the monkey's, slower by that ratio and thinner by the ratio of masses."""
    scaling = human_scaling(tissue_mass_ratio=12)
    days = np.array([1.0, 10, 60])
    human = predict_tofersen_tissue(dose_schedule(0, 20), days, scaling)
    course = simulate_course(typical_people(MONKEY), dose_schedule(0, 20), days * 24 * scaling.rate_ratio)
    for region in REGIONS:
        np.testing.assert_allclose(human[region], concentration(course, f"{region}_tissue")[0] / 12, rtol=1e-9)


def test_what_was_scaled_is_assumed_and_says_from_what():
    model = scale_to_human(MONKEY, human_scaling())
    assert {one.tag for one in model.parameters.values()} == {"assumed"}
    assert {one.evidence for one in model.parameters.values()} == {"assumed"}
    assert "the monkey's 54 g" in model.parameters["cortex_mass"].note
    assert model.parameters["cortex_mass"].value == pytest.approx(54 * 140 / 15)
    assert model.parameters["liver_mass"].value == pytest.approx(150 * 25)


def test_regions_keep_the_order_of_the_monkey():
    found = predict_tofersen_tissue(label_schedule("tofersen", until_day=168), [29, 85, 169], human_scaling())
    assert (found["lumbar"] > found["thoracic"]).all()
    assert (found["thoracic"] > found["cervical"]).all()
    assert found["cervical"][0] > 1.4 * found["cortex"][0]  # cortex fills over weeks; then both are alike
    np.testing.assert_allclose(found["cervical"][1:] / found["cortex"][1:], 1, rtol=0.1)


def test_one_dose_of_100_mg_gives_the_lumbar_cord_more_than_10_ug_per_g():
    found = predict_tofersen_tissue(dose_schedule(0, 100), [1, 2], human_scaling())["lumbar"]
    assert (found > 10).all()
    assert (found < 15).all()


def test_a_mistyped_region_is_told_the_nearest():
    with pytest.raises(StallpointError, match="did you mean thoracic"):
        require_region("thoracal")


def test_a_ratio_that_cannot_be_is_refused():
    with pytest.raises(StallpointError, match="above 0"):
        human_scaling(tissue_mass_ratio=0)
