import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from stallpoint.numerics.spike_and_slab import shrink_to_zero

SCALE = 0.25


def half_normal(tau):
    return 2 * norm.pdf(tau, scale=SCALE)


def test_one_estimate_agrees_with_integrals():
    estimate, error, chance = 0.5, 0.2, 0.1
    slab = quad(lambda tau: half_normal(tau) * norm.pdf(estimate, scale=np.hypot(error, tau)), 0, 4 * SCALE)[0]
    first = quad(
        lambda tau: half_normal(tau) * norm.pdf(estimate, scale=np.hypot(error, tau)) * tau**2 / (tau**2 + error**2), 0, 4 * SCALE
    )[0]
    spike = norm.pdf(estimate, scale=error) * quad(half_normal, 0, 4 * SCALE)[0]
    total = chance * slab + (1 - chance) * spike
    found = shrink_to_zero(np.array([estimate]), np.array([error]), chance=chance, spread_scale=SCALE)
    assert found.real[0] == pytest.approx(chance * slab / total, rel=1e-3)
    assert found.mean[0] == pytest.approx(estimate * chance * first / total, rel=1e-3)


def test_selection_leaves_no_bias_where_the_prior_is_the_truth():
    rng = np.random.default_rng(3)
    raw, shrunken = [], []
    for _ in range(700):
        tau = abs(rng.normal(0, SCALE))
        truth = np.where(rng.random(5) < 0.1, rng.normal(0, tau, 5), 0.0)
        seen = truth + rng.normal(0, 0.1, 5)
        found = shrink_to_zero(seen, np.full(5, 0.1), chance=0.1, spread_scale=SCALE)
        for j in np.flatnonzero(np.abs(seen) > 0.23):
            raw.append(np.sign(seen[j]) * (seen[j] - truth[j]))
            shrunken.append(np.sign(seen[j]) * (found.mean[j] - truth[j]))
    error = np.std(shrunken) / np.sqrt(len(shrunken))
    assert len(raw) > 100
    assert np.mean(raw) > 8 * error
    assert abs(np.mean(shrunken)) < 3 * error


def test_what_is_far_from_zero_is_left_and_what_is_near_becomes_nothing():
    found = shrink_to_zero(np.array([1.0, 0.05]), np.array([0.1, 0.1]), chance=0.1, spread_scale=SCALE)
    assert found.mean[0] > 0.9
    assert found.low[0] > 0.7
    assert found.real[0] > 0.99
    assert abs(found.mean[1]) < 0.01
    assert found.low[1] <= 0 <= found.high[1]


def test_signs_turn_with_the_estimates():
    one = shrink_to_zero(np.array([0.4, -0.1]), np.array([0.15, 0.2]), chance=0.2, spread_scale=SCALE)
    other = shrink_to_zero(np.array([-0.4, 0.1]), np.array([0.15, 0.2]), chance=0.2, spread_scale=SCALE)
    assert other.mean == pytest.approx(-one.mean)
    assert other.low == pytest.approx(-one.high, abs=1e-9)
    assert other.real == pytest.approx(one.real)
