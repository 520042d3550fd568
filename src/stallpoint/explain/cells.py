"""The treatment effect in cells of people: one joint fit, and one step from it for each cell.

A cell's people pull the difference of slopes their way by their scores; the step to their own difference is the pull over the information,
with the cell's own mean course taken out. Cells are made of what was known before treatment and of nothing that saw the outcome.

Source: the one-step estimator, Le Cam (1956); van der Vaart (1998) Asymptotic Statistics, section 5.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.link import Array
from stallpoint.models.joint.fit import JointFit
from stallpoint.response.joint_trial import SLOPE_TERM, find_beta
from stallpoint.response.score_family import slope_scores

Ints = npt.NDArray[np.int64]

FEWEST_PEOPLE = 4
"""A cell with fewer in either arm says nothing."""

LEAST_EXPLAINED = 0.1
"""Where what is known at baseline explains less of the variance of log levels than this, people are not told apart by it."""

BASELINE = ("smoker", "sex", "age_years", "weight_kg", "riluzole")


@dataclass(frozen=True, eq=False)
class CellEffects:
    """Difference of slopes in each cell (g,), points per month, with standard errors; nan where a cell says nothing."""

    cells: Ints
    estimate: Array
    std_error: Array


def cut_cells(people: pl.DataFrame, patients: pl.DataFrame) -> Ints:
    """A cell number for each person (n,), by the level that baseline foretells, function at entry, and carriage; as far as known."""
    parts = [_foretold_low(people, patients), _little_left(people), _carriage(people)]
    code = sum((part * 3**power for power, part in enumerate(parts)), start=np.zeros(people.height, dtype=np.int64))
    return np.unique(code, return_inverse=True)[1].astype(np.int64)


def estimate_cells(fit: JointFit, people: pl.DataFrame, cells: Ints) -> CellEffects:
    """The effect in each cell; `people` has patient and treated, and the cells are in its order."""
    at = find_beta(fit, SLOPE_TERM)
    average, error = float(fit.theta[at]), float(np.sqrt(fit.covariance[at, at]))
    frame = people.select("patient", "treated").with_columns(cell=pl.Series(cells))
    frame = frame.join(slope_scores(fit), on="patient", how="inner", maintain_order="left")
    cell, treated, score = (frame[name].to_numpy() for name in ("cell", "treated", "score"))
    count = int(cells.max()) + 1
    share = np.bincount(cell, treated, count) / np.maximum(np.bincount(cell, minlength=count), 1)
    away = treated - share[cell]
    weight = np.bincount(cell, away**2, count)
    pull = np.bincount(cell, away * score, count)
    arms = np.minimum(np.bincount(cell, treated, count), np.bincount(cell, 1 - treated, count))
    variance = error**2 * np.divide(weight.sum(), weight, out=np.full(count, np.nan), where=arms >= FEWEST_PEOPLE)
    return CellEffects(cells, average + pull * variance, np.sqrt(variance))


def _foretold_low(people: pl.DataFrame, patients: pl.DataFrame) -> Ints:
    """1 where baseline foretells the lower of two levels, 0 elsewhere and where levels or a relation to baseline are missing."""
    none = np.zeros(people.height, dtype=np.int64)
    columns = [name for name in BASELINE if name in patients.columns and patients[name].null_count() == 0]
    if not columns or people["level"].count() < 10 * (len(columns) + 1):
        return none
    frame = people.select("patient", "level").join(patients.select("patient", *columns), on="patient", maintain_order="left")
    design = np.column_stack([np.ones(frame.height), *(_numbers(frame[name]) for name in columns)])
    known = frame["level"].is_not_null().to_numpy()
    logs = np.log(frame["level"].drop_nulls().to_numpy())
    foretold = design @ np.linalg.lstsq(design[known], logs, rcond=None)[0]
    explained = 1 - np.mean((logs - foretold[known]) ** 2) / np.var(logs)
    return (foretold < _best_cut(foretold)).astype(np.int64) if explained >= LEAST_EXPLAINED else none


def _numbers(column: pl.Series) -> Array:
    if column.dtype == pl.String:
        return (column == column.mode().max()).to_numpy().astype(np.float64)
    return column.cast(pl.Float64).to_numpy()


def _best_cut(values: Array) -> float:
    """The cut that leaves the least variance within two groups, as Otsu (1979) cuts a histogram."""
    ordered = np.sort(values)
    n, total = len(ordered), ordered.sum()
    below = np.arange(1, n)
    sums = np.cumsum(ordered)[:-1]
    between = below * (n - below) * (sums / below - (total - sums) / (n - below)) ** 2
    at = int(between.argmax())
    return float((ordered[at] + ordered[at + 1]) / 2)


def _little_left(people: pl.DataFrame) -> Ints:
    left = people["function_left"]
    return (left < left.median()).fill_null(value=False).to_numpy().astype(np.int64)


def _carriage(people: pl.DataFrame) -> Ints:
    return people["carrier"].cast(pl.Int64).fill_null(2).to_numpy()
