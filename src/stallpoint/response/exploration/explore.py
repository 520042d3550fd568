"""Is there anybody in whom the effect differs whom nobody thought of beforehand? Learners search, held-out people judge.

Only what held-out people confirm is shown, with how often the same search finds something where there is nothing. No effect of a single
person is computed for show, and no interval of one exists. Nothing here can become more than exploratory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.errors import EstimandError, FitError
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.numbers import format_p
from stallpoint.core.wording import counted
from stallpoint.response.analysis import Analysis
from stallpoint.response.exploration.candidates import Candidates, gather_candidates, independent, say_question
from stallpoint.response.exploration.extra import require_learners
from stallpoint.response.exploration.judge import GROUPS, Judged, Median, judge_learner
from stallpoint.response.exploration.learners import CALLED, LEARNERS
from stallpoint.response.exploration.outcomes import slope_outcomes, survival_outcomes
from stallpoint.response.exploration.plan import Exploration, LearnerName
from stallpoint.response.exploration.policy_tree import read_tree
from stallpoint.response.exploration.sample import Sample
from stallpoint.response.exploration.shuffled import FalseCalls, count_false_calls, is_called
from stallpoint.response.follow_up import follow_trial
from stallpoint.response.joint_trial import Covariates, fit_trial
from stallpoint.response.strata import allocation_cells, code_strata

Array = npt.NDArray[np.float64]

FEWEST_DEATHS = 20
"""With fewer, survival is not explored: there is nothing to learn from in half of the people."""

_METHOD = (
    "Exploration: learners of the effect saw half of the people and ranked the other half by predicted effect; doubly robust scores of "
    "that half, with the known probability of treatment, judged the ranking. Slopes were one-step estimates from the scores of the "
    "joint model, survival times pseudo-values of the restricted mean. Medians over repeated splits are given: the gain in effect per "
    "standard deviation of the prediction (best linear predictor), average effects of thirds, areas under the curve of effects by rank "
    "(AUTOC, QINI), and how the outer thirds differ. The same search was repeated in shuffled trials in which nobody's effect differs."
)
_SOURCES = ("chernozhukov2018", "yadlowsky2025", "kennedy2023", "andersen2004", "athey2021")
_GROUP = ("smallest", "middle", "largest")


@dataclass(frozen=True)
class _Outcome:
    """One outcome of all explored people."""

    name: str
    called: str
    unit: str
    sample: Sample


@dataclass(frozen=True)
class _Explored:
    """What one learner made of one outcome."""

    outcome: _Outcome
    learner: LearnerName
    judged: Judged

    @property
    def key(self) -> str:
        """Start of the names of its effects."""
        return f"exploration_{self.outcome.name}_{self.learner.replace(' ', '_').replace('-', '_')}"


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
            _Explored(each, name, judge_learner(each.sample, LEARNERS[name], splits=plan.splits, rng=rng))
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
        effects=tuple(effect for one in explored for effect in _effects(trial, one)),
        findings=(_finding(trial, explored, false_calls, len(plan.covariates)),),
        looks=(*(look for one in explored for look in _looks(one, len(explored))), *(_tree_look(each) for each in outcomes)),
        checks=(*candidates.checks, *checks),
        methods=(_METHOD,),
        sources=(*_SOURCES, *forest),
        series={
            "exploration_false_calls": _count(false_calls),
            "exploration_contrasts": _contrasts(explored, candidates.labels),
            "exploration_tree": _trees(outcomes, candidates.plain, rng),
        },
    )


def _nothing(why: str) -> Analysis:
    return Analysis(checks=(Check("exploration", "warning", f"Nothing was explored: {why}."),))


def _outcomes(trial: Trial, candidates: Candidates) -> tuple[pl.DataFrame, list[_Outcome], tuple[Check, ...]]:
    """The explored people in order, their slopes and, where enough of them died, their survival times."""
    followed = candidates.followed
    strata = tuple(name for name in followed.people.columns if name.startswith("stratum_"))
    fit = fit_trial(followed, Covariates(adjust=independent(followed.people, (*candidates.columns, *strata))))
    order = pl.DataFrame({"patient": list(fit.data.people)})
    people = order.join(followed.people, on="patient", how="left", maintain_order="left")
    X, treated = people.select(candidates.columns).to_numpy(), people["treated"].to_numpy()
    slope = Sample(X, slope_outcomes(fit, treated, X), treated, trial.allocation)
    found = [_Outcome("slope", "slope", "points per month", slope)]
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
    return people, [*found, _Outcome("survival", "time alive", "months", replace(slope, outcome=months))], fit.checks


def _effects(trial: Trial, one: _Explored) -> list[Effect]:
    judged = one.judged
    shown: dict[str, tuple[str, Median, float | None]] = {
        f"third_{k + 1}": (f"third with the {_GROUP[k]} predicted effect", judged.groups[k], None) for k in range(GROUPS)
    } | {
        "apart": ("largest less smallest third", judged.apart, None),
        "differential": ("per standard deviation of the prediction", judged.differential, judged.p_value),
        "autoc": ("above average by rank (AUTOC)", judged.above_average, None),
        "qini": ("above average by rank and share (QINI)", judged.spread, None),
    }
    return [
        Effect(
            name=f"{one.key}_{key}",
            label=f"Effect on {one.outcome.called} by {CALLED[one.learner]}, {label}",
            estimate=median.value,
            low=median.low,
            high=median.high,
            unit=one.outcome.unit,
            n=len(one.outcome.sample.outcome),
            estimand=trial.estimand.text,
            method=f"{CALLED[one.learner]}, judged by held-out people",
            role="exploration",
            std_error=median.std_error,
            p_value=p_value,
            sources=_SOURCES[:2],
        )
        for key, (label, median, p_value) in shown.items()
    ]


def _looks(one: _Explored, count: int) -> list[Look]:
    """The test first; then everything else that the learner's ranking was looked at with."""

    def look(asked: str, key: str, p: float | None = None, adjusted: float | None = None) -> Look:
        question = f"{CALLED[one.learner]} on {one.outcome.called}: {asked}"
        return Look(question, "learner", one.outcome.called, False, f"{one.key}_{key}", p, adjusted)

    p = one.judged.p_value
    return [
        look("is its ranking of people real?", "differential", p, min(1.0, p * count)),
        look("effects in thirds by its ranking", "apart"),
        look("area under the curve of effects by rank (AUTOC)", "autoc"),
        look("the same weighted by share (QINI)", "qini"),
    ]


