"""Does the effect differ between people at all? What arms can say of it, which is little: variation of courses, and bounds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.models.joint.fit import JointFit
from stallpoint.response.analysis import Analysis, join_analyses
from stallpoint.response.final_outcome import final_outcomes
from stallpoint.response.follow_up import FollowUp, follow_trial
from stallpoint.response.joint_trial import SLOPE_TERM, Covariates, contrast_effect, find_beta, fit_trial
from stallpoint.response.shares import bound_shares
from stallpoint.response.slope_spread import spread_slopes
from stallpoint.response.strata import code_strata
from stallpoint.response.survivors import bound_survivors

Array = npt.NDArray[np.float64]

_VARIATION = (
    "Whether courses vary more in one arm was asked in the joint model, by slopes whose standard deviation may differ between arms; death "
    "is part of the model, so that those who leave do not narrow an arm. The ratio relative to the mean slope tells a drug that slows "
    "everyone by the same percentage, which shrinks both, from one that makes people more alike."
)
_ONE_PROVES_NOTHING = (
    "A ratio near 1 does not say that everyone responds alike: effects that differ leave it at 1 where they are larger in those who "
    "do worse."
)


def estimate_heterogeneity(trial: Trial, *, rng: np.random.Generator) -> Analysis:
    """Variation of slopes by arm, how far effects may differ, and bounds on shares who benefit and on the effect in survivors.

    None names anybody: how many respond is not identified in a trial that shows each person one arm. `rng` serves the intervals of
    the bounds. Where something cannot be estimated a check says why.
    """
    followed = code_strata(follow_trial(trial), trial.strata)
    return join_analyses([_variation(trial, followed), _bounds(trial, followed, rng)])


def _variation(trial: Trial, followed: FollowUp) -> Analysis:
    strata = tuple(name for name in followed.people.columns if name.startswith("stratum_"))
    try:
        fit = fit_trial(followed, Covariates(adjust=strata), spread_by_arm=True)
    except FitError as error:
        return Analysis(checks=(Check("variation of slopes", "warning", f"Variation could not be compared. {error.text}"),))
    ratio = _spread_ratio(trial, fit)
    relative = _relative_ratio(trial, followed, fit, strata)
    question = f"Do people on {trial.treatment} differ more, or less, in their course than people on {trial.control}?"
    finding = Finding(
        question=question,
        text=" ".join([ratio.text, *([_compare(ratio, relative)] if relative else []), _ONE_PROVES_NOTHING]),
        basis=trial.cohort.basis,
        prespecified=False,
        controlled=False,
        decisive=ratio.excludes_null,
        effect=ratio.name,
        checks=fit.checks,
    )
    effects = (ratio, *([relative] if relative else []))
    ratios = Analysis(
        effects=effects,
        findings=(finding,),
        looks=tuple(Look(each.label, "variation", "ALSFRS-R and survival", False, each.name, each.p_value) for each in effects),
        checks=fit.checks,
        methods=(_VARIATION,),
        sources=("nakagawa2015",),
    )
    return ratios if trial.cohort.not_randomised else join_analyses([ratios, spread_slopes(trial, fit)])


def _bounds(trial: Trial, followed: FollowUp, rng: np.random.Generator) -> Analysis:
    """Shares and survivors, from everyone's outcome at the horizon."""
    if trial.cohort.not_randomised:
        text = (
            "Shares who benefit, the effect in those who live, and how far effects may differ are not bounded: arms that nobody was "
            "randomised to differ by more than treatment."
        )
        return Analysis(checks=(Check("bounds on benefit", "warning", text),))
    outcomes = final_outcomes(followed, trial.estimand.horizon_months)
    lost = Analysis(checks=(outcomes.check,))
    return join_analyses([lost, bound_shares(trial, outcomes, rng=rng), bound_survivors(trial, outcomes, rng=rng)])


def _spread_ratio(trial: Trial, fit: JointFit) -> Effect:
    at = fit.design.layout.scale.start
    return contrast_effect(
        fit,
        float(fit.theta[at]),
        float(np.sqrt(fit.covariance[at, at])),
        name="slope_variability_ratio",
        label=f"Ratio of standard deviations of slopes, {trial.treatment} over {trial.control}",
        unit="",
        estimand=trial.estimand.text,
        role="variation",
        scale="ratio",
        better="neither",
        log=True,
    )


def _relative_ratio(trial: Trial, followed: FollowUp, fit: JointFit, strata: tuple[str, ...]) -> Effect | None:
    """The same over the ratio of mean slopes; None where an arm does not decline, or the model gives no error."""
    means = [float(str(followed.people[name].mean())) for name in strata]
    at = np.array([find_beta(fit, term) for term in ("time_months", SLOPE_TERM, *(f"time_months:{name}" for name in strata))])
    cells = np.array([[1.0, 1.0, *means], [1.0, 0.0, *means]])
    slopes = cells @ fit.theta[at]
    if (slopes >= 0).any():
        return None
    spread = fit.design.layout.scale.start
    gradient = np.append(1.0, -(np.array([1.0, -1.0]) / slopes) @ cells)
    place = np.append(spread, at)
    error = float(np.sqrt(gradient @ fit.covariance[np.ix_(place, place)] @ gradient))
    if not np.isfinite(error):
        return None
    return contrast_effect(
        fit,
        float(fit.theta[spread] - np.log(slopes[0] / slopes[1])),
        error,
        name="slope_variation_coefficient_ratio",
        label=f"The same relative to the mean slope, {trial.treatment} over {trial.control}",
        unit="",
        estimand=trial.estimand.text,
        role="variation",
        scale="ratio",
        better="neither",
        log=True,
    )


def _compare(ratio: Effect, relative: Effect) -> str:
    """What the ratio relative to the mean adds."""
    if ratio.excludes_null and not relative.excludes_null:
        return (
            f"Relative to the mean slope the ratio is {relative.estimate:.2f} ({relative.low:.2f} to {relative.high:.2f}), as it is "
            "with a treatment that changes everyone's slope by the same percentage."
        )
    return f"Relative to the mean slope the ratio is {relative.estimate:.2f} ({relative.low:.2f} to {relative.high:.2f})."
