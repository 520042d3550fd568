"""Effects and p-values as reports write them."""

from __future__ import annotations

import math

from stallpoint.core.effect import Effect
from stallpoint.core.numbers import count_decimals, format_number

SMALLEST_P = 0.001


def format_value(effect: Effect) -> str:
    """The estimate alone."""
    return format_number(effect.estimate, count_decimals(effect.low, effect.high))


def format_interval(effect: Effect) -> str:
    """The interval alone: `0.04 to 0.32`."""
    decimals = count_decimals(effect.low, effect.high)
    return f"{format_number(effect.low, decimals)} to {format_number(effect.high, decimals)}"


def format_estimate(effect: Effect) -> str:
    """Estimate and interval: `0.18 (0.04 to 0.32)`."""
    return f"{format_value(effect)} ({format_interval(effect)})"


def format_p(p_value: float | None) -> str:
    """A p-value with two significant digits, never below what it can be trusted to; empty where there is none."""
    if p_value is None or math.isnan(p_value):
        return ""
    if p_value < SMALLEST_P:
        return f"<{SMALLEST_P:g}"
    return f"{p_value:.2f}" if p_value >= 0.1 else f"{p_value:.2g}" if p_value >= 0.01 else f"{p_value:.3f}"
