"""Intervals of shares and of their differences."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054


def share_interval(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share of n people. Source: Wilson (1927), doi:10.1080/01621459.1927.10502953."""
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def difference_interval(first: float, n_first: int, second: float, n_second: int) -> tuple[float, float]:
    """95% interval of first less second, by Wilson's intervals of both. Source: Newcombe (1998) Stat Med 17:873-890, method 10."""
    low_first, high_first = share_interval(first, n_first)
    low_second, high_second = share_interval(second, n_second)
    apart = first - second
    return (
        apart - sqrt((first - low_first) ** 2 + (high_second - second) ** 2),
        apart + sqrt((high_first - first) ** 2 + (second - low_second) ** 2),
    )
