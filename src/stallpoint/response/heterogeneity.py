"""Does the effect differ between people at all? What arms can say of it, which is little: variation of courses, and bounds on shares."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.wording import counted
from stallpoint.models.joint.fit import JointFit
from stallpoint.response.analysis import Analysis
from stallpoint.response.benefit_bounds import FEWEST_PEOPLE, BenefitBounds, Share, estimate_benefit
from stallpoint.response.final_outcome import final_outcomes, order_outcomes
from stallpoint.response.follow_up import FollowUp, follow_trial
from stallpoint.response.joint_trial import SLOPE_TERM, Covariates, contrast_effect, find_beta, fit_trial
from stallpoint.response.strata import code_strata

Array = npt.NDArray[np.float64]

_OUTCOMES = "ALSFRS-R and survival"

_VARIATION = (
    "Whether courses vary more in one arm was asked in the joint model, by slopes whose standard deviation may differ between arms; death "
    "is part of the model, so that those who leave do not narrow an arm. The ratio relative to the mean slope tells a drug that slows "
    "everyone by the same percentage, which shrinks both, from one that makes people more alike."
)
_BOUNDS = (
    "Shares who benefit or are harmed were bounded by the two arms' distributions of one order of outcomes at the horizon, death lowest "
    "(Makarov 1982; Fan and Park 2010), within strata of randomisation where each has ten people an arm; suprema were corrected for "
    "their upward bias, and intervals hold both ends (Chernozhukov, Lee and Rosen 2013). People lost before the horizon are taken to be "
    "like those of their arm who were not."
)
_ONE_PROVES_NOTHING = (
    "A ratio near 1 does not say that everyone responds alike: effects that differ leave it at 1 where they are larger in those who "
    "do worse."
)


@dataclass(frozen=True)
class _Part:
    """What one of the two questions gave."""

    effects: tuple[Effect, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    series: tuple[tuple[str, pl.DataFrame], ...] = ()


def estimate_heterogeneity(trial: Trial, *, rng: np.random.Generator) -> Analysis:
    """Ratios of variation of slopes between arms, and bounds on the shares who benefit and are harmed.

    Neither names anybody: how many respond is not identified in a trial that shows each person one arm. `rng` serves the intervals of
    the bounds. Where something cannot be estimated a check says why.
    """
    followed = code_strata(follow_trial(trial), trial.strata)
    parts = (_variation(trial, followed), _bounds(trial, followed, rng))
    effects = tuple(effect for part in parts for effect in part.effects)
    return Analysis(
        effects=effects,
        findings=tuple(finding for part in parts for finding in part.findings),
        looks=tuple(Look(each.label, "variation", _OUTCOMES, False, each.name, each.p_value) for each in effects),
        checks=tuple(check for part in parts for check in part.checks),
        methods=(_VARIATION, _BOUNDS),
        sources=("nakagawa2015", "makarov1982", "fanpark2010", "chernozhukov2013"),
        series={name: frame for part in parts for name, frame in part.series},
    )


def _variation(trial: Trial, followed: FollowUp) -> _Part:
    strata = tuple(name for name in followed.people.columns if name.startswith("stratum_"))
    try:
        fit = fit_trial(followed, Covariates(adjust=strata), spread_by_arm=True)
    except FitError as error:
        return _Part(checks=(Check("variation of slopes", "warning", f"Variation could not be compared. {error.text}"),))
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
    return _Part((ratio, *([relative] if relative else [])), (finding,), fit.checks)


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
    """The same over the ratio of mean slopes; None where an arm does not decline."""
    means = [float(str(followed.people[name].mean())) for name in strata]
    at = np.array([find_beta(fit, term) for term in ("time_months", SLOPE_TERM, *(f"time_months:{name}" for name in strata))])
    cells = np.array([[1.0, 1.0, *means], [1.0, 0.0, *means]])
    slopes = cells @ fit.theta[at]
    if (slopes >= 0).any():
        return None
    spread = fit.design.layout.scale.start
    gradient = np.append(1.0, -(np.array([1.0, -1.0]) / slopes) @ cells)
    place = np.append(spread, at)
    return contrast_effect(
        fit,
        float(fit.theta[spread] - np.log(slopes[0] / slopes[1])),
        float(np.sqrt(gradient @ fit.covariance[np.ix_(place, place)] @ gradient)),
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


def _bounds(trial: Trial, followed: FollowUp, rng: np.random.Generator) -> _Part:
    if trial.cohort.not_randomised:
        text = "Shares who benefit are not bounded: arms that nobody was randomised to differ by more than treatment."
        return _Part(checks=(Check("bounds on benefit", "warning", text),))
    outcomes = final_outcomes(followed, trial.estimand.horizon_months)
    try:
        bounds, groups = _within_strata(outcomes.people, trial.strata, rng)
    except FitError as error:
        return _Part(checks=(Check("bounds on benefit", "warning", f"Shares could not be bounded. {error.text}"),))
    rows = [{"share": name, **asdict(share)} for name, share in (("benefit", bounds.benefit), ("harm", bounds.harm))]
    lost = outcomes.lost
    text = f"{counted(lost, 'person')} alive, not seen at the horizon; bounds take them to be like others of their arm."
    checks = (Check("outcomes at the horizon", "warning" if lost else "passed", text, lost),)
    finding = Finding(
        question=f"What share of people does {trial.treatment} help, and what share does it harm?",
        text=_say_bounds(trial, bounds, groups),
        basis=trial.cohort.basis,
        prespecified=False,
        controlled=False,
        decisive=bounds.benefit.low > 0 or bounds.harm.low > 0,
        checks=checks,
    )
    return _Part(findings=(finding,), checks=checks, series=(("benefit_bounds", pl.DataFrame(rows)),))


def _within_strata(people: pl.DataFrame, strata: tuple[str, ...], rng: np.random.Generator) -> tuple[BenefitBounds, int]:
    """Bounds within the strata of randomisation, or over all people where a stratum is too small or there is none."""
    parts = people.partition_by(list(strata), maintain_order=True) if strata else [people]
    if len(parts) > 1 and not all(_enough(part) for part in parts):
        parts = [people]
    treated, control = ([order_outcomes(part.filter(pl.col("treated") == arm)) for part in parts] for arm in (1.0, 0.0))
    share = np.array([part.height for part in parts]) / people.height
    return estimate_benefit(treated, control, share, rng=rng), len(parts)


def _enough(part: pl.DataFrame) -> bool:
    known = part.filter((pl.col("died") == 1) | pl.col("change").is_not_null())
    alive = known.filter(pl.col("died") == 0)
    return all(
        known.filter(pl.col("treated") == arm).height >= FEWEST_PEOPLE and alive.filter(pl.col("treated") == arm).height > 0
        for arm in (1.0, 0.0)
    )


def _say_bounds(trial: Trial, bounds: BenefitBounds, groups: int) -> str:
    def said(share: Share) -> str:
        return f"from {share.least:.0%} to {share.most:.0%} (interval {share.low:.0%} to {share.high:.0%})"

    within = f" within {groups} strata" if groups > 1 else ""
    return (
        f"Counting death below any score{within}, the share who fare better on {trial.treatment} than they would have on {trial.control} "
        f"can be anything {said(bounds.benefit)}, and the share who fare worse anything {said(bounds.harm)}. "
        "Nobody was seen under both, so a trial of this kind can give no single number."
    )
