import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from stallpoint.core.errors import StallpointError
from stallpoint.mechanism.pathways import COUNT, build_network, exact_step
from stallpoint.mechanism.settle import mean_gain, settled_gain


def test_a_step_under_a_constant_drive_is_that_of_an_integrator() -> None:
    network = build_network(bypass=0.4)
    start, drive = np.linspace(-0.3, 0.2, COUNT), np.linspace(-1, 0, COUNT)
    step = exact_step(network, 1.0)
    moved = step.carry @ start + step.push @ np.tile(drive, len(step.nodes))
    solved = solve_ivp(
        lambda _t, x: network.rates @ x + drive / network.relaxation_days,
        (0, 1),
        start,
        rtol=1e-11,
        atol=1e-13,
        dense_output=True,
    )
    np.testing.assert_allclose(moved[:COUNT], solved.y[:, -1], atol=1e-10)
    nodes, weights = np.polynomial.legendre.leggauss(9)
    np.testing.assert_allclose(moved[COUNT:], solved.sol((nodes + 1) / 2) @ weights / 2, atol=1e-8)


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 1), st.integers(0, COUNT - 1))
def test_a_bypass_pushes_the_others_up_and_never_undoes_the_drug(bypass: float, pathway: int) -> None:
    network = build_network(bypass=bypass)
    assert np.linalg.eigvals(network.rates).real.max() < 0
    suppressed = network.gain @ (-np.eye(COUNT)[pathway])
    free = build_network(bypass=0.0).gain @ (-np.eye(COUNT)[pathway])
    assert suppressed[pathway] < 0
    assert suppressed.sum() >= free.sum() - 1e-9


def test_a_bypass_that_runs_away_is_refused() -> None:
    with pytest.raises(StallpointError, match="run away"):
        build_network(bypass=-9.0)


def test_the_quick_stand_in_is_the_mean_over_the_trial() -> None:
    network = build_network(bypass=0.3)
    days = np.linspace(0, 168, 4001)
    solved = solve_ivp(
        lambda _t, x: network.rates @ x + np.eye(COUNT)[2] / network.relaxation_days,
        (0, 168),
        np.zeros(COUNT),
        t_eval=days,
        rtol=1e-9,
        atol=1e-11,
    )
    mean = np.trapezoid(solved.y, days, axis=1) / 168
    np.testing.assert_allclose(mean_gain(network, 168.0)[:, 2], mean, atol=1e-5)
    between = settled_gain(np.array([0.3, 0.25]), 24)
    np.testing.assert_allclose(between.gain[0], mean_gain(network, 168.0), atol=1e-12)
    np.testing.assert_allclose(between.gain[1], mean_gain(build_network(bypass=0.25), 168.0), atol=2e-3)
