from __future__ import annotations

import pytest

from stallpoint.draw.months import month_ticks


@pytest.mark.parametrize(
    ("horizon", "ticks"),
    [(6, [0, 1, 2, 3, 4, 5, 6]), (12, [0, 3, 6, 9, 12]), (18.5, [0, 3, 6, 9, 12, 15, 18]), (36, [0, 6, 12, 18, 24, 30, 36])],
)
def test_ticks_fall_where_people_count(horizon, ticks):
    assert month_ticks(horizon) == ticks
