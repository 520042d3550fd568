import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.mechanism.function import domain_function, reinnervated
from stallpoint.mechanism.neurons import CHAIN, REGIONS, neurons_at, spread_modes

CLOCK = np.linspace(0, 3, 31)


@pytest.mark.parametrize("onset", range(4), ids=REGIONS)
def test_spread_follows_its_equation(onset: int) -> None:
    modes = spread_modes(np.array([onset]), np.array([0.7]))
    step = 1e-5
    here, after = (neurons_at(modes, (CLOCK + shift)[None]).involved[0] for shift in (0.0, step))
    seed = np.eye(4)[onset][:, None] * (1 - here)
    slope = 0.7 * (CHAIN @ here - CHAIN.sum(axis=1)[:, None] * here + seed)
    np.testing.assert_allclose((after - here) / step, slope, atol=1e-4)


@pytest.mark.parametrize("onset", range(4), ids=REGIONS)
def test_neurons_are_lost_in_proportion_to_involvement(onset: int) -> None:
    modes = spread_modes(np.array([onset]), np.array([1.3]))
    step = 1e-5
    here, after = (neurons_at(modes, (CLOCK + shift)[None]) for shift in (0.0, step))
    slope = (np.log(after.left) - np.log(here.left)) / step
    np.testing.assert_allclose(slope, -(here.involved + after.involved) / 2, atol=1e-6)
    assert (here.left[0, :, 0] == 1).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.floats(0.05, 5.0))
def test_the_region_of_onset_leads_and_involvement_stays_a_share(onset: int, spread: float) -> None:
    neurons = neurons_at(spread_modes(np.array([onset]), np.array([spread])), CLOCK[None])
    assert (neurons.involved >= -1e-12).all()
    assert (neurons.involved <= 1).all()
    assert (neurons.left[0, onset] <= neurons.left[0] + 1e-12).all()
    assert (np.diff(neurons.left, axis=2) <= 1e-15).all()


def test_reinnervation_keeps_function_above_the_share_of_neurons() -> None:
    left = np.linspace(0, 1, 11)
    function = reinnervated(left, np.asarray(4.0))
    assert function[0] == 0
    assert function[-1] == 1
    assert (function[1:-1] > left[1:-1]).all()
    np.testing.assert_allclose(reinnervated(left, np.asarray(0.0)), left)


def test_a_fibre_is_lost_with_the_last_neuron_within_its_reach() -> None:
    rng = np.random.default_rng(12)
    for reach, alive in ((2, 0.7), (5, 0.3)):
        held = (rng.random((40_000, reach)) < alive).any(axis=1).mean()
        function = float(reinnervated(np.asarray(alive), np.asarray(reach - 1.0)))
        assert function == pytest.approx(held, abs=4 * np.sqrt(held * (1 - held) / 40_000))


def test_the_first_neurons_die_in_silence_and_the_last_carry_no_more_than_the_reserve_allows() -> None:
    reserve = np.asarray(4.0)
    assert 1 - reinnervated(np.asarray(0.9), reserve) < 1e-4
    share = reinnervated(np.linspace(1e-6, 1, 50), reserve) / np.linspace(1e-6, 1, 50)
    assert (np.diff(share) < 0).all()
    assert share[0] == pytest.approx(1 + 4.0, rel=1e-4)


def test_breathing_needs_neck_and_chest() -> None:
    whole = np.ones((1, 4, 1))
    for region, fallen in ((0, [0]), (1, [1, 3]), (2, [3]), (3, [2])):
        left = whole.copy()
        left[:, region] = 0.3
        function = domain_function(left, np.array([4.0]), np.array([6.0]))[0, :, 0]
        assert [domain for domain in range(4) if function[domain] < 1] == fallen
