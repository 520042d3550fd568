"""What a nonlinear mixed model is made of, checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from stallpoint.core.errors import FitError
from stallpoint.core.nearest import ask_nearest
from stallpoint.models.nonlinear_mixed.residual import ERROR_TERMS, ErrorModel

Method = Literal["foce", "laplace"]

WHERE = "nonlinear mixed model"


@dataclass(frozen=True)
class NonlinearModel:
    """Parameters of the curve in its order with start values; which are held, vary between people, or between occasions.

    covariates: for a parameter, the formula of covariates that multiply it by the exponential of their terms.
    correlated: Omega is full rather than diagonal. refined: estimates are freed of two known biases; see `refine`.
    """

    start: Mapping[str, float]
    fixed: tuple[str, ...]
    random: tuple[str, ...]
    by_occasion: tuple[str, ...]
    covariates: Mapping[str, str]
    correlated: bool
    error: ErrorModel
    method: Method
    refined: bool

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters, in the order in which the curve takes them."""
        return tuple(self.start)

    @property
    def active(self) -> tuple[str, ...]:
        """Parameters that are estimated, vary, or depend on covariates: those whose derivatives are needed."""
        moved = {*self.random, *self.by_occasion, *self.covariates}
        return tuple(name for name in self.start if name not in self.fixed or name in moved)

    @property
    def free(self) -> tuple[str, ...]:
        """Parameters whose typical value is estimated."""
        return tuple(name for name in self.start if name not in self.fixed)

    @property
    def error_terms(self) -> tuple[str, ...]:
        """Names of the standard deviations of the residual error."""
        return ERROR_TERMS[self.error]


def build_nonlinear_model(
    start: Mapping[str, float],
    *,
    random: Sequence[str],
    fixed: Sequence[str] = (),
    by_occasion: Sequence[str] = (),
    covariates: Mapping[str, str] | None = None,
    correlated: bool = False,
    error: ErrorModel = "proportional",
    method: Method = "foce",
    refined: bool = False,
) -> NonlinearModel:
    """The checking constructor of `NonlinearModel`.

    Args:
        start: parameters of the curve, all positive, in its order, with values from which to start (or to hold).
        random: parameters that vary between people.
        fixed: parameters held at their start value.
        by_occasion: parameters that vary between a person's occasions.
        covariates: formula of covariates for a parameter, as `{"clearance": "smoker + age"}`.
        correlated: estimate correlations between the random effects.
        error: additive, proportional, combined, or lognormal.
        method: foce or laplace.
        refined: take a step from the maximum that corrects Laplace's method, and spreads for fixed effects, as REML does.

    Raises:
        FitError: an unknown name, a start value that is not positive, no random effects, or nothing to estimate.
    """
    _require_offered("error", error, tuple(ERROR_TERMS))
    _require_offered("method", method, get_args(Method))
    bad = [f"{name} = {value}" for name, value in start.items() if not (np.isfinite(value) and value > 0)]
    if bad or not start:
        raise FitError("start values must be positive numbers", where=WHERE, rows=bad, do="give a rough value for each parameter")
    for role, names in (
        ("random", random),
        ("fixed", fixed),
        ("by_occasion", by_occasion),
        ("covariates", tuple(covariates or ())),
    ):
        _require_known(role, tuple(names), tuple(start))
    if not random:
        raise FitError("no parameter varies between people", where=WHERE, do="name at least one in `random`")
    return NonlinearModel(
        {name: float(value) for name, value in start.items()},
        tuple(fixed),
        tuple(name for name in start if name in random),
        tuple(name for name in start if name in by_occasion),
        dict(covariates or {}),
        bool(correlated),
        error,
        method,
        bool(refined),
    )


def _require_offered(role: str, given: str, offered: tuple[str, ...]) -> None:
    if given not in offered:
        raise FitError(f"{role} {given!r} is not offered", where=WHERE, do=f"use one of: {', '.join(offered)}")


def _require_known(role: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise FitError(f"{role} names {name!r}, which is no parameter", where=WHERE, do=ask_nearest(name, known))
    if len(set(names)) < len(names):
        raise FitError(f"{role} names a parameter twice", where=WHERE, rows=names, do="name each once")
