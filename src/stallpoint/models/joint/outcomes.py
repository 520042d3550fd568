"""One measure of a joint model: its formulas coded, and its rows as the likelihood reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError
from stallpoint.models.formulas import (
    Design,
    build_design,
    full_rank_columns,
    parse_random,
    require_columns,
    split_response,
)
from stallpoint.models.joint.arrays import GaussianRows, IntervalRows
from stallpoint.models.joint.specification import JointModel
from stallpoint.models.longitudinal import LongitudinalDesign, number_people, sum_moments

Array = npt.NDArray[np.float64]

MOST_RESIDUAL_LEVELS = 24


@dataclass(frozen=True)
class OutcomeDesign:
    """A measure's formulas, the names of its parameters, and where they stand among those of all measures.

    bounds: floor and ceiling of the scores, or None. levels: those of an ordinal measure, or none.
    fixed and random are slices of the stacked effects; log_sigma and thresholds of the whole parameter vector's blocks of those names.
    """

    design: LongitudinalDesign
    residual: Design | None
    fixed_names: tuple[str, ...]
    fixed: slice
    random: slice
    log_sigma: slice
    thresholds: slice | None
    bounds: tuple[float, float] | None
    levels: tuple[float, ...]

    @property
    def response(self) -> str:
        """Name of the measure's column."""
        return self.design.response

    def measured(self, visits: pl.DataFrame) -> pl.DataFrame:
        """The rows that have a value of the measure."""
        return visits.filter(pl.col(self.response).is_not_null())

    def fixed_columns(self, both: Array) -> Array:
        """Of the columns of the whole fixed design those that have a coefficient: an ordinal measure has no intercept."""
        kept = [self.design.fixed.names.index(name) for name in self.fixed_names]
        return both[..., kept]


def code_outcome(
    visits: pl.DataFrame, model: JointModel, index: int, *, beside: tuple[OutcomeDesign, ...], several: bool
) -> OutcomeDesign:
    """Code one measure; it stands after those `beside` it.

    Raises:
        FitError: columns absent or missing, dependent terms, or a measure that does not fit what is said of its scale.
    """
    response, terms = split_response(model.longitudinal[index])
    random_part = parse_random(model.random[index])
    require_columns(visits, (random_part.group, *(() if several else (response,))), where="longitudinal")
    if response not in visits.columns:
        require_columns(visits, (response,), where="longitudinal")
    rows = visits.filter(pl.col(response).is_not_null())
    if not rows.height:
        raise FitError(f"{response} has no value at all", where="longitudinal", do="leave the measure out")
    fixed = build_design(terms, rows, where="longitudinal")
    full_rank_columns(fixed.matrix(rows), fixed.names, where="longitudinal")
    random = build_design(random_part.terms, rows, where="random")
    ordinal = response in model.ordinal
    residual = build_design(model.residual.strip().removeprefix("~"), rows, where="residual") if model.residual else None
    names = tuple(name for name in fixed.names if not (ordinal and name == "Intercept"))
    levels = tuple(rows[response].cast(pl.Float64).unique().sort()) if ordinal else ()
    if ordinal and not 2 <= len(levels) <= 25:
        raise FitError(f"{response} has {len(levels)} levels", where="ordinal", do="an ordinal measure has 2 to 25")
    sigmas = 0 if ordinal else len(residual.names) if residual else 1
    last = beside[-1] if beside else None
    begin = last.log_sigma.stop if last else 0
    thresholds = sum(len(other.levels) - 1 for other in beside if other.levels)
    return OutcomeDesign(
        design=LongitudinalDesign(response, random_part, fixed, random),
        residual=residual,
        fixed_names=names,
        fixed=_after(last.fixed if last else None, len(names)),
        random=_after(last.random if last else None, len(random.names)),
        log_sigma=slice(begin, begin + sigmas),
        thresholds=slice(thresholds, thresholds + len(levels) - 1) if ordinal else None,
        bounds=_bounds_of(model, response),
        levels=levels,
    )


