"""Rows of a table to padded arrays: people by points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.check import Check
from stallpoint.core.errors import FitError
from stallpoint.models.formulas import build_design, full_rank_columns, require_columns
from stallpoint.models.nonlinear_mixed.residual import Measured
from stallpoint.models.nonlinear_mixed.specification import WHERE, NonlinearModel

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int_]

FEWEST_PEOPLE = 3
"""A variance between fewer people says nothing."""


@dataclass(frozen=True)
class NonlinearData:
    """Coded data of n people with up to J points each.

    people in sorted order. rows (n, J) is each point's row in the table; padding repeats a row of the same person, with `present` false.
    occasion (n, J) counts a person's occasions from 0. columns: padded (n, J) columns of the table that the curve reads. effects
    (n, A, F): how the F fixed effects, free typical values first and then the covariate terms, act on the A active log parameters.
    """

    people: tuple[str, ...]
    rows: Indices
    measured: Measured
    occasion: Indices
    columns: dict[str, Array]
    effects: Array
    covariate_terms: tuple[tuple[str, str], ...]
    checks: tuple[Check, ...]

    @property
    def occasions(self) -> int:
        """The largest number of occasions of a person."""
        return int(self.occasion.max()) + 1

    @property
    def points(self) -> Indices:
        """Measurements of each person, shape (n,)."""
        return np.asarray(self.measured.present.sum(axis=1), dtype=np.int_)


def code_nonlinear(
    model: NonlinearModel,
    table: Any,
    *,
    response: str,
    person: str,
    columns: Sequence[str] = (),
    below_limit: str | None = None,
    occasion: str | None = None,
    people: Any = None,
) -> NonlinearData:
    """Code a table with one row per measurement.

    Args:
        model: the model.
        table: any frame that narwhals understands. Rows without a response are left out and counted.
        response: column of the measurements; where below the limit, the limit.
        person: column that names the person.
        columns: columns that the curve reads.
        below_limit: column of true and false: the response is a limit, and the truth lies below it.
        occasion: column that names a person's occasions.
        people: one row per person with the covariates, named by the same column; needed only where the model has covariates.

    Raises:
        FitError: columns absent or with missing values, too few people, all measurements alike, or a measurement that is not positive
            under an error model that needs it.
    """
    frame: pl.DataFrame = nw.from_native(table, eager_only=True).to_polars()
    require_columns(frame, (person,), where=WHERE)
    if response not in frame.columns:
        require_columns(frame, (response,), where=WHERE)
    rows = frame.with_columns(pl.col(person).cast(pl.String)).drop_nulls(response)
    named = (*columns, *([below_limit] if below_limit else []), *([occasion] if occasion else []))
    require_columns(rows, named, where=WHERE)
    names = tuple(sorted(rows[person].unique().to_list()))
    _require_enough(names, rows[response].cast(pl.Float64).to_numpy(), model)
    padded, present = _pad(rows[person].to_list(), names)
    effects, terms = _effects(model, _person_rows(model, people, person, names))
    return NonlinearData(
        people=names,
        rows=padded,
        measured=_measured(rows, response, below_limit, padded, present, model),
        occasion=_occasions(rows[occasion].to_list(), padded) if occasion else np.zeros_like(padded),
        columns={name: rows[name].cast(pl.Float64).to_numpy()[padded] for name in columns},
        effects=effects,
        covariate_terms=terms,
        checks=(_left_out(frame.height - rows.height, set(frame[person].cast(pl.String)) - set(names)),),
    )


def _require_enough(people: tuple[str, ...], values: Array, model: NonlinearModel) -> None:
    if len(people) < FEWEST_PEOPLE:
        who = "one person" if len(people) == 1 else f"{len(people)} people"
        raise FitError(
            f"{who} cannot show how parameters vary between people", where=WHERE, do=f"have at least {FEWEST_PEOPLE} people"
        )
    if not np.isfinite(values).all():
        raise FitError("a measurement is not a finite number", where=WHERE, do="leave it empty where it is missing")
    if len(values) > 1 and np.ptp(values) == 0:
        raise FitError(
            f"all {len(values)} measurements equal {values[0]:g}",
            where=WHERE,
            do="check the column; a constant has no spread to fit",
        )
    bad = int((values <= 0).sum())
    if bad and model.error == "lognormal":
        raise FitError(
            f"{bad} measurements are not positive", where=WHERE, do="mark them as below their limit, or use error='combined'"
        )


def _pad(labels: list[str], people: tuple[str, ...]) -> tuple[Indices, npt.NDArray[np.bool_]]:
    """Row numbers (n, J) and which are real."""
    place = {name: index for index, name in enumerate(people)}
    own: list[list[int]] = [[] for _ in people]
    for row, name in enumerate(labels):
        own[place[name]].append(row)
    width = max(map(len, own))
    padded = np.array([rows + rows[:1] * (width - len(rows)) for rows in own])
    return padded, np.arange(width) < np.array([len(rows) for rows in own])[:, None]


def _measured(
    rows: pl.DataFrame,
    response: str,
    below_limit: str | None,
    padded: Indices,
    present: npt.NDArray[np.bool_],
    model: NonlinearModel,
) -> Measured:
    value = rows[response].cast(pl.Float64).to_numpy()
    below = rows[below_limit].cast(pl.Boolean).to_numpy() if below_limit else np.zeros(len(value), dtype=bool)
    seen = np.log(value) if model.error == "lognormal" else value
    return Measured(seen[padded], below[padded], present)


def _occasions(labels: list[Any], padded: Indices) -> Indices:
    """Each person's occasions numbered in the order of their names."""
    numbered = []
    for rows in padded:
        names = [labels[row] for row in rows]
        place = {name: index for index, name in enumerate(sorted(set(names)))}
        numbered.append([place[name] for name in names])
    return np.array(numbered)


