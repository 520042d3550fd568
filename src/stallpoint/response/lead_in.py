"""Before-after "responders": the count that papers give, beside the count that chance and regression to the mean alone would give.

A slope over a short lead-in is mostly noise. Who fell fastest in it will fall more slowly later without any treatment, so a share of any
untreated group "responds". The share is expected from the model's own variances, for people who entered as these did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import FitError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """What the natural course is like: points and months. `slope_sd` is between people, `residual_sd` around one person's line.

    The start has a mean and a spread because scores end at 0 and 48.
    """

    slope_mean: float
    slope_sd: float
    residual_sd: float
    start_mean: float
    start_sd: float


@dataclass(frozen=True)
class LeadInRule:
    """A responder gains at least `gain` points per month against their own lead-in slope.

    lead_in, after: times of visits in months, the first of `after` being the last of `lead_in`. `lost`: points that a person had to lose
    over the lead-in to enter, 0 for no such rule.
    """

    lead_in: tuple[float, ...]
    after: tuple[float, ...]
    gain: float
    lost: float = 0.0


@dataclass(frozen=True)
class LeadInCount:
    """Shares of "responders" in each arm beside what no treatment gives.

    expected: share without any treatment; expected_low, expected_high: where 95% of untreated groups as large as the treated arm fall.
    slope_before, slope_after: mean slopes without treatment of those who would enter: the change is regression to the mean.
    """

    treated: float
    control: float | None
    n_treated: int
    n_control: int
    expected: float
    expected_low: float
    expected_high: float
    slope_before: float
    slope_after: float


def count_lead_in_gains(
    before: Array,
    after: Array,
    treated: Array,
    *,
    rule: LeadInRule,
    course: Course,
    rng: np.random.Generator,
    draws: int = 200_000,
) -> LeadInCount:
    """Count those who reach the rule, and what the same rule finds where nobody is treated.

    Args:
        before: each person's slope in the lead-in, points per month (n,).
        after: the same after it (n,).
        treated: 1 in the treated arm, 0 in the control arm (n,); without controls all are 1.
        rule: who counts.
        course: the course without treatment.
        rng: for the untreated people.
        draws: how many of them; the Monte Carlo error of a share of 0.2 is 0.001 at the default.

    Raises:
        FitError: nobody was treated, or nobody untreated would enter.
    """
    active = treated.astype(bool)
    if not active.any():
        raise FitError("nobody was treated", where="lead-in responders")
    responds = after - before >= rule.gain
    slope_before, slope_after = untreated_slopes(rule, course, draws=draws, rng=rng)
    expected = float(np.mean(slope_after - slope_before >= rule.gain))
    groups = rng.binomial(int(active.sum()), expected, draws) / active.sum()
    low, high = np.quantile(groups, [0.025, 0.975])
    return LeadInCount(
        treated=float(responds[active].mean()),
        control=float(responds[~active].mean()) if (~active).any() else None,
        n_treated=int(active.sum()),
        n_control=int((~active).sum()),
        expected=expected,
        expected_low=float(low),
        expected_high=float(high),
        slope_before=float(slope_before.mean()),
        slope_after=float(slope_after.mean()),
    )


def untreated_slopes(rule: LeadInRule, course: Course, *, draws: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Slopes before and after of untreated people who meet the rule of entry; scores are whole points from 0 to 48.

    Raises:
        FitError: nobody meets it.
    """
    slope = rng.normal(course.slope_mean, course.slope_sd, (draws, 1))
    start = rng.normal(course.start_mean, course.start_sd, (draws, 1))

    def seen(times: tuple[float, ...]) -> Array:
        at = np.array(times)
        score = start + slope * at + rng.normal(0, course.residual_sd, (draws, at.size))
        centred = at - at.mean()
        return np.asarray(np.clip(np.round(score), 0, 48) @ centred / (centred @ centred), dtype=np.float64)

    before, after = seen(rule.lead_in), seen(rule.after)
    enters = -before * (rule.lead_in[-1] - rule.lead_in[0]) >= rule.lost if rule.lost else np.full(draws, True)
    if not enters.any():
        raise FitError(f"nobody loses {rule.lost:g} points over the lead-in", where="lead-in responders", do="correct the rule")
    return before[enters], after[enters]
