"""Two treatments and control: is the combination more than its parts, from group summaries alone?

On the additive scale the interaction is both - first - second + control; on the log scale the same of logarithms, so that effects
multiply where it is 0. Errors are those of independent arms, to first order (delta method). Where an arm is missing nothing can be said,
and which arm is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from scipy.special import ndtri

from stallpoint.combine.independent_action import better_of_two
from stallpoint.core.errors import StallpointError
from stallpoint.knowledge.combinations import CombinationStudy, SummaryScale
from stallpoint.knowledge.uncertainty import load_uncertainty

Verdict = Literal["cannot be identified", "not distinguishable from additive", "more than additive", "less than additive"]

LEVEL = 0.95
Z = float(ndtri((1 + LEVEL) / 2))
ARMS = ("control", "first", "second", "both")


class SummaryError(StallpointError):
    """A group summary that cannot be."""


@dataclass(frozen=True)
class ArmSummary:
    """Mean of an arm and its standard error; on the scale `log ratio` both are of the logarithm."""

    value: float
    error: float


@dataclass(frozen=True)
class Interaction:
    """An interaction on one scale with its 95% interval; `expected` is what both would do without it."""

    scale: Literal["additive", "multiplicative"]
    estimate: float
    low: float
    high: float
    expected: float

    @property
    def decided(self) -> bool:
        """Whether the interval leaves out 0."""
        return not self.low <= 0 <= self.high


@dataclass(frozen=True)
class Additivity:
    """What a study says of two treatments together.

    `interactions` are empty where they cannot be identified; `missing` names the arms that would be needed. `better_of_two` is the range
    of what both would show if each patient only had the better of the two drugs, from benefits that go together wholly to not at all;
    None where it cannot be had. `assumed` says what stands in for what was not published.
    """

    study: CombinationStudy
    verdict: Verdict
    why: str
    interactions: tuple[Interaction, ...] = ()
    missing: tuple[str, ...] = ()
    better_of_two: tuple[float, float] | None = None
    assumed: str = ""


def interactions_of(arms: dict[str, ArmSummary], *, scale: SummaryScale) -> tuple[Interaction, ...]:
    """The interaction on the scales that the summaries allow.

    Args:
        arms: summaries of control, first, second, both.
        scale: means are judged on the additive scale and, where all are above 0, on the multiplicative one; log ratios only on the latter.

    Raises:
        SummaryError: a standard error below 0, or not finite numbers.
    """
    for name, arm in arms.items():
        if not (math.isfinite(arm.value) and math.isfinite(arm.error) and arm.error >= 0):
            what = f"{name}: {arm.value:g} with standard error {arm.error:g}"
            raise SummaryError(what, do="give finite means and standard errors of 0 or more")
    if scale == "log ratio":
        return (_contrast(arms, "multiplicative"),)
    found = [_contrast(arms, "additive")]
    if all(arm.value > 0 for arm in arms.values()):
        logs = {name: ArmSummary(math.log(arm.value), arm.error / arm.value) for name, arm in arms.items()}
        on_logs = _contrast(logs, "multiplicative")
        found.append(replace(on_logs, expected=math.exp(on_logs.expected)))
    return tuple(found)


def _contrast(arms: dict[str, ArmSummary], scale: Literal["additive", "multiplicative"]) -> Interaction:
    expected = arms["first"].value + arms["second"].value - arms["control"].value
    estimate = arms["both"].value - expected
    reach = Z * math.sqrt(sum(arm.error**2 for arm in arms.values()))
    return Interaction(scale, estimate, estimate - reach, estimate + reach, expected)


def judge_study(study: CombinationStudy) -> Additivity:
    """Whether a study's combination was more than its parts; what is missing where that cannot be known."""
    values = {"control": study.control, "first": study.first_value, "second": study.second_value, "both": study.both_value}
    missing = tuple(_say_arm(study, name) for name in ARMS if values[name] is None)
    if missing:
        single = values["first"] is None or values["second"] is None
        absent = "single arms are missing" if single else "arms or their numbers are missing"
        why = f"the interaction cannot be identified because {absent}: {'; '.join(missing)}"
        return Additivity(study, "cannot be identified", why, missing=missing)
    arms, assumed = _summaries(study)
    if arms is None:
        why = "the interaction cannot be identified because no standard errors were published, and nothing can stand in for them"
        return Additivity(study, "cannot be identified", why)
    found = interactions_of(arms, scale=study.scale)
    verdict = _verdict(found)
    why = "; ".join(_say(each) for each in found)
    return Additivity(study, verdict, why, found, (), _better_of_two(study, arms), assumed)


def _verdict(found: tuple[Interaction, ...]) -> Verdict:
    """More or less only where every scale says so: what is additive on either scale is additive."""
    if all(each.decided and each.estimate > 0 for each in found):
        return "more than additive"
    if all(each.decided and each.estimate < 0 for each in found):
        return "less than additive"
    return "not distinguishable from additive"


def _say(each: Interaction) -> str:
    unit = "on the additive scale" if each.scale == "additive" else "on the log scale"
    return f"interaction {each.estimate:+.3f} ({each.low:+.3f} to {each.high:+.3f}) {unit}"


def _say_arm(study: CombinationStudy, name: str) -> str:
    return {"control": "control", "first": f"{study.first} alone", "second": f"{study.second} alone", "both": "both"}[name]


def _summaries(study: CombinationStudy) -> tuple[dict[str, ArmSummary] | None, str]:
    """Summaries with their errors; for mice without published ones, those of a usual study, openly assumed."""
    values = (study.control, study.first_value, study.second_value, study.both_value)
    errors = [study.control_error, study.first_error, study.second_error, study.both_error]
    assumed = ""
    if study.scale == "mean" and study.evidence == "animal" and all(error is None for error in errors):
        known = load_uncertainty()
        count, spread = known["mouse_group_size"], known["mouse_survival_cv"]
        errors = [spread * (value or 0) / math.sqrt(count) for value in values]
        assumed = (
            f"no standard errors were published: a spread of {spread:.1%} and {count:g} mice a group stand in, as assumptions"
        )
    if any(error is None for error in errors):
        return None, assumed
    logs = study.scale == "log ratio"
    arms = {
        name: ArmSummary(math.log(value) if logs else value, error)
        for name, value, error in zip(ARMS, values, errors, strict=True)
        if value is not None and error is not None
    }
    return arms, assumed


def _better_of_two(study: CombinationStudy, arms: dict[str, ArmSummary]) -> tuple[float, float] | None:
    """The null of independent action for survival of mice, whose spread is known; None for other outcomes."""
    if study.scale != "mean" or study.evidence != "animal":
        return None
    spread = load_uncertainty()["mouse_survival_cv"]
    first, second = arms["first"].value, arms["second"].value
    low, high = (better_of_two(first, second, spread * first, spread * second, together) for together in (1.0, 0.0))
    return low, high
