import numpy as np
import pytest
from scipy.stats import kstest, weibull_min

from stallpoint.simulate.death import cell_middles, cumulative_hazard, event_grid, simulate_event_times
from stallpoint.simulate.natural_history import Hazard

EDGES = event_grid(12)


def times(hazard, log_relative, n, seed=1):
    cumulative = cumulative_hazard(hazard, np.broadcast_to(log_relative, (n, len(EDGES) - 1)), EDGES)
    return simulate_event_times(hazard, cumulative, EDGES, np.random.default_rng(seed))


def test_without_association_survival_is_weibull_exactly():
    hazard = Hazard(shape=1.7, scale_months=9.0, log_hazard_per_point=0.0)
    cumulative = cumulative_hazard(hazard, np.zeros((1, len(EDGES) - 1)), EDGES)[0]
    assert np.exp(-cumulative) == pytest.approx(weibull_min.sf(EDGES, 1.7, scale=9.0), abs=1e-12)


def test_without_association_times_follow_the_weibull_up_to_the_horizon():
    drawn = times(Hazard(1.7, 9.0, 0.0), 0.0, 20_000)
    died = drawn[np.isfinite(drawn)]
    assert np.isfinite(drawn).mean() == pytest.approx(weibull_min.cdf(12, 1.7, scale=9.0), abs=0.01)
    assert kstest(died, lambda t: weibull_min.cdf(t, 1.7, scale=9.0) / weibull_min.cdf(12, 1.7, scale=9.0)).pvalue > 0.001


def test_linear_decline_gives_the_gompertz_closed_form():
    """shape 1 and hazard exp(0.1 t) / 50: cumulative (exp(0.1 t) - 1) / 5."""
    hazard = Hazard(1.0, 50.0, -0.1)
    cumulative = cumulative_hazard(hazard, 0.1 * cell_middles(EDGES)[None, :], EDGES)[0]
    assert cumulative == pytest.approx((np.exp(0.1 * EDGES) - 1) / 5, abs=1e-5)


def test_times_invert_the_cumulative_hazard():
    hazard = Hazard(1.0, 50.0, -0.1)
    drawn = times(hazard, 0.1 * cell_middles(EDGES), 20_000)
    expected = 1 - np.exp(-(np.exp(0.1 * 6) - 1) / 5)
    assert (drawn <= 6).mean() == pytest.approx(expected, abs=0.008)


def test_a_higher_hazard_never_delays_the_same_draw():
    hazard = Hazard(1.2, 40.0, 0.0)
    assert (times(hazard, 0.5, 500) <= times(hazard, 0.0, 500)).all()
