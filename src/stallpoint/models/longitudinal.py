"""Repeated measures as sufficient statistics per person: what any Gaussian mixed model needs of them, and no more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.models.formulas import (
    Design,
    RandomPart,
    build_design,
    full_rank_columns,
    parse_random,
    require_columns,
    split_response,
)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LongitudinalDesign:
    """The two parts of `y ~ fixed` with `~ random | group`, coded on data."""

    response: str
    random_part: RandomPart
    fixed: Design
    random: Design


@dataclass(frozen=True)
class LongitudinalMoments:
    """Cross-products per person, first axis over people in the order of `people`.

    With X (rows, p) fixed and Z (rows, q) random columns of one person and y their response:
    xx (n, p, p), xz (n, p, q), zz (n, q, q), xy (n, p), zy (n, q), yy (n,), rows (n,).
    Likelihoods of a Gaussian mixed model depend on the data through these alone, so their cost does not grow with visits.
    """

    people: tuple[str, ...]
    xx: Array
    xz: Array
    zz: Array
    xy: Array
    zy: Array
    yy: Array
    rows: Array


def code_longitudinal(visits: pl.DataFrame, longitudinal: str, random: str) -> LongitudinalDesign:
    """Code both formulas on the visits.

    Raises:
        FitError: a column is absent, has missing values, or the fixed terms are linearly dependent.
    """
    response, terms = split_response(longitudinal)
    random_part = parse_random(random)
    require_columns(visits, (response, random_part.group), where="longitudinal")
    fixed = build_design(terms, visits, where="longitudinal")
    full_rank_columns(fixed.matrix(visits), fixed.names, where="longitudinal")
    return LongitudinalDesign(response, random_part, fixed, build_design(random_part.terms, visits, where="random"))


def sum_moments(
    design: LongitudinalDesign, visits: pl.DataFrame, *, people: tuple[str, ...] | None = None
) -> LongitudinalMoments:
    """Cross-products of each person's rows; people as given (some may have no row), or in order of first appearance."""
    groups = visits[design.random_part.group].cast(pl.String)
    people = people or tuple(groups.unique(maintain_order=True))
    order = number_people(groups, people)
    x, z = design.fixed.matrix(visits), design.random.matrix(visits)
    y = visits[design.response].cast(pl.Float64).to_numpy()

    def total(values: Array) -> Array:
        flat = values.reshape(len(values), -1)
        sums = [np.bincount(order, column, minlength=len(people)) for column in flat.T]
        return np.stack(sums, axis=-1).astype(np.float64).reshape(len(people), *values.shape[1:])

    return LongitudinalMoments(
        people=people,
        xx=total(x[:, :, None] * x[:, None, :]),
        xz=total(x[:, :, None] * z[:, None, :]),
        zz=total(z[:, :, None] * z[:, None, :]),
        xy=total(x * y[:, None]),
        zy=total(z * y[:, None]),
        yy=total(y * y),
        rows=total(np.ones_like(y)),
    )


def number_people(groups: pl.Series, people: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Position in `people` of each row's person, shape (rows,)."""
    positions = pl.DataFrame({"person": people, "position": range(len(people))}, schema_overrides={"person": pl.String})
    rows = pl.DataFrame({"person": groups}).join(positions, on="person", how="left", maintain_order="left")
    return np.asarray(rows["position"].to_numpy(), dtype=np.int64)
