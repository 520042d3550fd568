"""How measurements scatter around the curve, and what is known of those below the limit of quantification.

Each point's log density is a function of its prediction f alone. With s(f) the standard deviation and e = (y - f) / s,

    log density = -log s - e^2 / 2 - log(2 pi) / 2;    below the limit: log Phi((limit - f) / s)

additive s = a; proportional s = b f; combined s^2 = a^2 + b^2 f^2; lognormal: additive in the logarithms of measurement and prediction.

Source: Beal (2001), doi:10.1023/A:1012299115260, its method M3, for measurements below the limit.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import erfcx

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
ErrorModel = Literal["additive", "proportional", "combined", "lognormal"]

ERROR_TERMS: dict[ErrorModel, tuple[str, ...]] = {
    "additive": ("additive_sd",),
    "proportional": ("proportional_sd",),
    "combined": ("additive_sd", "proportional_sd"),
    "lognormal": ("log_sd",),
}

STEP = 1e-20
"""Imaginary step of the derivatives by prediction and by scale."""

CERTAIN = 12.0
"""Standard deviations below the limit at which the log probability is 0 to rounding; beyond, the scaled error function overflows."""


class Measured(NamedTuple):
    """Padded measurements, each (n, J): value or limit (logarithms where the error is lognormal), below the limit, present."""

    value: Array
    below: Flags
    present: Flags


class PointTerms(NamedTuple):
    """Per point: log density, its first and second derivative by the prediction, and the expected curvature `weight`."""

    log_density: Any
    first: Any
    second: Any
    weight: Any


class ScoredTerms(NamedTuple):
    """`at`, and derivatives of its second and weight by the prediction and of everything by the S scale parameters (last axis)."""

    at: PointTerms
    second_by_prediction: Array
    weight_by_prediction: Array
    by_scale: PointTerms


def point_terms(prediction: Any, scale: Any, measured: Measured, error: ErrorModel) -> PointTerms:
    """Terms of each point at predictions (..., n, J) and scale parameters (S,) = standard deviations; zero where nothing was measured."""
    sd, slope, bend = _spread(prediction, scale, error)
    e = (measured.value - prediction) / sd
    e_first = -(1 + e * slope) / sd
    e_second = -(2 * e_first * slope + e * bend) / sd
    relative = slope / sd
    density = PointTerms(
        -np.log(sd) - 0.5 * e**2 - 0.5 * np.log(2 * np.pi),
        -relative - e * e_first,
        relative**2 - bend / sd - e_first**2 - e * e_second,
        1 / sd**2 + 2 * relative**2,
    )
    if measured.below.any():
        density = _replaced(density, _below_limit(e, e_first, e_second), measured.below)
    return PointTerms(*(np.where(measured.present, term, 0.0) for term in density))


def scored_terms(prediction: Array, scale: Array, measured: Measured, error: ErrorModel) -> ScoredTerms:
    """Terms with the derivatives that a gradient of the marginal likelihood needs, by complex steps."""
    at = point_terms(prediction, scale, measured, error)
    moved = point_terms(prediction + 1j * STEP, scale, measured, error)
    shifts = [point_terms(prediction, scale + 1j * STEP * unit, measured, error) for unit in np.eye(len(scale))]
    by_scale = PointTerms(*(np.stack([_imag(term) for term in terms], axis=-1) for terms in zip(*shifts, strict=True)))
    return ScoredTerms(at, _imag(moved.second), _imag(moved.weight), by_scale)


def _imag(term: Any) -> Array:
    return np.asarray(term.imag / STEP, dtype=np.float64)


def _spread(prediction: Any, scale: Any, error: ErrorModel) -> tuple[Any, Any, Any]:
    """Standard deviation and its first and second derivative by the prediction."""
    if error in ("additive", "lognormal"):
        flat = np.zeros_like(prediction)
        return flat + scale[0], flat, flat
    if error == "proportional":
        return scale[0] * prediction, scale[0] + np.zeros_like(prediction), np.zeros_like(prediction)
    sd = np.sqrt(scale[0] ** 2 + scale[1] ** 2 * prediction**2)
    return sd, scale[1] ** 2 * prediction / sd, (scale[0] * scale[1]) ** 2 / sd**3


def _below_limit(z: Any, z_first: Any, z_second: Any) -> PointTerms:
    """The logarithm of Phi(z) by the scaled complementary error function; it bends downward in z, so its curvature is the weight too."""
    clipped = np.where(z.real < CERTAIN, z, CERTAIN + 0 * z)
    scaled = erfcx(-np.sqrt(0.5) * clipped)
    share = np.sqrt(2 / np.pi) / scaled
    curvature = share * (clipped + share)
    return PointTerms(
        np.log(0.5 * scaled) - 0.5 * clipped**2,
        share * z_first,
        share * z_second - curvature * z_first**2,
        curvature * z_first**2,
    )


def _replaced(terms: PointTerms, by: PointTerms, where: Flags) -> PointTerms:
    return PointTerms(*(np.where(where, new, old) for new, old in zip(by, terms, strict=True)))
