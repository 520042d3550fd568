"""Functions of a matrix of rates A, of many small systems at once: exp(A t), its integrals over time, and sums over regular times.

A kernel answers the same questions in two ways. `ModalKernel` works on the eigenvalues, where every function of A is a number for
each mode; `MatrixKernel` works on whole matrices, for systems whose eigenvectors are parallel or nearly so.

Source: Moler & Van Loan (2003), doi:10.1137/S00361445024180 (methods 14 and 3); Van Loan (1978), doi:10.1109/TAC.1978.1101743
(integrals of exp(A t) as blocks of a larger exponential).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from stallpoint.numerics.matrix_exponential import matrix_exponential

Array = npt.NDArray[np.float64]
Values = npt.NDArray[Any]
"""One value of a function of A per time: (s, n, t) for modes, so that long loops are contiguous, and (n, t, s, s) for matrices."""


class Kernel(Protocol):
    """What both ways can do. Times are (n, t) and not negative, counts are (n, t)."""

    def exponential(self, times: Array) -> Values:
        """exp(A t)."""

    def integral(self, times: Array) -> Values:
        """Integral of exp(A u) over u from 0 to t."""

    def second_integral(self, times: Array) -> Values:
        """Integral of `integral` from 0 to t."""

    def series(self, interval: float, counts: Array) -> Values:
        """Sum of exp(A j interval) over j = 0 .. count - 1."""

    def series_of_integrals(self, interval: float, counts: Array) -> Values:
        """Sum of `integral` at j interval over j = 0 .. count - 1."""

    def limit(self, interval: float) -> Values:
        """`series` without end; every mode must decay."""

    def compose(self, first: Values, second: Values) -> Values:
        """The product of two functions of A."""

    def scale(self, values: Values, factors: Array) -> Values:
        """Values times plain numbers (n, t)."""

    def apply(self, values: Values, amounts: Array) -> Array:
        """Values times vectors of amounts (n, s); shape (n, t, s)."""

    def enter(self, states: Array) -> Values:
        """Coordinates (s, n) in which `advance` works, from states (n, s). People come last so that long loops are contiguous."""

    def leave(self, coordinates: Values) -> Array:
        """States (n, s) from coordinates (s, n)."""

    def pack(self, values: Values) -> Values:
        """Values at one time, t = 1, as `advance` reads them."""

    def advance(self, packed: Values, coordinates: Values) -> Values:
        """Packed values times coordinates (s, n)."""


@dataclass(frozen=True)
class ModalKernel:
    """Systems that have s independent modes: eigenvalues (n, s), eigenvectors as columns (n, s, s), and their inverse."""

    modes: Values
    vectors: Values
    inverse: Values

    def exponential(self, times: Array) -> Values:
        """exp(mode t)."""
        return np.asarray(np.exp(self._exponents(times)))

    def integral(self, times: Array) -> Values:
        """(exp(mode t) - 1) / mode, which is t at mode 0."""
        return np.asarray(times * _first_phi(self._exponents(times)))

    def second_integral(self, times: Array) -> Values:
        """Its integral."""
        return np.asarray(times**2 * _second_phi(self._exponents(times)))

    def series(self, interval: float, counts: Array) -> Values:
        """(exp(m mode interval) - 1) / (exp(mode interval) - 1)."""
        return _geometric(self._step(interval), counts)

    def series_of_integrals(self, interval: float, counts: Array) -> Values:
        """The same of `integral`."""
        return np.asarray(interval * _geometric_of_integrals(self._step(interval), counts))

    def limit(self, interval: float) -> Values:
        """1 / (1 - exp(mode interval))."""
        return np.asarray(-1 / np.expm1(self._step(interval)))

    def compose(self, first: Values, second: Values) -> Values:
        """Elementwise."""
        return np.asarray(first * second)

    def scale(self, values: Values, factors: Array) -> Values:
        """Elementwise."""
        return np.asarray(values * factors)

    def apply(self, values: Values, amounts: Array) -> Array:
        """By way of the modes and back."""
        shares = np.moveaxis(self.vectors, 0, -1) * self.enter(amounts)
        states = [sum(values[j] * share[j][:, None] for j in range(len(share))) for share in shares]
        return np.moveaxis(np.asarray(np.real(states), dtype=np.float64), 0, -1)

    def enter(self, states: Array) -> Values:
        """Weights of the modes."""
        return np.ascontiguousarray(np.matmul(self.inverse, states[..., None])[..., 0].T)

    def leave(self, coordinates: Values) -> Array:
        """Back from the modes."""
        return np.asarray(np.matmul(self.vectors, coordinates.T[..., None])[..., 0].real, dtype=np.float64)

    def pack(self, values: Values) -> Values:
        """Without the axis of time."""
        return np.ascontiguousarray(values[..., 0])

    def advance(self, packed: Values, coordinates: Values) -> Values:
        """Elementwise."""
        return np.asarray(packed * coordinates)

    def _exponents(self, times: Array) -> Values:
        return np.asarray(self.modes.T[..., None] * times)

    def _step(self, interval: float) -> Values:
        return np.asarray(self.modes.T[..., None] * interval)


@dataclass(frozen=True)
class MatrixKernel:
    """Systems taken whole: rates (n, s, s). Slower, and indifferent to repeated eigenvalues."""

    rates: Array

    def exponential(self, times: Array) -> Values:
        """By scaling and squaring."""
        return matrix_exponential(self.rates[:, None] * times[..., None, None])

    def integral(self, times: Array) -> Values:
        """A block of a larger exponential."""
        return self._integrated(1, times)

    def second_integral(self, times: Array) -> Values:
        """A block of a larger exponential."""
        return self._integrated(2, times)

    def series(self, interval: float, counts: Array) -> Values:
        """By squaring: [[M, I], [0, I]] to the power m has the sum of M^0 .. M^(m-1) in its upper right."""
        states = self.rates.shape[-1]
        step = np.broadcast_to(np.eye(2 * states), (len(self.rates), 1, 2 * states, 2 * states)).copy()
        step[..., :states, :states] = self.exponential(np.full((len(self.rates), 1), interval))
        step[..., :states, states:] = np.eye(states)
        return _power(step, counts)[..., :states, states:]

    def series_of_integrals(self, interval: float, counts: Array) -> Values:
        """`series` of the larger matrix whose exponential holds the integral."""
        states = self.rates.shape[-1]
        return np.asarray(MatrixKernel(self._with_integrals(1)).series(interval, counts)[..., :states, states:])

    def limit(self, interval: float) -> Values:
        """(I - exp(A interval))^-1."""
        once = self.exponential(np.full((len(self.rates), 1), interval))
        return np.asarray(np.linalg.inv(np.eye(self.rates.shape[-1]) - once))

    def compose(self, first: Values, second: Values) -> Values:
        """Matrix product."""
        return np.asarray(np.matmul(first, second))

    def scale(self, values: Values, factors: Array) -> Values:
        """Elementwise."""
        return np.asarray(values * factors[..., None, None])

    def apply(self, values: Values, amounts: Array) -> Array:
        """Matrix times vector."""
        return np.asarray(np.matmul(values, amounts[:, None, :, None])[..., 0], dtype=np.float64)

    def enter(self, states: Array) -> Values:
        """The states themselves."""
        return np.ascontiguousarray(states.T)

    def leave(self, coordinates: Values) -> Array:
        """The states themselves."""
        return np.asarray(coordinates.T, dtype=np.float64)

    def pack(self, values: Values) -> Values:
        """Whole matrices."""
        return np.asarray(values[:, 0])

    def advance(self, packed: Values, coordinates: Values) -> Values:
        """Matrix times vector."""
        return np.asarray(np.einsum("nij,jn->in", packed, coordinates))

    def _integrated(self, order: int, times: Array) -> Values:
        states = self.rates.shape[-1]
        larger = MatrixKernel(self._with_integrals(order)).exponential(times)
        return np.asarray(larger[..., :states, order * states :])

    def _with_integrals(self, order: int) -> Array:
        """[[A, I, 0], [0, 0, I], [0, 0, 0]]: the blocks of its exponential's first row are exp(A t) and its integrals."""
        people, states, _ = self.rates.shape
        larger = np.zeros((people, (order + 1) * states, (order + 1) * states))
        larger[:, :states, :states] = self.rates
        larger += np.eye((order + 1) * states, k=states)
        return larger


