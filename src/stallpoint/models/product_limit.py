"""The product-limit curve in arrays, quick enough to be taken again for every resample and without every person in turn.

Sources: Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452; Andersen, Hansen & Klein (2004),
doi:10.1007/s10985-004-4771-0 (pseudo-values of the restricted mean).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]


def survival_share(time: Array, died: Array, horizon: float) -> float:
    """The share alive at the horizon, from follow-up times (n,) and deaths (n,); people lost before count as long as they were seen."""
    at, events, risk = _steps(time, died, horizon)
    return float(np.prod(1 - events / risk)) if at.size else 1.0


def survival_error(time: Array, died: Array, horizon: float) -> float:
    """Standard error of `survival_share`: 0 where nobody died, not a number where nobody is left, for then the formula says nothing.

    Source: Greenwood (1926), Reports on Public Health and Medical Subjects 33:1-26.
    """
    _, events, risk = _steps(time, died, horizon)
    if not (risk > events).all():
        return float("nan")
    return survival_share(time, died, horizon) * float(np.sqrt((events / (risk * (risk - events))).sum()))


def restricted_mean_values(time: Array, died: Array, horizon: float) -> Array:
    """Each person's pseudo-value (n,) of the mean time alive until the horizon: n whole - (n - 1) without the person.

    Their mean is the restricted mean; where nobody is lost before the horizon they are the times themselves, cut there. They stand for
    times that censoring hides, in a regression or a mean over any group, provided that being lost has nothing to do with the group.

    Raises:
        FitError: fewer than two people, or nobody followed to the horizon, so that the area under the curve is not known.
    """
    n = len(time)
    if n < 2 or (time.max() < horizon and not died[time == time.max()].all()):
        raise FitError("follow-up ends before the horizon", where="restricted mean", do="choose a horizon within follow-up")
    at, events, risk = _steps(time, died, horizon)
    left_risk = risk - (time[:, None] >= at)
    left_events = events - ((time[:, None] == at) & (died[:, None] == 1))
    without = _areas(at, left_events, left_risk, horizon)
    return np.asarray(n * _areas(at, events[None], risk[None], horizon) - (n - 1) * without, dtype=np.float64)


def _steps(time: Array, died: Array, horizon: float) -> tuple[Array, Array, Array]:
    """Times of deaths until the horizon, how many died at each, and how many were at risk."""
    at, events = np.unique(time[(died == 1) & (time <= horizon)], return_counts=True)
    risk = len(time) - np.searchsorted(np.sort(time), at)
    return at, events.astype(np.float64), risk.astype(np.float64)


def _areas(at: Array, events: Array, risk: Array, horizon: float) -> Array:
    """The area under each curve (rows) from 0 to the horizon; where nobody is left at risk a curve stays where it is."""
    falls = np.divide(events, risk, out=np.zeros_like(events), where=risk > 0)
    heights = np.hstack([np.ones((len(events), 1)), np.cumprod(1 - falls, axis=1)])
    return np.asarray(heights @ np.diff(np.concatenate([[0.0], at, [horizon]])), dtype=np.float64)