def _person_rows(model: NonlinearModel, people: Any, person: str, names: tuple[str, ...]) -> pl.DataFrame:
    """One row per person, in order; nothing but their names where the model has no covariates."""
    named = pl.DataFrame({person: names})
    if not model.covariates:
        return named
    if people is None:
        raise FitError("covariates need a table of people", where=WHERE, do="give `people`, one row per person")
    given: pl.DataFrame = nw.from_native(people, eager_only=True).to_polars()
    require_columns(given, (person,), where=WHERE)
    given = given.with_columns(pl.col(person).cast(pl.String))
    twice = sorted(set(given.filter(given[person].is_duplicated())[person]))
    if twice:
        raise FitError("people with several rows", where=WHERE, rows=twice, do="keep one row for each")
    unknown = sorted(set(names) - set(given[person]))
    if unknown:
        raise FitError("people without covariates", where=WHERE, rows=unknown, do="add their rows, or leave them out")
    return named.join(given, on=person, how="left", maintain_order="left")


def _effects(model: NonlinearModel, people: pl.DataFrame) -> tuple[Array, tuple[tuple[str, str], ...]]:
    """Columns of the fixed effects, and parameter and term of each covariate's."""
    active = model.active
    columns, terms = [], []
    for name in model.free:
        column = np.zeros((people.height, len(active)))
        column[:, active.index(name)] = 1.0
        columns.append(column)
    for name, formula in model.covariates.items():
        design = build_design(formula, people, where=f"{WHERE}, covariates of {name}")
        matrix = design.matrix(people)
        full_rank_columns(matrix, design.names, where=f"{WHERE}, covariates of {name}")
        for term, values in zip(design.names, matrix.T, strict=True):
            if term == "Intercept":
                continue
            column = np.zeros((people.height, len(active)))
            column[:, active.index(name)] = values
            columns.append(column)
            terms.append((name, term))
    return np.stack(columns, axis=-1) if columns else np.zeros((people.height, len(active), 0)), tuple(terms)


def _left_out(rows: int, people: set[str]) -> Check:
    lost = f"; with them {len(people)} people who have no other" if people else ""
    return Check(
        "rows without a value", "warning" if people else "passed", f"Rows without a value, left out: {rows:,}{lost}.", rows
    )
