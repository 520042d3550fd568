"""For whom: does the effect differ by a modifier? One modifier at a time, on the additive and on the multiplicative scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.clinical.prohibited_uses import RISK_SCORES
from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import EstimandError, FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.numbers import format_p
from stallpoint.core.wording import counted
from stallpoint.models.joint.fit import JointFit
from stallpoint.response.analysis import Analysis
from stallpoint.response.announced_size import METHOD as SIZE_METHOD
from stallpoint.response.announced_size import SOURCES as SIZE_SOURCES
from stallpoint.response.announced_size import Statistic, correct_announced, say_corrected
from stallpoint.response.credibility import ModifierRecord, answer_iceman
from stallpoint.response.doubted_modifiers import SOURCES as DOUBT_SOURCES
from stallpoint.response.doubted_modifiers import DoubtedContrast, doubt_contrasts, say_doubt, say_method, tabulate_doubts
from stallpoint.response.follow_up import FollowUp, follow_trial
from stallpoint.response.joint_trial import SLOPE_TERM, Covariates, contrast_effect, find_beta, fit_trial
from stallpoint.response.modifier_values import (
    ModifierValues,
    ask_of_slope,
    call_modifier,
    modifier_values,
    named_modifiers,
)
from stallpoint.response.score_family import PERMUTATIONS, SIGNIFICANT, judge_family, slope_scores
from stallpoint.response.strata import allocation_cells, code_strata

Array = npt.NDArray[np.float64]

_METHOD = (
    "Each modifier entered the joint model by itself, with its own effect on level, slope and hazard and with its product with "
    "treatment in both submodels. Contrasts are given as points per month (additive) and as a ratio of slope ratios (multiplicative): "
    "a drug that slows everyone by the same percentage differs on the first scale and not on the second. Whether a modifier matters is "
    "judged on the additive scale by shuffling treatment within strata: scores of one joint model without modifiers are compared with "
    f"those of {PERMUTATIONS:,} shuffled trials, and p-values are corrected by the largest statistic of all modifiers named beforehand, "
    "those of modifiers looked for by the largest of everything that was looked at."
)

_RISK_SCORES_FIRST = (
    "Risk scores whose models were made in other people stand first among the modifiers, and are told on the absolute and the relative "
    "scale, as the PATH statement asks (Kent et al. 2020)."
)


@dataclass(frozen=True)
class _Asked:
    """A modifier that the trial names, and its numbers; None where there are none, with the reason in `checks`."""

    name: str
    prespecified: bool
    known: ModifierValues | None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class _Looked:
    """What one modifier gave."""

    name: str
    prespecified: bool
    additive: tuple[Effect, ...]
    ratios: tuple[Effect, ...]
    checks: tuple[Check, ...]
    spreads: tuple[float, ...] = ()
    """Standard deviations of the modifier's columns, in the order of `additive`."""


@dataclass(frozen=True)
class Judged:
    """P-values of one modifier, alone and corrected for all that it stands among.

    `statistics` are those of its columns.
    """

    p_value: float
    p_adjusted: float
    statistics: tuple[Statistic, ...]

    @property
    def decisive(self) -> bool:
        """Whether a difference of effects is announced."""
        return self.p_adjusted < SIGNIFICANT


def estimate_modifiers(trial: Trial, *, rng: np.random.Generator) -> Analysis:
    """Interaction contrasts for each modifier that the trial names, risk scores first, every look in the ledger.

    A modifier that cannot be estimated leaves a failed check; it is no evidence that the effect is the same in everyone.
    `rng` shuffles treatment.
    """
    followed = code_strata(follow_trial(trial), trial.strata)
    asked = _ask(trial)
    tested, checks = _test(trial, followed, asked, rng)
    looked = [_look_at(trial, followed, one) for one in asked]
    doubted = doubt_contrasts([each for one in looked for each in one.additive], [each for one in looked for each in one.spreads])
    shrunken = tuple(each.effect for each in doubted)
    announced = {one.name: _correct(one, tested[one.name]) for one in looked if one.name in tested and tested[one.name].decisive}
    corrected = tuple(effect for effects in announced.values() for effect in effects)
    scored = any(one.name in RISK_SCORES for one in asked)
    by_contrast = {each.effect.name: each for each in doubted}
    told = [by_contrast[f"{one.additive[0].name}_shrunken"] for one in looked if announced.get(one.name)]
    return Analysis(
        effects=(*(effect for one in looked for effect in (*one.additive, *one.ratios)), *corrected, *shrunken),
        findings=tuple(_finding(trial, one, tested.get(one.name), announced.get(one.name, ()), by_contrast) for one in looked),
        looks=tuple(look for one in looked if one.additive for look in _looks(one, tested.get(one.name))),
        checks=(*checks, *(check for one in looked for check in one.checks)),
        methods=(
            _METHOD,
            *([_RISK_SCORES_FIRST] if scored else []),
            *([SIZE_METHOD] if corrected else []),
            *([say_method()] if doubted else []),
        ),
        sources=(
            *(["kent2020"] if scored else []),
            "westfall1993",
            "chung2013",
            "wulfsohn1997",
            "rizopoulos2012",
            "schandelmaier2020",
            *(SIZE_SOURCES if corrected else ()),
            *DOUBT_SOURCES,
        ),
        series={
            "credibility": _credibility(looked, tested),
            "false_alarms": tabulate_doubts(told, len(doubted)),
        },
    )


