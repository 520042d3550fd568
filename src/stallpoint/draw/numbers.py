"""Effects as charts and tables write them."""

from __future__ import annotations

from stallpoint.core.effect import Effect
from stallpoint.core.numbers import format_number


def format_value(effect: Effect) -> str:
    """The estimate alone."""
    return format_number(effect.estimate, effect.decimals)


def format_interval(effect: Effect) -> str:
    """The interval alone: `0.04 to 0.32`."""
    return f"{format_number(effect.low, effect.decimals)} to {format_number(effect.high, effect.decimals)}"


def format_estimate(effect: Effect) -> str:
    """Estimate and interval: `0.18 (0.04 to 0.32)`."""
    return f"{format_value(effect)} ({format_interval(effect)})"
