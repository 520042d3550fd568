"""Closed forms against the sum over single doses, against differential equations, and where rates meet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from stallpoint.exposure.compartment_curves import Dosing, intravenous_mg_l, one_compartment, oral_mg_l, two_compartment

ONE = one_compartment(np.array([[50.0]]), np.array([[400.0]]))
TWO = two_compartment(*(np.array([[value]]) for value in (50.0, 400.0, 30.0, 200.0)))
INTERVAL_H = 12.0


def dosing(since_h, *, count=1.0, amount_mg=100.0, duration_h=0.0):
    return Dosing(*(np.full((1, 1, 1), value) for value in (amount_mg, since_h, INTERVAL_H, count, duration_h)))


def single_doses(since_h, count, one_dose):
    return sum(one_dose(since_h + dose * INTERVAL_H) for dose in range(int(count)))


def oral_by_terms(decay, absorption, time_h):
    return sum(
        100 * weight * absorption / (absorption - rate) * (np.exp(-rate * time_h) - np.exp(-absorption * time_h))
        for weight, rate in zip(decay.weights, decay.rates, strict=True)
    ).item()


@pytest.mark.parametrize("decay", [ONE, TWO])
@pytest.mark.parametrize("absorption", [1.3, 0.02, 30.0])
@pytest.mark.parametrize("count", [1, 2, 9])
def test_oral_doses_add_up(decay, absorption, count):
    found = oral_mg_l(decay, np.array([[absorption]]), dosing(5.0, count=float(count))).item()
    assert found == pytest.approx(single_doses(5.0, count, lambda t: oral_by_terms(decay, absorption, t)), rel=1e-12)


@pytest.mark.parametrize("decay", [ONE, TWO])
def test_steady_state_is_the_limit_of_many_doses(decay):
    for many, endless in ((dosing(5.0, count=500.0), dosing(5.0, count=np.inf)),):
        assert oral_mg_l(decay, np.array([[1.3]]), many).item() == pytest.approx(
            oral_mg_l(decay, np.array([[1.3]]), endless).item(), rel=1e-12
        )
        assert intravenous_mg_l(decay, many).item() == pytest.approx(intravenous_mg_l(decay, endless).item(), rel=1e-12)


@given(gap=st.floats(-1e-3, 1e-3), count=st.sampled_from([1.0, 3.0, np.inf]), place=st.sampled_from([0, 1]))
@settings(max_examples=25, deadline=None)
def test_absorption_may_equal_elimination(gap, count, place):
    """Smooth where the naive form is 0/0: the value lies on the straight line between its neighbours, to second order."""
    rate = TWO.rates[place]
    here, below, above = (oral_mg_l(TWO, rate * (1 + gap + step), dosing(5.0, count=count)).item() for step in (0.0, -1e-4, 1e-4))
    assert here == pytest.approx(0.5 * (below + above), rel=1e-7)


def test_complex_steps_give_the_derivative():
    step = 1e-6
    for parameter in range(4):
        base = [1.5, 50.0, 400.0, 0.124]

        def value(shift, parameter=parameter, base=base):
            moved = [np.array([[number + shift * (place == parameter)]]) for place, number in enumerate(base)]
            return oral_mg_l(one_compartment(moved[1], moved[2]), moved[0], dosing(5.0, count=4.0)).item()

        size = step * base[parameter]
        assert value(1e-20j).imag / 1e-20 == pytest.approx((value(size) - value(-size)) / (2 * size), rel=1e-6, abs=1e-12)


def equations(_, amounts, absorption, input_rate):
    depot, central, peripheral = amounts
    exchange = 30.0 * (central / 400 - peripheral / 200)
    return [-absorption * depot, absorption * depot + input_rate - 50.0 * central / 400 - exchange, exchange]


@pytest.mark.parametrize("since_h", [0.4, 1.0, 6.0])
@pytest.mark.parametrize("count", [1, 3])
def test_infusions_and_oral_doses_solve_the_equations(since_h, count):
    duration = 1.0
    infused, swallowed = np.zeros(3), np.zeros(3)
    for dose in range(count):
        last = dose == count - 1
        end = since_h if last else INTERVAL_H
        swallowed[0] += 100
        swallowed = solved(swallowed, end, 1.3, 0.0)
        infused = solved(infused, min(end, duration), 0.0, 100 / duration)
        infused = solved(infused, end - min(end, duration), 0.0, 0.0)
    found = intravenous_mg_l(TWO, dosing(since_h, count=float(count), duration_h=duration)).item()
    assert found == pytest.approx(infused[1] / 400, rel=1e-8)
    assert oral_mg_l(TWO, np.array([[1.3]]), dosing(since_h, count=float(count))).item() == pytest.approx(
        swallowed[1] / 400, rel=1e-8
    )


def solved(amounts, span_h, absorption, input_rate):
    if span_h <= 0:
        return amounts
    return solve_ivp(equations, (0, span_h), amounts, args=(absorption, input_rate), rtol=1e-10, atol=1e-12).y[:, -1]


@given(factor=st.floats(0.01, 100), time_h=st.floats(0.01, 48))
@settings(max_examples=25, deadline=None)
def test_doses_are_linear_and_units_of_time_do_not_matter(factor, time_h):
    once = oral_mg_l(ONE, np.array([[1.3]]), dosing(time_h)).item()
    assert oral_mg_l(ONE, np.array([[1.3]]), dosing(time_h, amount_mg=100 * factor)).item() == pytest.approx(
        factor * once, rel=1e-12
    )
    slower = one_compartment(np.array([[50.0 / factor]]), np.array([[400.0]]))
    assert oral_mg_l(slower, np.array([[1.3 / factor]]), dosing(time_h * factor)).item() == pytest.approx(once, rel=1e-9)


def test_area_under_a_dose_is_dose_over_clearance():
    time = np.linspace(0, 400, 400_001)
    many = Dosing(*(np.broadcast_to(value, (1, len(time), 1)) for value in (100.0, time[None, :, None], 1.0, 1.0, 0.0)))
    for found in (oral_mg_l(TWO, np.array([[1.3]]), many), intravenous_mg_l(TWO, many)):
        assert np.trapezoid(found[0], time) == pytest.approx(100 / 50, rel=1e-5)
