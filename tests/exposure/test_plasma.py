"""Plasma against textbook formulas, an integrator, and what must hold of every linear model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.adherence import Intakes
from stallpoint.exposure.plasma import micromolar, plasma_model, take_people, unbound_mg_l
from stallpoint.exposure.plasma_course import plasma_amounts, plasma_areas, plasma_concentrations
from stallpoint.exposure.regimen import Cycle, Regimen, cycle_of_days, regular_regimen
from stallpoint.exposure.steady_state import steady_state

TIMES = np.array([0.0, 0.25, 0.6, 1.0, 2.0, 6.0, 11.9, 12.0, 13.0, 30.0, 61.0])
ONE = {"clearance_l_h": 5.0, "central_l": 40.0, "absorption_per_h": 1.2, "bioavailability": 0.6}
TWO = ONE | {"peripheral_l": (80.0,), "intercompartmental_l_h": (7.0,)}
THREE = ONE | {"peripheral_l": (80.0, 200.0), "intercompartmental_l_h": (7.0, 1.5), "lag_h": 0.4}
MODELS = {"one": ONE, "two": TWO, "three": THREE}
ROUTES = ("oral", "intravenous", "intramuscular", "subcutaneous", "intrathecal")
EDARAVONE_LIKE = (cycle_of_days((0, 1), 4), Cycle((0.0, 5.0), 24.0))

positive = st.floats(0.05, 20.0)


@st.composite
def models(draw):
    peripherals = draw(st.integers(0, 2))
    return plasma_model(
        clearance_l_h=draw(positive),
        central_l=draw(positive),
        peripheral_l=[draw(positive) for _ in range(peripherals)],
        intercompartmental_l_h=[draw(positive) for _ in range(peripherals)],
        absorption_per_h=draw(positive),
        bioavailability=draw(st.floats(0.05, 1.0)),
        lag_h=draw(st.sampled_from([0.0, 0.3])),
    )


def integrated(values, route, starts, dose_mg, infusion_h, times):
    """Concentrations by an adaptive integrator, written in concentrations instead of amounts, restarted wherever the input jumps."""
    cl, v, ka = values["clearance_l_h"], values["central_l"], values["absorption_per_h"]
    outer, flows = np.array(values.get("peripheral_l", ())), np.array(values.get("intercompartmental_l_h", ()))
    venous = route == "intravenous"
    shift, share = (0.0, 1.0) if venous else (values.get("lag_h", 0.0), values["bioavailability"])
    starts = np.asarray(starts) + shift

    def slopes(t, x, rate):
        gut, c, p = x[0], x[1], x[2:]
        into_blood = rate if venous else 0.0
        return np.concatenate(
            [[-ka * gut + (rate - into_blood)], [(ka * gut + into_blood - cl * c - flows @ (c - p)) / v], flows * (c - p) / outer]
        )

    state, now, found = np.zeros(2 + len(outer)), 0.0, {}
    for stop in sorted({*times, *starts, *(starts + infusion_h)}):
        running = ((starts < stop) & (stop <= starts + infusion_h)).sum() if infusion_h else 0
        rate = running * share * dose_mg / infusion_h if infusion_h else 0.0
        if stop > now:
            state = solve_ivp(slopes, (now, stop), state, args=(rate,), method="LSODA", rtol=1e-11, atol=1e-13).y[:, -1]
        now = stop
        if not infusion_h and stop in starts:
            state[1 if venous else 0] += share * dose_mg / (v if venous else 1.0)
        found[stop] = state[1]
    return np.array([found[t] for t in times])


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    ("route", "infusion_h"), [("oral", 0.0), ("intravenous", 0.0), ("intravenous", 1.0), ("subcutaneous", 1.0)]
)
def test_regular_doses_against_an_integrator(name, route, infusion_h):
    regimen = regular_regimen(100.0, route, 12.0, infusion_h=infusion_h, duration_h=36.0)
    wanted = integrated(MODELS[name], route, [0.0, 12.0, 24.0], 100.0, infusion_h, TIMES)
    found = plasma_concentrations(plasma_model(**MODELS[name]), regimen, TIMES)[0]
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize("infusion_h", [0.0, 1.0])
def test_cycles_with_missed_doses_against_an_integrator(infusion_h):
    regimen = Regimen(60.0, "intravenous", EDARAVONE_LIKE, infusion_h)
    times, starts = np.array([1.0, 5.0, 25.0, 97.0, 102.5, 121.0, 130.0]), np.array([0.0, 24, 96, 101, 120, 125])
    intakes = Intakes(starts, np.array([[1, 0, 1, 1, 0, 1]], dtype=np.uint8))
    found = plasma_concentrations(plasma_model(**THREE), regimen, times, intakes=intakes)[0]
    wanted = integrated(THREE, "intravenous", starts[[0, 2, 3, 5]], 60.0, infusion_h, times)
    np.testing.assert_allclose(found, wanted, rtol=1e-8)
    all_taken = integrated(THREE, "intravenous", starts, 60.0, infusion_h, times)
    np.testing.assert_allclose(plasma_concentrations(plasma_model(**THREE), regimen, times)[0], all_taken, rtol=1e-8)


def test_one_dose_by_mouth_is_batemans_function():
    """Bateman (1910); with absorption at the rate of elimination it is dose k t exp(-k t) / V."""
    once = regular_regimen(100.0, "oral", 1e6)
    k = 5.0 / 40.0
    bateman = 0.6 * 100 * 1.2 / (40 * (1.2 - k)) * (np.exp(-k * TIMES) - np.exp(-1.2 * TIMES))
    np.testing.assert_allclose(plasma_concentrations(plasma_model(**ONE), once, TIMES)[0], bateman, rtol=1e-12, atol=1e-14)
    equal = plasma_concentrations(plasma_model(**(ONE | {"absorption_per_h": k})), once, TIMES)[0]
    np.testing.assert_allclose(equal, 0.6 * 100 / 40 * k * TIMES * np.exp(-k * TIMES), rtol=1e-12, atol=1e-14)


def test_steady_state_is_what_textbooks_say():
    """Of one compartment dosed into the blood: peak D / V / (1 - exp(-k tau)), accumulation 1 / (1 - exp(-k tau))."""
    found, k = steady_state(plasma_model(**ONE), regular_regimen(100.0, "intravenous", 12.0)), 5.0 / 40.0
    ratio = 1 / -np.expm1(-k * 12)
    assert found.accumulation[0] == pytest.approx(ratio, rel=1e-10)
    assert (found.peak_mg_l[0], found.peak_h[0]) == pytest.approx((100 / 40 * ratio, 0.0), rel=1e-10)
    assert found.trough_mg_l[0] == pytest.approx(100 / 40 * ratio * np.exp(-k * 12), rel=1e-10)
    assert found.average_mg_l[0] == pytest.approx(100 / (5 * 12), rel=1e-10)


def test_peak_after_a_dose_by_mouth_is_where_the_textbook_has_it():
    """t = log(ka (1 - exp(-k tau)) / (k (1 - exp(-ka tau)))) / (ka - k) at steady state; a lag moves it."""
    k, ka = 5.0 / 40.0, 1.2
    wanted = np.log(ka * np.expm1(-k * 12) / (k * np.expm1(-ka * 12))) / (ka - k)
    model = plasma_model(**(ONE | {"lag_h": [0.0, 0.5]}))
    found = steady_state(model, regular_regimen(100.0, "oral", 12.0))
    assert found.peak_h == pytest.approx([wanted, wanted + 0.5], abs=1e-6)
    assert found.peak_mg_l[1] == pytest.approx(found.peak_mg_l[0], rel=1e-10)
    late = plasma_concentrations(model, regular_regimen(100.0, "oral", 12.0), 1200 + np.array([wanted, 12.0 - 1e-9]))
    assert late[0] == pytest.approx([found.peak_mg_l[0], found.trough_mg_l[0]], rel=1e-8)
    assert late[1, 1] == pytest.approx(found.trough_mg_l[1], rel=1e-8)


@settings(max_examples=12, deadline=None)
@given(models(), st.sampled_from(ROUTES), st.sampled_from([0.0, 0.5]), st.sampled_from([12.0, None]))
def test_every_milligram_is_somewhere(model, route, infusion_h, interval):
    regimen = (
        regular_regimen(100.0, route, interval, infusion_h=infusion_h)
        if interval
        else Regimen(100.0, route, EDARAVONE_LIKE, infusion_h)
    )
    found = plasma_amounts(model, regimen, TIMES)
    parts = found.unabsorbed + found.depot + found.central + found.peripheral.sum(axis=-1) + found.eliminated
    np.testing.assert_allclose(parts, found.given, rtol=1e-8)
    assert min(part.min(initial=0.0) for part in (found.depot, found.central, found.peripheral, found.eliminated)) > -1e-9


@settings(max_examples=12, deadline=None)
@given(models(), st.sampled_from(ROUTES), st.floats(0.1, 9.0))
def test_twice_the_dose_is_twice_the_concentration_and_doses_add_up(model, route, factor):
    def course(dose, times, duration=30.0):
        return plasma_concentrations(model, regular_regimen(dose, route, 12.0, duration_h=duration), times)

    np.testing.assert_allclose(course(factor * 10, TIMES), factor * course(10, TIMES), rtol=1e-10, atol=1e-13)
    late = np.array([30.0, 61.0])
    single = sum(course(10, late - shift, duration=1.0) for shift in (0.0, 12.0, 24.0))
    np.testing.assert_allclose(course(10, late), single, rtol=1e-8, atol=1e-12)


@settings(max_examples=12, deadline=None)
@given(models(), st.sampled_from(ROUTES))
def test_area_to_infinity_is_dose_over_clearance(model, route):
    share = 1.0 if route == "intravenous" else model.bioavailability[0]
    once = regular_regimen(50.0, route, 1e9)
    end = 60 / min(-np.linalg.eigvals(rates).real.max() for rates in _rates(model))
    wanted = share * 50.0 / model.clearance_l_h[0]
    assert plasma_areas(model, once, [end])[0, 0] == pytest.approx(wanted, rel=1e-8)
    assert steady_state(model, regular_regimen(50.0, route, 8.0)).average_mg_l[0] == pytest.approx(wanted / 8, rel=1e-8)


def _rates(model):
    from stallpoint.exposure.plasma import plasma_system

    return plasma_system(model).rates


def test_riluzole_is_reproduced():
    """50 mg every 12 h at CL/F 51.4 L/h in a male non-smoker; women x 0.68, smokers / 0.64 (Bruno 1997, Clin Pharmacol Ther
    62:518-526, abstract); averages derived from these with 234.2 g/mol: 0.35, 0.51, 0.22, 0.33 umol/L, and 973 ng h/mL over 12 h.
    """
    apparent = 51.4 * np.array([1, 0.68, 1 / 0.64, 0.68 / 0.64])
    model = plasma_model(clearance_l_h=apparent, central_l=245 / 0.6, absorption_per_h=2.0)
    regimen = regular_regimen(50.0, "oral", 12.0)
    average = micromolar(steady_state(model, regimen).average_mg_l, 234.2)
    assert average.round(2).tolist() == [0.35, 0.51, 0.22, 0.33]
    late = plasma_areas(take_people(model, slice(0, 1)), regimen, [1200.0, 1212.0])[0]
    assert (late[1] - late[0]) * 1000 == pytest.approx(973, abs=0.5)


def test_unbound_is_total_times_the_fraction_and_unknown_where_that_is():
    model = plasma_model(**(ONE | {"fraction_unbound": [0.04, 0.5]}))
    total = plasma_concentrations(model, regular_regimen(100.0, "oral", 12.0), TIMES)
    assert unbound_mg_l(model, total) == pytest.approx(total * [[0.04], [0.5]])
    with pytest.raises(StallpointError, match="fraction unbound"):
        unbound_mg_l(plasma_model(**ONE), total)


def test_many_people_in_blocks_are_the_same_as_each_alone():
    clearance = np.linspace(3, 9, 5000)
    regimen = regular_regimen(100.0, "oral", 12.0)
    together = plasma_concentrations(plasma_model(**(TWO | {"clearance_l_h": clearance})), regimen, [30.0])
    alone = plasma_concentrations(plasma_model(**(TWO | {"clearance_l_h": clearance[4200]})), regimen, [30.0])
    assert together.shape == (5000, 1)
    assert together[4200] == pytest.approx(alone[0], rel=1e-12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clearance_l_h": -1.0}, "clearance_l_h is negative: -1"),
        ({"central_l": 0.0}, "central_l is not above 0"),
        ({"central_l": np.nan}, "central_l is missing"),
        ({"absorption_per_h": 0.0}, "absorption_per_h is not above 0"),
        ({"bioavailability": 1.2}, "bioavailability is a share"),
        ({"peripheral_l": (3.0,)}, "one intercompartmental clearance"),
        ({"peripheral_l": (3.0,) * 3, "intercompartmental_l_h": (1.0,) * 3}, "more than three"),
        ({"peripheral_l": (0.0,), "intercompartmental_l_h": (1.0,)}, r"peripheral_l\[0\] is not above 0"),
        ({"clearance_l_h": [1.0, 2.0], "central_l": [1.0, 2.0, 3.0]}, "2 values for 3 people"),
        ({"fraction_unbound": 0.0}, "fraction_unbound is not above 0"),
    ],
)
def test_parameters_that_cannot_be_are_refused(change, words):
    with pytest.raises(StallpointError, match=words):
        plasma_model(**(ONE | change))


@pytest.mark.parametrize(
    ("times", "words"), [([2.0, 1.0], "not in order"), ([-1.0], "negative"), ([np.nan], "missing"), ([], "none")]
)
def test_times_that_cannot_be_are_refused(times, words):
    with pytest.raises(StallpointError, match=words):
        plasma_concentrations(plasma_model(**ONE), regular_regimen(100.0, "oral", 12.0), times)


def test_what_has_no_answer_is_refused():
    bare = plasma_model(clearance_l_h=1.0, central_l=1.0)
    with pytest.raises(StallpointError, match="no depot"):
        plasma_concentrations(bare, regular_regimen(100.0, "oral", 12.0), TIMES)
    with pytest.raises(StallpointError, match="no one steady state"):
        steady_state(bare, Regimen(60.0, "intravenous", EDARAVONE_LIKE))
    closed = plasma_model(clearance_l_h=0.0, central_l=1.0)
    with pytest.raises(StallpointError, match="clearance of 0"):
        steady_state(closed, regular_regimen(1.0, "intravenous", 12.0))
    with pytest.raises(StallpointError, match="clearance of 0"):
        plasma_areas(closed, Regimen(60.0, "intravenous", EDARAVONE_LIKE), TIMES)
    three = Intakes(np.zeros(1), np.ones((3, 1), dtype=np.uint8))
    with pytest.raises(StallpointError, match="intakes of 3 people"):
        plasma_concentrations(bare, regular_regimen(1.0, "intravenous", 12.0), TIMES, intakes=three)
