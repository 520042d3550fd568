"""A saturable route, where it must agree with what is known."""

import numpy as np
import pytest
from scipy.special import lambertw

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.adherence import Intakes
from stallpoint.exposure.plasma import plasma_model
from stallpoint.exposure.plasma_course import plasma_areas, plasma_concentrations
from stallpoint.exposure.regimen import regular_regimen
from stallpoint.exposure.saturable import SaturableRoute, saturable_course

THREE = {
    "clearance_l_h": np.array([5.0, 2.0, 9.0]),
    "central_l": 20.0,
    "peripheral_l": (30.0, 60.0),
    "intercompartmental_l_h": (8.0, 1.0),
    "absorption_per_h": 1.1,
    "lag_h": 0.25,
}
TIMES = np.array([0.0, 0.5, 1.0, 3.0, 24.0, 24.7, 40.0])
INFUSED, ORAL = regular_regimen(60.0, "intravenous", 24.0, infusion_h=1.0), regular_regimen(60.0, "oral", 24.0)


@pytest.mark.parametrize("regimen", [INFUSED, ORAL], ids=["infused", "oral"])
def test_without_capacity_it_is_the_linear_model(regimen):
    model = plasma_model(**THREE)
    found = saturable_course(model, SaturableRoute(0.0, 1.0), regimen, TIMES)
    exact = plasma_concentrations(model, regimen, TIMES)
    np.testing.assert_allclose(found.concentration_mg_l, exact, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(found.area_mg_h_l, plasma_areas(model, regimen, TIMES), rtol=1e-6, atol=1e-10)
    assert (np.abs(found.concentration_mg_l - exact) <= found.error_mg_l + 1e-12).all()


def test_far_below_km_it_is_a_clearance_of_vmax_over_km():
    model = plasma_model(**THREE)
    found = saturable_course(model, SaturableRoute(3e9, 1e9), INFUSED, TIMES)
    linear = plasma_model(**(THREE | {"clearance_l_h": THREE["clearance_l_h"] + 3.0}))
    np.testing.assert_allclose(found.concentration_mg_l, plasma_concentrations(linear, INFUSED, TIMES), rtol=1e-6)


def test_one_compartment_without_a_linear_route_is_lamberts_function():
    """C + Km log C falls by Vmax / V each hour, so C = Km W(C0 / Km exp((C0 - Vmax t / V) / Km)) (Beal 1983, doi:10.1007/BF01062213)."""
    model = plasma_model(clearance_l_h=0.0, central_l=10.0)
    once = regular_regimen(100.0, "intravenous", 1e6)
    vmax, km, times = 12.0, 0.8, np.linspace(0, 12, 7)
    found = saturable_course(model, SaturableRoute(vmax, km), once, times)
    wanted = km * lambertw(10 / km * np.exp((10 - vmax / 10 * times) / km)).real
    np.testing.assert_allclose(found.concentration_mg_l[0], wanted, rtol=1e-7)
    assert (np.abs(found.concentration_mg_l[0] - wanted) <= found.error_mg_l[0] + 1e-12).all()


def test_every_milligram_is_somewhere_and_saturation_raises_exposure_more_than_in_proportion():
    model, route = plasma_model(**THREE), SaturableRoute(np.array([4.0, 20.0, 8.0]), 0.3)
    taken = Intakes(np.array([0.0, 24.0]), np.array([[1, 1], [1, 0], [1, 2]], dtype=np.uint8))
    found = saturable_course(model, route, INFUSED, TIMES, intakes=taken, tolerance=1e-6)
    together = found.amount_mg + found.saturably_mg + found.linearly_mg
    np.testing.assert_allclose(together[:, [1, 2, 3, -1]].T, [[30] * 3, [60] * 3, [60] * 3, [120, 60, 180]], rtol=1e-7)
    single, double = (
        saturable_course(model, route, regular_regimen(dose, "intravenous", 24.0, infusion_h=1.0), TIMES)
        for dose in (60.0, 120.0)
    )
    assert (double.area_mg_h_l[:, -1] > 2.01 * single.area_mg_h_l[:, -1]).all()


def test_what_cannot_be_is_refused():
    model = plasma_model(**THREE)
    for vmax, km in ((-1.0, 1.0), (1.0, 0.0), (np.nan, 1.0), (1.0, np.inf)):
        with pytest.raises(StallpointError, match="vmax_mg_h"):
            SaturableRoute(vmax, km)
    lags = plasma_model(**(THREE | {"lag_h": np.array([0.0, 0.1, 0.2])}))
    with pytest.raises(StallpointError, match="lags of their own"):
        saturable_course(lags, SaturableRoute(1.0, 1.0), ORAL, TIMES)
    with pytest.raises(StallpointError, match="still err"):
        saturable_course(model, SaturableRoute(1.0, 1.0), INFUSED, TIMES, tolerance=1e-30)