def _tree_look(outcome: _Outcome) -> Look:
    return Look(f"Policy tree on {outcome.called}", "learner", outcome.called, False, f"exploration_{outcome.name}_tree", None)


def _finding(trial: Trial, explored: list[_Explored], false_calls: FalseCalls, covariates: int) -> Finding:
    p_values = [one.judged.p_value for one in explored]
    called = is_called(p_values)
    best = min(explored, key=lambda one: one.judged.p_value)
    smallest = min(1.0, best.judged.p_value * len(explored))
    written = format_p(smallest)
    p = f"p {written if written.startswith('<') else f'= {written}'}, corrected for all of them"
    said = (
        f"the {CALLED[best.learner]} ranked people by their effect on {best.outcome.called} better than chance in people it had not "
        f"seen ({p}): {_say(best.judged.apart)} {best.outcome.unit} between its outer thirds."
        if called
        else f"no ranking of people was shown to hold in people whom the learner had not seen (smallest {p})."
    )
    return Finding(
        question=f"Is there anybody in whom the effect of {trial.treatment} differs whom nobody named beforehand?",
        text=(
            f"Looked for in {counted(covariates, 'covariate')}, {counted(len(explored), 'time')}: {said} In {false_calls.called} of "
            f"{counted(false_calls.trials, 'shuffled trial')} in which nobody's effect differs the same search called a difference "
            f"({false_calls.share:.0%}, Monte Carlo error {false_calls.error:.0%})."
        ),
        basis=trial.cohort.basis,
        prespecified=False,
        controlled=False,
        decisive=called,
        effect=f"{best.key}_differential",
    )


def _say(median: Median) -> str:
    return f"{median.value:.2f} ({median.low:.2f} to {median.high:.2f})"


def _count(false_calls: FalseCalls) -> pl.DataFrame:
    row = {"called": false_calls.called, "trials": false_calls.trials, "share": false_calls.share, "error": false_calls.error}
    return pl.DataFrame([row])


def _contrasts(explored: list[_Explored], labels: tuple[str, ...]) -> pl.DataFrame:
    rows: list[Mapping[str, object]] = [
        {
            "outcome": one.outcome.called,
            "learner": CALLED[one.learner],
            "covariate": label,
            "difference": median.value,
            "low": median.low,
            "high": median.high,
        }
        for one in explored
        for label, median in zip(labels, one.judged.contrasts, strict=True)
    ]
    return pl.DataFrame(rows)


def _trees(outcomes: list[_Outcome], plain: tuple[str, ...], rng: np.random.Generator) -> pl.DataFrame:
    rows = []
    types = {"effect": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    for each in outcomes:
        for leaf in read_tree(each.sample, rng):
            asked = "; ".join(say_question(question, plain, each.sample.covariates) for question in leaf.questions) or "everybody"
            effect = Median(leaf.effect.value, leaf.effect.std_error) if leaf.effect else None
            shown = {"effect": effect.value, "low": effect.low, "high": effect.high} if effect else {}
            rows.append({"outcome": each.called, "group": asked, "n": leaf.n, "unit": each.unit, **dict.fromkeys(types), **shown})
    return pl.DataFrame(rows, schema_overrides=types)