def gaussian_rows(outcome: OutcomeDesign, visits: pl.DataFrame, people: tuple[str, ...]) -> tuple[GaussianRows, ...]:
    """The rows whose value is known exactly, by their residual's level."""
    if outcome.levels:
        return ()
    rows = outcome.measured(visits).filter(~_at_bound(outcome))
    design = _residual_design(outcome, rows)
    levels, which = np.unique(design, axis=0, return_inverse=True)
    if len(levels) > MOST_RESIDUAL_LEVELS:
        raise FitError(
            f"the residual's formula makes {len(levels)} different rows",
            where="residual",
            do=f"use terms with at most {MOST_RESIDUAL_LEVELS} combinations",
        )
    return tuple(
        GaussianRows(
            sum_moments(outcome.design, rows.filter(pl.Series(which.ravel() == level)), people=people),
            outcome.fixed,
            outcome.random,
            outcome.log_sigma,
            levels[level],
        )
        for level in range(len(levels))
    )


def interval_rows(outcome: OutcomeDesign, visits: pl.DataFrame, people: tuple[str, ...]) -> tuple[IntervalRows, ...]:
    """The rows of which an interval is known; none for a measure without bounds."""
    rows = outcome.measured(visits)
    rows = rows if outcome.levels else rows.filter(_at_bound(outcome))
    if not rows.height:
        return ()
    person = number_people(rows[outcome.design.random_part.group].cast(pl.String), people)
    order = np.argsort(person, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    begins = np.searchsorted(person[order], person[order], side="left")
    place[order] = np.arange(len(order)) - begins
    shape = (len(people), int(place.max()) + 1)

    def spread(values: Array) -> Array:
        out = np.zeros((*shape, *values.shape[1:]))
        out[person, place] = values
        return out

    lower, upper = _intervals(outcome, rows[outcome.response].cast(pl.Float64).to_numpy())
    present = np.zeros(shape, dtype=bool)
    present[person, place] = True
    return (
        IntervalRows(
            x=spread(outcome.fixed_columns(outcome.design.fixed.matrix(rows))),
            z=spread(outcome.design.random.matrix(rows)),
            residual=spread(_residual_design(outcome, rows)),
            lower=spread(lower),
            upper=spread(upper),
            present=present,
            fixed=outcome.fixed,
            random=outcome.random,
            log_sigma=outcome.log_sigma,
            thresholds=outcome.thresholds,
        ),
    )


def _intervals(outcome: OutcomeDesign, values: Array) -> tuple[Array, Array]:
    if outcome.levels:
        level = np.searchsorted(np.array(outcome.levels), values).astype(np.float64)
        return level - 1, level
    assert outcome.bounds is not None  # noqa: S101 - rows at a bound exist only where there are bounds
    floor, ceiling = outcome.bounds
    at_floor = values <= floor
    return np.where(at_floor, -np.inf, ceiling), np.where(at_floor, floor, np.inf)


def _at_bound(outcome: OutcomeDesign) -> pl.Expr:
    if outcome.bounds is None:
        return pl.lit(value=False)
    value = pl.col(outcome.response).cast(pl.Float64)
    return (value <= outcome.bounds[0]) | (value >= outcome.bounds[1])


def _residual_design(outcome: OutcomeDesign, rows: pl.DataFrame) -> Array:
    width = outcome.log_sigma.stop - outcome.log_sigma.start
    return outcome.residual.matrix(rows) if outcome.residual and width else np.ones((rows.height, width))


def _bounds_of(model: JointModel, response: str) -> tuple[float, float] | None:
    bounds = model.bounds.get(response)
    if bounds is not None and not bounds[0] < bounds[1]:
        raise FitError(f"floor {bounds[0]} is not below ceiling {bounds[1]}", where="bounds", do="give (floor, ceiling)")
    return bounds


def _after(before: slice | None, size: int) -> slice:
    begin = before.stop if before else 0
    return slice(begin, begin + size)
