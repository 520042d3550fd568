"""Smooth differential equations of many people at once, by Dormand and Prince's pair of orders 5 and 4.

All people share the steps, which suit the hardest of them. The estimated errors of the steps are added up and handed back: what is
left of each at the end is less in a system that forgets, so for such systems the sum is an upper bound in all but name.

Source: Dormand & Prince (1980), doi:10.1016/0771-050X(80)90013-3; steps as in Hairer, Norsett & Wanner (1993) Solving Ordinary
Differential Equations I, doi:10.1007/978-3-540-78862-1, section II.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Derivative = Callable[[Array], Array]

STAGES = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
"""Weights of the slopes so far at each further stage; the last row is the step of order 5."""

ERROR_WEIGHTS = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)
"""The step of order 5 less the one of order 4."""

SAFETY, LEAST_CHANGE, MOST_CHANGE, ORDER = 0.9, 0.2, 5.0, 5
SMALLEST_SHARE = 1e-10
"""A step below this share of the span is a step that gets nowhere."""


@dataclass(frozen=True)
class Advanced:
    """Where a span ends: the state (n, s), the summed absolute error estimates (n, s), and the step to begin the next span with."""

    state: Array
    error: Array
    step_h: float


def advance(derivative: Derivative, state: Array, hours: float, *, step_h: float, tolerance: float, floor: Array) -> Advanced:
    """Carry states (n, s) over `hours`; each step may err by `tolerance` x max(|state|, floor) in every element.

    Args:
        derivative: d state / d t from the state; it must be smooth over the span.
        state: where the span begins.
        hours: length of the span, 0 or more.
        step_h: the first step to try.
        tolerance: relative error of one step.
        floor: sizes (n, s) below which errors are not relative, above 0.

    Raises:
        ArithmeticError: the tolerance cannot be held.
    """
    done, error, step = 0.0, np.zeros_like(state), step_h
    while done < hours:
        last = step >= hours - done
        trial = hours - done if last else step
        ahead, estimate = _step(derivative, state, trial)
        worst = float(np.max(np.abs(estimate) / (tolerance * np.maximum(np.abs(ahead), floor)), initial=0.0))
        if worst <= 1:
            done = hours if last else done + trial
            state, error = ahead, error + np.abs(estimate)
        elif trial < SMALLEST_SHARE * hours:
            raise ArithmeticError(f"steps of {trial:g} h still err by more than {tolerance:g}")
        step = max(step, trial * _change(worst)) if last and worst <= 1 else trial * _change(worst)
    return Advanced(state, error, step)


def _change(worst: float) -> float:
    """By what the step should grow or shrink, from its error as a share of what it may be."""
    if not np.isfinite(worst):
        return LEAST_CHANGE
    return min(MOST_CHANGE, max(LEAST_CHANGE, SAFETY * worst ** (-1 / ORDER))) if worst > 0 else MOST_CHANGE


def _step(derivative: Derivative, state: Array, hours: float) -> tuple[Array, Array]:
    """One step of order 5, and the estimate of its error."""
    slopes, ahead = [derivative(state)], state
    for weights in STAGES:
        ahead = state + hours * _weighted(weights, slopes)
        slopes.append(derivative(ahead))
    return ahead, hours * _weighted(ERROR_WEIGHTS, slopes)


def _weighted(weights: tuple[float, ...], slopes: list[Array]) -> Array:
    return np.asarray(sum(weight * slope for weight, slope in zip(weights, slopes, strict=True) if weight), dtype=np.float64)
