import numpy as np
import pytest

from stallpoint.clinical.encals_groups import UNVERIFIED, encals_groups, encals_nearest_groups
from stallpoint.core.errors import StallpointError

GROUPS = ["very short", "short", "intermediate", "long", "very long"]


def test_each_published_median_falls_in_its_own_group_and_the_label_is_called_approximate():
    found = encals_nearest_groups([-1.934, -3.203, -4.081, -5.147, -7.381, np.nan])
    assert found.labels.tolist() == [*GROUPS, "unknown"]
    assert found.approximate
    assert found.unverified == UNVERIFIED
    assert "approximate" in UNVERIFIED


def test_stated_cut_points_are_followed():
    found = encals_groups([-1, -2, -3.5, -4.5, -5.5], cut_points=(-2, -3, -4, -5))
    assert found.labels.tolist() == ["very short", "short", "intermediate", "long", "very long"]
    assert not found.approximate


def test_cut_points_must_be_four_and_fall():
    for cut_points in ((-5, -4, -3, -2), (-2, -3)):
        with pytest.raises(StallpointError, match="four falling"):
            encals_groups([-3], cut_points=cut_points)
