"""A person's course as few coefficients of few functions of time.

Every column of a formula is a sum of products of a function of time and a function of covariates, so that the course of a person is
m_i(t) = T(t)'v_i with v_i = M_i beta + N_i b_i. T holds the distinct functions of time (1 and t for a straight line), v_i the person's
own coefficients of them. What the hazard sees of a course, its value, slope or mean over a window, is linear in v_i too, and lies in the
span of few functions again. So the hazard depends on the random effects through as few numbers as there are such functions,
whatever the number of covariates, measures and random effects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.linalg import qr

from stallpoint.core.errors import FitError
from stallpoint.models.joint.association import AssociationTerm
from stallpoint.models.longitudinal import LongitudinalDesign
from stallpoint.numerics.quadrature import gauss_legendre_unit

Array = npt.NDArray[np.float64]
Feature = tuple[str, float, int]
"""Kind, width of the window, position of the measure."""

CONSTANT: Feature = ("random", 0.0, 0)
"""Stands for the function 1 where hazards depend on no course."""

GRID = 41
REPRESENTATIVES = 40
INDEPENDENT = 1e-6
"""A function counts as new when this share of it lies outside the span of those found before."""
SLOPE_STEP = 1e-4
"""Half the interval of a numerical derivative, as a share of the longest follow-up: exact for polynomials of degree 2."""
WINDOW_NODES = 7


@dataclass(frozen=True)
class TimeFunctions:
    """The distinct functions of time of one measure: column `picks[l][1]` of the design of the person in row `picks[l][0]` of `pivots`."""

    design: LongitudinalDesign
    time: str
    pivots: pl.DataFrame
    picks: tuple[tuple[int, int], ...]
    longest: float

    def at(self, times: Array) -> Array:
        """Values (N, m) at times (N,)."""
        rows = np.broadcast_to(times, (self.pivots.height, len(times)))
        columns = design_at(self.design, self.time, self.pivots, rows)
        return np.stack([columns[row, :, column] for row, column in self.picks], axis=-1)

    def slope_at(self, times: Array) -> Array:
        """Derivatives (N, m) at times (N,), one-sided at the ends of follow-up."""
        step = SLOPE_STEP * self.longest
        late, early = np.minimum(times + step, np.maximum(times, self.longest)), np.maximum(times - step, 0.0)
        return np.asarray((self.at(late) - self.at(early)) / (late - early)[:, None], dtype=np.float64)

    def mean_over(self, times: Array, width: float) -> Array:
        """Means (N, m) over the last `width` before each time, or over all the time there was."""
        points, weights = gauss_legendre_unit(WINDOW_NODES)
        length = np.minimum(times, width)
        inside = times[:, None] - length[:, None] * points
        values = self.at(inside.ravel()).reshape(len(times), WINDOW_NODES, -1)
        return np.asarray(np.einsum("njm,j->nm", values, weights), dtype=np.float64)


@dataclass(frozen=True)
class HazardBasis:
    """The functions of time (m0 of them) through which hazards see the courses, and where they come from.

    maps: for each feature the matrix (m0, m) that takes a person's coefficients v to its coefficients in the basis.
    """

    outcomes: tuple[TimeFunctions, ...]
    picks: tuple[tuple[Feature, int], ...]
    maps: dict[Feature, Array]

    def at(self, times: Array) -> Array:
        """Values of shape (*times.shape, m0)."""
        flat = times.ravel()
        features = {feature: self.feature_at(feature, flat) for feature in dict.fromkeys(feature for feature, _ in self.picks)}
        columns = [features[feature][:, index] for feature, index in self.picks]
        return np.ascontiguousarray(np.stack(columns, axis=-1).reshape(*times.shape, -1))

    def feature_at(self, feature: Feature, times: Array) -> Array:
        """What each coefficient of the measure's course adds to a feature, at times (N,)."""
        kind, width, outcome = feature
        if kind == "random":
            return np.ones((len(times), 1))
        functions = self.outcomes[outcome]
        if kind == "slope":
            return functions.slope_at(times)
        return functions.mean_over(times, width) if kind == "window" else functions.at(times)


def design_at(design: LongitudinalDesign, time: str, people: pl.DataFrame, times: Array) -> Array:
    """Random and then fixed columns of each person at their times (n, J): shape (n, J, q + p)."""
    rows = people.select(pl.all().repeat_by(times.shape[1]).explode()).with_columns(pl.Series(time, times.ravel()))
    both = np.concatenate([design.random.matrix(rows), design.fixed.matrix(rows)], axis=1)
    if not np.isfinite(both).all():
        raise FitError(
            "a term has no value at some time of follow-up", where="longitudinal", do="use terms that are defined until its end"
        )
    return both.reshape(*times.shape, -1)


