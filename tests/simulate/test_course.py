import numpy as np
import pytest

from stallpoint.simulate.course import Course
from stallpoint.simulate.planted import PlantedEffect, no_effect, percent_slowing


def course(effect, acceleration=0.0, stop=np.inf):
    return Course(np.array([38.0]), np.array([-1.0]), acceleration, effect, np.ones(1), np.array([stop]))


def test_untreated_course_is_a_parabola():
    months = np.array([[0.0, 1.0, 10.0]])
    assert course(no_effect(), acceleration=-0.1).untreated(months)[0] == pytest.approx([38.0, 36.95, 23.0])


def test_slowing_of_a_curved_course_takes_its_share_of_the_whole_decline():
    assert course(percent_slowing(0.5), acceleration=-0.1).gain(np.array([[10.0]]))[0, 0] == pytest.approx(7.5)


def test_direct_hazard_acts_from_start_to_stop():
    effect = PlantedEffect(log_hazard_ratio=-0.7, start_months=3.0)
    acting = course(effect, stop=6.0).log_hazard_ratio(np.array([[1.0, 4.0, 7.0]]))[0]
    assert acting == pytest.approx([0.0, -0.7, 0.0])
