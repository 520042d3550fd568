"""The fast way against the equations, and what must hold for anybody."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mechanism_world import make_action

from stallpoint.mechanism.action import Schedule
from stallpoint.mechanism.equations import solve_person
from stallpoint.mechanism.follow import Courses, follow_people
from stallpoint.mechanism.people import People
from stallpoint.mechanism.virtual_people import draw_people

REPORTED = ("burdens", "clock", "neurons", "domains", "nfl_serum", "nfl_csf", "cumulative_hazard")
SHARE = st.floats(0.01, 0.99)


def largest_error(fast: Courses, slow: Courses, person: int, weeks: int) -> float:
    pairs = ((getattr(fast, name)[person][..., 1 : weeks + 1], getattr(slow, name)[0][..., 1:]) for name in REPORTED)
    return max(float(np.abs(found / exact - 1).max()) for found, exact in pairs)


@pytest.mark.parametrize(
    ("half_life_days", "schedule"),
    [(0.4, Schedule()), (3.0, Schedule(0.5)), (44.0, Schedule(28.0, (0.0, 14.0, 28.0)))],
    ids=["daily", "twice a day", "monthly, with loading doses"],
)
def test_agrees_with_the_equations(people: People, half_life_days: float, schedule: Schedule) -> None:
    action = make_action(people.n, half_life_days=half_life_days, schedule=schedule, harm=0.1, start_days=3.0, stop_days=21.0)
    fast = follow_people(people, [action], weeks=5)
    for person in (0, people.n // 4, people.n - 1):
        one = np.array([person])
        slow = solve_person(people.take(one), [action.take(one)], weeks=5, rtol=1e-8)
        assert largest_error(fast, slow, person, 5) < 1e-4


def test_agrees_without_treatment(people: People) -> None:
    slow = solve_person(people.take(np.array([3])), [], weeks=12, rtol=1e-9)
    assert largest_error(follow_people(people, weeks=12), slow, 3, 12) < 1e-4


def test_two_drugs_agree_with_the_equations_too(people: People) -> None:
    actions = [make_action(people.n), make_action(people.n, pathways=(3,), share=0.3, half_life_days=2.0)]
    one = np.array([5])
    slow = solve_person(people.take(one), [action.take(one) for action in actions], weeks=2, rtol=1e-8)
    assert largest_error(follow_people(people, actions, weeks=2), slow, 5, 2) < 1e-4


@settings(max_examples=15, deadline=None)
@given(share=SHARE, largest=st.floats(-2.0, 0.95), seed=st.integers(0, 2**16))
def test_neurons_never_grow_and_burdens_stay_positive(share: float, largest: float, seed: int) -> None:
    some = draw_people(12, rng=np.random.default_rng(seed))
    courses = follow_people(some, [make_action(12, share=share, largest=largest)], weeks=20)
    assert (np.diff(courses.neurons, axis=2) <= 0).all()
    assert (courses.burdens > 0).all()
    assert (courses.neurons > 0).all()
    assert (np.diff(courses.cumulative_hazard, axis=1) >= 0).all()
    assert ((courses.domains >= 0) & (courses.domains <= 12)).all()


def test_no_drug_means_burdens_stay_where_they_are_for_years(people: People) -> None:
    idle = make_action(people.n, largest=0.0)
    for courses in (follow_people(people, weeks=260), follow_people(people, [idle], weeks=260)):
        np.testing.assert_allclose(courses.burdens, 1.0, atol=1e-12)
        speed = np.diff(courses.clock, axis=1) / (7 * people.rate_per_day[:, None])
        np.testing.assert_allclose(speed, 1.0, rtol=1e-9)


def test_a_drug_that_does_nothing_is_natural_history(people: People) -> None:
    idle, none = follow_people(people, [make_action(people.n, largest=0.0)], weeks=52), follow_people(people, weeks=52)
    np.testing.assert_allclose(idle.alsfrs_r, none.alsfrs_r, rtol=1e-9)
    np.testing.assert_allclose(idle.nfl_serum, none.nfl_serum, rtol=1e-9)


def test_everybody_is_followed_alike_whatever_the_block(people: People) -> None:
    action = make_action(people.n)
    whole = follow_people(people, [action], weeks=6)
    part = follow_people(people.take(slice(100, 120)), [action.take(slice(100, 120))], weeks=6)
    np.testing.assert_allclose(whole.nfl_serum[100:120], part.nfl_serum, rtol=1e-12)


def test_two_drugs_on_two_pathways_multiply_on_the_rate_of_loss(people: People) -> None:
    """Bliss on the log-rate scale: the log clock speed of both is the sum of the two."""
    one, two = make_action(people.n, pathways=(1,)), make_action(people.n, pathways=(2,))
    late = [np.diff(follow_people(people, each, weeks=60).clock, axis=1)[:, -1] for each in ([one], [two], [one, two], [])]
    np.testing.assert_allclose(np.log(late[2] / late[3]), np.log(late[0] / late[3]) + np.log(late[1] / late[3]), atol=1e-6)


def test_a_stopped_drug_lets_burdens_come_back(people: People) -> None:
    courses = follow_people(people, [make_action(people.n, stop_days=70.0)], weeks=104)
    assert (courses.burdens[:, 0, 10] < 0.8).all()
    np.testing.assert_allclose(courses.burdens[:, :, -1], 1.0, atol=1e-3)