def find_time_functions(design: LongitudinalDesign, time: str, people: pl.DataFrame, longest: float) -> TimeFunctions:
    """The distinct functions of time in a measure's formulas, looked for among people with different covariates."""
    covariates = sorted((design.fixed.variables | design.random.variables) - {time})
    distinct = people.select(covariates).unique(maintain_order=True) if covariates else pl.DataFrame({"everyone": [True]})
    chosen = distinct[np.unique(np.linspace(0, distinct.height - 1, REPRESENTATIVES).astype(int)).tolist()]
    grid = _grid(longest)
    columns = design_at(design, time, chosen, np.broadcast_to(grid, (chosen.height, GRID)))
    flat = np.transpose(columns, (1, 2, 0)).reshape(GRID, -1)
    picked = independent_columns(flat)
    if len(picked) > GRID // 2:
        raise FitError(
            "a term mixes time and covariates so that no few functions of time describe it",
            where="longitudinal",
            do="write it as products of functions of one variable each",
        )
    return TimeFunctions(
        design, time, chosen, tuple((index % chosen.height, index // chosen.height) for index in picked), longest
    )


def person_coefficients(functions: TimeFunctions, people: pl.DataFrame) -> tuple[Array, Array]:
    """M (n, m, p) and N (n, m, q): what fixed and random effects add to each person's coefficients.

    Raises:
        FitError: the courses of some people are not in the span of the functions.
    """
    grid = _grid(functions.longest)
    size = len(functions.picks)
    anchors = qr(functions.at(grid).T, pivoting=True, mode="r")[1][: min(size + 2, GRID)]
    values = functions.at(grid[anchors])
    columns = design_at(functions.design, functions.time, people, np.broadcast_to(grid[anchors], (people.height, len(anchors))))
    coefficients = np.linalg.pinv(values) @ columns
    missed = np.abs(values @ coefficients - columns).max(initial=0.0)
    if missed > INDEPENDENT * max(float(np.abs(columns).max(initial=0.0)), 1.0):
        raise FitError(
            "a term mixes time and covariates in a way that differs between people",
            where="longitudinal",
            do="write it as products of functions of one variable each",
        )
    q = len(functions.design.random.names)
    coefficients[np.abs(coefficients) < 1e-12] = 0.0
    return np.ascontiguousarray(coefficients[..., q:]), np.ascontiguousarray(coefficients[..., :q])


def find_hazard_basis(outcomes: tuple[TimeFunctions, ...], terms: tuple[AssociationTerm, ...], longest: float) -> HazardBasis:
    """The functions of time that the features of all associations span."""
    features: list[Feature] = list(dict.fromkeys((term.kind, term.width, term.outcome) for term in terms)) or [CONSTANT]
    blank = HazardBasis(outcomes, (), {})
    grid = longest * np.linspace(0, 1, 5 * GRID)[1:]
    columns = {feature: blank.feature_at(feature, grid) for feature in features}
    named = [(feature, index) for feature in features for index in range(columns[feature].shape[1])]
    every = np.concatenate([columns[feature] for feature in features], axis=1)
    picked = independent_columns(every)
    basis = every[:, picked]
    maps = {feature: np.linalg.lstsq(basis, columns[feature], rcond=None)[0] for feature in features}
    for matrix in maps.values():
        matrix[np.abs(matrix) < INDEPENDENT * 1e-2] = 0.0
    return HazardBasis(outcomes, tuple(named[index] for index in picked), maps)


def independent_columns(matrix: Array) -> list[int]:
    """Indices of the first columns that span all of them, by Gram-Schmidt in order."""
    scale = np.linalg.norm(matrix, axis=0)
    found: list[int] = []
    span = np.zeros((len(matrix), 0))
    for index in np.flatnonzero(scale > 0):
        unit = matrix[:, index] / scale[index]
        rest = unit - span @ (span.T @ unit)
        rest = rest - span @ (span.T @ rest)
        if np.linalg.norm(rest) > INDEPENDENT:
            found.append(int(index))
            span = np.column_stack([span, rest / np.linalg.norm(rest)])
    return found


def _grid(longest: float) -> Array:
    """Chebyshev points on the follow-up, both ends included."""
    return np.asarray(0.5 * longest * (1 - np.cos(np.pi * np.arange(GRID) / (GRID - 1))), dtype=np.float64)