def _credibility(looked: list[_Looked], tested: Mapping[str, Judged]) -> pl.DataFrame:
    """What a run knows of the credibility of each modifier that was tested."""
    return answer_iceman(
        [
            ModifierRecord(
                call_modifier(one.name), one.prespecified, tested[one.name].p_value, tested[one.name].p_adjusted, len(tested)
            )
            for one in looked
            if one.name in tested
        ]
    )


def judge_modifiers(trial: Trial, followed: FollowUp, fit: JointFit, *, rng: np.random.Generator) -> dict[str, Judged]:
    """What `estimate_modifiers` decides of each modifier, without the estimates; a modifier without numbers is left out.

    `followed` has the strata's columns, and `fit` is the joint model of it without modifiers: one fit serves however many modifiers.
    """
    return _judge(trial, followed, _ask(trial), fit, rng)


def fit_without_modifiers(followed: FollowUp) -> JointFit:
    """The joint model of a trial with an average effect, adjusted for the strata.

    Raises:
        FitError: the data cannot carry the model.
    """
    return fit_trial(followed, Covariates(adjust=tuple(name for name in followed.people.columns if name.startswith("stratum_"))))


def _ask(trial: Trial) -> list[_Asked]:
    asked = []
    for name, prespecified in named_modifiers(trial.modifiers):
        try:
            asked.append(_Asked(name, prespecified, modifier_values(trial.cohort, name)))
        except EstimandError as error:
            asked.append(_Asked(name, prespecified, None, (_failed(name, error.text),)))
    return asked


def _failed(name: str, text: str) -> Check:
    return Check(f"modifier {name}", "failed", f"{name}: {text}")


def _look_at(trial: Trial, followed: FollowUp, asked: _Asked) -> _Looked:
    name, values = asked.name, asked.known
    if values is None:
        return _Looked(name, asked.prespecified, (), (), asked.checks)
    people = followed.people.join(values.values, on="patient", how="inner", maintain_order="left")
    lost = followed.people.height - people.height
    subset = replace(followed, people=people, visits=followed.visits.filter(pl.col("patient").is_in(people["patient"].implode())))
    adjust = tuple(column for column in people.columns if column.startswith("stratum_"))
    try:
        fit = fit_trial(subset, Covariates(adjust=_independent(people, adjust, values.columns), modify=values.columns))
    except FitError as error:
        return _Looked(name, asked.prespecified, (), (), (_failed(name, error.text),))
    text = f"{counted(lost, 'person')} left out, their {call_modifier(name)} not being known or hardly anybody sharing it."
    missing = Check(f"{name} recorded", "warning" if lost else "passed", text, lost)
    fit = replace(fit, checks=(missing, *fit.checks))
    additive = [_additive(trial, fit, name, column, label) for column, label in zip(values.columns, values.labels, strict=True)]
    ratios = [
        _multiplicative(trial, fit, name, column, label) for column, label in zip(values.columns, values.labels, strict=True)
    ]
    found = tuple(effect for effect in ratios if effect is not None)
    checks = (missing,) if len(found) == len(ratios) else (missing, _no_ratio(name))
    spreads = tuple(float(str(people[column].std())) for column in values.columns)
    return _Looked(name, asked.prespecified, tuple(additive), found, checks, spreads)


def _test(
    trial: Trial, followed: FollowUp, asked: list[_Asked], rng: np.random.Generator
) -> tuple[dict[str, Judged], tuple[Check, ...]]:
    try:
        return _judge(trial, followed, asked, fit_without_modifiers(followed), rng), ()
    except FitError as error:
        return {}, (Check("test of modifiers", "failed", f"Modifiers could not be tested. {error.text}"),)


def _judge(trial: Trial, followed: FollowUp, asked: list[_Asked], fit: JointFit, rng: np.random.Generator) -> dict[str, Judged]:
    """Each modifier with numbers against no difference of effects: pre-specified ones among themselves, others among all."""
    known = [one for one in asked if one.known is not None]
    people = slope_scores(fit).join(followed.people, on="patient", how="left", maintain_order="left")
    found: dict[str, Judged] = {}
    for family in (known, [one for one in known if one.prespecified]):
        if family and {one.name for one in family} != found.keys():
            test = judge_family(
                people["score"].to_numpy(),
                people["treated"].to_numpy(),
                [_columns(people, one) for one in family],
                cells=allocation_cells(people, trial.strata),
                rng=rng,
            )
            found_z = zip(test.z, test.unannounced, strict=True)
            statistics = iter(Statistic(float(z), (float(low), float(high))) for z, (low, high) in found_z)
            for one, p, adjusted in zip(family, test.p_value, test.p_adjusted, strict=True):
                own = tuple(islice(statistics, len(_values(one).columns)))
                found[one.name] = Judged(float(p), float(adjusted), own)
    return found


