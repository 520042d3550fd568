"""Hazard integrals against adaptive quadrature, and slopes against differences, for each baseline."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from stallpoint.models.joint.baseline.royston_parmar import RoystonParmar
from stallpoint.models.joint.baseline.splines import LogLinear
from stallpoint.models.joint.baseline.weibull import Weibull
from stallpoint.numerics.delta import jacobian

END = np.array([0.4, 3.0, 7.9, 20.0])
CASES = {
    "weibull, steep at 0": (Weibull(), np.array([np.log(0.6)])),
    "weibull, flat at 0": (Weibull(), np.array([np.log(2.3)])),
    "piecewise": (LogLinear((2.0, 8.0), 20.0, 0), np.array([-2.0, -1.0, -1.6])),
    "spline": (LogLinear((4.0, 9.0), 20.0, 3), np.array([-2.0, -1.0, -1.6, -0.8, -1.5, -1.0])),
    "royston-parmar": (RoystonParmar((1.0, 4.0, 12.0)), np.array([-3.0, 1.2, 0.05])),
    "royston-parmar, steep at 0": (RoystonParmar((1.0, 4.0, 12.0)), np.array([-2.0, 0.55, 0.02])),
}


def hazard_at(baseline, parameters, time):
    return float(np.exp(baseline.evaluate(parameters, baseline.place(np.array([time]))).log_end[0]))


def weight_of_course(times):
    """A course like that of a linear predictor with a slope."""
    return np.exp(-0.3 - 0.07 * times)


@pytest.mark.parametrize("name", CASES)
def test_integral_of_the_hazard_times_a_course(name):
    baseline, parameters = CASES[name]
    placed = baseline.place(END)
    found = (baseline.evaluate(parameters, placed).weight * weight_of_course(placed.nodes)).sum(axis=1)
    breaks = [0.0, 1.0, 2.0, 4.0, 8.0, 9.0, 12.0, 20.0]
    for end, value in zip(END, found, strict=True):
        edges = [edge for edge in breaks if edge < end] + [end]
        exact = sum(
            quad(lambda t: hazard_at(baseline, parameters, t) * weight_of_course(t), low, high, epsabs=1e-11, limit=200)[0]
            for low, high in pairwise(edges)
        )
        assert value == pytest.approx(exact, rel=5e-6)


@pytest.mark.parametrize("name", CASES)
def test_slopes_are_those_of_the_hazard_and_of_its_integral(name):
    baseline, parameters = CASES[name]
    placed = baseline.place(END)
    at = baseline.evaluate(parameters, placed)
    course = weight_of_course(placed.nodes)
    assert at.log_end_slope == pytest.approx(
        jacobian(lambda x: baseline.evaluate(x, placed).log_end, parameters), rel=1e-6, abs=1e-8
    )
    slope = np.einsum("nj,njb,nj->nb", at.slope_weight, at.slope_nodes, course)
    numeric = jacobian(lambda x: (baseline.evaluate(x, placed).weight * course).sum(axis=1), parameters)
    assert slope == pytest.approx(numeric, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", ["piecewise", "spline", "royston-parmar"])
def test_the_start_is_a_constant_hazard(name):
    baseline, _ = CASES[name]
    placed = baseline.place(END)
    at = baseline.evaluate(baseline.start(np.log(0.1)), placed)
    assert np.exp(at.log_end) == pytest.approx(np.full(4, 0.1))
    assert at.weight.sum(axis=1) == pytest.approx(0.1 * END)


def test_a_falling_cumulative_hazard_is_refused():
    baseline = RoystonParmar((1.0, 4.0, 12.0))
    with pytest.raises(FloatingPointError):
        baseline.evaluate(np.array([-3.0, -0.5, 0.0]), baseline.place(END))


def test_a_knot_belongs_to_the_interval_that_it_ends():
    baseline = LogLinear((2.0, 8.0), 20.0, 0)
    assert baseline.place(np.array([2.0, 2.0001, 8.0])).design_end.tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]
