"""For whom: does the effect differ by a modifier? One modifier at a time, on the additive and on the multiplicative scale."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import chi2

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import EstimandError, FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look, adjust_holm
from stallpoint.core.numbers import format_p
from stallpoint.core.wording import counted
from stallpoint.models.joint.fit import JointFit
from stallpoint.response.analysis import Analysis
from stallpoint.response.follow_up import FollowUp, follow_trial
from stallpoint.response.joint_trial import SLOPE_TERM, Covariates, contrast_effect, find_beta, fit_trial
from stallpoint.response.modifier_values import ModifierValues, call_modifier, modifier_values
from stallpoint.response.strata import code_strata

Array = npt.NDArray[np.float64]

_METHOD = (
    "Each modifier entered the joint model by itself, with its own effect on level, slope and hazard and with its product with "
    "treatment in both submodels. Contrasts are given as points per month (additive) and as a ratio of slope ratios (multiplicative): "
    "a drug that slows everyone by the same percentage differs on the first scale and not on the second. P-values of modifiers "
    "named beforehand are corrected by Holm's method over all of them, those of modifiers looked for likewise among themselves."
)


@dataclass(frozen=True)
class _Looked:
    """What one modifier gave."""

    name: str
    prespecified: bool
    effects: tuple[Effect, ...]
    looks: tuple[Look, ...]
    checks: tuple[Check, ...]


def estimate_modifiers(trial: Trial) -> Analysis:
    """Interaction contrasts for each modifier that the trial names, pre-specified ones first, every look in the ledger.

    A modifier that cannot be estimated leaves a failed check; it is no evidence that the effect is the same in everyone.
    """
    followed = code_strata(follow_trial(trial), trial.strata)
    named = [(name, True) for name in trial.modifiers.prespecified] + [(name, False) for name in trial.modifiers.explored]
    looked = [_look_at(trial, followed, name, prespecified=prespecified) for name, prespecified in named]
    looks = _adjust(looked)
    return Analysis(
        effects=tuple(effect for one in looked for effect in one.effects),
        findings=tuple(_finding(trial, one, looks) for one in looked),
        looks=looks,
        checks=tuple(check for one in looked for check in one.checks),
        methods=(_METHOD,),
        sources=("holm1979", "wulfsohn1997", "rizopoulos2012"),
    )


def _look_at(trial: Trial, followed: FollowUp, name: str, *, prespecified: bool) -> _Looked:
    try:
        values = modifier_values(trial.cohort, name)
        people = followed.people.join(values.values, on="patient", how="inner", maintain_order="left")
        lost = followed.people.height - people.height
        subset = replace(
            followed, people=people, visits=followed.visits.filter(pl.col("patient").is_in(people["patient"].implode()))
        )
        adjust = tuple(column for column in people.columns if column.startswith("stratum_"))
        fit = fit_trial(subset, Covariates(adjust=_independent(people, adjust, values.columns), modify=values.columns))
    except (EstimandError, FitError) as error:
        return _Looked(name, prespecified, (), (), (Check(f"modifier {name}", "failed", f"{name}: {error.text}"),))
    text = f"{counted(lost, 'person')} left out, their {call_modifier(name)} not being known or hardly anybody sharing it."
    missing = Check(f"{name} recorded", "warning" if lost else "passed", text, lost)
    fit = replace(fit, checks=(missing, *fit.checks))
    additive = [_additive(trial, fit, name, column, label) for column, label in zip(values.columns, values.labels, strict=True)]
    ratios = [
        _multiplicative(trial, fit, name, column, label) for column, label in zip(values.columns, values.labels, strict=True)
    ]
    found = tuple(effect for effect in ratios if effect is not None)
    checks = (missing,) if len(found) == len(ratios) else (missing, _no_ratio(name))
    looks = _looks(call_modifier(name), additive, found, _wald_p(fit, values), name=name, prespecified=prespecified)
    return _Looked(name, prespecified, (*additive, *found), looks, checks)


def _additive(trial: Trial, fit: JointFit, name: str, column: str, label: str) -> Effect:
    at = find_beta(fit, f"{SLOPE_TERM}:{column}")
    return contrast_effect(
        fit,
        float(fit.theta[at]),
        float(np.sqrt(fit.covariance[at, at])),
        name=f"modifier_{name}_{column.removeprefix('modifier_')}",
        label=f"Added benefit: {label}",
        unit="points per month",
        estimand=trial.estimand.text,
        role="modifier",
        better="neither",
    )


def _multiplicative(trial: Trial, fit: JointFit, name: str, column: str, label: str) -> Effect | None:
    """Ratio of (treated slope / control slope) one unit up to the same at 0; None where an arm does not decline."""
    at = np.array(
        [find_beta(fit, term) for term in ("time_months", SLOPE_TERM, f"time_months:{column}", f"{SLOPE_TERM}:{column}")]
    )
    cells = np.array([[1, 1, 1, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]], dtype=np.float64)
    slopes = cells @ fit.theta[at]
    if (slopes >= 0).any():
        return None
    signs = np.array([1.0, -1.0, -1.0, 1.0])
    gradient = (signs / slopes) @ cells
    return contrast_effect(
        fit,
        float(signs @ np.log(-slopes)),
        float(np.sqrt(gradient @ fit.covariance[np.ix_(at, at)] @ gradient)),
        name=f"modifier_ratio_{name}_{column.removeprefix('modifier_')}",
        label=f"Ratio of slope ratios: {label}",
        unit="",
        estimand=trial.estimand.text,
        role="modifier",
        scale="ratio",
        better="neither",
        log=True,
    )


def _wald_p(fit: JointFit, values: ModifierValues) -> float:
    """P-value that no contrast of this modifier differs from 0."""
    at = [find_beta(fit, f"{SLOPE_TERM}:{column}") for column in values.columns]
    estimate = fit.theta[at]
    return float(chi2.sf(estimate @ np.linalg.solve(fit.covariance[np.ix_(at, at)], estimate), len(at)))


def _independent(people: pl.DataFrame, strata: tuple[str, ...], modifiers: tuple[str, ...]) -> tuple[str, ...]:
    """The strata that the modifier does not repeat: a stratum may itself be the modifier."""
    kept: list[str] = []
    for name in strata:
        matrix = people.select(pl.lit(1.0).alias("one"), *modifiers, *kept, name).to_numpy()
        if np.linalg.matrix_rank(matrix) == matrix.shape[1]:
            kept.append(name)
    return tuple(kept)


def _looks(
    called: str, additive: list[Effect], ratios: tuple[Effect, ...], p_value: float, *, name: str, prespecified: bool
) -> tuple[Look, ...]:
    """The test of the modifier first, over all its levels; then every contrast that is shown beside it."""
    question = f"Does the effect on slope differ by {called}?"

    def look(asked: str, effect: str, p: float | None) -> Look:
        return Look(asked, "modifier", "ALSFRS-R and survival", prespecified, effect, p)

    multiplicative = [look(f"{effect.label} (multiplicative)", effect.name, effect.p_value) for effect in ratios]
    if len(additive) == 1:
        return (look(f"{question} (additive)", additive[0].name, p_value), *multiplicative)
    test = look(f"{question} (additive, all levels together)", f"modifier_{name}", p_value)
    return (test, *(look(f"{effect.label} (additive)", effect.name, effect.p_value) for effect in additive), *multiplicative)


def _adjust(looked: list[_Looked]) -> tuple[Look, ...]:
    """Holm's correction over the additive looks, within the pre-specified family and within the explored one."""
    adjusted: dict[str, Look] = {}
    for family in (True, False):
        firsts = tuple(one.looks[0] for one in looked if one.looks and one.prespecified is family)
        adjusted |= {look.effect: look for look in adjust_holm(firsts)}
    return tuple(adjusted.get(look.effect, look) for one in looked for look in one.looks)


