"""The caller's curve, tried out before anything is built on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from stallpoint.core.errors import FitError
from stallpoint.models.nonlinear_mixed.data import NonlinearData
from stallpoint.models.nonlinear_mixed.derivatives import Curve, first_derivatives
from stallpoint.models.nonlinear_mixed.individual import Problem, log_parameters
from stallpoint.models.nonlinear_mixed.layout import Parameters, build_layout
from stallpoint.models.nonlinear_mixed.residual import Measured
from stallpoint.models.nonlinear_mixed.specification import WHERE, NonlinearModel

Array = npt.NDArray[np.float64]
Predict = Callable[[Any, Any], Any]

SMALLEST_START, LARGEST_START = 0.05, 0.5
"""Relative residual spread from which a search starts, whatever the first residuals are."""

SHIFT = 1e-5
ALIKE = 1e-3
"""Relative distance within which a difference quotient must agree with the complex step."""


def build_problem(model: NonlinearModel, data: NonlinearData, predict: Predict, design: Any) -> Problem:
    """Put model, data and curve together.

    Raises:
        FitError: the curve's shape is wrong, it drops imaginary parts, or it is not finite (or not positive, where the error needs it).
    """
    logarithmic = model.error == "lognormal"

    def curve(parameters: Any) -> Any:
        return np.log(predict(parameters, design)) if logarithmic else predict(parameters, design)

    with np.errstate(all="ignore"):
        at_start = _log_start(model, data)
        value = np.asarray(predict(np.exp(at_start), design))
        _require_shape(value.shape, data.rows.shape)
        _require_values(value, model, data)
        _require_analytic(curve, at_start, data.measured)
        unit = _scale_unit(model, value, data.measured)
    return Problem(model, data, build_layout(model, data, unit), curve)


def _log_start(model: NonlinearModel, data: NonlinearData) -> Array:
    """Start values at the points, in the shape in which the search will ask for them."""
    probe = Problem(model, data, build_layout(model, data, np.ones(len(model.error_terms))), lambda parameters: parameters)
    effects = np.zeros(probe.layout.effects)
    effects[: len(model.free)] = np.log([model.start[name] for name in model.free])
    random = probe.layout.random
    return log_parameters(
        probe, Parameters(effects, np.zeros((random, random)), np.ones(1)), np.zeros((len(data.people), random))
    )


def _require_shape(shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if shape != wanted:
        raise FitError(f"the curve gives an array of shape {shape}, not (people, points) = {wanted}", where=WHERE, do="mend it")


def _require_values(value: Array, model: NonlinearModel, data: NonlinearData) -> None:
    bad = ~np.isfinite(value)
    if model.error in ("proportional", "lognormal"):
        bad |= ~(value > 0)
    lost = [name for name, points in zip(data.people, bad & data.measured.present, strict=True) if points.any()]
    if lost:
        needed = "positive" if model.error in ("proportional", "lognormal") else "finite"
        raise FitError(
            f"the curve is not {needed} at the start values, which a {model.error} error needs",
            where=WHERE,
            rows=lost,
            do="leave out points where nothing is predicted, give other start values, or another error model",
        )


def _require_analytic(curve: Curve, log_start: Array, measured: Measured) -> None:
    """The complex step must agree with a difference quotient, for several directions at once."""
    every = tuple(range(len(log_start)))
    value, first = first_derivatives(curve, log_start, every)
    _require_shape(value.shape, measured.value.shape)
    quotient = (np.asarray(curve(np.exp(log_start + SHIFT))) - np.asarray(curve(np.exp(log_start - SHIFT)))) / (2 * SHIFT)
    away = np.abs(first.sum(axis=-1) - quotient)[measured.present]
    if not away.max() <= ALIKE * max(float(np.abs(quotient[measured.present]).max()), 1e-6 * float(np.abs(value).max())):
        raise FitError(
            "the curve's derivatives by complex steps are not those of its values",
            where=WHERE,
            do="use only analytic functions of the parameters: no abs, real, maximum or float casts",
        )


def _scale_unit(model: NonlinearModel, prediction: Array, measured: Measured) -> Array:
    """Half of the residual spread around the typical curve, within bounds: a start, and the unit of a combined error."""
    seen = measured.present & ~measured.below
    if not seen.any():
        raise FitError("every measurement is below its limit", where=WHERE, do="give some that were quantified")
    value, expected = measured.value[seen], prediction[seen]
    if model.error == "lognormal":
        return np.array([_bounded(np.sqrt(np.mean((value - np.log(expected)) ** 2)))])
    typical = float(np.median(np.abs(value)))
    relative = _bounded(np.sqrt(np.mean((value - expected) ** 2)) / max(typical, 1e-300))
    return np.array([{"additive_sd": relative * typical, "proportional_sd": relative}[term] for term in model.error_terms])


def _bounded(spread: float) -> float:
    return float(np.clip(0.5 * spread, SMALLEST_START, LARGEST_START))
