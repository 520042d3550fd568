"""Do other measures of benefit tell the same of a modifier as the slope does? Ranks with death lowest, time alive, function while alive.

A group can look helped on one measure and harmed on another: function is read off those who live, and a drug that lets the sickest live on
lowers the mean. So each modifier is asked on every measure, and a disagreement is said before anything else of that modifier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import norm

from stallpoint.clinical.kings import ITEMS_READ as STAGED_BY
from stallpoint.clinical.kings import kings_stage
from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import EstimandError, FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.wording import listed
from stallpoint.response.analysis import Analysis
from stallpoint.response.cafs import common_time_change, score_pairs
from stallpoint.response.effect_ranking import regress_robustly
from stallpoint.response.exploration.outcomes import slope_outcomes, survival_outcomes
from stallpoint.response.follow_up import FollowUp, follow_trial
from stallpoint.response.modifier_values import ModifierValues, call_modifier, modifier_values, named_modifiers
from stallpoint.response.modifiers import fit_without_modifiers
from stallpoint.response.strata import allocation_cells, code_strata

Array = npt.NDArray[np.float64]

_METHOD = (
    "Beside the slope each modifier was asked on measures that need no model of the course: net wins over all others (CAFS, "
    "death lowest), months alive until the horizon and months alive before King's stage 4 where items were "
    "recorded (pseudo-values, within each arm), and mean change of the score while alive. Each was "
    "regressed on treatment, modifier, their product and the cells of randomisation, with errors that allow for unequal variance. "
    "These looks carry no correction and make no claim by themselves: they say where measures, the slope among them, contradict "
    "each other."
)
FAILED_STAGE = 4
"""King's stage from which feeding or breathing has failed."""

CONTRADICTION = "Measures contradict each other"
"""How a finding begins that says so; the report puts it first."""

_SOURCES = ("berry2013", "andersen2004", "mackinnon1985")


@dataclass(frozen=True)
class _Measure:
    """A number for each person (nan where not known); more is better."""

    name: str
    called: str
    unit: str
    values: Array


def compare_measures(trial: Trial) -> Analysis:
    """The product of treatment with each named modifier on each measure, and whether measures contradict each other."""
    followed = code_strata(follow_trial(trial), trial.strata)
    measures, checks = _measures(trial, followed)
    effects: list[Effect] = []
    findings: list[Finding] = []
    missing: list[Check] = []
    for name, _ in named_modifiers(trial.modifiers):
        try:
            known = modifier_values(trial.cohort, name)
        except EstimandError:
            continue  # the modifiers' own analysis says so
        by_measure = {measure.called: _contrasts(trial, followed, measure, name, known) for measure in measures}
        found = [effect for each in by_measure.values() for effect in each]
        silent = [called for called, each in by_measure.items() if not each]
        missing += [_not_compared(name, silent)] if silent else []
        # The contrast of slopes is a look of the modifiers' own analysis; here it only stands beside the others.
        effects += [effect for effect in found if not effect.name.startswith("modifier_slope_")]
        findings.append(_finding(trial, name, found))
    return Analysis(
        effects=tuple(effects),
        findings=tuple(findings),
        looks=tuple(Look(each.label, "modifier", each.method, False, each.name, each.p_value) for each in effects),
        checks=(*checks, *missing),
        methods=(_METHOD,) if effects else (),
        sources=_SOURCES if effects else (),
    )


def _measures(trial: Trial, followed: FollowUp) -> tuple[list[_Measure], tuple[Check, ...]]:
    people = followed.people
    end, died = people["time_months"].to_numpy(), people["died"].to_numpy()
    pairs = score_pairs(end, died, common_time_change(followed.visits, people["patient"].to_list()))
    found = [
        _Measure("wins", "net wins", "share of comparisons", pairs.sum(axis=1) / (people.height - 1)),
        _Measure("while_alive", "mean change of ALSFRS-R while alive", "points", _change_while_alive(followed)),
    ]
    checks: list[Check] = []
    further: dict[str, Callable[[], _Measure | None]] = {
        "time alive": lambda: _Measure("months_alive", "time alive", "months", _months(trial, people, end, died)),
        "time before King's stage 4": lambda: _before_stage_4(trial, people),
        "the slope": lambda: _slopes(followed),
    }
    for called, make in further.items():
        try:
            made = make()
        except FitError as error:
            checks.append(
                Check(f"{called} by modifiers", "warning", f"{called[:1].upper()}{called[1:]} was not compared. {error.text}")
            )
            continue
        found += [made] if made is not None else []
    return found, tuple(checks)


def _months(trial: Trial, people: pl.DataFrame, end: Array, happened: Array) -> Array:
    """Months until something happens, at most to the horizon or to where an arm was followed: pseudo-values within each arm."""
    treated = people["treated"].to_numpy()
    horizon = min(trial.estimand.horizon_months, *(float(end[treated == arm].max()) for arm in (0, 1)))
    return survival_outcomes(end, happened, treated, horizon)


def _before_stage_4(trial: Trial, people: pl.DataFrame) -> _Measure | None:
    """Months alive without failure of feeding or breathing (King's stage 4), at the visit that first showed it; None without items."""
    visits = trial.cohort.visits
    if not set(STAGED_BY) <= {*visits.columns, "q5"}:
        return None
    staged = visits.with_columns(stage=kings_stage(visits))
    if staged["stage"].null_count() == staged.height:
        return None
    first = staged.filter(pl.col("stage") >= FAILED_STAGE).group_by("patient").agg(pl.col("time_months").min().alias("failed"))
    known = people.join(first, on="patient", how="left", maintain_order="left")
    reached = (known["failed"].is_not_null() & (known["failed"] <= known["time_months"])).to_numpy()
    end = np.where(reached, known["failed"].fill_null(0.0).to_numpy(), known["time_months"].to_numpy())
    happened = np.where(reached, 1.0, known["died"].to_numpy())
    return _Measure("before_stage_4", "time alive before King's stage 4", "months", _months(trial, people, end, happened))


