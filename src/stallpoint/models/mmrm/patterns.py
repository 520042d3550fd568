"""People grouped by which planned visits they attended: within a group everyone has the same covariance matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError
from stallpoint.core.wording import counted
from stallpoint.models.formulas import Design

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pattern:
    """People who attended the same k visits. visits (k,) positions among all visits; x (n, k, p); y (n, k)."""

    visits: npt.NDArray[np.int64]
    x: Array
    y: Array


def group_by_pattern(
    rows: pl.DataFrame, response: str, design: Design, *, visit: str, patient: str
) -> tuple[list[Pattern], tuple[str, ...]]:
    """The patterns, and the visits' names in their order.

    Raises:
        FitError: a person with two rows at one visit, or two visits that nobody attended both of, whose covariance is not known.
    """
    names = rows[visit].unique().sort().to_list()
    place = {name: position for position, name in enumerate(names)}
    placed = rows.with_columns(pl.col(visit).replace_strict(place, return_dtype=pl.Int64).alias("place")).sort(patient, "place")
    _require_one_row_a_visit(placed, visit, patient)
    x, y = design.matrix(placed), placed[response].cast(pl.Float64).to_numpy()
    attended: dict[tuple[int, ...], list[int]] = {}
    first = 0
    for places in placed.group_by(patient, maintain_order=True).agg("place")["place"].to_list():
        attended.setdefault(tuple(places), []).append(first)
        first += len(places)
    patterns = [_pattern(places, np.array(firsts), x, y) for places, firsts in attended.items()]
    _require_shared_visits(patterns, names)
    return patterns, tuple(str(name) for name in names)


def _pattern(places: tuple[int, ...], firsts: npt.NDArray[np.int64], x: Array, y: Array) -> Pattern:
    rows = firsts[:, None] + np.arange(len(places))
    return Pattern(np.array(places, dtype=np.int64), x[rows], y[rows])


def _require_one_row_a_visit(placed: pl.DataFrame, visit: str, patient: str) -> None:
    twice = placed.group_by(patient, visit, maintain_order=True).len().filter(pl.col("len") > 1)
    if twice.height:
        raise FitError(
            f"{counted(twice.height, 'person-visit')} with more than one row",
            where="mixed model for repeated measures",
            rows=[f"{row[0]} at {row[1]}" for row in twice.iter_rows()],
            do="keep one row a person and visit",
        )


def _require_shared_visits(patterns: list[Pattern], names: list[object]) -> None:
    together = np.zeros((len(names), len(names)), dtype=np.int64)
    for pattern in patterns:
        together[np.ix_(pattern.visits, pattern.visits)] += len(pattern.y)
    apart = [f"{names[i]} and {names[j]}" for i, j in np.argwhere(np.triu(together < 2))]
    if apart:
        raise FitError(
            "visits that fewer than two people both attended: their covariance cannot be estimated",
            where="mixed model for repeated measures",
            rows=apart,
            do="leave out or merge sparse visits",
        )
