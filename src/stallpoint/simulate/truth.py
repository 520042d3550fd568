"""What is true in a simulated trial, computed from the world itself and not from its data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from stallpoint.core.errors import StallpointError
from stallpoint.simulate.course import Course
from stallpoint.simulate.follow_up import FollowUp
from stallpoint.simulate.people import Floats


@dataclass(frozen=True)
class SubgroupTruth:
    """The true average effect in the treated people of one level of a modifier, points per month."""

    modifier: str
    level: str
    n: int
    slope_difference: float


@dataclass(frozen=True)
class Truth:
    """True effects over the horizon.

    `slope_difference` is the mean over treated people of (gain at the horizon) / horizon, points per month, as if nobody
    had died; early stopping counts as it happened (treatment policy). `percent_slowing` sets it against these people's
    mean untreated slope. `survival_control` and `survival_treatment` are means of everyone's own survival probability
    at the horizon under either arm. `people` has one row per person: patient, arm, slope_untreated, effect (points per month if
    treated), exposure_ng_ml, stop_months.
    """

    text: str
    horizon_months: float
    slope_difference: float
    percent_slowing: float
    survival_control: float
    survival_treatment: float
    subgroups: tuple[SubgroupTruth, ...]
    people: pl.DataFrame

    @property
    def survival_difference(self) -> float:
        """Survival probability at the horizon, treatment minus control."""
        return self.survival_treatment - self.survival_control

    def contrast(self, modifier: str) -> float:
        """Difference of the effect between a modifier's two levels: true minus false, or upper minus lower half.

        Raises:
            StallpointError: the modifier has no two levels here.
        """
        levels = [group.slope_difference for group in self.subgroups if group.modifier == modifier]
        if len(levels) != 2:
            raise StallpointError(f"{modifier} has {len(levels)} levels", where="truth", do="ask for a modifier with two levels")
        return levels[1] - levels[0]


def true_effects(
    people: pl.DataFrame, covariates: pl.DataFrame, follow_up: FollowUp, horizon_months: float, planted: str, treatment: str
) -> Truth:
    """The truth of one simulated trial.

    Args:
        people: the per-person table of `people_frame`.
        covariates: one column per modifier, in the order of `people`.
        follow_up: everyone's survival under either arm.
        horizon_months: the trial's horizon.
        planted: the sentence that says what was planted.
        treatment: name of the treated arm.
    """
    treated = people["arm"] == treatment
    effect = people["effect"].filter(treated)
    average = _mean(effect)
    return Truth(
        text=planted,
        horizon_months=horizon_months,
        slope_difference=average,
        percent_slowing=-100 * average / _mean(people["slope_untreated"].filter(treated)),
        survival_control=float(follow_up.survival_control.mean()),
        survival_treatment=float(follow_up.survival_treatment.mean()),
        subgroups=tuple(
            group for name in covariates.columns for group in _by_level(name, covariates[name].filter(treated), effect)
        ),
        people=people,
    )


def people_frame(
    names: pl.Series, arms: pl.Series, course: Course, exposure_ng_ml: Floats, horizon_months: float
) -> pl.DataFrame:
    """One row per person: own slope without treatment, own effect if treated, exposure, and when treatment stops."""
    horizon = np.full((1, 1), horizon_months)
    return pl.DataFrame(
        {
            "patient": names,
            "arm": arms,
            "slope_untreated": (course.untreated(horizon)[:, 0] - course.intercept) / horizon_months,
            "effect": course.gain(horizon)[:, 0] / horizon_months,
            "exposure_ng_ml": exposure_ng_ml,
            "stop_months": course.stop_months,
        }
    ).with_columns(pl.col("stop_months").replace(float("inf"), None))


def _by_level(name: str, values: pl.Series, effect: pl.Series) -> list[SubgroupTruth]:
    levels = _levels(values)
    return [
        SubgroupTruth(name, level, int((levels == level).sum()), _mean(effect.filter(levels == level)))
        for level in sorted(levels.drop_nulls().unique().to_list())
    ]


def _levels(values: pl.Series) -> pl.Series:
    """Levels as text; a numeric modifier is cut at its median."""
    if not values.dtype.is_numeric():
        return values.cast(pl.String)
    above = (values > values.median()).to_numpy()
    return pl.Series(np.where(above, "upper half", "lower half").tolist())


def _mean(values: pl.Series) -> float:
    return float(values.to_numpy().mean())
