"""Leaving a trial for other reasons than death: often in the first half year, less so after it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from stallpoint.knowledge.mechanism import MechanismParameter

Floats = npt.NDArray[np.float64]

EARLY_MONTHS = 6.0


def still_there(time_months: Floats, known: Mapping[str, MechanismParameter]) -> Floats:
    """Share who have not left, of those alive, at months since the start (t,)."""
    early, late = known["withdrawal_early"].value, known["withdrawal_late"].value
    return np.exp(-early * np.minimum(time_months, EARLY_MONTHS) - late * np.maximum(time_months - EARLY_MONTHS, 0.0))


def draw_leaving(n: int, known: Mapping[str, MechanismParameter], rng: np.random.Generator) -> Floats:
    """Months until n people leave, whether or not they live to do so, shape (n,)."""
    early, late = known["withdrawal_early"].value, known["withdrawal_late"].value
    target = rng.exponential(size=n)
    spent = early * EARLY_MONTHS
    return np.where(target < spent, target / early, EARLY_MONTHS + (target - spent) / late)
