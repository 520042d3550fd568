"""How large a difference is that was announced because it came out large.

Only what is significant is announced, so it is too large on average. The estimate is corrected for the very bounds outside of which it had
to lie, in this family of modifiers and in these shuffled trials; no prior is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stallpoint.core.effect import Effect
from stallpoint.core.numbers import format_number
from stallpoint.numerics.selected_normal import correct_for_selection

SOURCES = ("zhong2008",)

METHOD = (
    "A difference is announced because it came out large, and is therefore too large on average. What was announced is corrected for "
    "that without a prior: given that its shuffled statistic lies beyond what was needed to be announced, the corrected one is that at "
    "which a larger and a smaller statistic are equally likely, so that whatever is true half of what is announced is put too high and "
    "half too low; the estimate keeps the same share as its statistic. The interval holds in 95% of what is announced."
)


@dataclass(frozen=True)
class Statistic:
    """The statistic of a contrast, and between which values of it the modifier would not have been announced."""

    z: float
    unannounced: tuple[float, float]


def correct_announced(contrast: Effect, statistic: Statistic) -> Effect:
    """A contrast that was announced, corrected for that."""
    z, low, high = (np.array([value]) for value in (statistic.z, *statistic.unannounced))
    found = correct_for_selection(z, low, high, level=contrast.level)
    unit = _unit(contrast, statistic)
    return replace(
        contrast,
        name=f"{contrast.name}_corrected",
        label=f"{contrast.label}, corrected for having been announced",
        estimate=float(found.median[0]) * unit,
        low=float(found.low[0]) * unit,
        high=float(found.high[0]) * unit,
        method="median-unbiased given that it was announced",
        role="announced",
        std_error=None,
        p_value=None,
        sources=SOURCES,
    )


def _unit(contrast: Effect, statistic: Statistic) -> float:
    """What one unit of the statistic is worth; the standard error where the statistic is too small to divide by.

    What was selected is the shuffled statistic, so what is left of it is left of the estimate, which is of another model and differs a
    little.
    """
    unit = contrast.estimate / statistic.z if abs(statistic.z) > 1 else 0.0
    return unit if unit > 0 else contrast.std_error or 0.0


def say_corrected(corrected: Effect) -> str:
    """What is left of it, in a sentence."""
    size, low, high = (format_number(value, 2) for value in (corrected.estimate, corrected.low, corrected.high))
    return f"Corrected for having been announced because it is large, it is {size} {corrected.unit} ({low} to {high})."
