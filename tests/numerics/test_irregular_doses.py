"""Doses at any times, against sums of single doses."""

import numpy as np
import pytest

from stallpoint.numerics import linear_system as ls
from stallpoint.numerics.irregular_doses import area_of_doses, response_to_doses

RATES = np.array(
    [
        [[-1.4, 0.0, 0.0], [1.4, -0.75, 0.2], [0.0, 0.3, -0.2]],
        [[-0.3, 0.0, 0.0], [0.3, -0.3, 0.0], [0.0, 0.1, -0.05]],
        [[-2.0, 0.0, 0.0], [2.0, -0.35, 0.2], [0.0, 0.3, -0.2]],
    ]
)
AMOUNTS = np.array([[50.0, 0, 0], [40, 0, 0], [0, 10, 0]])
DOSES = np.array([0.0, 12.0, 24.0, 37.5, 60.0])
MULTIPLES = np.array([[1, 0, 2, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 2, 1]])
TIMES = np.array([0.0, 5.0, 12.0, 24.0, 24.5, 36.0, 37.5, 61.0, 100.0])


def summed(system, doses, times, infusion_h, single, infused):
    """Each dose by itself, added up."""
    doses, times = (np.broadcast_to(own, (3, own.shape[-1])) for own in (doses, times))
    total = np.zeros((3, times.shape[1], 3))
    for k in range(doses.shape[1]):
        since, own = times - doses[:, k : k + 1], MULTIPLES[:, k : k + 1] * AMOUNTS
        total += infused(system, own / infusion_h, infusion_h, since) if infusion_h else single(system, own, since)
    return total


@pytest.mark.parametrize("infusion_h", [0.0, 1.0, 15.0], ids=["bolus", "infusion", "overlapping infusions"])
@pytest.mark.parametrize("own_times", [False, True], ids=["shared times", "own times"])
def test_doses_at_any_time_are_the_sum_of_single_ones(infusion_h, own_times):
    """One of the three systems has equal rates and is solved another way."""
    system = ls.linear_system(RATES)
    shift = np.array([[0.0], [0.9], [3.1]]) * own_times
    doses, times = (DOSES + shift, TIMES - 2 * shift) if own_times else (DOSES, TIMES)
    call = (system, AMOUNTS, MULTIPLES, doses, times)
    wanted = summed(system, doses, times, infusion_h, ls.response_to_bolus, ls.response_to_infusion)
    area = summed(system, doses, times, infusion_h, ls.area_after_bolus, ls.area_after_infusion)
    np.testing.assert_allclose(response_to_doses(*call, infusion_h=infusion_h), wanted, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(area_of_doses(*call, infusion_h=infusion_h), area, rtol=1e-9, atol=1e-9)


def test_doses_taken_as_planned_are_regular_doses():
    """At an interval that is no round number, with reports on the doses."""
    system, interval = ls.linear_system(RATES), 24.7 / 3
    when = interval * np.arange(200)
    walked = response_to_doses(system, AMOUNTS, np.ones((3, 200)), when, when[::7])
    np.testing.assert_allclose(
        walked, ls.response_to_regular_doses(system, AMOUNTS, interval, 200, when[::7]), rtol=1e-9, atol=1e-12
    )


def test_what_cannot_be_solved_is_refused():
    system = ls.linear_system(RATES)
    with pytest.raises(ValueError, match="before time 0"):
        response_to_doses(system, AMOUNTS, MULTIPLES, DOSES - 1, TIMES)
    with pytest.raises(ValueError, match="broadcast"):
        response_to_doses(system, AMOUNTS, MULTIPLES, DOSES[:3], TIMES)
    with pytest.raises(ValueError, match="nothing leaves"):
        area_of_doses(ls.linear_system([[0.0]]), [1.0], [[1.0]], [0.0], [1.0])
