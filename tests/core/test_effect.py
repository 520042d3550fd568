import math

import pytest

from stallpoint.core.effect import Effect


def effect(low, high, **more):
    return Effect("e", "Effect", 0.5, low, high, unit="points", n=10, estimand="", method="", **more)


@pytest.mark.parametrize(
    ("low", "high", "excludes"),
    [
        (0.1, 0.9, True),
        (-0.9, -0.1, True),
        (-0.1, 0.9, False),
        (0.0, 0.9, False),
        (math.nan, math.nan, False),
        (-math.inf, math.inf, False),
    ],
)
def test_an_interval_leaves_out_no_effect_only_where_it_is_one(low, high, excludes):
    assert effect(low, high).excludes_null is excludes
    assert effect(low, high, better="higher").favours == ("neither" if not excludes else "treatment")


def test_a_level_has_nothing_to_leave_out():
    assert not effect(0.1, 0.9, scale="level").excludes_null
