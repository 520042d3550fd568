"""The arrays that the likelihood reads. First axis over people, unless a field is marked as shared by all."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from stallpoint.models.joint.baseline.placed import Placed
from stallpoint.models.longitudinal import LongitudinalMoments

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
T = TypeVar("T")

SHARED = {"shared": True}


@dataclass(frozen=True)
class GaussianRows:
    """Rows of one measure that share a residual standard deviation exp(residual'delta), as cross-products per person."""

    moments: LongitudinalMoments
    fixed: slice
    random: slice
    log_sigma: slice
    residual: Array = field(metadata=SHARED)


@dataclass(frozen=True)
class IntervalRows:
    """Rows of one measure of which only an interval of the latent value is known: at a bound, or an ordinal level.

    x (n, R, p_k), z (n, R, q_k), residual (n, R, d), present (n, R). lower and upper (n, R) are the interval's ends. For an ordinal
    measure they are positions among the thresholds instead, with -1 and K - 1 for no end, and `thresholds` says where those stand.
    """

    x: Array
    z: Array
    residual: Array
    lower: Array
    upper: Array
    present: npt.NDArray[np.bool_]
    fixed: slice
    random: slice
    log_sigma: slice
    thresholds: slice | None


@dataclass(frozen=True)
class CauseArrays:
    """One cause until some time: hazard covariates (n, r), covariates of the associations (n, F), event indicator (n,), stratum (n,), the
    baseline's arrays, and the functions of time at its nodes (n, J, m0) and at the end (n, m0).
    """

    covariates: Array
    interactions: Array
    died: Array
    stratum: Integers
    placed: Placed
    basis_nodes: Array
    basis_end: Array


@dataclass(frozen=True)
class Scales:
    """Log-linear multipliers of design columns: covariates (n, S); which of the fixed (S, p) and random (S, q) columns each multiplies;
    and whether the hazard too (S,).
    """

    covariates: Array
    fixed: Array = field(metadata=SHARED)
    random: Array = field(metadata=SHARED)
    hazard: Array = field(metadata=SHARED)


@dataclass(frozen=True)
class JointArrays:
    """Everything about some people. from_fixed (n, m, p) and from_random (n, m, q) make the coefficients of their courses.

    causes until the end of follow-up; entry, the same until the time from which on people were followed, where that is not 0 for all.
    weight (n,) multiplies each person's log-likelihood.
    """

    gaussian: tuple[GaussianRows, ...]
    interval: tuple[IntervalRows, ...]
    from_fixed: Array
    from_random: Array
    causes: tuple[CauseArrays, ...]
    entry: tuple[CauseArrays, ...]
    scales: Scales
    weight: Array

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.weight)


def take_people(value: T, rows: Any) -> T:
    """The same arrays for some of the people, given as a slice or as indices."""
    if isinstance(value, np.ndarray):
        return cast("T", value[rows])
    if isinstance(value, tuple):
        return cast("T", tuple(take_people(part, rows) for part in value))
    if isinstance(value, LongitudinalMoments):
        names = ("xx", "xz", "zz", "xy", "zy", "yy", "rows")
        return replace(value, people=(), **{name: getattr(value, name)[rows] for name in names})
    if is_dataclass(value):
        changed = {
            part.name: take_people(getattr(value, part.name), rows)
            for part in fields(value)
            if not part.metadata.get("shared") and not isinstance(getattr(value, part.name), slice | None)
        }
        return replace(value, **changed)  # type: ignore[type-var]
    raise TypeError(f"no people in {type(value).__name__}")
