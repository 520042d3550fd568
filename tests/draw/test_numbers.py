from __future__ import annotations

import math

import pytest

from stallpoint.core.effect import Effect
from stallpoint.draw.numbers import format_estimate


def effect(estimate, low, high):
    return Effect("e", "e", estimate, low, high, unit="points", n=10, estimand="", method="")


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0.218, 0.082, 0.354), "0.22 (0.08 to 0.35)"),
        ((-1.02, -1.1, -0.94), "\u22121.02 (\u22121.10 to \u22120.94)"),
        ((12.3, 2.0, 22.6), "12 (2 to 23)"),
        ((1234.0, 1100.0, 1368.0), "1,234 (1,100 to 1,368)"),
        ((0.0, -math.inf, math.inf), "0.00 (\u2212inf to inf)"),
        ((math.nan, math.nan, math.nan), "\u2013 (\u2013 to \u2013)"),
    ],
)
def test_estimates_have_the_digits_their_interval_supports(numbers, said):
    assert format_estimate(effect(*numbers)) == said


def test_ratios_have_two_decimals_so_that_a_small_end_is_not_zero():
    odds = Effect("e", "e", 0.93, 0.05, 17.0, unit="", n=10, estimand="", method="", scale="ratio")
    assert format_estimate(odds) == "0.93 (0.05 to 17.00)"
