"""Do treatment and a yes-or-no modifier together add more deaths than each adds by itself? The four groups' risks, told as a finding.

Ratios of hazards can differ between groups while risks add up, and the other way round. The difference of risk differences is about
risks, and is tested; the relative excess (RERI) beside it needs a group of reference, so it is shown only where the data single one out.
"""

from __future__ import annotations

import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import EstimandError, FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.response.analysis import Analysis
from stallpoint.response.excess_risk import ExcessRisk
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.four_groups import FourGroups, compare_deaths
from stallpoint.response.modifier_values import ModifierValues, call_modifier, modifier_values, named_modifiers
from stallpoint.response.strata import code_strata

SIGNIFICANT = 0.05

_METHOD = (
    "For modifiers of two levels the risks of death by the horizon in the four groups of treatment and modifier (Kaplan-Meier, "
    "Greenwood's errors) give the difference of risk differences, which is 0 where risks add up. Where one group has clearly the lowest "
    "risk, the relative excess risk due to interaction against it stands beside (Knol et al. 2011; interval by the delta method). These "
    "looks were not named beforehand; their p-values are corrected for their number only (Bonferroni)."
)
_SOURCES = ("hosmer1992", "knol2011", "kaplan1958")


def estimate_excess_deaths(trial: Trial) -> Analysis:
    """Whether risks of death add up, for each named modifier of two levels; a group that forbids it leaves a check."""
    followed = code_strata(follow_trial(trial), trial.strata)
    found: list[FourGroups] = []
    checks: list[Check] = []
    for name, _ in named_modifiers(trial.modifiers):
        try:
            known = modifier_values(trial.cohort, name)
            if _two_levels(known):
                found.append(compare_deaths(trial, followed, name, known))
        except EstimandError:
            continue  # the modifiers' own analysis says so
        except FitError as error:
            checks.append(
                Check(f"deaths by {name}", "warning", f"Deaths by {call_modifier(name)} were not compared. {error.text}")
            )
    added = [_added(trial, one) for one in found]
    relative = [_relative(trial, one) for one in found]
    corrected = [min(1.0, one.added.p_value * len(found)) for one in found]
    return Analysis(
        effects=tuple(each for pair in zip(added, relative, strict=True) for each in pair if each),
        findings=tuple(_finding(trial, *each) for each in zip(found, added, relative, corrected, strict=True)),
        looks=tuple(
            Look(effect.label, "modifier", "death", False, effect.name, effect.p_value, p)
            for effect, p in zip(added, corrected, strict=True)
        ),
        checks=(*checks, *(check for one in found for check in (one.deaths, one.lowest))),
        methods=(_METHOD,) if found else (),
        sources=_SOURCES if found else (),
        series={"deaths_by_group": _tabulate(trial, found)} if found else {},
    )


def _two_levels(known: ModifierValues) -> bool:
    return len(known.columns) == 1 and known.values[known.columns[0]].is_in([0.0, 1.0]).all()


def _added(trial: Trial, one: FourGroups) -> Effect:
    found = one.added
    return Effect(
        name=f"modifier_added_deaths_{one.name}",
        label=f"Risk of death by {one.months:.3g} months beyond adding up: {one.label}",
        estimate=100 * found.value,
        low=100 * found.low,
        high=100 * found.high,
        unit="percentage points",
        n=one.n,
        estimand=trial.estimand.text,
        method="difference of differences of Kaplan-Meier risks of four groups",
        role="modifier",
        std_error=100 * found.std_error,
        p_value=found.p_value,
        checks=(one.deaths,),
        sources=_SOURCES,
    )


def _relative(trial: Trial, one: FourGroups) -> Effect | None:
    found = one.excess
    if found is None:
        return None
    return Effect(
        name=f"modifier_excess_deaths_{one.name}",
        label=f"The same relative to the lowest risk (RERI): {one.label}",
        estimate=found.value,
        low=found.low,
        high=found.high,
        unit="multiples of the lowest risk",
        n=one.n,
        estimand=trial.estimand.text,
        method=f"Kaplan-Meier risks of four groups against {_reference(one, found, trial)}; delta method",
        role="modifier",
        std_error=found.std_error,
        p_value=found.p_value,
        checks=(one.deaths, one.lowest),
        sources=_SOURCES,
    )


def _finding(trial: Trial, one: FourGroups, added: Effect, relative: Effect | None, corrected: float) -> Finding:
    decisive = corrected < SIGNIFICANT
    verdict = (
        "Risks do not add up, which holds after correction for the number of these looks and is to be confirmed in other people."
        if decisive
        else "That is no proof that risks add up, nor that they do not."
    )
    return Finding(
        question=f"Does {trial.treatment} change the risk of death by the same amount whatever {call_modifier(one.name)}?",
        text=" ".join([_say_risks(trial, one), added.text, *([relative.text] if relative else []), verdict]),
        basis=trial.cohort.basis,
        prespecified=False,
        controlled=False,
        decisive=decisive,
        effect=added.name,
        checks=added.checks,
    )


def _say_risks(trial: Trial, one: FourGroups) -> str:
    called = call_modifier(one.name)
    said = [
        f"{called} {level}: {_round(one.risk[1, at]):.0%} on {trial.treatment}, {_round(one.risk[0, at]):.0%} on {trial.control}"
        for at, level in zip((1, 0), _levels(one), strict=True)
    ]
    return f"Died by {one.months:.3g} months: {'; '.join(said)}."


def _tabulate(trial: Trial, found: list[FourGroups]) -> pl.DataFrame:
    """The risks as sentences have them: each group's, no finer than it is said, so that no count can be had from it."""
    rows = [
        {
            "effect": f"modifier_added_deaths_{one.name}",
            "modifier": one.name,
            "level": level,
            "arm": arm,
            "months": one.months,
            "risk": _round(one.risk[treated, at]),
        }
        for one in found
        for at, level in zip((1, 0), _levels(one), strict=True)
        for treated, arm in ((1, trial.treatment), (0, trial.control))
    ]
    return pl.DataFrame(rows)


def _round(risk: float) -> float:
    """To a whole percentage."""
    return round(float(risk), 2)


def _reference(one: FourGroups, found: ExcessRisk, trial: Trial) -> str:
    upper, lower = _levels(one)
    arm = trial.treatment if found.reversed_treatment else trial.control
    return f"{arm} and {call_modifier(one.name)} {upper if found.reversed_modifier else lower}"


def _levels(one: FourGroups) -> list[str]:
    return one.label.removeprefix(f"{call_modifier(one.name)}, ").split(" against ", 1)
