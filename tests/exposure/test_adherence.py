"""What is taken, drawn; and what it does to concentrations."""

import numpy as np
import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.adherence import Adherence, draw_intakes, take_all
from stallpoint.exposure.plasma import plasma_model
from stallpoint.exposure.plasma_course import plasma_areas, plasma_concentrations, simulate_concentrations
from stallpoint.exposure.regimen import regular_regimen

TWICE_DAILY = regular_regimen(50.0, "oral", 12.0)
MODEL = plasma_model(clearance_l_h=np.full(400, 20.0), central_l=100.0, absorption_per_h=1.0)
YEAR = 8766.0


def draw(adherence, until=YEAR, people=400, seed=1):
    return draw_intakes(TWICE_DAILY, adherence, until, people, np.random.default_rng(seed))


def within(found, wanted, standard_error):
    """Five Monte Carlo errors."""
    assert abs(found - wanted) < 5 * standard_error


def test_missed_and_doubled_doses_come_as_often_as_said():
    taken = draw(Adherence(missed_probability=0.2, doubles_after_miss=0.5)).multiples
    cells = taken.size
    within((taken == 0).mean(), 0.2, np.sqrt(0.16 / cells))
    within((taken == 2).mean(), 0.2 * 0.8 * 0.5, 2 * np.sqrt(0.08 / cells))
    assert (taken[:, :-1][taken[:, 1:] == 2] == 0).all()


def test_people_may_differ_in_how_often_they_miss():
    taken = draw(Adherence(missed_probability=np.repeat([0.0, 0.5], 200))).multiples
    assert taken[:200].all()
    within(taken[200:].mean(), 0.5, np.sqrt(0.25 / taken[200:].size))


def test_late_doses_keep_their_order_and_their_mean():
    taken = draw(Adherence(late_mean_h=1.0))
    delay = taken.times_h - take_all(TWICE_DAILY, YEAR).times_h
    assert (np.diff(taken.times_h, axis=1) > 0).all()
    assert delay.min() >= 0
    within(delay.mean(), 1.0, 1 / np.sqrt(delay.size) + 1e-4)


def test_nothing_is_taken_in_a_break_or_after_stopping():
    stops = np.where(np.arange(400) < 100, 240.0, np.inf)
    taken = draw(Adherence(breaks_h=((48.0, 24.0),), stop_h=stops), until=480.0).multiples
    assert (taken[:, 4:6] == 0).all()
    assert taken[:, :4].all()
    assert taken[:, 6:20].all()
    assert (taken[:100, 20:] == 0).all()
    assert taken[100:, 20:].all()


def test_perfect_taking_is_the_regimen():
    times = np.arange(0.0, 500.0, 7.0)
    planned = plasma_concentrations(MODEL, TWICE_DAILY, times)
    drawn = simulate_concentrations(MODEL, TWICE_DAILY, Adherence(), times, rng=np.random.default_rng(1))
    np.testing.assert_allclose(drawn, planned, rtol=1e-9, atol=1e-13)


def test_a_missed_tenth_costs_a_tenth_of_the_average():
    """And doubling after every miss gives it back but for the misses in a row."""
    end = 2000.0
    full = plasma_areas(MODEL, TWICE_DAILY, [end])[0, 0]
    for doubles, wanted in ((0.0, 0.9), (1.0, 0.9 + 0.9 * 0.1)):
        taken = draw(Adherence(missed_probability=0.1, doubles_after_miss=doubles), until=end)
        share = plasma_areas(MODEL, TWICE_DAILY, [end], intakes=taken)[:, 0] / full
        within(share.mean(), wanted, share.std() / 20)


def test_the_same_stream_draws_the_same_and_lateness_moves_concentrations():
    late = Adherence(missed_probability=0.1, late_mean_h=2.0)
    first, again = (
        simulate_concentrations(MODEL, TWICE_DAILY, late, [100.0, 200.0], rng=np.random.default_rng(3)) for _ in range(2)
    )
    assert (first == again).all()
    assert first.std(axis=0).min() > 0


@pytest.mark.parametrize(
    "fault",
    [
        {"missed_probability": 1.2},
        {"missed_probability": np.array([0.1, np.nan])},
        {"doubles_after_miss": -0.1},
        {"late_mean_h": np.inf},
        {"breaks_h": ((1.0, 0.0),)},
        {"stop_h": -1.0},
    ],
)
def test_patterns_that_cannot_be_are_refused(fault):
    with pytest.raises(StallpointError, match=next(iter(fault))):
        Adherence(**fault)
