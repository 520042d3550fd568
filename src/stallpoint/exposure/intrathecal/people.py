"""The parameters of a model in people: the typical person of given covariates, and virtual people who vary around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import StallpointError
from stallpoint.core.nearest import ask_nearest
from stallpoint.knowledge.intrathecal import load_covariate_limits
from stallpoint.knowledge.linear_model import CovariateEffect, LinearModel

Array = npt.NDArray[np.float64]
Covariates = Mapping[str, npt.ArrayLike]
"""Covariate to its value, or to one value for each person."""


@dataclass(frozen=True)
class People:
    """A model with the parameters of n people, each (n,); made by `typical_people` or `virtual_people`."""

    model: LinearModel
    parameters: Mapping[str, Array]

    @property
    def size(self) -> int:
        """Number of people, n."""
        return len(next(iter(self.parameters.values())))


def typical_people(model: LinearModel, covariates: Covariates | None = None) -> People:
    """People without variability of their own. Without covariates: the one person at the references of the model.

    Raises:
        StallpointError: a covariate that is unknown, missing or cannot be.
    """
    values = _checked(model, covariates)
    size = np.broadcast_shapes((1,), *(value.shape for value in values.values()))
    parameters = {key: np.full(size, one.value) for key, one in model.parameters.items()}
    for effect in model.effects:
        parameters[effect.parameter] = parameters[effect.parameter] * _positive_factor(model, effect, values[effect.covariate])
    return People(model, parameters)


def virtual_people(model: LinearModel, n: int, *, rng: np.random.Generator, covariates: Covariates | None = None) -> People:
    """Draw n people who vary log-normally around the typical person of their covariates; parameters vary independently.

    What was estimated without variability has none, so their spread is a lower bound.

    Raises:
        StallpointError: a covariate that is unknown, missing or cannot be, or of a number other than 1 or n.
    """
    typical = typical_people(model, covariates)
    if typical.size not in (1, n):
        raise StallpointError(f"covariates of {typical.size} people for {n} virtual people", do=f"give one value, or {n}")
    return People(
        model,
        {
            key: np.broadcast_to(value, (n,)) * np.exp(model.parameters[key].log_sd * rng.standard_normal(n))
            for key, value in typical.parameters.items()
        },
    )


def _positive_factor(model: LinearModel, effect: CovariateEffect, value: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = _factor(effect, value)
    bad = ~(np.isfinite(factor) & (factor > 0))
    if bad.any():
        raise StallpointError(
            f"{effect.covariate} of {value[bad][0]:g} makes {effect.parameter} 0, negative or infinite",
            where=f"model {model.name}",
            do="its effect does not reach that far from the people it was found in",
        )
    return factor


def _factor(effect: CovariateEffect, value: Array) -> Array:
    """By what a covariate multiplies its parameter (n,)."""
    away = value - effect.reference
    if effect.form == "power":
        factor = (value / effect.reference) ** effect.coefficient
    elif effect.form == "exponential":
        factor = np.exp(effect.coefficient * away)
    else:
        factor = 1 + effect.coefficient * (value if effect.form == "fraction" else away)
    return np.where(value > effect.ignored_above, 1.0, factor)


def _checked(model: LinearModel, covariates: Covariates | None) -> dict[str, Array]:
    if covariates is None:
        return {name: np.array([reference]) for name, reference in model.covariates.items()}
    for name in covariates:
        if name not in model.covariates:
            raise StallpointError(
                f"no covariate {name!r}", where=f"model {model.name}", do=ask_nearest(name, model.covariates) or "leave it out"
            )
    missing = [name for name in model.covariates if name not in covariates]
    if missing:
        reference = ", ".join(f"{name} {value:g}" for name, value in model.covariates.items())
        raise StallpointError(
            f"{' and '.join(missing)} not given",
            where=f"model {model.name}",
            do=f"give every covariate, or none for the person of reference ({reference})",
        )
    return {name: _within_limits(name, value) for name, value in covariates.items()}


def _within_limits(name: str, value: npt.ArrayLike) -> Array:
    values = np.atleast_1d(np.asarray(value, dtype=np.float64))
    limit = load_covariate_limits().get(name)
    if limit is None:
        bad = ~np.isfinite(values)
    else:
        bad = ~((values >= limit.low) & (values <= limit.high)) | (limit.yes_or_no & ~np.isin(values, (0.0, 1.0)))
    if bad.any():
        allowed = f"{limit.low:g} to {limit.high:g} {limit.unit}".strip() if limit else "a finite number"
        raise StallpointError(
            f"{name} is {values[bad][0]:g}, where {allowed} can be",
            do=(limit.note if limit else "") or "give a number that is known; an unknown one is not the usual one",
        )
    return values
