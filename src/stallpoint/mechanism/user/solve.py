"""A user's equations followed from report to report by SciPy's integrators, all people stacked as one system.

DOP853 (Hairer, Norsett & Wanner 1993) is quick where the equations are not stiff; where it needs too many looks, LSODA (Petzold 1983,
doi:10.1137/0904010) goes on from the same point with the banded Jacobian that stacked people have.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.integrate import solve_ivp

from stallpoint.core.equation_model import EquationModel
from stallpoint.core.errors import StallpointError
from stallpoint.mechanism.user.evaluate import Formulas, Values

Floats = npt.NDArray[np.float64]
Input = Callable[[float], Floats]
"""What the treatment sets, shape (n,), by the model's time."""

RTOL = 1e-7
SMALLEST_SCALE = 1e-9
"""Absolute tolerance, as a share of the smallest start that is not 0 (at most 1)."""

MOST_LOOKS = 4000
MOST_LOOKS_STIFF = 20_000
"""Looks at the equations between two reports or doses, before one way is given up."""

LARGEST = 1e100

LOOK_FOR = "look for a division by zero, a logarithm or root of what is not positive, or growth without bound"


class ModelRunsAwayError(StallpointError):
    """A user's model whose equations have no usable solution."""

    exit_code = 6


class _TooManyLooks(Exception):  # noqa: N818 - never leaves this file
    """An integrator that gets nowhere."""


class Run:
    """One model in n people, who differ in their constants; holds their states and moves them on."""

    def __init__(self, model: EquationModel, constants: dict[str, Floats], n: int, *, drug: str, place: str) -> None:
        self._model, self.n, self._drug, self._place = model, n, drug, place
        self._formulas = Formulas(model)
        self._names = tuple(model.states)
        self._constants = constants
        self._looks, self._most, self._lost = 0, MOST_LOOKS, ""
        self.time = 0.0
        values: Values = {**model.states, **model.constants, **constants}
        if drug:
            values[drug] = np.zeros(n)
        self._formulas.begin(values, 0.0)
        self._fixed = {name: values[name] for name in (*model.constants, *constants)}
        self.states = np.stack(
            [np.broadcast_to(np.asarray(values[name], dtype=np.float64), (n,)) for name in self._names], axis=1
        )
        self._require_finite(self.states.T, 0.0, "start of")
        starts = np.abs(self.states[self.states != 0])
        self._atol = SMALLEST_SCALE * min(1.0, float(starts.min()) if len(starts) else 1.0)

    def values(self, given: Floats) -> Values:
        """Everything that has a value now, under what the treatment sets."""
        return self._values(self.states, self.time, given)

    def advance(self, until: float, given: Input, *, first: float | None = None) -> None:
        """Move on to a time of the model.

        Raises:
            ModelRunsAwayError: a rate that is no number, a state beyond all bounds, or equations too stiff to follow.
        """
        self._looks, self._most, self._lost = 0, MOST_LOOKS, ""
        end = self._solve(until, given, "DOP853", {} if first is None else {"first_step": min(first, until - self.time)})
        if end is None:
            self._looks, self._most, self._lost, band = 0, MOST_LOOKS_STIFF, "", len(self._names) - 1
            end = self._solve(until, given, "LSODA", {"lband": band, "uband": band})
        if end is None or (self._lost and not np.isfinite(end).all()):
            why = f"the rate of {self._lost} is no usable number" if self._lost else "they run away, or are too stiff"
            raise ModelRunsAwayError(
                f"its equations cannot be followed from time {self.time:g} to {until:g}: {why}", where=self._place, do=LOOK_FOR
            )
        self._require_finite(end.T, until, "value of")
        self.states, self.time = end, until

    def _solve(self, until: float, given: Input, method: str, options: dict[str, float]) -> Floats | None:
        """States at the end, shape (n, s); None where the integrator gets nowhere."""

        def slopes(time: float, flat: Floats) -> Floats:
            self._looks += 1
            if self._looks > self._most:
                raise _TooManyLooks
            return self._slopes(flat.reshape(self.n, -1), time, given(time)).ravel()

        flat = self.states.ravel()
        try:
            with np.errstate(all="ignore"):
                solved = solve_ivp(
                    slopes, (self.time, until), flat, method=method, rtol=RTOL, atol=self._atol, t_eval=[until], **options
                )  # type: ignore[call-overload]
        except _TooManyLooks:
            return None
        return np.asarray(solved.y[:, -1]).reshape(self.n, -1) if solved.success else None

    def _slopes(self, states: Floats, time: float, given: Floats) -> Floats:
        values = self._values(states, time, given)
        with np.errstate(all="ignore"):
            rates = [np.broadcast_to(self._formulas.rates[name](values), (self.n,)) for name in self._names]
        found = np.stack(rates, axis=1)
        if not np.isfinite(found).all():
            self._lost = self._names[int(np.flatnonzero(~np.isfinite(found).all(axis=0))[0])]
        return found

    def _values(self, states: Floats, time: float, given: Floats) -> Values:
        values: Values = {**self._fixed, **dict(zip(self._names, states.T, strict=True))}
        if self._drug:
            values[self._drug] = given
        self._formulas.complete(values, time)
        return values

    def _require_finite(self, by_name: Floats, time: float, what: str) -> None:
        good = np.isfinite(by_name) & (np.abs(by_name) < LARGEST)
        if not good.all():
            row = int(np.flatnonzero(~good.all(axis=1))[0])
            raise ModelRunsAwayError(
                f"the {what} {self._names[row]} is no usable number at time {time:g}",
                where=self._place,
                do=LOOK_FOR,
            )
