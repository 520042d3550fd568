"""The covariates that learners may see, as columns of numbers; and the people of whom all are known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.cohort import Cohort
from stallpoint.core.errors import EstimandError
from stallpoint.core.wording import counted
from stallpoint.response.exploration.policy_tree import Question
from stallpoint.response.follow_up import FollowUp
from stallpoint.response.modifier_values import call_modifier, modifier_values

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """columns: names in `followed.people`. labels: what one unit of each means. plain: what each is called in a question."""

    followed: FollowUp
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    plain: tuple[str, ...]
    checks: tuple[Check, ...]


def gather_candidates(cohort: Cohort, followed: FollowUp, names: tuple[str, ...]) -> Candidates:
    """Add a column of people for each number, contrast of levels, or yes-or-no; leave out people of whom one is not known.

    Raises:
        EstimandError: none of the covariates can be used.
    """
    people = followed.people
    columns: list[str] = []
    labels: list[str] = []
    plain: list[str] = []
    checks: list[Check] = []
    for name in names:
        try:
            found = modifier_values(cohort, name)
        except EstimandError as error:
            checks.append(Check(f"covariate {name}", "warning", f"{name} was not explored. {error.text}"))
            continue
        called = {column: f"explored_{len(columns) + k}" for k, column in enumerate(found.columns)}
        people = people.join(found.values.rename(called), on="patient", how="inner", maintain_order="left")
        columns += called.values()
        labels += found.labels
        plain += found.labels if people[columns[-1]].n_unique() == 2 else [call_modifier(name)]
    if not columns:
        raise EstimandError("no covariate can be explored", where="exploration", do="name covariates that were recorded")
    lost = followed.people.height - people.height
    text = (
        f"{counted(lost, 'person')} left out of the exploration, a covariate not being known or hardly anybody sharing its level."
    )
    checks.append(Check("explored covariates recorded", "warning" if lost else "passed", text, lost))
    visits = followed.visits.filter(pl.col("patient").is_in(people["patient"].implode()))
    kept = replace(followed, people=people, visits=visits)
    return Candidates(kept, tuple(columns), tuple(labels), tuple(plain), tuple(checks))


def independent(people: pl.DataFrame, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Those that the ones before them do not repeat."""
    kept: list[str] = []
    for name in columns:
        matrix = people.select(pl.lit(1.0).alias("one"), *kept, name).to_numpy()
        if np.linalg.matrix_rank(matrix) == matrix.shape[1]:
            kept.append(name)
    return tuple(kept)


def say_question(question: Question, plain: tuple[str, ...], X: Array) -> str:
    """A question in words; a number is placed among the people (n, k), so that nobody takes the cut for a threshold to use."""
    values, called = X[:, question.covariate], plain[question.covariate]
    if len(np.unique(values)) == 2:
        return f"{called}: {'no' if question.below else 'yes'}"
    share = np.mean(values <= question.cut)
    return f"{called} among the {'lowest' if question.below else 'highest'} {share if question.below else 1 - share:.0%}"