def _slopes(followed: FollowUp) -> _Measure:
    """One step from the scores of the joint model; nan for people without a visit in it."""
    fit = fit_without_modifiers(followed)
    people = pl.DataFrame({"patient": list(fit.data.people)}).join(
        followed.people, on="patient", how="left", maintain_order="left"
    )
    slopes = slope_outcomes(fit, people["treated"].to_numpy(), np.zeros((people.height, 0)))
    values = followed.people.select("patient").join(
        people.select("patient", pl.Series("slope", slopes)), on="patient", how="left"
    )
    return _Measure("slope", "slope", "points per month", values["slope"].fill_null(float("nan")).to_numpy())


def _change_while_alive(followed: FollowUp) -> Array:
    """The mean over time of the change since the first visit, by trapezium over each person's visits; nan for people seen once."""
    courses = {str(key[0]): rows for key, rows in followed.visits.sort("time_months").group_by("patient")}
    return np.array([_mean_change(courses.get(patient)) for patient in followed.people["patient"].to_list()])


def _mean_change(rows: pl.DataFrame | None) -> float:
    if rows is None or rows.height < 2:
        return float("nan")
    time, score = rows["time_months"].to_numpy(), rows["alsfrs_r"].cast(pl.Float64).to_numpy()
    return float(np.trapezoid(score - score[0], time) / (time[-1] - time[0])) if time[-1] > time[0] else float("nan")


def _not_compared(name: str, measures: list[str]) -> Check:
    text = f"{call_modifier(name)}: not compared on {listed(measures)}; it does not vary there, or too few people are left."
    return Check(f"measures by {name}", "warning", text)


def _contrasts(trial: Trial, followed: FollowUp, measure: _Measure, name: str, known: ModifierValues) -> list[Effect]:
    people = followed.people.select("patient").join(known.values, on="patient", how="left", maintain_order="left")
    x = people.drop("patient").fill_null(float("nan")).to_numpy()
    treated = followed.people["treated"].to_numpy()
    cells = allocation_cells(followed.people, trial.strata)
    use = ~np.isnan(x).any(axis=1) & ~np.isnan(measure.values)
    use &= _in_company(cells, use)
    indicators = (cells[use][:, None] == np.unique(cells[use])[1:]).astype(np.float64)
    main = np.column_stack([np.ones(use.sum()), treated[use], x[use], indicators])
    independent = main[:, _independent(main)]
    try:
        line = regress_robustly(np.column_stack([x[use] * treated[use][:, None], independent]), measure.values[use])
    except FitError:
        return []
    if not (line.std_error[: x.shape[1]] > 0).all():  # nor where errors are not numbers: nothing varies, or one person decides
        return []
    return [
        _effect(trial, measure, f"{name}_{j + 1}", label, float(line.estimate[j]), float(line.std_error[j]), int(use.sum()))
        for j, label in enumerate(known.labels)
    ]


def _in_company(cells: npt.NDArray[np.int64], use: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether others of those used share a person's cell: alone in a cell, nobody says anything of a contrast."""
    return np.asarray(np.bincount(cells[use], minlength=int(cells.max()) + 1)[cells] > 1)


def _independent(columns: Array) -> list[int]:
    """The first columns that are not combinations of those before them: a modifier may itself be a stratum."""
    kept: list[int] = []
    for j in range(columns.shape[1]):
        if np.linalg.matrix_rank(columns[:, [*kept, j]]) == len(kept) + 1:
            kept.append(j)
    return kept


def _effect(trial: Trial, measure: _Measure, key: str, label: str, value: float, error: float, n: int) -> Effect:
    reach = float(norm.ppf(0.975)) * error
    return Effect(
        name=f"modifier_{measure.name}_{key}",
        label=f"Added benefit in {measure.called}: {label}",
        estimate=value,
        low=value - reach,
        high=value + reach,
        unit=measure.unit,
        n=n,
        estimand=trial.estimand.text,
        method=f"{measure.called}, regression with HC3 errors",
        role="modifier",
        better="neither",
        std_error=error,
        p_value=float(2 * norm.sf(abs(value) / error)),
        sources=_SOURCES,
    )


def _finding(trial: Trial, name: str, found: list[Effect]) -> Finding:
    """A disagreement is two measures whose intervals exclude none on opposite sides."""
    called = call_modifier(name)
    up, down = ([each for each in found if each.excludes_null and (each.estimate > 0) == above] for above in (True, False))
    contradicted = [(one, other) for one in up for other in down if _contrast(one) == _contrast(other)]
    if contradicted:
        one, other = contradicted[0]
        text = f"{CONTRADICTION} on {called}: {_say(one)}, but {_say(other)}. Neither alone says who benefits."
    else:
        text = f"No two measures contradict each other on {called}; that is no evidence that they agree."
    return Finding(
        question=f"Do the measures of benefit from {trial.treatment} tell the same of {called}?",
        text=text,
        basis=trial.cohort.basis,
        prespecified=False,
        controlled=False,
        decisive=bool(contradicted),
    )


def _contrast(effect: Effect) -> str:
    return effect.label.split(": ", 1)[1]


def _say(effect: Effect) -> str:
    more = "more" if effect.estimate > 0 else "less"
    return f"{more} benefit in {effect.method.split(',')[0]} ({effect.low:.2g} to {effect.high:.2g} {effect.unit})"
