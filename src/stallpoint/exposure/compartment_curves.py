"""Concentrations of one- and two-compartment models in closed form, for real or complex parameters.

After a unit amount in the central compartment the concentration is a sum of terms w exp(-k t). Every way of giving a drug acts on each
term by itself, and repeated doses add up to a geometric series:

    r(k) = sum over m < n of exp(-k m tau) = (1 - exp(-k n tau)) / (1 - exp(-k tau)).

Absorption at a rate ka that may come near k enters as the divided difference (g(k) - g(ka)) / (ka - k) of g(k) = exp(-k s) r(k), formed
by the product and quotient rules from differences that are never of nearly equal numbers.

Sources: Gibaldi & Perrier (1982) Pharmacokinetics, 2nd ed., chapters 1 to 3; the product rule of divided differences is Leibniz's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

NEAR = 0.1
"""Below this size (1 - exp(-x)) / x is summed as a series, whose terms left out are then beneath rounding."""

SERIES_TERMS = 10


class Dosing(NamedTuple):
    """Courses of equal doses seen from the points of observation. Arrays broadcast to (people, points, courses).

    amount_mg: each dose; 0 where a course has not begun. since_h: time since its last dose. interval_h: between its doses (any positive
    number where there was one). doses: how many so far, infinite at steady state. duration_h: length of an infusion, 0 for a bolus.
    """

    amount_mg: Array
    since_h: Array
    interval_h: Array
    doses: Array
    duration_h: Array


class Decay(NamedTuple):
    """Terms weight * exp(-rate t) of the concentration after a unit amount: weights per litre, rates per hour."""

    weights: tuple[Any, ...]
    rates: tuple[Any, ...]


def one_compartment(clearance_l_h: Any, volume_l: Any) -> Decay:
    """One term, of rate clearance / volume."""
    return Decay((1 / volume_l,), (clearance_l_h / volume_l,))


def two_compartment(clearance_l_h: Any, volume_l: Any, exchange_l_h: Any, peripheral_l: Any) -> Decay:
    """Two terms: central volume and clearance, exchange with a peripheral volume.

    The rates solve x^2 - (k + k12 + k21) x + k k21 = 0.
    """
    out, back = exchange_l_h / volume_l, exchange_l_h / peripheral_l
    total = clearance_l_h / volume_l + out + back
    product = clearance_l_h / volume_l * back
    root = np.sqrt(total**2 - 4 * product)
    fast = 0.5 * (total + root)
    slow = product / fast
    return Decay(((fast - back) / root / volume_l, (back - slow) / root / volume_l), (fast, slow))


def intravenous_mg_l(decay: Decay, dosing: Dosing) -> Any:
    """Concentration (..., people, points), mg/L, after boluses or infusions, summed over courses.

    The last infusion may still run; it is shorter than the interval, so those before it are over.
    """
    infused = dosing.duration_h > 0
    if not infused.any():
        return _summed(decay, dosing, lambda rate: _decayed(rate, dosing.since_h) * _series(rate, dosing))
    duration = np.where(infused, dosing.duration_h, 1.0)
    running = np.minimum(dosing.since_h, dosing.duration_h)
    earlier = dosing._replace(doses=dosing.doses - 1)

    def after_one(rate: Any) -> Any:
        bolus = _decayed(rate, dosing.since_h) * _series(rate, dosing)
        last = _decayed(rate, dosing.since_h - running) * _mean_decay(rate, running) * running / duration
        waited = dosing.since_h + dosing.interval_h - dosing.duration_h
        before = _decayed(rate, waited) * _mean_decay(rate, dosing.duration_h) * _series(rate, earlier)
        return np.where(infused, last + before, bolus)

    return _summed(decay, dosing, after_one)


def oral_mg_l(decay: Decay, absorption_per_h: Any, dosing: Dosing) -> Any:
    """Concentration (..., people, points), mg/L, with first-order absorption, summed over courses. Any rate may equal any other."""
    absorption = np.asarray(absorption_per_h)[..., None]

    def after_one(rate: Any) -> Any:
        slow, fast = _in_order(rate, absorption)
        stays = _difference(slow, fast, dosing.since_h) * _series(fast, dosing)
        return absorption * (stays + _decayed(slow, dosing.since_h) * _series_difference(slow, fast, dosing))

    return _summed(decay, dosing, after_one)


def _summed(decay: Decay, dosing: Dosing, after_one: Any) -> Any:
    """Sum over the terms and, on the last axis, over courses."""
    total: Any = 0.0
    for weight, rate in zip(decay.weights, decay.rates, strict=True):
        total = total + np.asarray(weight)[..., None] * after_one(np.asarray(rate)[..., None])
    return (dosing.amount_mg * total).sum(axis=-1)


def _in_order(first: Any, second: Any) -> tuple[Any, Any]:
    """The smaller rate and the larger; divided differences do not mind, and nothing overflows."""
    swap = np.real(first) > np.real(second)
    return np.where(swap, second, first), np.where(swap, first, second)


def _decayed(rate: Any, time_h: Array) -> Any:
    return np.exp(-rate * time_h)


def _mean_decay(rate: Any, time_h: Array) -> Any:
    """(1 - exp(-rate t)) / (rate t), 1 at t = 0."""
    x = rate * time_h
    small = np.abs(x) < NEAR
    whole = (1 - np.exp(-x)) / np.where(small, 1.0, x)
    if not small.any():
        return whole
    near = np.where(small, x, 0.0)
    series: Any = 1.0
    for n in range(SERIES_TERMS, 0, -1):
        series = 1 - near / (n + 1) * series
    return np.where(small, series, whole)


def _difference(slow: Any, fast: Any, time_h: Array) -> Any:
    """(exp(-slow t) - exp(-fast t)) / (fast - slow)."""
    return time_h * _decayed(slow, time_h) * _mean_decay(fast - slow, time_h)


def _series(rate: Any, dosing: Dosing) -> Any:
    """What `count` doses leave, as a multiple of the last one's."""
    if (dosing.doses == 1).all():
        return 1.0
    endless = np.isinf(dosing.doses)
    left: Any = 0.0 if endless.all() else np.where(endless, 0.0, _decayed(rate, _whole(dosing)))
    return (1 - left) / (1 - _decayed(rate, dosing.interval_h))


def _series_difference(slow: Any, fast: Any, dosing: Dosing) -> Any:
    """(r(slow) - r(fast)) / (fast - slow) for the series r, by the quotient rule."""
    if (dosing.doses == 1).all():
        return 0.0
    endless = np.isinf(dosing.doses)
    numerator: Any = 0.0 if endless.all() else np.where(endless, 0.0, _difference(slow, fast, _whole(dosing)))
    denominator = _difference(slow, fast, dosing.interval_h)
    return (_series(slow, dosing) * denominator - numerator) / (1 - _decayed(fast, dosing.interval_h))


def _whole(dosing: Dosing) -> Array:
    """Intervals from the first dose to the one after the last; 0 where they have no end."""
    return np.where(np.isinf(dosing.doses), 0.0, dosing.doses) * dosing.interval_h
