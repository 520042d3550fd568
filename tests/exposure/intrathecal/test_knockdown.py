import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.intrathecal.knockdown import remaining_mrna, remaining_protein


def test_messenger_is_halfway_at_the_ec50_and_never_below_the_largest_knockdown():
    left = remaining_mrna([0, 1.4, 1e9], ec50_ug_g=1.4, max_knockdown=0.75)
    np.testing.assert_allclose(left, [1, 1 - 0.375, 0.25], rtol=1e-6)


def test_protein_has_made_90_percent_of_its_way_by_day_85():
    days = np.linspace(0, 85, 171)
    left = remaining_protein(np.full(days.size, 0.4), days, half_life_days=25)
    assert (1 - left[-1]) / (1 - 0.4) == pytest.approx(0.905, abs=0.0005)


def test_protein_is_exact_where_messenger_falls_in_straight_lines():
    days, mrna = np.array([0, 3.0, 10, 40, 85]), np.array([1, 0.3, 0.5, 0.45, 0.9])
    stepped = solve_ivp(
        lambda day, p: np.log(2) / 25 * (np.interp(day, days, mrna) - p),
        (0, 85),
        [1.0],
        t_eval=days,
        rtol=1e-10,
        atol=1e-12,
        max_step=0.5,
    )
    np.testing.assert_allclose(remaining_protein(mrna, days, half_life_days=25), stepped.y[0], rtol=1e-6)


@settings(max_examples=30, deadline=None)
@given(level=st.lists(st.floats(0, 1), min_size=2, max_size=8), half_life=st.floats(0.5, 200))
def test_protein_stays_between_what_it_was_and_what_messenger_can_do(level, half_life):
    days = np.arange(len(level)) * 7.0
    left = remaining_protein(level, days, half_life_days=half_life)
    assert (left <= 1 + 1e-12).all()
    assert (left >= min([*level, 1]) - 1e-12).all()


def test_draws_and_regions_broadcast():
    days = np.arange(5.0)
    left = remaining_protein(np.full((3, 1, 5), 0.5), days, half_life_days=np.array([10.0, 20.0]))
    assert left.shape == (3, 2, 5)
    assert (left[:, 0, -1] < left[:, 1, -1]).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"conc_ug_g": -1, "ec50_ug_g": 1, "max_knockdown": 0.7}, "concentration"),
        ({"conc_ug_g": np.nan, "ec50_ug_g": 1, "max_knockdown": 0.7}, "concentration"),
        ({"conc_ug_g": 1, "ec50_ug_g": 0, "max_knockdown": 0.7}, "EC50"),
        ({"conc_ug_g": 1, "ec50_ug_g": 1, "max_knockdown": 75}, "0.75 for 75%"),
    ],
)
def test_what_cannot_be_is_refused(arguments, said):
    with pytest.raises(StallpointError, match=said):
        remaining_mrna(**arguments)


def test_times_and_half_lives_that_cannot_be_are_refused():
    with pytest.raises(StallpointError, match="do not rise"):
        remaining_protein([1, 1], [0, 0], half_life_days=25)
    with pytest.raises(StallpointError, match="half-life"):
        remaining_protein([1, 1], [0, 1], half_life_days=-25)
