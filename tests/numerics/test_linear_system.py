"""Linear systems against step-by-step integration, the matrix exponential, and themselves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from stallpoint.numerics import linear_system as ls

TIMES = np.array([0.0, 0.3, 1.0, 7.5, 12.0, 25.0, 48.0, 71.9])
INTERVAL, COUNT, INFUSION = 12.0, 5, 1.5

THREE = [[-1.4, 0.0, 0.0, 0.0], [1.4, -0.75, 0.2, 0.04], [0.0, 0.3, -0.2, 0.0], [0.0, 0.25, 0.0, -0.04]]
EQUAL = [[-0.3, 0.0], [0.3, -0.3]]
NEARLY_EQUAL = [[-0.3, 0.0], [0.3, -0.3 - 1e-9]]
CLOSED = [[-0.5, 0.1], [0.5, -0.1]]
CHAIN = [[-0.2, 0.0, 0.0], [0.2, -0.2, 0.0], [0.0, 0.2, -0.2]]
TURNING = [[-0.1, -0.8], [0.8, -0.1]]
SYSTEMS = {"three": THREE, "equal": EQUAL, "nearly equal": NEARLY_EQUAL, "closed": CLOSED, "chain": CHAIN, "turning": TURNING}

three_and_equal = pytest.mark.parametrize("rate", [np.array(THREE), np.array(EQUAL)], ids=["three", "equal"])
rates = st.floats(0.01, 3.0)


@pytest.fixture(params=SYSTEMS, name="rate")
def _rate(request):
    return np.array(SYSTEMS[request.param])


def dose(rate):
    return np.linspace(1.0, 2.0, len(rate))


def integrate(rate, start, times, source=lambda t: 0.0, breaks=()):
    """States and their areas at the times by an adaptive integrator that is restarted wherever the source jumps."""
    size, state, now, found = len(rate), np.concatenate([start, np.zeros_like(start)]), 0.0, {0.0: None}
    found[0.0] = state
    for stop in sorted({*times, *breaks} - {0.0}):
        middle = source(0.5 * (now + stop))
        answer = solve_ivp(
            lambda t, x, u=middle: np.concatenate([rate @ x[:size] + u, x[:size]]),
            (now, stop),
            state,
            method="DOP853",
            rtol=1e-12,
            atol=1e-14,
        )
        state, now = answer.y[:, -1], stop
        found[stop] = state
    return np.array([found[t] for t in times])


def close(found, wanted, tolerance=1e-8):
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=1e-11)


def test_bolus_is_the_matrix_exponential(rate):
    wanted = np.array([expm(rate * t) @ dose(rate) for t in TIMES])
    system = ls.linear_system(rate)
    close(ls.response_to_bolus(system, dose(rate), TIMES)[0], wanted)
    close(ls.propagate(system, dose(rate), 7.5)[0], wanted[3])


@three_and_equal
def test_bolus_and_its_area_against_an_integrator(rate):
    system, wanted = ls.linear_system(rate), integrate(rate, dose(rate), TIMES)
    close(ls.response_to_bolus(system, dose(rate), TIMES)[0], wanted[:, : len(rate)])
    close(ls.area_after_bolus(system, dose(rate), TIMES)[0], wanted[:, len(rate) :])


@three_and_equal
def test_infusion_and_its_area_against_an_integrator(rate):
    system, zero = ls.linear_system(rate), np.zeros(len(rate))
    wanted = integrate(rate, zero, TIMES, lambda t: dose(rate) * (t < INFUSION), breaks=[INFUSION])
    close(ls.response_to_infusion(system, dose(rate), INFUSION, TIMES)[0], wanted[:, : len(rate)])
    close(ls.area_after_infusion(system, dose(rate), INFUSION, TIMES)[0], wanted[:, len(rate) :])


@three_and_equal
def test_regular_infusions_and_their_area_against_an_integrator(rate):
    starts = INTERVAL * np.arange(COUNT)
    system, zero = ls.linear_system(rate), np.zeros(len(rate))
    wanted = integrate(
        rate,
        zero,
        TIMES,
        lambda t: dose(rate) / INFUSION * ((starts < t) & (t < starts + INFUSION)).any(),
        breaks=[*starts, *(starts + INFUSION)],
    )
    found = ls.response_to_regular_doses(system, dose(rate), INTERVAL, COUNT, TIMES, infusion_h=INFUSION)
    area = ls.area_of_regular_doses(system, dose(rate), INTERVAL, COUNT, TIMES, infusion_h=INFUSION)
    close(found[0], wanted[:, : len(rate)])
    close(area[0], wanted[:, len(rate) :])


@pytest.mark.parametrize("infusion_h", [0.0, INFUSION])
@pytest.mark.parametrize("count", [0, 1, 7])
def test_regular_doses_are_the_sum_of_single_ones(rate, infusion_h, count):
    system, single, area = ls.linear_system(rate), ls.response_to_bolus, ls.area_after_bolus
    amounts = dose(rate)
    if infusion_h:
        amounts = amounts / infusion_h
        single = lambda s, a, t: ls.response_to_infusion(s, a, infusion_h, t)  # noqa: E731
        area = lambda s, a, t: ls.area_after_infusion(s, a, infusion_h, t)  # noqa: E731
    times = np.concatenate([TIMES, INTERVAL * np.arange(8.0), [1e3]])
    regular = (system, dose(rate), INTERVAL, count, times)
    shifts = [times - INTERVAL * k for k in range(count)]
    none = np.zeros((1, len(times), len(rate)))
    close(
        ls.response_to_regular_doses(*regular, infusion_h=infusion_h),
        sum((single(system, amounts, t) for t in shifts), none),
        1e-9,
    )
    close(ls.area_of_regular_doses(*regular, infusion_h=infusion_h), sum((area(system, amounts, t) for t in shifts), none), 1e-9)


@pytest.mark.parametrize("name", ["three", "equal", "nearly equal", "chain", "turning"])
@pytest.mark.parametrize("infusion_h", [0.0, INFUSION])
def test_steady_state_is_where_many_doses_lead(name, infusion_h):
    rate = np.array(SYSTEMS[name])
    system, within, many = ls.linear_system(rate), np.array([0.0, 0.7, 1.5, 6.0, 11.99]), 600
    steady = ls.steady_state_over_interval(system, dose(rate), INTERVAL, within, infusion_h=infusion_h)
    late = ls.response_to_regular_doses(system, dose(rate), INTERVAL, many, within + (many - 1) * INTERVAL, infusion_h=infusion_h)
    close(steady, late)
    before = ls.steady_state_over_interval(system, dose(rate), INTERVAL, [INTERVAL], infusion_h=infusion_h)
    close(steady[:, 0] - (0 if infusion_h else dose(rate)), before[:, 0])


def test_area_to_infinity_is_the_area_in_the_end_and_over_an_interval_at_steady_state():
    system = ls.linear_system(THREE)
    endless = ls.area_to_infinity(system, dose(THREE))
    close(ls.area_after_bolus(system, dose(THREE), [2e3])[:, 0], endless)
    late = ls.area_of_regular_doses(system, dose(THREE), INTERVAL, 200, [199 * INTERVAL, 200 * INTERVAL])
    close(late[:, 1] - late[:, 0], endless)


def test_only_systems_with_parallel_eigenvectors_are_taken_whole():
    mixed = ls.linear_system([EQUAL, CLOSED, NEARLY_EQUAL])
    assert mixed.defective.tolist() == [True, False, True]
    assert not ls.linear_system(THREE).defective.any()
    together = ls.response_to_bolus(mixed, [1.0, 2.0], TIMES)
    alone = [ls.response_to_bolus(ls.linear_system(rate), [1.0, 2.0], TIMES)[0] for rate in (EQUAL, CLOSED, NEARLY_EQUAL)]
    close(together, np.array(alone), 1e-12)


def test_equal_rates_are_the_limit_of_unequal_ones():
    """With absorption and elimination at the same rate k the amount is dose k t exp(-k t), whose area is dose / k."""
    system = ls.linear_system(EQUAL)
    close(ls.response_to_bolus(system, [10.0, 0.0], TIMES)[0, :, 1], 10 * 0.3 * TIMES * np.exp(-0.3 * TIMES), 1e-12)
    assert ls.area_to_infinity(system, [10.0, 0.0])[0, 1] == pytest.approx(10 / 0.3)


def test_every_dose_up_to_a_time_is_counted_at_intervals_that_are_no_round_numbers():
    """Nothing leaves, so the amount is the number of doses."""
    count = np.arange(1, 2000)
    for interval in (0.1, 1 / 3, 24.7, np.pi):
        given_by = ls.response_to_regular_doses(ls.linear_system([[0.0]]), [1.0], interval, 5000, (count - 1) * interval)
        assert (given_by[0, :, 0] == count).all()
        just_before = ls.response_to_regular_doses(ls.linear_system([[0.0]]), [1.0], interval, 5000, (count - 1e-6) * interval)
        assert (just_before[0, :, 0] == count).all()


def test_people_have_their_own_rates_amounts_and_times():
    system = ls.linear_system([[[-0.1]], [[-0.2]]])
    found = ls.response_to_bolus(system, [[1.0], [3.0]], [[-1.0, 0.0, 5.0], [-1.0, 1.0, 2.0]])
    close(found[..., 0], [[0, 1, np.exp(-0.5)], [0, 3 * np.exp(-0.2), 3 * np.exp(-0.4)]], 1e-14)


@settings(max_examples=25, deadline=None)
@given(rates, rates, rates, rates, st.floats(0.1, 20.0), st.floats(0.1, 20.0))
def test_half_way_and_on_is_all_the_way(first, second, third, fourth, early, later):
    rate = np.array([[-first, 0, 0], [first, -second - third, fourth], [0, third, -fourth]])
    system = ls.linear_system(rate)
    half = ls.propagate(system, [1.0, 0.0, 0.0], early)
    np.testing.assert_allclose(
        ls.propagate(system, half, later), ls.propagate(system, [1.0, 0.0, 0.0], early + later), rtol=1e-7, atol=1e-13
    )


@settings(max_examples=25, deadline=None)
@given(rates, st.floats(-1e-4, 1e-4), st.floats(0.1, 100.0))
def test_nothing_jumps_where_the_way_of_solving_changes(rate, apart, hours):
    """Rates nearly equal, on either side of the bound, against the closed form written without a difference."""
    system = ls.linear_system([[-rate, 0.0], [rate, -rate * (1 + apart)]])
    shift = rate * apart * hours
    wanted = rate * hours * np.exp(-rate * hours) * (-np.expm1(-shift) / shift if shift else 1.0)
    assert ls.propagate(system, [1.0, 0.0], hours)[0, 1] == pytest.approx(wanted, rel=1e-7, abs=1e-14)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: ls.linear_system([[1.0, 2.0]]), "shape"),
        (lambda s: ls.linear_system([[np.nan]]), "finite"),
        (lambda s: ls.response_to_infusion(s, [1.0], 0.0, [1.0]), "infusion of 0"),
        (lambda s: ls.area_after_infusion(s, [1.0], -1.0, [1.0]), "infusion of -1"),
        (lambda s: ls.response_to_regular_doses(s, [1.0], 0.0, 3, [1.0]), "interval of 0"),
        (lambda s: ls.response_to_regular_doses(s, [1.0], 1.0, -3, [1.0]), "count of -3"),
        (lambda s: ls.area_of_regular_doses(s, [1.0], 1.0, 3, [1.0], infusion_h=2.0), "infusion of 2"),
        (lambda s: ls.steady_state_over_interval(s, [1.0], 1.0, [2.0]), "times outside"),
        (lambda s: ls.steady_state_over_interval(ls.linear_system(CLOSED), [1.0, 0.0], 1.0, [0.5]), "nothing leaves"),
        (lambda s: ls.area_to_infinity(ls.linear_system(CLOSED), [1.0, 0.0]), "nothing leaves"),
    ],
)
def test_what_cannot_be_solved_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call(ls.linear_system([[-0.1]]))
