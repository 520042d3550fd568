"""Fit a joint model again and again: to resampled people, without coding anything anew, or to other data of the same form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from stallpoint.core.errors import FitError
from stallpoint.models.joint.arrays import take_people
from stallpoint.models.joint.data import code_joint
from stallpoint.models.joint.fit import JointFit, build_objective, to_polars
from stallpoint.models.joint.likelihood import log_likelihood_and_gradient, split_people
from stallpoint.numerics.newton import climb, newton_decrement

Array = npt.NDArray[np.float64]

FAR = 1e-2
"""A refit that could still gain this much log-likelihood, judged by the first fit's curvature, has not arrived."""


@dataclass(frozen=True)
class Refits:
    """Parameters of refits (repeats, P), and which of them arrived at a maximum (repeats,)."""

    theta: Array
    arrived: npt.NDArray[np.bool_]


def bootstrap_fits(
    fit: JointFit, *, repeats: int, rng: np.random.Generator, executor: Executor | None = None, by: str | None = None
) -> Refits:
    """Refit to people drawn with replacement, each refit from the first one's estimate.

    Args:
        fit: the fit to all.
        repeats: number of resamples.
        rng: each resample has a generator of its own, spawned from this, so that results do not depend on the executor.
        executor: where to run; here, one after another, by default. A pool of processes must start them afresh
            (`multiprocessing.get_context("spawn")`), since the threads of the data frames' library do not survive a fork.
        by: column of the events' frame within whose levels people are drawn, as the arm.

    Source: Efron & Tibshirani (1993) An Introduction to the Bootstrap, chapters 6 and 13.
    """
    labels = fit.data.frame[by].cast(pl.String).to_numpy() if by else np.zeros(len(fit.data.people))
    strata = tuple(np.flatnonzero(labels == label) for label in np.unique(labels))
    job = partial(_resampled, replace(fit, coefficients=fit.coefficients.clear()), strata)
    return collect(job, rng.spawn(repeats), executor)


def collect(
    job: Callable[[np.random.Generator], tuple[Array, bool]], generators: list[np.random.Generator], executor: Executor | None
) -> Refits:
    """Run a job for each generator, in order."""
    done: Iterator[tuple[Array, bool]] = executor.map(job, generators) if executor else map(job, generators)
    theta, arrived = zip(*done, strict=True)
    return Refits(np.array(theta), np.array(arrived))


def refit(fit: JointFit, visits: Any, events: Any) -> tuple[Array, bool]:
    """Parameters (P,) of the same model on other data of the same form, as an arm permuted; and whether the search arrived.

    Knots, and whatever else the first fit took from its data, are taken anew from these.
    """
    design, data = code_joint(fit.design.model, to_polars(visits), to_polars(events))
    if design.layout.names() != fit.design.layout.names():
        raise FitError(
            "the data do not make the same parameters", where="refit", do="keep covariates and their levels as they were"
        )
    return _arrive(fit, build_objective(design, data, fit.prior))


def _resampled(fit: JointFit, strata: tuple[npt.NDArray[np.int64], ...], rng: np.random.Generator) -> tuple[Array, bool]:
    counts = np.zeros(len(fit.data.people))
    for rows in strata:
        np.add.at(counts, rng.choice(rows, len(rows)), 1.0)
    drawn = np.flatnonzero(counts)
    arrays = take_people(fit.data.arrays, drawn)
    groups = split_people(replace(arrays, weight=arrays.weight * counts[drawn]))

    def objective(theta: Array) -> tuple[float, Array]:
        value, gradient = log_likelihood_and_gradient(theta, groups, fit.design)
        prior_value, prior_gradient = fit.prior.log_density(theta)
        return value + prior_value, gradient + prior_gradient

    return _arrive(fit, objective)


def _arrive(fit: JointFit, objective: Callable[[Array], tuple[float, Array]]) -> tuple[Array, bool]:
    curvature = np.asarray(-np.linalg.inv(fit.covariance), dtype=np.float64)
    point, _ = climb(objective, fit.theta, curvature=curvature)
    return point, newton_decrement(objective(point)[1], curvature) < FAR
