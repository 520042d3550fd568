"""What an exploration found, in words, rows of the ledger and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from stallpoint.core.cohort import Trial
from stallpoint.core.effect import Effect
from stallpoint.core.finding import Finding
from stallpoint.core.ledger import Look
from stallpoint.core.numbers import format_p
from stallpoint.core.wording import counted
from stallpoint.response.exploration.candidates import say_question
from stallpoint.response.exploration.judge import GROUPS, Judged
from stallpoint.response.exploration.learners import CALLED
from stallpoint.response.exploration.over_splits import OverSplits
from stallpoint.response.exploration.plan import LearnerName
from stallpoint.response.exploration.policy_tree import Leaf
from stallpoint.response.exploration.sample import Sample
from stallpoint.response.exploration.shuffled import FalseCalls, is_called
from stallpoint.response.modifier_values import call_modifier

SOURCES = ("chernozhukov2018", "yadlowsky2025")

_SAME_PERCENTAGE = ", which may be no more than the same percentage of a faster or slower progression"
_GROUP = ("smallest", "middle", "largest")


@dataclass(frozen=True)
class ExploredOutcome:
    """One outcome of all explored people."""

    name: str
    called: str
    unit: str
    sample: Sample


@dataclass(frozen=True)
class Explored:
    """What one learner made of one outcome."""

    outcome: ExploredOutcome
    learner: LearnerName
    judged: Judged

    @property
    def key(self) -> str:
        """Start of the names of its effects."""
        return f"exploration_{self.outcome.name}_{self.learner.replace(' ', '_').replace('-', '_')}"


def describe_effects(trial: Trial, one: Explored) -> list[Effect]:
    """Everything that is shown of one learner on one outcome."""
    judged = one.judged
    shown: dict[str, tuple[str, OverSplits, float | None]] = {
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
            estimate=found.value,
            low=found.low,
            high=found.high,
            unit=one.outcome.unit,
            n=len(one.outcome.sample.outcome),
            estimand=trial.estimand.text,
            method=f"{CALLED[one.learner]}, judged by held-out people",
            role="exploration",
            std_error=found.std_error,
            p_value=p_value,
            sources=SOURCES,
        )
        for key, (label, found, p_value) in shown.items()
    ]


def list_looks(one: Explored, count: int, covariates: tuple[str, ...]) -> list[Look]:
    """The test first; then everything else that its ranking was looked at with, and each covariate that the learner saw."""

    def look(asked: str, key: str, p: float | None = None, adjusted: float | None = None) -> Look:
        question = f"{CALLED[one.learner]} on {one.outcome.called}: {asked}"
        return Look(question, "learner", one.outcome.called, False, f"{one.key}_{key}", p, adjusted)

    p = one.judged.p_value
    return [
        look("is its ranking of people real?", "differential", p, min(1.0, p * count)),
        look("effects in thirds by its ranking", "apart"),
        look("area under the curve of effects by rank (AUTOC)", "autoc"),
        look("the same weighted by share (QINI)", "qini"),
        *(
            Look(
                f"Does the effect on {one.outcome.name} differ by {call_modifier(name)}? Seen by the {CALLED[one.learner]}",
                "learner",
                one.outcome.called,
                False,
                f"{one.key}_differential",
                None,
            )
            for name in covariates
        ),
    ]


def look_at_tree(outcome: ExploredOutcome) -> Look:
    """The tree saw the outcome too."""
    return Look(
        f"Policy tree on {outcome.called}",
        "learner",
        outcome.called,
        False,
        f"exploration_{outcome.name}_tree",
        None,
    )


def state_finding(trial: Trial, explored: list[Explored], false_calls: FalseCalls, covariates: int) -> Finding:
    """One statement over all searches, with the count of false calls in it; it can be no more than exploratory."""
    p_values = [one.judged.p_value for one in explored]
    called = is_called(p_values)
    best = min(explored, key=lambda one: one.judged.p_value)
    smallest = min(1.0, best.judged.p_value * len(explored))
    written = format_p(smallest)
    p = f"p {written if written.startswith('<') else f'= {written}'}, corrected for all of them"
    said = (
        f"the {CALLED[best.learner]} ranked people by their effect on {best.outcome.called} better than chance in people it had not "
        f"seen ({p}): {_say(best.judged.apart)} {best.outcome.unit} between its outer thirds"
        f"{_SAME_PERCENTAGE if best.outcome.name == 'slope' else ''}."
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


def _say(found: OverSplits) -> str:
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def tabulate_false_calls(false_calls: FalseCalls) -> pl.DataFrame:
    """Series `exploration_false_calls`."""
    row = {"called": false_calls.called, "trials": false_calls.trials, "share": false_calls.share, "error": false_calls.error}
    return pl.DataFrame([row])


def tabulate_contrasts(explored: list[Explored], labels: tuple[str, ...]) -> pl.DataFrame:
    """Series `exploration_contrasts`; `labels` say what one unit of each covariate means."""
    rows: list[Mapping[str, object]] = [
        {
            "outcome": one.outcome.called,
            "learner": CALLED[one.learner],
            "covariate": label,
            "difference": found.value,
            "low": found.low,
            "high": found.high,
        }
        for one in explored
        for label, found in zip(labels, one.judged.contrasts, strict=True)
    ]
    return pl.DataFrame(rows)


def tabulate_trees(trees: list[tuple[ExploredOutcome, tuple[Leaf, ...]]], plain: tuple[str, ...]) -> pl.DataFrame:
    """Series `exploration_tree`; `plain` says what each covariate is called."""
    rows = []
    types = {"effect": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    for each, leaves in trees:
        for leaf in leaves:
            asked = "; ".join(say_question(question, plain, each.sample.covariates) for question in leaf.questions) or "everybody"
            effect = OverSplits(leaf.effect.value, leaf.effect.std_error) if leaf.effect else None
            shown = {"effect": effect.value, "low": effect.low, "high": effect.high} if effect else {}
            rows.append({"outcome": each.called, "group": asked, "n": leaf.n, "unit": each.unit, **dict.fromkeys(types), **shown})
    return pl.DataFrame(rows, schema_overrides=types)