def _finding(trial: Trial, one: _Looked, looks: tuple[Look, ...]) -> Finding:
    called = call_modifier(one.name)
    question = f"Does the effect of {trial.treatment} differ by {called}?"
    if not one.looks:
        text = f"Whether the effect differs by {called} could not be estimated."
        return Finding(question, text, trial.cohort.basis, one.prespecified, True, False, checks=one.checks)
    look = next(look for look in looks if look.effect == one.looks[0].effect)
    over = "Over all levels: " if look.effect != one.effects[0].name else ""
    p_adjusted = look.p_adjusted if look.p_adjusted is not None else 1.0
    return Finding(
        question=question,
        text=f"{one.effects[0].text} {over}Holm-corrected p {_written(p_adjusted)}.",
        basis=trial.cohort.basis,
        prespecified=one.prespecified,
        controlled=one.prespecified,
        decisive=p_adjusted < 0.05,
        effect=one.effects[0].name,
        checks=one.effects[0].checks,
    )


def _written(p_value: float) -> str:
    text = format_p(p_value)
    return text if text.startswith("<") else f"= {text}"


def _no_ratio(name: str) -> Check:
    text = f"{call_modifier(name)}: a group does not decline in the fitted model, so a ratio of slopes has no meaning there."
    return Check(f"ratio by {name}", "warning", text)
