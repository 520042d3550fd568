"""How large a difference is that was announced because it came out large.

Only what is significant is announced, so it is too large on average. The estimate is corrected for the very bounds outside of which it had
to lie, in this family of modifiers and in these shuffled trials; no prior is needed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stallpoint.core.effect import Effect
from stallpoint.core.numbers import format_number
from stallpoint.numerics.selected_normal import correct_for_selection

SOURCES = ("zhong2008",)

METHOD = (
    "A difference is announced because it came out large, and is therefore too large on average. What was announced is corrected for "
    "that without a prior: given that its statistic lies beyond what was needed to be announced, the corrected size is the one at which "
    "a larger and a smaller statistic are equally likely, so that whatever is true half of what is announced is put too high and half "
    "too low. The interval holds in 95% of what is announced."
)


def correct_announced(contrast: Effect, unannounced: tuple[float, float]) -> Effect:
    """A contrast that was announced, corrected for that.

    Args:
        contrast: with its standard error.
        unannounced: between which values of its statistic it would not have been announced.
    """
    error = contrast.std_error or 0.0
    low, high = (np.array([bound]) for bound in unannounced)
    found = correct_for_selection(np.array([contrast.estimate / error]), low, high, level=contrast.level)
    return replace(
        contrast,
        name=f"{contrast.name}_corrected",
        label=f"{contrast.label}, corrected for having been announced",
        estimate=float(found.median[0]) * error,
        low=float(found.low[0]) * error,
        high=float(found.high[0]) * error,
        method="median-unbiased given that it was announced",
        role="announced",
        std_error=None,
        p_value=None,
        sources=SOURCES,
    )


def say_corrected(corrected: Effect) -> str:
    """What is left of it, in a sentence."""
    size, low, high = (format_number(value, 2) for value in (corrected.estimate, corrected.low, corrected.high))
    return f"Corrected for having been announced because it is large, it is {size} {corrected.unit} ({low} to {high})."
