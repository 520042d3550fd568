from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallpoint.draw.labels import first_line_offset, measure_label, spread_labels, wrap_label

positions = st.lists(st.floats(0, 100), min_size=1, max_size=6)


@settings(deadline=None)
@given(positions)
def test_spread_labels_keep_order_distance_and_bounds(wanted):
    placed = spread_labels(wanted, gap=10, low=0, high=100)
    in_order = [placed[index] for index in sorted(range(len(wanted)), key=wanted.__getitem__)]
    assert all(after - before >= 10 - 1e-9 for before, after in pairwise(in_order))
    assert min(placed) >= 0
    assert max(placed) <= 100 + 1e-9


@settings(deadline=None)
@given(st.floats(0, 50), st.floats(60, 100))
def test_labels_far_apart_stay(low, high):
    assert spread_labels([high, low], gap=10, low=0, high=100) == pytest.approx([high, low])


def test_two_labels_at_one_place_move_apart_evenly():
    assert spread_labels([50, 50], gap=10, low=0, high=100) == pytest.approx([45, 55])


def test_no_labels():
    assert spread_labels([], gap=10, low=0, high=100) == []


def test_wrapping_keeps_the_words():
    lines = wrap_label("a rather long name of an arm", characters=12)
    assert " ".join(lines) == "a rather long name of an arm"
    assert max(map(len, lines)) <= 12
    assert wrap_label("") == [""]


def test_measures():
    assert measure_label(["ab", "abcd"]) == measure_label(["abcd"]) > measure_label(["ab"])
    assert first_line_offset(["one"]) == 0
    assert first_line_offset(["one", "two", "three"]) == 15
