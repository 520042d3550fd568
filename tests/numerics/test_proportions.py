import pytest

from stallpoint.numerics.proportions import difference_interval, share_interval


def test_published_intervals():
    """Newcombe (1998), Stat Med 17:857-872, table I (81 of 263, Wilson), and 17:873-890, table II (a) and (h), method 10."""
    assert share_interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert difference_interval(56 / 70, 70, 48 / 80, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert difference_interval(10 / 10, 10, 0 / 10, 10) == pytest.approx((0.6075, 1.0), abs=5e-5)


def test_it_turns_with_its_sides():
    low, high = difference_interval(0.3, 40, 0.5, 200)
    assert difference_interval(0.5, 200, 0.3, 40) == pytest.approx((-high, -low))
