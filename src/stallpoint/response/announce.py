"""One trial through the whole pre-specified analysis, as fast as its decisions allow: what would be announced of groups?

The average effect and the decision on every modifier come from one fit. Only where something is announced are the modifiers' own
models fitted, for the size of what is announced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import FitError
from stallpoint.core.finding import Finding, Status
from stallpoint.response.average import slope_difference
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.modifiers import estimate_modifiers, fit_without_modifiers, judge_modifiers
from stallpoint.response.strata import code_strata


@dataclass(frozen=True)
class Announcement:
    """A difference of effects that the analysis would report: of which contrast, how large, and in which words.

    `raw` as estimated; `corrected` for having been announced, with its interval; `shrunken` as one of so many.
    """

    contrast: str
    status: Status
    raw: float
    corrected: float
    corrected_low: float
    corrected_high: float
    shrunken: float
    text: str


@dataclass(frozen=True)
class Announced:
    """Of one trial: the average difference in slope with its interval, None without a model, and what is announced of groups."""

    average: tuple[float, float, float] | None
    groups: tuple[Announcement, ...]


def announce(trial: Trial, *, rng: np.random.Generator) -> Announced:
    """Analyse a trial under its estimand with all modifiers that it names."""
    followed = code_strata(follow_trial(trial), trial.strata)
    try:
        fit = fit_without_modifiers(followed)
    except FitError:
        return Announced(None, ())
    effect = slope_difference(trial, fit)
    average = (effect.estimate, effect.low, effect.high)
    # The decision must be the one that the estimates carry, so both start from the same state of the generator.
    state = rng.bit_generator.state
    if not any(judged.decisive for judged in judge_modifiers(trial, followed, fit, rng=rng).values()):
        return Announced(average, ())
    rng.bit_generator.state = state
    return Announced(average, _groups(trial, rng))


def _groups(trial: Trial, rng: np.random.Generator) -> tuple[Announcement, ...]:
    analysis = estimate_modifiers(trial, rng=rng)
    effects = {effect.name: effect for effect in analysis.effects}
    return tuple(
        _announcement(each, effects)
        for each in analysis.findings
        if each.decisive and each.status != "cannot tell" and each.effect
    )


def _announcement(finding: Finding, effects: Mapping[str, Effect]) -> Announcement:
    name = finding.effect
    corrected = effects[f"{name}_corrected"]
    return Announcement(
        contrast=name,
        status=finding.status,
        raw=effects[name].estimate,
        corrected=corrected.estimate,
        corrected_low=corrected.low,
        corrected_high=corrected.high,
        shrunken=effects[f"{name}_shrunken"].estimate,
        text=finding.text,
    )
