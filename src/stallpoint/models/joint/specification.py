"""What a joint model consists of, as the user wrote it; enough to code other data in the same way and fit again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from stallpoint.core.errors import FitError

Baseline = Literal["weibull", "piecewise", "spline", "royston-parmar"]

SINGLE_CAUSE = "event"
"""Name of the cause where the event is given as one formula."""


@dataclass(frozen=True)
class RateRatio:
    """A ratio exp(log ratio) that multiplies all that changes with time in the courses, fixed and random, and the hazard as well.

    terms: right-hand side of a formula whose coefficients, without an intercept, are the log ratios.
    hazard: whether the hazard shares the ratio, or only the course has it.
    """

    terms: str
    hazard: bool = True


@dataclass(frozen=True)
class JointModel:
    """The parts of a joint model. See `fit_joint` for the meaning of each."""

    longitudinal: tuple[str, ...]
    random: tuple[str, ...]
    event: Mapping[str, str]
    association: Mapping[str, str]
    baseline: Baseline = "weibull"
    time: str | None = None
    knots: tuple[float, ...] | None = None
    entry: str | None = None
    strata: str | None = None
    weights: str | None = None
    residual: str | None = None
    random_scale: Mapping[str, str] = field(default_factory=dict)
    rate_ratio: RateRatio | None = None
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    ordinal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.longitudinal) != len(self.random):
            raise FitError(
                f"{len(self.longitudinal)} measures but {len(self.random)} random parts", where="random", do="give one for each"
            )
        if self.baseline not in get_args(Baseline):
            raise FitError(
                f"no baseline {self.baseline!r}", where="joint model", do=f"use one of {', '.join(get_args(Baseline))}"
            )
        if set(self.association) != set(self.event):
            raise FitError("each cause needs its association", where="association", rows=sorted(self.event))


def build_model(
    longitudinal: str | Sequence[str],
    random: str | Sequence[str],
    event: str | Mapping[str, str],
    association: str | Mapping[str, str],
    **options: object,
) -> JointModel:
    """One formula or several to a `JointModel`; one association serves every cause."""
    causes = {SINGLE_CAUSE: event} if isinstance(event, str) else dict(event)
    links = dict.fromkeys(causes, association) if isinstance(association, str) else dict(association)
    return JointModel(_as_tuple(longitudinal), _as_tuple(random), causes, links, **options)  # type: ignore[arg-type]


def _as_tuple(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