def _columns(people: pl.DataFrame, one: _Asked) -> Array:
    """The modifier's columns (n, k) in the order of the people, nan where not known."""
    known = people.select("patient").join(_values(one).values, on="patient", how="left", maintain_order="left")
    return known.drop("patient").fill_null(float("nan")).to_numpy()


def _values(one: _Asked) -> ModifierValues:
    assert one.known is not None  # noqa: S101 - those without numbers were left out
    return one.known


def _correct(one: _Looked, judged: Judged) -> tuple[Effect, ...]:
    """Each contrast of a modifier that was announced, corrected for that; none where its own model could not be fitted."""
    return tuple(correct_announced(effect, its) for effect, its in zip(one.additive, judged.statistics, strict=False))


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


def _independent(people: pl.DataFrame, strata: tuple[str, ...], modifiers: tuple[str, ...]) -> tuple[str, ...]:
    """The strata that the modifier does not repeat: a stratum may itself be the modifier."""
    kept: list[str] = []
    for name in strata:
        matrix = people.select(pl.lit(1.0).alias("one"), *modifiers, *kept, name).to_numpy()
        if np.linalg.matrix_rank(matrix) == matrix.shape[1]:
            kept.append(name)
    return tuple(kept)


def _looks(one: _Looked, tested: Judged | None) -> tuple[Look, ...]:
    """The test of the modifier first, over all its levels; then every contrast that is shown beside it."""
    question = ask_of_slope(one.name)
    p_values = (tested.p_value, tested.p_adjusted) if tested else (None, None)

    def look(asked: str, effect: str, p: float | None, adjusted: float | None = None) -> Look:
        return Look(asked, "modifier", "ALSFRS-R and survival", one.prespecified, effect, p, adjusted)

    multiplicative = [look(f"{effect.label} (multiplicative)", effect.name, effect.p_value) for effect in one.ratios]
    if len(one.additive) == 1:
        return (look(f"{question} (additive)", one.additive[0].name, *p_values), *multiplicative)
    test = look(f"{question} (additive, all levels together)", f"modifier_{one.name}", *p_values)
    return (test, *(look(f"{effect.label} (additive)", effect.name, effect.p_value) for effect in one.additive), *multiplicative)


def _finding(
    trial: Trial, one: _Looked, tested: Judged | None, corrected: tuple[Effect, ...], doubted: Mapping[str, DoubtedContrast]
) -> Finding:
    called = call_modifier(one.name)
    question = f"Does the effect of {trial.treatment} differ by {called}?"
    if not one.additive or tested is None:
        text = f"Whether the effect differs by {called} could not be estimated."
        return Finding(question, text, trial.cohort.basis, one.prespecified, True, False, checks=one.checks)
    first = one.additive[0]
    over = "Over all levels: " if len(one.additive) > 1 else ""
    among = "all modifiers named beforehand" if one.prespecified else "everything that was looked at"
    decisive = tested.decisive
    pace = _say_pace(one) if decisive else ""
    doubt = f" {say_corrected(corrected[0])} {say_doubt(doubted[f'{first.name}_shrunken'], len(doubted))}" if decisive else ""
    return Finding(
        question=question,
        text=f"{first.text} {over}p {_written(tested.p_adjusted)}, corrected for {among}{pace}.{doubt}",
        basis=trial.cohort.basis,
        prespecified=one.prespecified,
        controlled=one.prespecified,
        decisive=decisive,
        effect=first.name,
        checks=first.checks,
    )


def _say_pace(one: _Looked) -> str:
    """Put down to the rate of progression what a drug that slows everyone by the same percentage would give.

    Faster people gain more points from the same percentage, so points alone cannot tell who benefits more.
    """
    if not one.ratios or any(ratio.excludes_null for ratio in one.ratios):
        return ""
    ratio = one.ratios[0]
    return (
        f"; as a ratio of slopes no difference is shown ({ratio.estimate:.2f}, {ratio.low:.2f} to {ratio.high:.2f}), so it may be no more "
        "than the same percentage of a faster or slower progression"
    )


def _written(p_value: float) -> str:
    text = format_p(p_value)
    return text if text.startswith("<") else f"= {text}"


def _no_ratio(name: str) -> Check:
    text = f"{call_modifier(name)}: a group does not decline in the fitted model, so a ratio of slopes has no meaning there."
    return Check(f"ratio by {name}", "warning", text)
