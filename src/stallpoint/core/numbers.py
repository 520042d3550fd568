"""How a number is written for people: as many digits as its interval supports, and a real minus sign."""

from __future__ import annotations

import math

MINUS = "\u2212"
SMALLEST_P = 0.001


def count_decimals(low: float, high: float) -> int:
    """Decimals that show two digits of the interval's width; two decimals where there is no finite interval."""
    width = high - low
    if not (math.isfinite(width) and width > 0):
        return 2
    return max(0, 1 - math.floor(math.log10(width)))


def format_number(value: float, decimals: int) -> str:
    """A number with fixed decimals; what is not a number is a dash."""
    if math.isnan(value):
        return "\u2013"
    rounded = round(value, decimals) + 0.0
    return f"{rounded:,.{decimals}f}".replace("-", MINUS)


def format_chance(chance: float) -> str:
    """A chance above 0 in percent: never as 0%, which would say that it cannot be."""
    return "<1%" if 0 < chance < 0.005 else f"{chance:.0%}"


def format_p(p_value: float | None) -> str:
    """A p-value with two significant digits, never below what it can be trusted to; empty where there is none."""
    if p_value is None or math.isnan(p_value):
        return ""
    if p_value < SMALLEST_P:
        return f"<{SMALLEST_P:g}"
    return f"{p_value:.2f}" if p_value >= 0.1 else f"{p_value:.2g}" if p_value >= 0.01 else f"{p_value:.3f}"
