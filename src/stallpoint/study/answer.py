"""The first two sentences of a report: what came out, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort, Trial
from stallpoint.core.effect import Effect
from stallpoint.core.finding import Finding
from stallpoint.core.wording import counted
from stallpoint.draw.numbers import format_interval, format_value
from stallpoint.response.other_measures import CONTRADICTION

_STATUS_MEANS = {
    "confirmatory": "Confirmatory: named before the data were seen, in randomised people, with the error rate held",
    "exploratory": "Exploratory: looked for in these data, and to be confirmed in others",
    "hypothesis": "A hypothesis: from literature or mechanism, not from these data",
    "cannot tell": "These data cannot tell",
}


def answer_trial(trial: Trial, effects: Sequence[Effect], findings: Sequence[Finding]) -> str:
    """Who did better, by how much, and for whom that differs; never more than the checks allow."""
    primary = _primary(effects)
    said = _compare(trial, primary) if primary else _say_why_not(trial, findings)
    first = [_say_association(trial.cohort)] if trial.cohort.not_randomised else []
    apart = [finding.text for finding in findings if finding.decisive and finding.text.startswith(CONTRADICTION)]
    return " ".join([*first, *apart, f"{_where(trial.cohort)}, {said}", *_for_whom(trial, effects, findings)])


def answer_cohort(cohort: Cohort, effects: Sequence[Effect]) -> str:
    """Why there is no treatment effect, and what was described instead."""
    described = " ".join(effect.text for effect in effects[:1])
    return (
        f"No treatment effect can be estimated: nobody was randomised in {cohort.name}, so a difference between people "
        f"need not come from treatment. The course of {counted(cohort.n, 'person')} was described. {described}"
    ).strip()


def say_how_sure(effects: Sequence[Effect], findings: Sequence[Finding], checks: Sequence[Check]) -> str:
    """The status of the primary finding, then the checks that hedge it."""
    primary = _primary(effects)
    status = next((finding.status for finding in findings if primary and finding.effect == primary.name), None)
    return " ".join([*([f"{_STATUS_MEANS[status]}."] if status else []), _say_checks(checks)])


def _primary(effects: Sequence[Effect]) -> Effect | None:
    return next((effect for effect in effects if effect.role == "primary"), None)


def _compare(trial: Trial, primary: Effect) -> str:
    number = f"{primary.label}: {_say_number(primary)}."
    failed = [check.text for check in primary.checks if check.status == "failed"]
    if failed:
        return f"whether {trial.treatment} helped cannot be told: a check of the primary analysis failed. {failed[0]}"
    if primary.favours == "neither":
        return f"no difference between {trial.treatment} and {trial.control} was shown, nor was one ruled out. {number}"
    better, worse = (trial.treatment, trial.control) if primary.favours == "treatment" else (trial.control, trial.treatment)
    return f"people on {better} fared better than people on {worse}. {number}"


def _say_association(cohort: Cohort) -> str:
    """What comes before any number where nobody was randomised."""
    return f"No effect of treatment can be estimated. {cohort.not_randomised} What follows is an association."


def _say_why_not(trial: Trial, findings: Sequence[Finding]) -> str:
    """The primary effect is missing; the checks of its finding say why."""
    failed = [check.text for finding in findings for check in finding.checks if check.status == "failed"]
    return " ".join([f"whether {trial.treatment} helped cannot be told: the primary effect could not be estimated.", *failed[:1]])


def _for_whom(trial: Trial, effects: Sequence[Effect], findings: Sequence[Finding]) -> list[str]:
    """Modifiers named beforehand: those that are confirmed, else that they cannot be told."""
    modifiers = {effect.name: effect for effect in effects if effect.role == "modifier"}
    confirmed = [modifiers[each.effect] for each in findings if each.effect in modifiers and each.status == "confirmatory"]
    if confirmed:
        corrected = {effect.name.removesuffix("_corrected"): effect for effect in effects if effect.role == "announced"}
        return ["The effect differs between groups.", *(_say_size(each, corrected.get(each.name)) for each in confirmed)]
    named = ", ".join(trial.modifiers.prespecified)
    return [f"Whether the effect differs by {named} cannot be told from these data."] if modifiers and named else []


def _say_size(contrast: Effect, corrected: Effect | None) -> str:
    """Not as estimated alone where a corrected size is at hand: what is announced because it is large is too large on average."""
    if corrected is None:
        return f"{contrast.label}: {_say_number(contrast)}."
    left = f"{format_value(corrected)} ({format_interval(corrected)})"
    return f"{contrast.label}: {_say_number(contrast)}; corrected for having been announced because it is large: {left}."


def _say_number(effect: Effect) -> str:
    unit = f" {effect.unit}" if effect.unit else ""
    return f"{format_value(effect)}{unit} ({effect.level:.0%} interval {format_interval(effect)})"


def _say_checks(checks: Sequence[Check]) -> str:
    failed = sum(check.status == "failed" for check in checks)
    warned = sum(check.status == "warning" for check in checks)
    if failed:
        return f"{counted(failed, 'check')} failed: what depends on it must not be believed."
    if warned:
        return f"{counted(warned, 'check')} {'asks' if warned == 1 else 'ask'} for care; they stand under Checks."
    return "All checks passed." if checks else ""


def _where(cohort: Cohort) -> str:
    if cohort.not_randomised:
        return "In these simulated records" if cohort.simulated else "In these records"
    return "In these simulated data" if cohort.simulated else "In this trial"
