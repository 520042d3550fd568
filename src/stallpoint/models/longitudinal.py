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


def sum_moments(design: LongitudinalDesign, visits: pl.DataFrame) -> LongitudinalMoments:
    """Cross-products of each person's rows; people in order of first appearance."""
    groups = visits[design.random_part.group].cast(pl.String).to_numpy()
    _, first, index = np.unique(groups, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))[index]
    people = tuple(str(person) for person in groups[np.sort(first)])
    x, z = design.fixed.matrix(visits), design.random.matrix(visits)
    y = visits[design.response].cast(pl.Float64).to_numpy()

    def total(values: Array) -> Array:
        out = np.zeros((len(people), *values.shape[1:]))
        np.add.at(out, order, values)
        return out

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
