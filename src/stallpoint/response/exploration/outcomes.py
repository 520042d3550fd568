"""Outcomes that a learner can take: one number per person, whose mean in any group and arm is that group's slope or survival time.

A person's score of the slope says how strongly their visits and their death pull the mean slope of the joint model, and the score's own
derivative how much they tell of it. The score over what people like them tell is a slope of their own, minus what the model expects; so
people who died early count without their slope being taken from two visits. Survival times that censoring hides are pseudo-values.

Sources: Wulfsohn & Tsiatis (1997), doi:10.2307/2533118 (joint model); van der Vaart (1998) Asymptotic Statistics, section 5.7 (one step
from a score); Andersen, Hansen & Klein (2004), doi:10.1007/s10985-004-4771-0 (pseudo-values).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.fit import JointFit
from stallpoint.models.joint.likelihood import all_person_scores
from stallpoint.models.product_limit import restricted_mean_values
from stallpoint.response.joint_trial import SLOPE_TERM, find_beta

Array = npt.NDArray[np.float64]

STEP = 1e-4
"""Points per month either way, for the derivative of the scores."""

LEAST_INFORMATION = 0.1
"""Of the mean: nobody is taken to tell less, so that no score is blown up."""


def slope_outcomes(fit: JointFit, treated: Array, covariates: Array) -> Array:
    """Slopes (n,) in points per month, in the order of `fit.data.people`, freed of what the model's covariates foretell in everybody.

    Args:
        fit: joint model with an average effect on the slope, and the covariates' own effects.
        treated: 1 or 0 (n,).
        covariates: by which people may tell more or less of a slope (n, k).
    """
    time, effect = find_beta(fit, "time_months"), find_beta(fit, SLOPE_TERM)
    score = _scores(fit, time, 0.0)
    information = (_scores(fit, time, -STEP) - _scores(fit, time, STEP)) / (2 * STEP)
    X = np.column_stack([np.ones(len(score)), treated, covariates])
    expected = X @ np.linalg.lstsq(X, information, rcond=None)[0]
    expected = np.maximum(expected, LEAST_INFORMATION * information.mean())
    return np.asarray(fit.theta[time] + fit.theta[effect] * treated + score / expected, dtype=np.float64)


def _scores(fit: JointFit, at: int, step: float) -> Array:
    theta = fit.theta.copy()
    theta[at] += step
    return np.asarray(all_person_scores(theta, fit.data.arrays, fit.design)[1][:, at], dtype=np.float64)


def survival_outcomes(time: Array, died: Array, treated: Array, horizon: float) -> Array:
    """Months alive until the horizon (n,), as pseudo-values within each arm.

    Raises:
        FitError: an arm is not followed to the horizon.
    """
    values = np.empty(len(time))
    for arm in (0, 1):
        mine = treated == arm
        values[mine] = restricted_mean_values(time[mine], died[mine], horizon)
    return values
