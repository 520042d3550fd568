"""People grouped by which planned visits they attended: within a group everyone has the same covariance matrix.

Where the covariance differs by level of a column, as the arm, Sigma has one block for each level and a person's visits stand in one block.
"""

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
    """People who attended the same k visits. visits (k,) positions among the rows of Sigma; x (n, k, p); y (n, k)."""

    visits: npt.NDArray[np.int64]
    x: Array
    y: Array


def group_by_pattern(
    rows: pl.DataFrame, response: str, design: Design, *, visit: str, patient: str, by: str | None = None
) -> tuple[list[Pattern], tuple[str, ...], tuple[str, ...]]:
    """The patterns, the visits' names in their order, and the levels of `by` (none without it).

    Raises:
        FitError: a person with two rows at one visit or two levels, or two visits that nobody attended both of, whose covariance is not
            known.
    """
    names = rows[visit].unique().sort().to_list()
    levels = rows[by].cast(pl.String).unique().sort().to_list() if by else []
    place = pl.col(visit).replace_strict({name: position for position, name in enumerate(names)}, return_dtype=pl.Int64)
    if by:
        _require_one_level(rows, by, patient)
        block = pl.col(by).cast(pl.String).replace_strict({level: i for i, level in enumerate(levels)}, return_dtype=pl.Int64)
        place = place + block * len(names)
    placed = rows.with_columns(place.alias("place")).sort(patient, "place")
    _require_one_row_a_visit(placed, visit, patient)
    x, y = design.matrix(placed), placed[response].cast(pl.Float64).to_numpy()
    attended: dict[tuple[int, ...], list[int]] = {}
    first = 0
    for places in placed.group_by(patient, maintain_order=True).agg("place")["place"].to_list():
        attended.setdefault(tuple(places), []).append(first)
        first += len(places)
    patterns = [_pattern(places, np.array(firsts), x, y) for places, firsts in attended.items()]
    _require_shared_visits(patterns, names, levels or [""])
    return patterns, tuple(str(name) for name in names), tuple(levels)


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


def _require_one_level(rows: pl.DataFrame, by: str, patient: str) -> None:
    several = rows.group_by(patient, maintain_order=True).agg(pl.col(by).n_unique()).filter(pl.col(by) > 1)
    if several.height:
        raise FitError(
            f"{counted(several.height, 'person')} with more than one level of {by!r}",
            where="mixed model for repeated measures",
            rows=[str(person) for person in several[patient]],
            do="let the covariance differ by what does not change in a person",
        )


def _require_shared_visits(patterns: list[Pattern], names: list[object], levels: list[str]) -> None:
    together = np.zeros((len(levels) * len(names),) * 2, dtype=np.int64)
    for pattern in patterns:
        together[np.ix_(pattern.visits, pattern.visits)] += len(pattern.y)
    apart = []
    for block, level in enumerate(levels):
        own = slice(block * len(names), (block + 1) * len(names))
        within = f" in {level}" if level else ""
        apart += [f"{names[i]} and {names[j]}{within}" for i, j in np.argwhere(np.triu(together[own, own] < 2))]
    if apart:
        raise FitError(
            "visits that fewer than two people both attended: their covariance cannot be estimated",
            where="mixed model for repeated measures",
            rows=apart,
            do="leave out or merge sparse visits",
        )
