"""Shrinkage against closed forms and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.numerics.shrink import shrink_to_common_mean

EIGHT = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
ERRORS = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])


def test_eight_schools_shrink_as_published():
    """Rubin (1981), with tau nearly flat: posterior means lie between about 5 and 12, the common mean near 8."""
    found = shrink_to_common_mean(EIGHT, np.diag(ERRORS**2), spread_scale=25.0)
    assert found.common == pytest.approx(8.0, abs=0.3)
    assert found.mean[0] == pytest.approx(11.2, abs=1.0)
    assert found.mean[2] == pytest.approx(6.2, abs=1.0)
    assert ((found.low < found.mean) & (found.mean < found.high)).all()


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(-1, 1), min_size=2, max_size=5), st.floats(0.05, 0.5))
def test_every_value_moves_towards_the_common_mean_and_keeps_order(values, error):
    estimate = np.array(values)
    found = shrink_to_common_mean(estimate, error**2 * np.eye(len(values)), spread_scale=0.25)
    assert (np.abs(found.mean - found.common) <= np.abs(estimate - found.common) + 1e-9).all()
    assert (np.diff(found.mean[np.argsort(estimate)]) >= -1e-9).all()


def test_without_room_for_differences_all_are_the_weighted_mean():
    found = shrink_to_common_mean(EIGHT, np.diag(ERRORS**2), spread_scale=1e-4)
    weighted = (EIGHT / ERRORS**2).sum() / (1 / ERRORS**2).sum()
    assert found.mean == pytest.approx(np.full(8, weighted), abs=1e-3)
    assert found.sd == pytest.approx(np.full(8, (1 / ERRORS**2).sum() ** -0.5), rel=1e-3)


def test_intervals_cover_when_the_prior_is_the_truth():
    rng = np.random.default_rng(11)
    inside, count = 0, 0
    for _ in range(150):
        spread = abs(rng.normal(0, 0.25))
        truth = -0.2 + spread * rng.standard_normal(4)
        found = shrink_to_common_mean(truth + 0.2 * rng.standard_normal(4), 0.04 * np.eye(4), spread_scale=0.25)
        inside += int(((found.low <= truth) & (truth <= found.high)).sum())
        count += 4
    # 600 intervals in groups of four: the Monte Carlo error is at most 0.018.
    assert inside / count == pytest.approx(0.95, abs=0.04)
