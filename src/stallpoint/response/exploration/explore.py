"""Is there anybody in whom the effect differs whom nobody thought of beforehand? Learners search, held-out people judge.

Only what held-out people confirm is shown, with how often the same search finds something where there is nothing. No effect of a single
person is computed for show, and no interval of one exists. Nothing here can become more than exploratory.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.errors import EstimandError, FitError
from stallpoint.core.wording import counted
from stallpoint.response.analysis import Analysis
from stallpoint.response.exploration.candidates import Candidates, gather_candidates, independent
from stallpoint.response.exploration.extra import require_learners
from stallpoint.response.exploration.judge import judge_learner
from stallpoint.response.exploration.learners import LEARNERS
from stallpoint.response.exploration.outcomes import slope_outcomes, survival_outcomes
from stallpoint.response.exploration.plan import Exploration
from stallpoint.response.exploration.policy_tree import read_tree
from stallpoint.response.exploration.sample import Sample
from stallpoint.response.exploration.shuffled import count_false_calls
from stallpoint.response.exploration.tell import (
    SOURCES,
    Explored,
    ExploredOutcome,
    describe_effects,
    list_looks,
    look_at_tree,
    state_finding,
    tabulate_contrasts,
    tabulate_false_calls,
    tabulate_trees,
)
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.joint_trial import Covariates, fit_trial
from stallpoint.response.strata import allocation_cells, code_strata

FEWEST_DEATHS = 20
"""With fewer, survival is not explored: there is nothing to learn from in half of the people."""

_METHOD = (
    "Exploration: learners of the effect saw half of the people and ranked the other half by predicted effect; doubly robust scores of "
    "that half, with the known probability of treatment, judged the ranking. Slopes were one-step estimates from the scores of the "
    "joint model, survival times pseudo-values of the restricted mean. Over repeated splits these are given: the gain in effect per "
    "standard deviation of the prediction (best linear predictor), average effects of thirds, areas under the curve of effects by rank "
    "(AUTOC, QINI), and how the outer thirds differ. The same search was repeated in shuffled trials in which nobody's effect differs."
)
_SOURCES = (*SOURCES, "kennedy2023", "andersen2004", "athey2021")


def estimate_exploration(trial: Trial, plan: Exploration, *, rng: np.random.Generator) -> Analysis:
    """Every learner on slope and on survival, judged by held-out people, with the count of false calls; each look is in the ledger.

    What cannot be explored leaves a check. `rng` cuts halves and shuffles treatment.

    Raises:
        StallpointError: the causal forest is asked for and econml is not installed.
    """
    require_learners(plan.learners)
    if trial.cohort.not_randomised:
        return _nothing("arms that nobody was randomised to differ by more than treatment")
    try:
        candidates = gather_candidates(trial.cohort, code_strata(follow_trial(trial), trial.strata), plan.covariates)
        people, outcomes, checks = _outcomes(trial, candidates)
        explored = [
            Explored(each, name, judge_learner(each.sample, LEARNERS[name], splits=plan.splits, rng=rng))
            for each in outcomes
            for name in plan.learners
        ]
    except (EstimandError, FitError) as error:
        return _nothing(error.text)
    false_calls = count_false_calls(
        [each.sample for each in outcomes],
        {name: LEARNERS[name] for name in plan.learners},
        cells=allocation_cells(people, trial.strata),
        splits=plan.splits,
        trials=plan.shuffled_trials,
        rng=rng,
    )
    forest = ("athey2019", "econml") if "causal forest" in plan.learners else ()
    return Analysis(
        effects=tuple(effect for one in explored for effect in describe_effects(trial, one)),
        findings=(state_finding(trial, explored, false_calls, len(plan.covariates)),),
        looks=(
            *(look for one in explored for look in list_looks(one, len(explored), plan.covariates)),
            *(look_at_tree(each) for each in outcomes),
        ),
        checks=(*candidates.checks, *checks),
        methods=(_METHOD,),
        sources=(*_SOURCES, *forest),
        series={
            "exploration_false_calls": tabulate_false_calls(false_calls),
            "exploration_contrasts": tabulate_contrasts(explored, candidates.labels),
            "exploration_tree": tabulate_trees([(each, read_tree(each.sample, rng)) for each in outcomes], candidates.plain),
        },
    )


def _nothing(why: str) -> Analysis:
    return Analysis(checks=(Check("exploration", "warning", f"Nothing was explored: {why}."),))


def _outcomes(trial: Trial, candidates: Candidates) -> tuple[pl.DataFrame, list[ExploredOutcome], tuple[Check, ...]]:
    """The explored people in order, their slopes and, where enough of them died, their survival times."""
    followed = candidates.followed
    strata = tuple(name for name in followed.people.columns if name.startswith("stratum_"))
    fit = fit_trial(followed, Covariates(adjust=independent(followed.people, (*candidates.columns, *strata))))
    order = pl.DataFrame({"patient": list(fit.data.people)})
    people = order.join(followed.people, on="patient", how="left", maintain_order="left")
    X, treated = people.select(candidates.columns).to_numpy(), people["treated"].to_numpy()
    slope = Sample(X, slope_outcomes(fit, treated, X), treated, trial.allocation)
    found = [ExploredOutcome("slope", "slope", "points per month", slope)]
    deaths = int(people["died"].sum())
    if deaths < FEWEST_DEATHS:
        text = f"Survival was not explored: {counted(deaths, 'death')}."
        return people, found, (*fit.checks, Check("exploration of survival", "warning", text, deaths))
    horizon = trial.estimand.horizon_months
    try:
        months = survival_outcomes(people["time_months"].to_numpy(), people["died"].to_numpy(), treated, horizon)
    except FitError as error:
        return (
            people,
            found,
            (*fit.checks, Check("exploration of survival", "warning", f"Survival was not explored. {error.text}")),
        )
    return people, [*found, ExploredOutcome("survival", "time alive", "months", replace(slope, outcome=months))], fit.checks
