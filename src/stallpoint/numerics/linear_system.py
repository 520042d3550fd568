"""Exact solutions of dx/dt = A x + u(t) for many small systems at once: n people, s states, times in hours.

A is (n, s, s) or, for one system, (s, s), which counts as n = 1; A[i, j] is the rate from state j to state i, per hour. Amounts are
(n, s) or (s,); times are (t,) or (n, t); answers are (n, t, s). Inputs are boluses and infusions at a constant rate, into any state.
Before its input a response is 0; at the time of a bolus it holds the bolus. Nothing is stepped: the cost does not grow with the hours
or with the number of regular doses.

Source: superposition and the matrix exponential, e.g. Gabrielsson & Weiner (2016) Pharmacokinetic and Pharmacodynamic Data Analysis,
5th edition; accumulation by geometric series, Gibaldi & Perrier (1982) Pharmacokinetics, 2nd edition, chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stallpoint.numerics.matrix_kernels import Array, Kernel, MatrixKernel, ModalKernel, Values

Course = Callable[[Kernel, Array], Values]

WORST_CONDITION = 1e6
"""Eigenvectors conditioned worse than this lose more than six of sixteen digits, so such systems are solved as whole matrices."""

SLOWEST_DECAY = 1e-13
"""A mode that decays slower than this share of the fastest one is rounding: nothing leaves by it."""

AT_THE_DOSE = 1e-12
"""Relative rounding within which a time counts as the time of a regular dose."""


@dataclass(frozen=True)
class LinearSystem:
    """Rates and modes of n systems; made by `linear_system`.

    Attributes:
        rates: A, shape (n, s, s), per hour.
        modes: eigenvalues, shape (n, s); complex only where A has complex ones.
        vectors: eigenvectors as columns, shape (n, s, s); those of defective systems are not used.
        inverse: the inverse of `vectors`.
        defective: shape (n,), true where eigenvectors are parallel or nearly so, as when two rates are equal.
    """

    rates: Array
    modes: Values
    vectors: Values
    inverse: Values
    defective: npt.NDArray[np.bool_]

    @property
    def people(self) -> int:
        """Number of systems, n."""
        return int(self.rates.shape[0])

    @property
    def states(self) -> int:
        """Number of states of each, s."""
        return int(self.rates.shape[-1])


def linear_system(rates: npt.ArrayLike) -> LinearSystem:
    """Decompose systems of rates (n, s, s) or (s, s).

    Raises:
        ValueError: rates that are not finite or not square.
    """
    given = np.asarray(rates, dtype=np.float64)
    if given.ndim not in (2, 3) or given.shape[-1] != given.shape[-2]:
        raise ValueError(f"rates have the shape {given.shape}, not (n, s, s) or (s, s)")
    if not np.isfinite(given).all():
        raise ValueError("rates are not all finite")
    given = given.reshape(-1, *given.shape[-2:])
    modes, vectors = np.linalg.eig(given)
    singular = np.linalg.det(vectors) == 0
    vectors = np.where(singular[:, None, None], np.eye(given.shape[-1]), vectors)
    inverse = np.linalg.inv(vectors)
    condition = np.linalg.norm(vectors, axis=(1, 2)) * np.linalg.norm(inverse, axis=(1, 2))
    return LinearSystem(given, modes, vectors, inverse, singular | (condition > WORST_CONDITION))


def kernels(system: LinearSystem) -> list[tuple[Kernel, npt.NDArray[np.bool_]]]:
    """How the systems are solved: by modes, or as whole matrices; each way with the systems, shape (n,), that take it."""
    whole, by_modes = system.defective, ~system.defective
    if not whole.any():
        return [(ModalKernel(system.modes, system.vectors, system.inverse), by_modes)]
    matrix: tuple[Kernel, npt.NDArray[np.bool_]] = (MatrixKernel(system.rates[whole]), whole)
    if whole.all():
        return [matrix]
    return [matrix, (ModalKernel(system.modes[by_modes], system.vectors[by_modes], system.inverse[by_modes]), by_modes)]


def propagate(system: LinearSystem, state: npt.ArrayLike, hours: float) -> Array:
    """The states (n, s) some hours after they were `state` (n, s), with nothing coming in."""
    return response_to_bolus(system, state, np.array([hours]))[:, 0]


def response_to_bolus(system: LinearSystem, amounts: npt.ArrayLike, times_h: npt.ArrayLike) -> Array:
    """States (n, t, s) after `amounts` (n, s) at time 0."""
    return _evaluate(system, lambda kernel, times: kernel.exponential(times), amounts, times_h)


def response_to_infusion(system: LinearSystem, rates: npt.ArrayLike, duration_h: float, times_h: npt.ArrayLike) -> Array:
    """States (n, t, s) with `rates` (n, s), amounts per hour, coming in from time 0 for `duration_h`.

    Raises:
        ValueError: a duration not above 0.
    """
    _require(duration_h > 0, f"an infusion of {duration_h} h")
    return _evaluate(system, lambda kernel, times: _infusion(kernel, duration_h, times), rates, times_h)


def response_to_regular_doses(
    system: LinearSystem,
    amounts: npt.ArrayLike,
    interval_h: float,
    count: int,
    times_h: npt.ArrayLike,
    *,
    infusion_h: float = 0.0,
) -> Array:
    """States (n, t, s) with `amounts` (n, s) given `count` times from time 0, each at once or infused over `infusion_h`.

    Doses given by each time are counted, and summed as a geometric series.

    Raises:
        ValueError: an interval not above 0, a negative count, an infusion longer than the interval.
    """
    _require_schedule(interval_h, count, infusion_h)

    def course(kernel: Kernel, times: Array) -> Values:
        given, since = _doses_by(times, interval_h, count)
        if infusion_h == 0:
            return kernel.compose(kernel.exponential(since), kernel.series(interval_h, given))
        done, after = _doses_by(times - infusion_h, interval_h, count)
        earlier = kernel.compose(kernel.exponential(after), kernel.series(interval_h, done))
        finished = kernel.compose(earlier, kernel.integral(_whole(times, infusion_h)))
        return np.asarray((finished + kernel.integral(np.where(given > done, since, 0.0))) / infusion_h)

    return _evaluate(system, course, amounts, times_h)


def steady_state_over_interval(
    system: LinearSystem, amounts: npt.ArrayLike, interval_h: float, times_h: npt.ArrayLike, *, infusion_h: float = 0.0
) -> Array:
    """States (n, t, s) within one interval once doses have gone on for ever; times from 0 to `interval_h`.

    At time 0 a bolus has just been given; at `interval_h` the next has not.

    Raises:
        ValueError: as `response_to_regular_doses`; times outside the interval; a system from which nothing leaves.
    """
    _require_schedule(interval_h, 0, infusion_h)
    _require_decay(system)
    within = np.asarray(times_h, dtype=np.float64)
    _require(bool(((within >= 0) & (within <= interval_h)).all()), f"times outside 0 to {interval_h:g} h")

    def course(kernel: Kernel, times: Array) -> Values:
        if infusion_h == 0:
            return kernel.compose(kernel.exponential(times), kernel.limit(interval_h))
        earlier = kernel.compose(kernel.exponential(times + interval_h - infusion_h), kernel.limit(interval_h))
        finished = kernel.compose(earlier, kernel.integral(_whole(times, infusion_h)))
        return np.asarray((finished + _infusion(kernel, infusion_h, times)) / infusion_h)

    return _evaluate(system, course, amounts, within)


def area_after_bolus(system: LinearSystem, amounts: npt.ArrayLike, times_h: npt.ArrayLike) -> Array:
    """Integrals over time (n, t, s) of `response_to_bolus` from 0 to each time. Divided by the time they are averages."""
    return _evaluate(system, lambda kernel, times: kernel.integral(times), amounts, times_h)


def area_after_infusion(system: LinearSystem, rates: npt.ArrayLike, duration_h: float, times_h: npt.ArrayLike) -> Array:
    """Integrals over time (n, t, s) of `response_to_infusion` from 0 to each time.

    Raises:
        ValueError: a duration not above 0.
    """
    _require(duration_h > 0, f"an infusion of {duration_h} h")

    def course(kernel: Kernel, times: Array) -> Values:
        later = kernel.integral(np.maximum(times - duration_h, 0.0))
        during = kernel.second_integral(np.minimum(times, duration_h))
        return np.asarray(during + kernel.compose(later, kernel.integral(_whole(times, duration_h))))

    return _evaluate(system, course, rates, times_h)


def area_of_regular_doses(
    system: LinearSystem,
    amounts: npt.ArrayLike,
    interval_h: float,
    count: int,
    times_h: npt.ArrayLike,
    *,
    infusion_h: float = 0.0,
) -> Array:
    """Integrals over time (n, t, s) of `response_to_regular_doses` from 0 to each time.

    Raises:
        ValueError: as `response_to_regular_doses`.
    """
    _require_schedule(interval_h, count, infusion_h)

    def course(kernel: Kernel, times: Array) -> Values:
        done, after = _doses_by(times - infusion_h, interval_h, count)
        sums = kernel.compose(kernel.exponential(after), kernel.series_of_integrals(interval_h, done))
        finished = kernel.scale(kernel.integral(after), done) + sums
        if infusion_h == 0:
            return np.asarray(finished)
        given, since = _doses_by(times, interval_h, count)
        during = kernel.scale(kernel.second_integral(_whole(times, infusion_h)), done)
        running = kernel.second_integral(np.where(given > done, since, 0.0))
        return np.asarray((kernel.compose(finished, kernel.integral(_whole(times, infusion_h))) + during + running) / infusion_h)

    return _evaluate(system, course, amounts, times_h)


def area_to_infinity(system: LinearSystem, amounts: npt.ArrayLike) -> Array:
    """Integral of the states (n, s) over all time after `amounts` (n, s), however they are spread over time: -A^-1 amounts.

    Divided by the interval of regular doses it is the average at steady state.

    Raises:
        ValueError: a system from which nothing leaves.
    """
    _require_decay(system)
    given = np.broadcast_to(np.asarray(amounts, dtype=np.float64), (system.people, system.states))
    return np.asarray(-np.linalg.solve(system.rates, given[..., None])[..., 0], dtype=np.float64)


def _evaluate(system: LinearSystem, course: Course, amounts: npt.ArrayLike, times_h: npt.ArrayLike) -> Array:
    """A function of A and time, applied to amounts; nothing before time 0."""
    given = np.broadcast_to(np.asarray(amounts, dtype=np.float64), (system.people, system.states))
    times = np.atleast_1d(np.asarray(times_h, dtype=np.float64))
    times = np.broadcast_to(times, (system.people, times.shape[-1]))
    states = _evaluate_started(system, course, given, np.maximum(times, 0.0))
    return np.where((times >= 0)[..., None], states, 0.0) if (times < 0).any() else states


def _evaluate_started(system: LinearSystem, course: Course, amounts: Array, times: Array) -> Array:
    parts = kernels(system)
    if len(parts) == 1:
        kernel = parts[0][0]
        return kernel.apply(course(kernel, times), amounts)
    states = np.empty((*times.shape, system.states))
    for kernel, who in parts:
        states[who] = kernel.apply(course(kernel, times[who]), amounts[who])
    return states


def _infusion(kernel: Kernel, duration_h: float, times: Array) -> Values:
    """Response to a rate of 1: built up while it runs, and carried on from its end, which cancels nothing."""
    during = kernel.integral(np.minimum(times, duration_h))
    return kernel.compose(during, kernel.exponential(np.maximum(times - duration_h, 0.0)))


def _doses_by(times: Array, interval_h: float, count: int) -> tuple[Array, Array]:
    """How many regular doses were given by each time, and the hours since the last of them; 0 before the first."""
    given = np.clip(np.floor(times / interval_h * (1 + AT_THE_DOSE)) + 1, 0, count)
    return given, np.maximum(times - np.maximum(given - 1, 0) * interval_h, 0.0)


def _whole(times: Array, duration_h: float) -> Array:
    return np.full((len(times), 1), duration_h)


def _require_schedule(interval_h: float, count: int, infusion_h: float) -> None:
    _require(interval_h > 0, f"an interval of {interval_h} h")
    _require(count >= 0, f"a count of {count} doses")
    _require(0 <= infusion_h <= interval_h, f"an infusion of {infusion_h} h at an interval of {interval_h} h")


def _require_decay(system: LinearSystem) -> None:
    slowest, fastest = system.modes.real.max(axis=1), np.abs(system.modes).max(axis=1)
    _require(bool((slowest < -SLOWEST_DECAY * fastest).all()), "a system from which nothing leaves has no steady state")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
