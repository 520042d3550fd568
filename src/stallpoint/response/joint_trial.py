"""The joint model of a trial: function with a common start in both arms, death through current function and the arm itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.core.effect import Better, Effect, Role, Scale
from stallpoint.core.errors import FitError
from stallpoint.models.joint.fit import JointFit, fit_joint
from stallpoint.response.follow_up import FollowUp

Array = npt.NDArray[np.float64]

METHOD = "joint model of function and survival (Weibull hazard, current value), maximum likelihood"
SOURCES = ("wulfsohn1997", "rizopoulos2012", "pinheiro1995", "laird1982")
SLOPE_TERM = "time_months:treated"


@dataclass(frozen=True)
class Covariates:
    """Columns of numbers beside the arm: `adjust` for level, slope and hazard; `modify` lets the treatment effect differ too."""

    adjust: tuple[str, ...] = ()
    modify: tuple[str, ...] = ()


def fit_trial(followed: FollowUp, covariates: Covariates, *, spread_by_arm: bool = False) -> JointFit:
    """Fit the joint model of a trial; `followed` has `treated` and every covariate as numeric columns of people.

    With `spread_by_arm` slopes may vary more between people in one arm than in the other.

    Raises:
        FitError: the data cannot carry the model.
    """
    named = (*covariates.adjust, *covariates.modify)
    visits = followed.visits.join(followed.people.select("patient", *named), on="patient")
    slopes = [f"time_months:{name}" for name in named]
    products = [f"{SLOPE_TERM}:{name}" for name in covariates.modify]
    hazards = [f"treated:{name}" for name in covariates.modify]
    return fit_joint(
        visits,
        followed.people.filter(pl.col("patient").is_in(visits["patient"].unique().implode())),
        longitudinal=" + ".join(["alsfrs_r ~ time_months", SLOPE_TERM, *named, *slopes, *products]),
        random="~ time_months | patient",
        event=" + ".join(["Surv(time_months, died) ~ treated", *named, *hazards]),
        baseline="weibull",
        association="value",
        time="time_months",
        random_scale={"time_months": "~ treated"} if spread_by_arm else None,
    )


def find_beta(fit: JointFit, term: str) -> int:
    """Position of a fixed effect of function in the parameter vector, whatever the order of the factors in its name."""
    wanted = set(term.split(":"))
    for index, name in enumerate(fit.design.layout.fixed):
        if set(name.split(":")) == wanted:
            return index
    raise FitError(f"no term {term!r}", where="joint model", rows=fit.design.layout.fixed)


def contrast_effect(
    fit: JointFit,
    value: float,
    std_error: float,
    *,
    name: str,
    label: str,
    unit: str,
    estimand: str,
    role: Role,
    scale: Scale = "difference",
    better: Better = "higher",
    log: bool = False,
) -> Effect:
    """A normal-theory effect from a contrast of the fitted parameters; `log` says that the contrast is a log ratio."""
    reach = float(norm.ppf(0.975)) * std_error
    bounds = np.array([value, value - reach, value + reach])
    ends = np.exp(bounds) if log else bounds
    return Effect(
        name=name,
        label=label,
        estimate=float(ends[0]),
        low=float(ends[1]),
        high=float(ends[2]),
        unit=unit,
        n=fit.n,
        estimand=estimand,
        method=METHOD,
        role=role,
        scale=scale,
        better=better,
        std_error=float(std_error),
        p_value=None if scale == "level" else float(2 * norm.sf(abs(value) / std_error)),
        checks=fit.checks,
        sources=SOURCES,
    )