def _first_phi(z: Values) -> Values:
    """(exp(z) - 1) / z, which is 1 at 0."""
    return np.asarray(np.divide(np.expm1(z), z, out=np.ones_like(z), where=z != 0))


def _second_phi(z: Values) -> Values:
    """(exp(z) - 1 - z) / z^2, which is 1/2 at 0; by its series near 0, where the difference would cancel."""
    near = np.abs(z) < 1e-2
    far = np.where(near, 1.0, z)
    series = 1 / 2 + z * (1 / 6 + z * (1 / 24 + z * (1 / 120 + z * (1 / 720 + z / 5040))))
    return np.where(near, series, (_first_phi(far) - 1) / far)


def _geometric(z: Values, m: Array) -> Values:
    """Sum of exp(j z) over j = 0 .. m-1, which is m at z = 0."""
    zero = z == 0
    sums = np.expm1(m * z) / np.expm1(np.where(zero, 1.0, z))
    return np.where(zero, m, sums) if zero.any() else np.asarray(sums)


def _geometric_of_integrals(z: Values, m: Array) -> Values:
    """Sum of (exp(j z) - 1) / z over j = 0 .. m-1; where m z is small by sums of powers of j, since the difference would cancel."""
    near = np.abs(m * z) < 1e-3
    first, second = m * (m - 1) / 2, m * (m - 1) * (2 * m - 1) / 6
    third, fourth = first**2, second * (3 * m**2 - 3 * m - 1) / 5
    series = first + z * (second / 2 + z * (third / 6 + z * fourth / 24))
    return np.where(near, series, (_geometric(z, m) - m) / np.where(z == 0, 1.0, z))


def _power(base: Values, counts: Array) -> Values:
    """Matrices (n, 1, k, k) to whole powers (n, t), by squaring."""
    left = counts.astype(np.int64)
    result = np.broadcast_to(np.eye(base.shape[-1]), (*left.shape, *base.shape[-2:])).copy()
    while (left > 0).any():
        result = np.where((left % 2 == 1)[..., None, None], np.matmul(result, base), result)
        base, left = np.matmul(base, base), left // 2
    return result
