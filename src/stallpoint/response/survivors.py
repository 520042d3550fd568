"""The effect on function in those who would live to the horizon under either arm: its bounds, told as a finding that names nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.errors import FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.numbers import count_decimals, format_number
from stallpoint.response.analysis import Analysis
from stallpoint.response.final_outcome import FinalOutcomes
from stallpoint.response.strata import allocation_cells
from stallpoint.response.survivor_effect import SurvivorBounds, bound_survivor_effect

NONE, NEVER_SHORTENS = "none", "treatment never shortens a life"
"""What is assumed of deaths."""

REPEATS = 400
"""Bootstrap samples: the standard error of a bound is then known to 4%."""

_METHOD = (
    "Survivors of two arms are different people if treatment changes who dies, so the effect on function was asked in those who would "
    "live to the horizon under either arm, and bounded: by taking these to be the best or the worst survivors of each arm (Zhang and "
    "Rubin 2003), and, where treatment is assumed never to shorten a life, within the cells of randomisation where these have survivors "
    f"enough (Lee 2009). Intervals hold the effect itself (Imbens and Manski 2004), by {REPEATS} bootstrap samples. The outcome is the "
    "change of ALSFRS-R from the first visit to that at the horizon."
)


def bound_survivors(trial: Trial, outcomes: FinalOutcomes, *, rng: np.random.Generator) -> Analysis:
    """Bounds without an assumption on deaths, and with one that no data can prove; what cannot be had leaves a check."""
    found: dict[str, SurvivorBounds] = {}
    checks: list[Check] = []
    for assumption in (NONE, NEVER_SHORTENS):
        try:
            found[assumption] = _bound(trial, outcomes.people, assumption == NEVER_SHORTENS, rng)
        except FitError as error:
            text = f"The effect in those who live was not bounded (assumed of deaths: {assumption}). {error.text}"
            checks.append(Check("survivors", "warning", text))
    if not found:
        return Analysis(checks=tuple(checks))
    checks += [_doubt(trial)] if any(bounds.contradicted for bounds in found.values()) else []
    months = f"{trial.estimand.horizon_months:g} months"
    question = f"Does {trial.treatment} change function in those who would live to {months} under either arm?"
    finding = Finding(
        question=question,
        text=_say(trial, found),
        basis=trial.cohort.basis,
        prespecified=False,
        controlled=False,
        decisive=NONE in found and not found[NONE].low <= 0 <= found[NONE].high,
        checks=(outcomes.check, *checks),
    )
    rows = [{"assumption": assumption, **asdict(bounds)} for assumption, bounds in found.items()]
    return Analysis(
        findings=(finding,),
        looks=tuple(_look(question, assumption) for assumption in found),
        checks=tuple(checks),
        methods=(_METHOD,),
        sources=("zhangrubin2003", "lee2009", "imbens2004"),
        series={"survivor_bounds": pl.DataFrame(rows).drop("contradicted")},
    )


def _bound(trial: Trial, people: pl.DataFrame, never_shortens: bool, rng: np.random.Generator) -> SurvivorBounds:
    """Within the cells of randomisation where the assumption makes that sound and survivors suffice, else over all people."""
    outcome = people["change"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    given = (outcome, *(people[name].to_numpy() for name in ("time_months", "died", "treated")))

    def bounds(stratum: npt.NDArray[np.int64] | None) -> SurvivorBounds:
        horizon = trial.estimand.horizon_months
        return bound_survivor_effect(
            *given, horizon=horizon, rng=rng, never_shortens_life=never_shortens, stratum=stratum, repeats=REPEATS
        )

    cells = allocation_cells(people, trial.strata)
    if never_shortens and cells.any():
        try:
            return bounds(cells)
        except FitError:
            return bounds(None)  # cells too small narrow nothing
    return bounds(None)


def _doubt(trial: Trial) -> Check:
    text = (
        f"Fewer people on {trial.treatment} than on {trial.control} were alive at the horizon: that it never shortens a life is doubtful, "
        "and bounds that assume it are too."
    )
    return Check("survivors: the assumption on deaths", "warning", text)


def _look(question: str, assumption: str) -> Look:
    name = "survivor_bounds" if assumption == NONE else "survivor_bounds_assumed"
    return Look(f"{question} (assumed of deaths: {assumption})", "average effect", "ALSFRS-R at the horizon", False, name, None)


def _say(trial: Trial, found: Mapping[str, SurvivorBounds]) -> str:
    said = []
    if NONE in found:
        bounds = found[NONE]
        both = f"{trial.estimand.horizon_months:g} months on {trial.treatment} and on {trial.control} alike"
        said.append(
            f"Among people who would live to {both}, at least {bounds.share_least:.0%} of all, the effect on the change of ALSFRS-R by "
            f"then {_range(bounds)}."
        )
    if NEVER_SHORTENS in found:
        bounds = found[NEVER_SHORTENS]
        doubt = ", which fewer survivors on it make doubtful here" if bounds.contradicted else ", which no data can prove"
        said.append(
            f"If {trial.treatment} shortened nobody's life{doubt}, the bounds would speak of {bounds.share_least:.0%}, in whom the "
            f"effect {_range(bounds)}."
        )
    return " ".join([*said, "Nobody can be said to be one of them."])


def _range(bounds: SurvivorBounds) -> str:
    decimals = max(1, count_decimals(bounds.low, bounds.high))
    least, most, low, high = (format_number(each, decimals) for each in (bounds.least, bounds.most, bounds.low, bounds.high))
    where = f"is {least}" if least == most else f"lies anywhere from {least} to {most}"
    return f"{where} points (95% interval {low} to {high})"
